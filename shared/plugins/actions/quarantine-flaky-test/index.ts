import { Refused } from '@selfheal/kernel/errors.ts';
import {
  EXPIRED_LABEL,
  QUARANTINE_LABEL,
  quarantineMarker,
  quarantineStatusOf,
} from '@selfheal/pull-request-quality/domain/flaky-tests/quarantined-test.ts';
import { redactOutgoing } from '@selfheal/redaction/redact.ts';
import * as z from 'zod';
import type { Receipt } from '#shared/domain/plan/bound-action.ts';
import { NO_IMPACT } from '#shared/domain/plan/candidates.ts';
import { testIssueKey } from '#shared/domain/plan/target-key.ts';
import type { IssueNote } from '#shared/ports/proposals.ts';
import {
  failsStill,
  observeFailure,
  parametersOf,
  RunParameters,
  runIn,
  runSchedule,
  superseded,
} from '../common/failed-run.ts';
import { ISSUE_REPEAT, issueReceipt } from '../common/make-receipt.ts';
import {
  type ActionPorts,
  defineAction,
  NO_GRANTS,
  type Observation,
  type ProposalContext,
  preparedBy,
} from '../contract.ts';
import { QUARANTINE } from './prepare.ts';
import { quarantineBody } from './words.ts';

const Place = {
  ...RunParameters.shape,
  /** Digest of the test's name. */
  testKey: z.string().regex(/^[0-9a-f]{16}$/),
  /** The last day of the quarantine (UTC). */
  until: z.iso.date(),
};
const Parameters = z.discriminatedUnion('step', [
  z.strictObject({
    step: z.literal('open'),
    ...Place,
    incidentId: z.string(),
    /** Digest of the stored record; exactly this record is written. */
    digest: z.string().regex(/^[0-9a-f]{64}$/),
  }),
  z.strictObject({ step: z.literal('expire'), ...Place, issue: z.number().int().positive() }),
]);
type Parameters = z.infer<typeof Parameters>;
type Opening = Extract<Parameters, { step: 'open' }>;

/** High, so that it comes before the re-run: after that passes, there is no failure left to look at. */
const CONFIDENCE = 0.97;

function propose(context: ProposalContext) {
  const run = runIn(context);
  const { past = [], classification } = context;
  const quarantine = preparedBy(QUARANTINE, context);
  // The guard allows no write for a failure without a fingerprint.
  if (run === null || quarantine === null || classification.fingerprint === null) return [];
  if (classification.verdict !== 'flaky' || !failsStill(run.facts)) return [];
  if (past.some(({ actionId }) => actionId === 'quarantine-flaky-test')) return [];
  return [
    {
      parameters: { ...quarantine, ...parametersOf(run) },
      confidence: CONFIDENCE,
      reason:
        quarantine.step === 'open'
          ? 'By its recorded results, a test that failed here fails by chance: an issue gives it an owner and a last day.'
          : 'The quarantine of a test that failed here is over, and the test was not fixed.',
    },
  ];
}

/** Our newest issue about the test. */
function issueOf({ repository, testKey }: Parameters, { proposals }: ActionPorts): Promise<IssueNote | null> {
  return proposals.findIssue(repository, QUARANTINE_LABEL, quarantineMarker(testKey));
}

function receiptOf(parameters: Parameters, issue: IssueNote, at: Date): Receipt {
  const { until } = parameters;
  if (parameters.step === 'expire') {
    const summary = `Issue #${issue.number} reports that the quarantine of a flaky test ended on ${until}.`;
    return issueReceipt(summary, issue, at);
  }
  const summary = `Issue #${issue.number} reports a flaky test, which is in quarantine until ${until}.`;
  const receipt = issueReceipt(summary, issue, at);
  // The record step finds the test by it and stores the quarantine.
  return { ...receipt, facts: { ...receipt.facts, quarantine: parameters.digest } };
}

