import type { Classification } from '@selfheal/kernel/failure-class.ts';
import type { Evidence } from '@selfheal/log-reading/logs/evidence.ts';
import { Telemetry } from '@selfheal/log-reading/logs/telemetry.ts';
import { candidatesFor, rankedFor } from '#shared/app/plan/context.ts';
import { Configuration } from '#shared/domain/configuration/configuration.ts';
import { modeOf, serviceOf } from '#shared/domain/configuration/scope.ts';
import type { TargetContext } from '#shared/domain/incident/target-context.ts';
import { makeRecall, type Recall } from '#shared/domain/knowledge/search/recall.ts';
import { isEntry, isIncident, type Memory } from '#shared/domain/knowledge/search/remembered-entry.ts';
import { termsOfLines } from '#shared/domain/knowledge/search/terms.ts';
import type { ActionOutcome } from '#shared/domain/learning/action-experience.ts';
import { bindAction } from '#shared/domain/plan/bind-action.ts';
import { chooseCandidate } from '#shared/domain/plan/candidates.ts';
import { circumstancesOf } from '#shared/domain/policy/circumstances/circumstances.ts';
import { decide } from '#shared/domain/policy/decide.ts';
import { judgeGuard } from '#shared/domain/policy/guard-rules.ts';
import { limitRules } from '#shared/domain/policy/limits.ts';
import { ACTIONS } from '#shared/plugins/actions/registry.ts';
import { makeFailure } from './made-failures.ts';
import { linesOf, memoryOf } from './recall-rows.ts';
import type { Row } from './row.ts';

const ENTRIES = 10_000;
const INCIDENTS = 1_000;
const WARM_UP = 100;
const MAX_MILLISECONDS = 30;
/** The number of outcomes that a plan reads. */
const OUTCOMES = 500;
const EVIDENCE_LINES = 150;
const FOUND = 30;
const NOW = new Date('2026-02-01T12:00:00.000Z');

const configuration: Configuration = {
  ...Configuration.parse({
    version: 1,
    services: [
      {
        id: 'checkout',
        mode: 'act',
        alarms: ['checkout-errors'],
        deployment: { kind: 'lambda-alias', functionName: 'checkout', alias: 'live' },
      },
    ],
  }),
  home: { partition: 'aws', region: 'eu-west-1', account: '123456789012' },
};
const classification: Classification = {
  class: 'network_connectivity',
  verdict: 'infrastructure',
  confidence: 0.9,
  alternatives: [],
  signature: null,
  fingerprint: '0'.repeat(16),
  evidence: ['L1'],
};

interface Case {
  readonly target: TargetContext;
  readonly telemetry: Telemetry;
}

interface PlannedCase extends Case {
  readonly evidence: Evidence;
}

function failedRun(runId: number): Case {
  const target: TargetContext = {
    kind: 'run',
    host: 'github',
    installationId: null,
    repository: 'acme/shop',
    repositoryId: 1,
    workflowId: 7,
    runId,
    runAttempt: 1,
    headSha: 'a'.repeat(40),
    event: 'push',
    pullRequest: null,
    onDefaultBranch: true,
    actor: 'octo-dev',
  };
  const facts = {
    kind: 'run' as const,
    attempt: 1,
    status: 'completed',
    conclusion: 'failure',
    failedJobIds: [1],
    defaultBranchConclusions: ['success'],
  };
  return { target, telemetry: Telemetry.parse({ version: 1, readAt: NOW.toISOString(), facts }) };
}

function firedAlarm(): Case {
  const since = '2026-02-01T11:58:00.000Z';
  const target: TargetContext = {
    kind: 'alarm',
    provider: 'cloudwatch',
    alarmArn: 'arn:aws:cloudwatch:eu-west-1:123456789012:alarm:checkout-errors',
    account: '123456789012',
    region: 'eu-west-1',
    changedAt: since,
  };
  const deployment = {
    kind: 'lambda-alias' as const,
    functionName: 'checkout',
    alias: 'live',
    currentVersion: '8',
    previousVersion: '7',
    revisionId: 'r8',
    deployedAt: '2026-02-01T11:30:00.000Z',
  };
  const facts = {
    kind: 'alarm' as const,
    state: 'ALARM' as const,
    stateSince: since,
    serviceId: 'checkout',
    deployment,
  };
  return { target, telemetry: Telemetry.parse({ version: 1, readAt: NOW.toISOString(), facts }) };
}

