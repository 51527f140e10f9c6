import { Classification } from '@selfheal/kernel/failure-class.ts';
import { phrase } from '@selfheal/kernel/text/redacted-text.ts';
import { Evidence } from '@selfheal/log-reading/logs/evidence.ts';
import { answersReportOf } from '#shared/domain/answers/answers-report.ts';
import type { Prediction } from '#shared/domain/answers/prediction.ts';
import { Capacity } from '#shared/domain/capacity/capacity-settings.ts';
import { Service } from '#shared/domain/configuration/configuration.ts';
import { Diagnosis } from '#shared/domain/diagnosis/diagnosis.ts';
import { Incident } from '#shared/domain/incident/incident.ts';
import { targetLinks } from '#shared/domain/incident/target-links.ts';
import { learningReportOf } from '#shared/domain/learning/learning-report.ts';
import { LearningReview } from '#shared/domain/learning/learning-review.ts';
import { ActionRecord, BoundAction } from '#shared/domain/plan/bound-action.ts';
import { AlertRule } from '#shared/domain/policy/alert-rule.ts';
import type { Announcement, AskedPlan, IncidentStory } from '#shared/ports/announcement.ts';
import type { Approval } from '#shared/ports/incident-store.ts';

/** One announcement as it might be made, and what happened in it. */
export interface SampleAnnouncement {
  readonly title: string;
  readonly announcement: Announcement;
}

const NOW = '2026-11-24T10:00:00.000Z';
const minutesAgo = (minutes: number): string => new Date(Date.parse(NOW) - minutes * 60_000).toISOString();
const stopped = { reason: 'A migration runs until noon', by: 'octocat', since: minutesAgo(2 * 24 * 60 + 30) };
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

