import type { FailureClass } from '@selfheal/kernel/failure-class.ts';
import { lazy } from '@selfheal/kernel/lazy.ts';
import type { EvidenceLine } from '@selfheal/log-reading/logs/evidence.ts';
import { other } from '@selfheal/log-reading/logs/line-score.ts';
import { isForDebugging, statesError } from '@selfheal/log-reading/logs/severity.ts';
import { isProse } from './model/features.ts';
import { reportsFailure, withoutZeroCounts } from './reported-failure.ts';

type Meaning = readonly [meaning: FailureClass, words: RegExp, weight?: number];

/** Weight of words that only say that something failed or that an error follows, where others say what. */
const ANNOUNCED = 0.4;

/**
 * What the words of a line mean whatever tool prints them, the most telling first; the first that fits a line counts for it. Linear: each is tried at
 * bounded distances behind a word.
 */
const MEANINGS: readonly Meaning[] = [
  [
    'certificate_expiration',
    /\b(?:certificate|cert)\b.{0,60}\b(?:expired|not yet valid|not trusted|self[- ]signed|unknown authority|verify failed|verification failed|invalid)\b|\b(?:expired|invalid|untrusted) (?:certificate|cert)\b|\bcertificate verif/i,
  ],
  [
    'vulnerability_blocking',
    /\b[1-9]\d{0,4} (?:\w{1,12} ){0,2}vulnerabilit(?:y|ies)\b|\b(?:CVE|RUSTSEC)-\d{4}-\d{3,}|\bGHSA-[a-z0-9]{4}-|\bsecurity (?:vulnerabilit|advisor)/i,
  ],
  [
    'resource_exhaustion',
    /\bout of (?:memory|disk|space|file descriptors|inodes)\b|\b(?:no|not enough|insufficient) (?:space left|disk space|free space|memory|storage|capacity)\b|\bdisk (?:is )?full\b|\btoo many open files\b|\bcannot allocate memory\b|\bmemory (?:limit|exhausted)\b|\bquota (?:is |was |has been )?exceeded\b|\bexceed(?:s|ed|ing)? .{0,40}\b(?:quota|memory|disk|storage)\b|\bOOM[- ]?kill|\b(?:heap|stack) (?:overflow|limit|space)\b|\bno space left\b|\bwill not fit in region\b|\boverflowed by \d+ bytes\b/i,
  ],
  [
    'access_control_failures',
    /\b(?:permission|access|authori[sz]ation)\b.{0,20}\bdenied\b|\bdenied:? |\b(?:un|not )(?:authori[sz]ed)\b|\bforbidden\b|\b(?:authentication|authori[sz]ation|login|sign-?in)\b.{0,30}\b(?:fail\w*|required|rejected|error|invalid)\b|\b(?:token|credentials?|password|api[- ]key|secret)\b.{0,40}\b(?:expired|invalid|incorrect|rejected|missing|not (?:found|set|specified|valid|provided)|wrong|required)\b|\b(?:invalid|bad|missing|no|expired|wrong) (?:\w{1,20} ){0,2}(?:token|credentials?|password|api[- ]key)\b|\b(?:lacks?|insufficient|missing|requires?) (?:\w{1,20} ){0,2}(?:permissions?|privileges?|scopes?)\b|\bnot (?:allowed|permitted) to\b|\boperation not permitted\b|\b40[13] (?:unauthori[sz]ed|forbidden)\b/i,
  ],
  [
    'timing_dependencies',
    /\b(?:timed? ?out|time-?out|took|ran|running|run)\b.{0,40}\b(?:after|exceed\w*|limit|longer than|too long|reached|expired)\b|\bdeadline (?:exceeded|expired)\b|\b(?:exceeded|reached|hit) .{0,40}\b(?:time ?out|time ?limit|deadline|execution time)\b|\bno output (?:for|in)\b|\bdeadlock\b/i,
  ],
  [
    'network_connectivity',
    /\b(?:could not|couldn't|cannot|can't|unable to|failed to) (?:resolve host|connect|reach|lookup|look up|open a connection)\b|\bconnection (?:was |has been )?(?:refused|reset|closed|aborted|timed out|lost|terminated|failed)\b|\bconnection to .{1,80}\b(?:refused|failed|lost|timed out)\b|\b(?:network|host|net) (?:is )?unreachable\b|\bno route to host\b|\bname (?:or service not known|resolution)\b|\btemporary failure in name\b|\bno such host\b|\bgetaddrinfo\b|\bE(?:CONNRESET|CONNREFUSED|TIMEDOUT|AI_AGAIN|NOTFOUND)\b|\bsocket hang up\b|\b(?:TLS|SSL) (?:handshake|connection)\b.{0,20}\b(?:fail\w*|error|timed? ?out)\b|\b(?:download|fetch|clone|transfer|pull|push)\w*\b.{0,60}\b(?:interrupted|cut off|timed? ?out|connection)\b|\bearly EOF\b|\bunexpected disconnect\b/i,
  ],
  [
    'external_service_failures',
    /\b(?:50[0234]|429)\b.{0,6}\b(?:internal server|bad gateway|service|gateway|too many)\b|\bservice (?:is )?(?:temporarily )?unavailable\b|\brate ?limit\w* (?:exceeded|reached|hit)\b|\btoo many requests\b|\b(?:status|returned|response|HTTP|error)\b.{0,20}\b(?:50[0234]|429)\b|\bserver (?:error|returned an error)\b/i,
  ],
  [
    'dependency_conflicts',
    /\b(?:no module named|cannot find (?:module|package)|module not found|package .{1,80}not found|unable to (?:locate|find|resolve) (?:\w{1,20} ){0,2}(?:package|dependenc|module|artifact|plugin)\w*|(?:could not|couldn't|cannot|can't|failed to) (?:find|resolve|satisfy|locate|install|determine) (?:\w{1,20} ){0,3}(?:packages?|dependenc(?:y|ies)|modules?|librar(?:y|ies)|artifacts?|plugins?|versions?|requirements?|gems?|crates?|provider)|no matching (?:version|distribution|package|manifest)|version (?:conflict|mismatch|solving failed)|conflicting (?:dependenc|version|requirement)\w*|incompatible (?:version|dependenc|peer|with)\w*|(?:missing|unmet|unresolved|unresolvable|broken) (?:\w{1,20} ){0,2}(?:dependenc(?:y|ies)|packages?|modules?|librar(?:y|ies)|requirements?)|dependenc(?:y|ies) .{0,60}(?:not found|failed|conflict|cycle|could not)|(?:requires|depends on) .{1,80}\b(?:but|which|not installed|not available|however)\b|lock ?file .{0,60}(?:out of date|out of sync|outdated|not (?:up|match|current)|needs)|checksum mismatch|hash mismatch|unsatisfiable|peer dep|cannot open shared object|unsupported class file|not a supported (?:wheel|version)|NoClassDefFound|ClassNotFound|no such (?:package|module|crate|gem)|failed to resolve the|problems? resolving)/i,
  ],
  [
    'lint_violation',
    /\b(?:lint\w*|format(?:ting|ter|ted)?|style|whitespace|indentation|spelling|typos?|coverage)\b.{0,50}\b(?:fail\w*|errors?|violations?|issues?|problems?|differs?|found|incorrect|check|threshold|warnings?|wrong)\b|\b(?:not|un|badly|incorrectly) ?(?:properly |correctly )?formatted\b|\bwould (?:be )?re-?format|\b[1-9]\d{0,5} (?:\w{1,15} ){0,2}(?:offen[cs]es?|violations?|problems?|style errors?)\b|\bfiles? (?:were|was) (?:modified|changed|reformatted)\b|\bmissing (?:\w{1,12} ){0,2}(?:header|docstring|semicolon|newline|changelog|sign-?off)\b|\b(?:unused|undocumented|deprecated) (?:import|variable|parameter|function|method)\b|\b(?:is|are) not up[- ]to[- ]date\b|\buncommitted changes\b|\bgenerated (?:files?|code) .{0,40}(?:out of date|stale|differ|changed)/i,
  ],
  [
    'compilation_error',
    /^\S{1,200}\.\w{1,6}[:(]\d{1,6}(?:[:,]\d{1,5})?\)?:? {0,3}(?:fatal )?error\b|\b(?:syntax|parse|parser|type|compile|compiler|compilation|linker|linking) errors?\b|\bcompil(?:e|ation|ing)\b.{0,60}\b(?:fail\w*|error|abort\w*|terminated)\b|\bundefined (?:reference|symbol|identifier|variable|function|method|constant)\b|\b(?:undeclared|unresolved|unknown) (?:identifier|reference|symbol|name|type|import|external)\b|\bcannot find (?:symbol|name|type|function|value|macro)\b|\btype (?:mismatch|error)\b|\b(?:mismatched|incompatible|inferred) types?\b|\bunexpected (?:token|character|end of (?:file|input)|identifier|indent)\b|\bcould not compile\b|\bdoes not (?:compile|type ?check|exist on type)\b|\bis not (?:defined|declared|in scope|assignable)\b|\bno (?:member|field|method|function|overload|such method) (?:named|called|matching|found|`|')|\bexpected .{1,40}\b(?:before|but found|found|instead of) |\bfailed to (?:compile|link)\b|\bundefined: \w|\bmultiple definition\b|\bfatal error: \S{1,80}\.h/i,
  ],
  [
    'test_failure',
    /\b(?:tests?|specs?|test ?cases?|suites?|scenarios?|examples?|checks?|benchmarks?)\b.{0,60}\b(?:fail\w*|broken|not ok|did not pass|errors?)\b|\b(?:failed|failing|failures?|broken) (?:\w{1,15} ){0,2}(?:tests?|specs?|test ?cases?|scenarios?|examples?|assertions?)\b|\bassert(?:ion)?s?\b.{0,60}\bfail|\bassertion\w* ?error\b|\bnot ok \d|\b(?:expected|wanted?|should)\b.{1,120}\b(?:got|but was|but got|actual|received|to (?:be|equal|have|match|contain))\b|\bexpected\b ?:|\bnot equal\b|\bgot .{1,60}\b(?:want|wanted|expected)\b|\b(?:output|result|snapshot|golden|image)s? (?:differ|do(?:es)? not match|mismatch)/i,
  ],
  [
    'configuration_errors',
    /\b(?:unknown|unrecogni[sz]ed|unsupported|invalid|illegal|unexpected|bad|ambiguous|conflicting|duplicate|missing|undefined|required|no such|malformed|deprecated) (?:[\w'"`-]{1,40} ){0,3}(?:options?|flags?|keys?|propert(?:y|ies)|fields?|settings?|directives?|commands?|arguments?|parameters?|values?|config\w*|inputs?|variables?|attributes?|section|profile|target|task|url|uri|format|schema|yaml|json|toml|name|environment|env|workflow|stage|job|preset|rule)\b|\b(?:options?|flags?|keys?|propert(?:y|ies)|fields?|settings?|directives?|commands?|arguments?|parameters?|inputs?|variables?|attributes?|config\w*|values?)\b.{0,60}\b(?:unknown|unrecogni[sz]ed|not (?:recogni[sz]ed|supported|found|set|defined|specified|provided|valid|allowed|expected|configured|present)|invalid|missing|required|is empty|must (?:be|have|contain|not)|does not exist|has no)\b|\bmust (?:be set|be specified|be provided|be configured|specify|provide|define|be one of|be a )\b|\b(?:is|was|are|were) not (?:set|configured|specified|provided)\b|\b(?:could not|cannot|failed to|unable to|error) (?:read|load|parse|open|pars|load|reading|loading|parsing) .{0,60}\b(?:config\w*|settings?|\S{1,60}\.(?:ya?ml|json|toml|ini|conf|cfg|properties|env|xml))\b|\bno (?:such )?(?:configuration|config file|target|task|rule to make target|profile|preset)\b|\bmisconfigur|\bnot a valid\b|\bcommand not found\b|\b(?:no such file or directory|does not exist|file not found)\b/i,
  ],
  [
    'test_environment_issues',
    /\b(?:runner|agent|worker|node|executor|build machine|emulator|simulator|device|browser|display|container|daemon)\b.{0,60}\b(?:lost|offline|disconnected|not (?:found|available|running|ready|responding)|fail\w* to (?:start|launch|boot|connect)|could not (?:start|be started|connect|find)|shut ?down|terminated|preempted|evicted|crashed|stopped)\b|\b(?:lost communication|shutdown signal|spot (?:instance|interruption)|address already in use|port .{1,20}in use)\b|\bfailed to (?:start|launch|boot|create) .{0,30}\b(?:browser|container|emulator|simulator|server|display|daemon|sandbox)\b/i,
  ],
  [
    'runtime_exceptions',
    /\bsegmentation fault\b|\bpanic(?:ked)?\b|\b(?:uncaught|unhandled|unexpected|fatal) (?:\w{1,20} ){0,2}(?:exception|error|rejection|signal)\b|\bexception in\b|\b(?:Null|Index|Key|Value|Type|Attribute|Reference|Range|Arithmetic|ZeroDivision|ClassCast|Illegal(?:State|Argument)|Concurrent|Unsupported|Recursion|OutOfRange)\w{0,30}(?:Error|Exception)\b|\bnull (?:pointer|reference)\b|\bindex out of (?:range|bounds)\b|\bdivision by zero\b|\bBUG:|\bcrash(?:ed|es)?\b|\bdied\b|\bSIG(?:SEGV|ABRT|BUS|ILL|FPE)\b|\bsignal (?:4|6|7|8|11)\b|\bOops\b/,
  ],
  ['test_failure', /^\s{0,8}(?:-{2,3} )?FAIL(?:ED)?\b|\*{3} ?FAILED\b/, ANNOUNCED],
  [
    'runtime_exceptions',
    /\bTraceback \(|\b\w{3,60}(?:Error|Exception)\b(?: ?:|$)|\bcore dumped\b|\bstack ?trace\b|\bAbort(?:ed|ing)\b/,
    ANNOUNCED,
  ],
  ['compilation_error', /\b(?:build|compile) (?:error|failed|failure)\b|\berror: ld returned\b/i, ANNOUNCED],
];