const OUTCOMES_OF = ACTIONS.flatMap(({ id }, action) =>
  Array.from(
    { length: Math.ceil(OUTCOMES / ACTIONS.length) },
    (_, nth): ActionOutcome => ({
      version: 1,
      incidentId: `gh-${nth}`,
      digest: String(action * 1000 + nth).padStart(64, '0'),
      class: classification.class,
      scope: nth % 2 === 0 ? 'acme/shop' : 'acme/other',
      actionId: id,
      verified: nth % 5 === 0 ? 'failed' : 'recovered',
      trusted: true,
      at: new Date(NOW.getTime() - nth * 3_600_000).toISOString(),
    }),
  ),
);

/** Runs recall, planning, policy and guard for one incident. Returns whether the action would be allowed. */
function isAllowed({ target, telemetry, evidence }: PlannedCase, recall: Recall<Memory>, nth: number): boolean {
  const { class: failureClass, fingerprint } = classification;
  const answers = recall.ask({ class: failureClass, fingerprint, terms: termsOfLines(linesOf(evidence)), now: NOW });
  answers.best({ limit: FOUND, maxAgeDays: 365, keep: isIncident });
  answers.best({ limit: FOUND, keep: isEntry });
  const around = { now: NOW, deployment: null, load: 'unknown', incidentsInDay: nth % 5 } as const;
  const circumstances = circumstancesOf(around, configuration.policy.circumstances);
  const facts = { target, telemetry, classification, configuration, past: [], circumstances, now: NOW };
  const listed = rankedFor({ target }, candidatesFor(facts, ACTIONS), OUTCOMES_OF, facts);
  const mode = modeOf(configuration, target);
  const service = serviceOf(configuration, target);
  const { policy } = configuration;
  const { candidate } = decide({
    targetKind: target.kind,
    offLimits: null,
    recovery: { kind: 'none' },
    mode,
    service,
    policy,
    choice: chooseCandidate(listed, null),
    modelConfidence: null,
    actionsSoFar: 0,
    circumstances,
    now: NOW,
  });
  if (candidate === null) return false;
  const action = bindAction(candidate, { incidentId: `gh-${nth}`, target, at: NOW });
  const controls = { killSwitch: false, reason: null };
  const rest = { targetKey: action.targetKey, target, controls, policy, denial: null, mode, service, now: NOW };
  const denials = judgeGuard({ ...rest, action, failures: 0, approval: null, approvalReason: null });
  return denials.length === 0 && limitRules(action, policy, NOW).length > 0;
}

/** Time for recall among 10,000 entries, plan, policy and guard of one incident, without the stores. */
export async function planningRows(): Promise<Row[]> {
  const recall = makeRecall<Memory>();
  for (let seed = 0; seed < ENTRIES; seed++) recall.put(memoryOf(seed)());
  const times: number[] = [];
  let allowed = 0;
  for (let nth = 0; nth < WARM_UP + INCIDENTS; nth++) {
    const one = { ...(nth % 2 === 0 ? failedRun(nth) : firedAlarm()), evidence: makeFailure(nth, EVIDENCE_LINES) };
    const started = performance.now();
    const granted = isAllowed(one, recall, nth);
    if (nth >= WARM_UP) times.push(performance.now() - started);
    allowed += granted ? 1 : 0;
  }
  times.sort((a, b) => a - b);
  const [median, p99] = [0.5, 0.99].map((share) => times[Math.ceil(share * times.length) - 1] ?? Number.NaN);
  return [
    {
      measure: `one incident's recall among ${ENTRIES} entries, plan, policy and guard, p99 of ${INCIDENTS} (median; allowed)`,
      goal: `${MAX_MILLISECONDS} ms`,
      measured: `${p99?.toFixed(1)} ms (${median?.toFixed(1)} ms; ${allowed})`,
      met: (p99 ?? Number.POSITIVE_INFINITY) <= MAX_MILLISECONDS && allowed > INCIDENTS,
    },
  ];
}
