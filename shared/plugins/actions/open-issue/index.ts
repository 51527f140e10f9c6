import { safeLine } from '@selfheal/kernel/text/markdown.ts';
import { phrase } from '@selfheal/kernel/text/redacted-text.ts';
import { isFailure } from '@selfheal/log-reading/logs/telemetry.ts';
import { cleanText } from '@selfheal/redaction/clean-text.ts';
import { redactOutgoing } from '@selfheal/redaction/redact.ts';
import type * as z from 'zod';
import { NO_IMPACT } from '#shared/domain/plan/candidates.ts';
import type { IssueNote } from '#shared/ports/proposals.ts';
import {
  FAILURE_STEPS,
  Fingerprint,
  failsStill,
  observeFailure,
  parametersOf,
  RunParameters,
  runIn,
} from '../common/failed-run.ts';
import { ISSUE_REPEAT, issueReceipt } from '../common/make-receipt.ts';
import { type ActionPorts, defineAction, type Observation, type ProposalContext } from '../contract.ts';

const Parameters = RunParameters.extend({
  fingerprint: Fingerprint,
});
type Parameters = z.infer<typeof Parameters>;

const LABEL = 'selfheal';
/** It changes nothing, so it comes after every action that might help. */
const CONFIDENCE = 0.86;
const MAX_JOBS = 10;

function propose(context: ProposalContext) {
  const run = runIn(context);
  const { classification, past = [] } = context;
  if (run === null || classification.fingerprint === null || !failsStill(run.facts)) return [];
  const { target } = run;
  const lasting = classification.verdict === 'regression' || classification.verdict === 'unknown';
  if (!target.onDefaultBranch || !lasting) return [];
  // A pull request of Selfheal already reports it.
  if (past.some(({ receipt, verified }) => verified === 'advanced' && typeof receipt?.facts.pullRequest === 'number'))
    return [];
  if (past.some(({ actionId }) => actionId === 'open-issue')) return [];
  return [
    {
      parameters: {
        ...parametersOf(run),
        fingerprint: classification.fingerprint,
      },
      confidence: CONFIDENCE,
      reason: 'The default branch fails and no other action helps; an issue keeps it from being forgotten.',
    },
  ];
}

const markerOf = ({ fingerprint }: Parameters): string => `<!-- selfheal-issue:${fingerprint} -->`;

/** The open issue about the failure, or null. */
async function openIssueOf(parameters: Parameters, { proposals }: ActionPorts): Promise<IssueNote | null> {
  const found = await proposals.findIssue(parameters.repository, LABEL, markerOf(parameters));
  return found?.state === 'open' ? found : null;
}

function receiptOf(issue: IssueNote, at: Date) {
  return issueReceipt(`Issue #${issue.number} reports this failure.`, issue, at);
}

async function observe(parameters: Parameters, ports: ActionPorts): Promise<Observation> {
  const issue = await openIssueOf(parameters, ports);
  if (issue !== null) return { kind: 'happened', receipt: receiptOf(issue, ports.clock.now()) };
  return await observeFailure(parameters, ports);
}

async function execute(parameters: Parameters, ports: ActionPorts) {
  const { repository, runId, attempt } = parameters;
  const run = await ports.codeHost.getRun(repository, runId);
  const failed = (await ports.codeHost.listJobs(repository, runId, attempt)).filter(({ conclusion }) =>
    isFailure(conclusion),
  );
  const jobs = failed.slice(0, MAX_JOBS).map(({ name, failedStep }) => {
    const step = failedStep === null ? '' : `, step ${safeLine(cleanText(failedStep, 120))}`;
    return `- ${safeLine(cleanText(name.shown, 120))}${step}`;
  });
  const body = [
    markerOf(parameters),
    `[Run ${runId}](${run.url}) of commit ${run.headSha} fails on the default branch, and no safe action helps.`,
    jobs.length === 0 ? '' : `#### Failed jobs\n\n${jobs.join('\n')}`,
    '<sub>Opened by Selfheal, once for this failure while it is open. What is known about its cause was sent to the mail list. Close it when the failure is fixed.</sub>',
  ];
  const issue = await ports.proposals.openIssue(repository, {
    title: phrase`The default branch fails: run ${runId}`,
    body: redactOutgoing(body.filter((part) => part !== '').join('\n\n')),
    labels: [LABEL],
    assignees: [],
  });
  return receiptOf(issue, ports.clock.now());
}

/**
 * Opens one issue about a failure of the default branch that no other action fits.
 * https://docs.github.com/en/rest/issues/issues#create-an-issue
 */
export const openIssue = defineAction<Parameters>({
  id: 'open-issue',
  title: 'Open an issue about the failure',
  family: 'github',
  risk: 'low',
  impact: NO_IMPACT,
  switch: 'issues',
  repeat: ISSUE_REPEAT,
  parameters: Parameters,
  sample: { repository: 'acme/shop', runId: 1001, attempt: 1, fingerprint: '0123456789abcdef' },
  propose,
  describe: ({ repository, runId }) =>
    `Opens an issue in ${repository} about the failure of run ${runId}, unless one is open already.`,
  ...FAILURE_STEPS,
  describeUndo: () => 'Nothing else is changed; closing the issue undoes it.',
  observe,
  execute,
  verify: async (parameters, _receipt, { ports }) => {
    const issue = await openIssueOf(parameters, ports);
    return issue === null
      ? { state: 'pending', summary: 'The issue is not visible yet.' }
      : { state: 'advanced', summary: `Issue #${issue.number} is open.` };
  },
});