/** Longer lines are read up to here. */
const MAX_READ = 400;

/** The class that the words of one line mean, and how plainly they say it, 0 to 1; null where they say nothing of one. */
export function meaningOf(line: string): { readonly class: FailureClass; readonly weight: number } | null {
  const words = line.slice(0, MAX_READ);
  const [meaning, , weight = 1] = MEANINGS.find(([, pattern]) => pattern.test(words)) ?? [];
  return meaning === undefined ? null : { class: meaning, weight };
}

/** What the strongest lines say together. */
export interface PlainMeaning {
  readonly class: FailureClass;
  /** How far they agree, 0 to 1. */
  readonly share: number;
  /** Those that say it, strongest first. */
  readonly lines: readonly EvidenceLine[];
  /** What others of them say, with its share, strongest first. */
  readonly others: readonly { readonly class: FailureClass; readonly share: number }[];
}

/** So many of the strongest lines are read, and what each weighs of the one before it. */
const MAX_LINES = 12;
const DECAY = 0.7;
/** Weight from which something is said: that of one of the first five lines. */
const MIN_WEIGHT = 0.2;
/** Share from which they agree. */
const MIN_SHARE = 0.5;

/**
 * What the strongest lines mean by their words alone; null where they say nothing, or as much of one class as of
 * others, or no line reports a failure. Sentences that are addressed to a reader and lines for debugging, in a log that calls others errors,
 * weigh nothing.
 */