async function observe(parameters: Parameters, ports: ActionPorts): Promise<Observation> {
  const issue = await issueOf(parameters, ports);
  const now = ports.clock.now();
  const status = quarantineStatusOf(issue, now);
  const isExpiring = parameters.step === 'expire';
  if (isExpiring && (status.kind !== 'expired' || issue?.number !== parameters.issue)) {
    return superseded('The issue about the flaky test is no longer open, or its quarantine is not over.');
  }
  if (!isExpiring && (status.kind === 'expired' || status.kind === 'settled')) {
    return superseded(`Issue #${status.issue} already reports the flaky test.`);
  }
  const isThere = status.kind === 'quarantined' || (status.kind === 'expired' && status.announced);
  if (issue !== null && isThere) return { kind: 'happened', receipt: receiptOf(parameters, issue, now) };
  return await observeFailure(parameters, ports);
}

async function execute(parameters: Parameters, ports: ActionPorts) {
  if (parameters.step === 'open') return receiptOf(parameters, await open(parameters, ports), ports.clock.now());
  const issue = await issueOf(parameters, ports);
  if (issue?.number !== parameters.issue)
    throw new Refused(`Issue #${parameters.issue} is not the newest issue about its test.`);
  await ports.proposals.addLabels(parameters.repository, issue.number, [EXPIRED_LABEL]);
  return receiptOf(parameters, issue, ports.clock.now());
}

/** Opens the issue, after checking once more that no other incident has written about the test. Throws `Refused`. */
async function open(parameters: Opening, ports: ActionPorts): Promise<IssueNote> {
  const { repository, runId, incidentId, digest, testKey, until } = parameters;
  const test = await ports.quarantines.getQuarantine(incidentId, digest);
  if (test === null) throw new Refused("The plan's record of the flaky test is no longer stored.");
  if (test.testKey !== testKey || test.until !== until || test.incidentId !== incidentId) {
    throw new Refused('The stored record of the test differs from the planned one.');
  }
  const run = await ports.codeHost.getRun(repository, runId);
  const status = quarantineStatusOf(await issueOf(parameters, ports), ports.clock.now());
  if (status.kind !== 'none') throw new Refused(`Issue #${status.issue} already reports the flaky test.`);
  return await ports.proposals.openIssue(repository, {
    title: redactOutgoing(`Flaky test ${testKey}: in quarantine until ${until}`),
    body: redactOutgoing(quarantineBody(test, run.url)),
    labels: ['selfheal', QUARANTINE_LABEL],
    assignees: [],
  });
}

/**
 * Opens one issue about a test that fails by chance, with an owner and a last day, and labels it once when that day has passed. The test
 * itself stays unchanged. https://docs.github.com/en/rest/issues/issues#create-an-issue, https://docs.github.com/en/rest/issues/labels
 */
export const quarantineFlakyTest = defineAction<Parameters>({
  id: 'quarantine-flaky-test',
  title: 'Open an issue about a flaky test',
  family: 'github',
  risk: 'low',
  impact: NO_IMPACT,
  switch: 'issues',
  yields: true,
  repeat: ISSUE_REPEAT,
  parameters: Parameters,
  sample: {
    step: 'open',
    repository: 'acme/shop',
    runId: 1001,
    attempt: 1,
    testKey: '0123456789abcdef',
    until: '2026-12-05',
    incidentId: 'gh-000000000000000000000000',
    digest: 'd'.repeat(64),
  },
  prepare: QUARANTINE,
  propose,
  describe: (parameters) =>
    parameters.step === 'open'
      ? `Opens an issue in ${parameters.repository} about the flaky test ${parameters.testKey}, in quarantine until ${parameters.until}.`
      : `Labels issue #${parameters.issue} of ${parameters.repository}: the quarantine of its flaky test ended on ${parameters.until}.`,
  describeUndo: () => 'No test and no code is changed; closing the issue undoes it.',
  targetKey: ({ repository, testKey }) => testIssueKey(repository, testKey),
  grants: () => NO_GRANTS,
  schedule: runSchedule,
  observe,
  execute,
  verify: async (parameters, _receipt, { ports }) => {
    const issue = await issueOf(parameters, ports);
    const shows = issue !== null && (parameters.step === 'open' || issue.labels.includes(EXPIRED_LABEL));
    return shows
      ? { state: 'advanced', summary: `Issue #${issue.number} is up to date.` }
      : { state: 'pending', summary: 'The issue is not up to date yet.' };
  },
});
