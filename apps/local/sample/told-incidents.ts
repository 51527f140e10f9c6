import { Diagnosis } from '@selfheal/diagnosis/diagnosis/diagnosis.ts';
import { Classification } from '@selfheal/kernel/failure-class.ts';
import { phrase } from '@selfheal/kernel/text/redacted-text.ts';
import { Evidence } from '@selfheal/log-reading/logs/evidence.ts';
import type { Prediction } from '#shared/domain/answers/prediction.ts';
import { Capacity } from '#shared/domain/capacity/capacity-settings.ts';
import { Incident } from '#shared/domain/incident/incident.ts';
import { targetLinks } from '#shared/domain/incident/target-links.ts';
import { ActionRecord, BoundAction } from '#shared/domain/plan/bound-action.ts';
import type { AskedPlan, IncidentStory } from '#shared/ports/announcement.ts';
import type { Approval } from '#shared/ports/incident-store.ts';

/* What the sample announcements are about: a run, an alarm, a plan that waits, and answers that got worse. */
export const NOW = '2026-11-24T10:00:00.000Z';
export const minutesAgo = (minutes: number): string => new Date(Date.parse(NOW) - minutes * 60_000).toISOString();
export const stopped = { reason: 'A migration runs until noon', by: 'octocat', since: minutesAgo(2 * 24 * 60 + 30) };
const RUN_ID = `gh-${'5'.repeat(24)}`;
const ALARM_ID = `cw-${'7'.repeat(24)}`;
const DASHBOARD = 'https://selfheal.example.com';

const incident = {
  version: 1,
  status: 'open',
  attempt: 1,
  occurrences: 1,
  runAttempt: 1,
  reopened: false,
  restarts: 0,
  recurrence: null,
  parentId: null,
  outcomeReason: null,
  openedAt: minutesAgo(4),
  updatedAt: minutesAgo(1),
} as const;

const runClass = Classification.parse({
  class: 'network_connectivity',
  verdict: 'infrastructure',
  confidence: 0.98,
  alternatives: [],
  signature: 'network.connection-reset',
  fingerprint: '5'.repeat(16),
  evidence: ['L2'],
});

const runIncident = Incident.parse({
  ...incident,
  id: RUN_ID,
  source: 'github',
  intakeKey: 'sample-run',
  tainted: { title: 'CI', branch: 'round-per-line', branchKey: '5'.repeat(40), reason: null },
  classification: runClass,
  target: {
    kind: 'run',
    host: 'github',
    installationId: null,
    repository: 'acme/shop',
    repositoryId: 4711,
    workflowId: 77,
    runId: 16_000_000_034,
    runAttempt: 1,
    headSha: 'c0de'.repeat(10),
    event: 'pull_request',
    pullRequest: 2,
    onDefaultBranch: false,
    actor: 'acme-dev',
  },
});

/** Markup in a log is text wherever it is shown. */
const runEvidence = Evidence.parse({
  version: 1,
  incidentId: RUN_ID,
  gatheredAt: minutesAgo(3),
  sources: [
    {
      id: 'S1',
      name: 'install <b>packages</b>',
      url: null,
      totalLines: 214,
      lines: [
        { ref: 'L1', number: 208, text: 'npm http fetch GET https://registry.example.com/left-pad', score: 4 },
        { ref: 'L2', number: 209, text: 'npm error network read ECONNRESET', score: 10 },
        {
          ref: 'L3',
          number: 214,
          text: '##[error]Process completed with exit code 1. <img src=x onerror=alert(1)>',
          score: 6,
        },
      ],
    },
  ],
  notes: [],
});

const runDiagnosis = Diagnosis.parse({
  version: 1,
  source: 'rules',
  classification: runClass,
  confidence: 0.98,
  summary: 'The connection to the package registry was reset',
  rootCause: 'The package registry closed the connection while `npm ci` fetched left-pad.',
  evidence: ['L2'],
  fix: 'Run the failed jobs again.',
  prevention: 'Let npm retry: `npm config set fetch-retries 5`.',
  unchecked: [],
  preExisting: false,
  choice: null,
  note: null,
});

const alarmClass = Classification.parse({
  ...runClass,
  class: 'resource_exhaustion',
  verdict: 'unknown',
  confidence: 0.91,
  signature: null,
  fingerprint: '7'.repeat(16),
  evidence: ['L1'],
});

export const alarmIncident = Incident.parse({
  ...incident,
  id: ALARM_ID,
  source: 'cloudwatch',
  intakeKey: 'sample-alarm',
  status: 'escalated',
  tainted: { title: 'ledger-latency', branch: '', branchKey: '7'.repeat(40), reason: 'p99 above 2 s' },
  classification: alarmClass,
  target: {
    kind: 'alarm',
    alarmArn: 'arn:aws:cloudwatch:us-east-1:123456789012:alarm:ledger-latency',
    account: '123456789012',
    region: 'us-east-1',
    changedAt: minutesAgo(5),
  },
  outcomeReason: 'No safe action fits.',
});