const alarmIncident = Incident.parse({
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

const plan = BoundAction.parse({
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

const rerun = (verified: 'recovered' | null): ActionRecord =>
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

const runStory = (change: Partial<IncidentStory> = {}): IncidentStory => ({
  incident: runIncident,
  diagnosis: runDiagnosis,
  evidence: runEvidence,
  actions: [],
  stage: 'final',
  links: targetLinks(runIncident.target, 'https://github.com'),
  timeZone: 'UTC',
  ...change,
});

const alarmStory: IncidentStory = {
  ...runStory(),
  incident: alarmIncident,
  diagnosis: alarmDiagnosis,
  evidence: alarmEvidence,
  links: targetLinks(alarmIncident.target, 'https://github.com'),
};

const ended = (status: Incident['status'], outcomeReason: string): Incident =>
  Incident.parse({ ...runIncident, status, outcomeReason });

const approval: Approval = {
  incidentId: RUN_ID,
  digest: plan.digest,
  taskToken: 'sample',
  requestedAt: minutesAgo(30),
  expiresAt: minutesAgo(1),
  state: 'approved',
  decidedBy: 'dana@example.com',
  decision: { at: minutesAgo(1), onBehalfOf: null, channel: null, roles: [] },
};

const asking = runStory({ stage: 'asking', asked });
const request = {
  kind: 'approval-asked',
  story: asking,
  asked,
  headline: 'Approval needed',
  now: new Date(NOW),
} as const;

const memory = Capacity.parse({
  kind: 'memory',
  metric: { namespace: 'Shop', name: 'MemoryUsedPercent', dimensions: { service: 'ledger' } },
  limit: 95,
});

/** Answers that were right at first and got worse: each shown by a re-run. */
const predictions = Array.from({ length: 160 }, (_, at): Prediction => {
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

/** Every kind of announcement, made up: of one run, one alarm, one service and one model. */
export const SAMPLE_ANNOUNCEMENTS: readonly SampleAnnouncement[] = [
  { title: 'A plan waits for a person', announcement: { kind: 'progress', story: asking } },
  {
    title: 'An action was executed and is being checked',
    announcement: { kind: 'progress', story: runStory({ stage: 'acting', actions: [rerun(null)] }) },
  },
  {
    title: 'An incident was resolved',
    announcement: {
      kind: 'progress',
      story: runStory({
        incident: ended('resolved', 'Attempt 2 of run 16000000034 ended with success.'),
        actions: [rerun('recovered')],
      }),
    },
  },
  {
    title: 'An incident ended with a proposal',
    announcement: { kind: 'progress', story: runStory({ incident: ended('suggested', 'No safe action fits.') }) },
  },
  {
    title: 'An alarm was resolved',
    announcement: {
      kind: 'progress',
      story: {
        ...alarmStory,
        incident: Incident.parse({ ...alarmIncident, status: 'resolved', outcomeReason: 'The alarm is OK again.' }),
      },
    },
  },
  {
    title: 'A human has to take over',
    announcement: { kind: 'escalation', story: alarmStory, reason: 'No safe action fits.' },
  },
  {
    title: 'Selfheal itself failed',
    announcement: { kind: 'workflow-failure', story: alarmStory, reason: 'The workflow died three times in a row.' },
  },
  {
    title: 'Another channel could not tell it',
    announcement: {
      kind: 'channel-failure',
      story: runStory({ incident: ended('suggested', 'No safe action fits.') }),
      channel: 'github-comment',
      headline: 'No comment',
      reason: 'GitHub could not be reached, so the comment on the pull request is missing.',
    },
  },
  {
    title: 'Somebody is asked to decide',
    announcement: { ...request, notice: 'first', opening: 'Selfheal asks before it acts.' },
  },
  {
    title: 'Somebody is reminded',
    announcement: { ...request, notice: 'reminder', opening: 'Nobody has answered for two hours.' },
  },
  { title: 'A plan was approved', announcement: { kind: 'approval-decided', story: asking, approval } },
  {
    title: 'Nobody answered in time',
    announcement: {
      kind: 'approval-expired',
      story: asking,
      approval: { ...approval, state: 'pending', decidedBy: null },
    },
  },
  {
    title: 'It was approved too late',
    announcement: { kind: 'approval-too-late', approval: { ...approval, outcome: 'too-late' }, action: plan },
  },
  {
    title: 'Something runs out',
    announcement: {
      kind: 'capacity-forecast',
      service: Service.parse({ id: 'ledger', alarms: ['ledger-latency'], capacity: [memory] }),
      capacity: memory,
      forecast: {
        kind: 'expected',
        earliest: Date.parse(NOW) + 5 * 3_600_000,
        likely: Date.parse(NOW) + 7 * 3_600_000,
        latest: Date.parse(NOW) + 10 * 3_600_000,
        perHour: 1.4,
        from: Date.parse(NOW) - 20 * 3_600_000,
      },
      actions: ['Start one more task of the service ledger.'],
      stopped: null,
    },
  },
  {
    title: 'A message was seen that people wait for',
    announcement: {
      kind: 'alert-raised',
      incident: alarmIncident,
      rule: AlertRule.parse({ pattern: 'statement took * ms, waited for lock', service: 'ledger', action: 'notify' }),
      outcome: { decision: 'escalate', reasons: ['No safe action fits.'] },
      stopped,
      links: alarmStory.links,
      timeZone: 'UTC',
    },
  },
  {
    title: 'Answers got worse',
    announcement: {
      kind: 'quality-degraded',
      report: answersReportOf(predictions, {
        id: 'shipped',
        promised: { class: null, verdict: { hits: 380, cases: 400 } },
      }),
      retraining: { kind: 'too-few', cases: 12, needed: 50 },
      stopped: null,
    },
  },
  {
    title: 'Learning was reviewed by its schedule',
    announcement: {
      kind: 'learning-reviewed',
      review: LearningReview.parse({ everyDays: 7, actions: ['update_confidence', 'suggest_new_patterns'] }),
      report: learningReportOf({
        from: new Date(minutesAgo(7 * 24 * 60)),
        to: new Date(NOW),
        patterns: [],
        notes: [],
        incidents: [],
      }),
      scopes: 2,
      counts: { update_confidence: 4, prune_ineffective_patterns: 0, suggest_new_patterns: 1 },
      suggestions: [{ ids: ['p-1', 'p-2'], wording: phrase`lock of * was not freed in * s` }],
      stopped: null,
    },
  },
  {
    title: 'More reports of one service came in',
    announcement: {
      kind: 'reports-gathered',
      about: 'ledger',
      messages: [1, 2].map((place) => ({
        version: 1,
        channel: 'email',
        about: 'ledger',
        incidentId: `api-${String(place).repeat(24)}`,
        key: 'escalated#1',
        at: minutesAgo(20 - place),
        headline: `Payment ${place} was booked twice: no known failure matches`,
        outcome: 'Selfheal changed nothing. A person has to look: no safe remedy is known.',
        links: [],
      })),
      stopped: null,
      timeZone: 'UTC',
    },
  },
  {
    title: 'The kill switch is still on',
    announcement: { kind: 'still-stopped', stopped, days: 2, timeZone: 'UTC' },
  },
];
