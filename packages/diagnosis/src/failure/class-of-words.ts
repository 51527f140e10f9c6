import type { FailureClass } from '@selfheal/kernel/failure-class.ts';

/** No cause that somebody types is longer. */
const MAX_LENGTH = 300;

/** What a person says of a cause, and the class that it means; the first that fits counts. Without backtracking: alternatives of plain words. */
const MEANINGS: readonly (readonly [words: RegExp, meaning: FailureClass])[] = [
  [/\bcertificates?\b.*\b(?:expired|out of date|no longer valid)\b|\bexpired certificate\b/, 'certificate_expiration'],
  [/\b(?:vulnerabilit(?:y|ies)|cve)\b/, 'vulnerability_blocking'],
  [/\blicen[cs]e\b.*\b(?:not allowed|forbidden|violat\w+)\b|\bcompliance\b/, 'compliance_violations'],
  [
    /\b(?:api key|token|password|credentials?|login|sign-?in)\b.*\b(?:rejected|refused|invalid|wrong|expired|denied)\b|\b(?:permission|access)\b.*\bdenied\b|\bnot (?:authori[sz]ed|permitted|allowed)\b|\bforbidden\b/,
    'access_control_failures',
  ],
  [/\bmemory\b.*\bleak\w*|\bleak\w*\b.*\bmemory\b|\bmemory (?:keeps growing|grows)\b/, 'memory_leaks'],
  [
    /\b(?:disks?|volume|storage)\b.*\bfull\b|\bno (?:disk )?space\b|\bout of (?:disk|space|storage)\b/,
    'storage_issues',
  ],
  [
    /\bout of (?:memory|connections?|file handles?|threads)\b|\b(?:memory|quota|limit|pool)\b.*\b(?:used up|exhausted|reached|exceeded)\b|\bcpu\b.*\b(?:100|saturated|high)\b|\b(?:queue|backlog)\b.*\b(?:backed up|full|grows|growing)\b/,
    'resource_exhaustion',
  ],
  [/\bflaky\b|\bfails? (?:sometimes|now and then|by chance|at random)\b/, 'flaky_tests'],
  [/\b(?:compil\w+|syntax error|does not build)\b/, 'compilation_error'],
  [/\b(?:lint\w*|format check|style check)\b/, 'lint_violation'],
  [/\btests?\b.*\bfail\w*|\bfailing tests?\b|\bassertion\b/, 'test_failure'],
  [
    /\b(?:packages?|modules?|dependenc(?:y|ies)|library)\b.*\b(?:missing|not (?:be )?found|cannot be (?:found|installed|resolved|downloaded)|conflict\w*|incompatible)\b/,
    'dependency_conflicts',
  ],
  [
    /\b(?:rate.?limit\w*|throttl\w*)\b|\b(?:vendor|third.party|provider|external (?:service|api))\b.*\b(?:down|fails?|failed|unavailable|slow)\b/,
    'external_service_failures',
  ],
  [
    /\b(?:null|undefined) (?:pointer|reference|value)\b|\bexceptions?\b|\bstack trace\b|\bcrash\w*\b.*\bcode\b/,
    'runtime_exceptions',
  ],
  [/\bdeadlock\w*|\brace condition\b/, 'timing_dependencies'],
  [
    /\b(?:config(?:uration)?|settings?|environment variable)\b.*\b(?:wrong|missing|invalid|typo|mistake|not set|error)\b|\b(?:wrong|missing|invalid)\b.*\b(?:config(?:uration)?|settings?|environment variable)\b/,
    'configuration_errors',
  ],
  [
    /\b(?:dns|host ?names?)\b|\bnetwork\b|\bpackets?\b|\bfirewall\b|\bunreachable\b|\bconnections?\b.*\b(?:reset|dropped|timed out|timeout)\b/,
    'network_connectivity',
  ],
  [
    /\b(?:connections?|connect)\b.*\b(?:refus\w+|fail\w*|lost)\b|\brefus\w+\b.*\bconnections?\b|\b(?:could not|cannot|unable to) connect\b/,
    'service_unavailability',
  ],
  [
    /\b(?:down|outage|unavailable|unhealthy|offline)\b|\b50[0234]\b|\b(?:does not|not|stopped|no longer) (?:answer\w*|respond\w*|reply\w*|start\w*)\b|\btimed out\b|\btime-?outs?\b/,
    'service_unavailability',
  ],
];

/**
 * The class that a cause in plain words means (`the database refused the connection`); null where the words say nothing of one. For what a person
 * types about a cause, never for lines of a log: those are read by signatures.
 */
export function classOfWords(words: string): FailureClass | null {
  const said = words
    .slice(0, MAX_LENGTH)
    .toLowerCase()
    .replaceAll(/[\s_]+/g, ' ');
  return MEANINGS.find(([pattern]) => pattern.test(said))?.[1] ?? null;
}