const alarmDiagnosis = Diagnosis.parse({
  ...runDiagnosis,
  classification: alarmClass,
  confidence: 0.91,
  summary: 'Database statements take longer than before',
  rootCause: 'Statements of the ledger wait for locks that one long transaction holds.',
  evidence: ['L1'],
  fix: 'Find the transaction and end it.',
  prevention: 'Give transactions a time limit.',
  preExisting: null,
});

const alarmEvidence = Evidence.parse({
  version: 1,
  incidentId: ALARM_ID,
  gatheredAt: minutesAgo(3),
  sources: [
    {
      id: 'S1',
      name: '/aws/lambda/ledger',
      url: null,
      totalLines: 1,
      lines: [{ ref: 'L1', number: 1, text: 'WARN statement took 2174 ms, waited for lock', score: 10 }],
    },
  ],
  notes: [],
});

export const plan = BoundAction.parse({
  version: 1,
  incidentId: RUN_ID,
  actionId: 'rerun-failed-jobs',
  family: 'github',
  risk: 'low',
  selfApproval: true,
  parameters: { repository: 'acme/shop', runId: 16_000_000_034, attempt: 1 },
  targetKey: 'github:acme/shop/run/16000000034',
  description: 'Re-runs the failed jobs of run 16000000034 of acme/shop.',
  target: runIncident.target,
  createdAt: minutesAgo(2),
  digest: 'd1ce'.repeat(16),
});

export const rerun = (verified: 'recovered' | null): ActionRecord =>
  ActionRecord.parse({
    version: 1,
    incidentId: RUN_ID,
    digest: plan.digest,
    actionId: 'rerun-failed-jobs',
    state: 'done',
    intendedAt: minutesAgo(2),
    receipt: {
      summary: 'Re-ran the failed jobs of run 16000000034 as attempt 2.',
      at: minutesAgo(2),
      facts: { attempt: 2 },
    },
    verified,
    inconclusive: false,
  });

const asked: AskedPlan = {
  digest: plan.digest,
  actionId: plan.actionId,
  title: phrase`Re-run the failed jobs`,
  description: plan.description,
  undo: phrase`An attempt cannot be undone.`,
  risk: 'low',
  reasons: [phrase`The action is 98 % likely to help; below 99 % a person approves first.`],
  lastTimes: phrase`It helped in 3 of 4 earlier incidents of this kind here.`,
  change: null,
  deciders: phrase`everybody with the role approver`,
  requestedAt: new Date(minutesAgo(1)),
  expiresAt: new Date(Date.parse(NOW) + 4 * 60 * 60_000),
  pageUrl: `${DASHBOARD}/approvals/${RUN_ID}/${plan.digest}`,
  commands: {
    approve: `/selfheal approve ${plan.digest.slice(0, 12)}`,
    reject: `/selfheal reject ${plan.digest.slice(0, 12)}`,
  },
};

export const runStory = (change: Partial<IncidentStory> = {}): IncidentStory => ({
  incident: runIncident,
  diagnosis: runDiagnosis,
  evidence: runEvidence,
  actions: [],
  stage: 'final',
  links: targetLinks(runIncident.target, 'https://github.com'),
  timeZone: 'UTC',
  ...change,
});

export const alarmStory: IncidentStory = {
  ...runStory(),
  incident: alarmIncident,
  diagnosis: alarmDiagnosis,
  evidence: alarmEvidence,
  links: targetLinks(alarmIncident.target, 'https://github.com'),
};

export const ended = (status: Incident['status'], outcomeReason: string): Incident =>
  Incident.parse({ ...runIncident, status, outcomeReason });

export const approval: Approval = {
  incidentId: RUN_ID,
  digest: plan.digest,
  taskToken: 'sample',
  requestedAt: minutesAgo(30),
  expiresAt: minutesAgo(1),
  state: 'approved',
  decidedBy: 'dana@example.com',
  decision: { at: minutesAgo(1), onBehalfOf: null, channel: null, roles: [] },
};

export const asking = runStory({ stage: 'asking', asked });
export const request = {
  kind: 'approval-asked',
  story: asking,
  asked,
  headline: 'Approval needed',
  now: new Date(NOW),
} as const;

export const memory = Capacity.parse({
  kind: 'memory',
  metric: { namespace: 'Shop', name: 'MemoryUsedPercent', dimensions: { service: 'ledger' } },
  limit: 95,
});

/** Answers that were right at first and got worse: each shown by a re-run. */
export const predictions = Array.from({ length: 160 }, (_, at): Prediction => {
  const when = new Date(Date.parse(NOW) - (160 - at) * 3_600_000).toISOString();
  return {
    version: 1,
    incidentId: `gh-${String(at).padStart(24, '0')}`,
    attempt: 1,
    openedAt: when,
    at: when,
    kind: 'run',
    scope: 'repository#4711:acme/shop',
    class: 'network_connectivity',
    verdict: 'infrastructure',
    confidence: 0.9,
    signature: null,
    model: 'shipped',
    ending: {
      at: when,
      status: 'resolved',
      shown: at > 60 && at % 2 === 0 ? 'lasting' : 'transient',
      by: 'rerun-failed-jobs',
      spending: null,
    },
  };
});