export function plainMeaningOf(
  lines: readonly EvidenceLine[],
  isPossible: (failureClass: FailureClass) => boolean,
): PlainMeaning | null {
  if (!lines.some(({ text }) => reportsFailure(text))) return null;
  const statesErrors = lazy(() => lines.some(({ text }) => statesError(text)));
  const strongest = lines
    .filter(({ text }) => !isProse(text) && !other(text) && !(isForDebugging(text) && statesErrors()))
    .toSorted((a, b) => b.score - a.score);
  const weights = new Map<FailureClass, { weight: number; lines: EvidenceLine[] }>();
  strongest.slice(0, MAX_LINES).forEach((line, at) => {
    const meaning = meaningOf(withoutZeroCounts(line.text));
    if (meaning === null || !isPossible(meaning.class)) return;
    const found = weights.get(meaning.class) ?? { weight: 0, lines: [] };
    found.weight += meaning.weight * DECAY ** at;
    found.lines.push(line);
    weights.set(meaning.class, found);
  });
  const [first, ...others] = [...weights].sort(([, a], [, b]) => b.weight - a.weight);
  if (first === undefined || first[1].weight < MIN_WEIGHT) return null;
  const all = [...weights.values()].reduce((sum, { weight }) => sum + weight, 0);
  const share = first[1].weight / all;
  if (share < MIN_SHARE) return null;
  return {
    class: first[0],
    share,
    lines: first[1].lines,
    others: others.map(([failureClass, { weight }]) => ({ class: failureClass, share: weight / all })),
  };
}
