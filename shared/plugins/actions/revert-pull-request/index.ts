import { Refused } from '@selfheal/kernel/errors.ts';
import { phrase } from '@selfheal/kernel/text/redacted-text.ts';
import { fixBranch } from '@selfheal/patch-guard/fix-branch.ts';
import { redactOutgoing } from '@selfheal/redaction/redact.ts';
import * as z from 'zod';
import { NO_IMPACT } from '#shared/domain/plan/candidates.ts';
import type { Run } from '#shared/ports/code-host.ts';
import type { BranchHead } from '#shared/ports/code-writer.ts';
import type { PullRequestNote } from '#shared/ports/proposals.ts';
import {
  type FailedRun,
  Fingerprint,
  FixBranch,
  failsStill,
  observeFailure,
  parametersOf,
  RunParameters,
  runIn,
  Sha,
  superseded,
} from '../common/failed-run.ts';
import { makeReceipt } from '../common/make-receipt.ts';
import { DRAFT_STEPS, isLabelled, labelledDraft, openDraft, ownDraft } from '../common/own-draft.ts';
import { type ActionPorts, defineAction, type Observation, type ProposalContext, preparedBy } from '../contract.ts';
import { REVERT } from './prepare.ts';

const Parameters = RunParameters.extend({
  fingerprint: Fingerprint,
  /** The merge commit of the pull request. */
  mergedSha: Sha,
  /** The commit before it. */
  beforeSha: Sha,
  pullRequest: z.number().int().positive(),
  branch: FixBranch,
});
type Parameters = z.infer<typeof Parameters>;

const CONFIDENCE = 0.88;
/** In this many runs of the default branch before it, every job that fails now must have passed. */
const PASSED_BEFORE = 3;

function propose(context: ProposalContext) {
  const run = runIn(context);
  const { classification, past = [] } = context;
  const revert = preparedBy(REVERT, context);
  if (run === null || revert === null || classification.fingerprint === null) return [];
  const { target, facts } = run;
  if (!target.onDefaultBranch) return [];
  if (classification.verdict !== 'regression' || !failsStill(facts) || !passedBefore(run)) return [];
  if (past.some(({ actionId }) => actionId === 'revert-pull-request')) return [];
  return [
    {
      parameters: {
        ...parametersOf(run),
        fingerprint: classification.fingerprint,
        mergedSha: target.headSha,
        ...revert,
        branch: fixBranch(context.now),
      },
      confidence: CONFIDENCE,
      reason: `In the last ${PASSED_BEFORE} runs of the default branch before pull request #${revert.pullRequest}, the jobs that fail since then passed.`,
    },
  ];
}

/** Whether the jobs that fail now passed in the previous runs of the same branch. */
function passedBefore({ facts, target }: FailedRun): boolean {
  const { jobHistories } = facts;
  return (
    jobHistories.length > 0 &&
    jobHistories.every(({ defaultBranch, sameCommit }) => {
      const before = defaultBranch.filter(({ runId }) => runId < target.runId).slice(0, PASSED_BEFORE);
      const passesNow = sameCommit.some(({ passed }) => passed);
      return before.length === PASSED_BEFORE && before.every(({ passed }) => passed) && !passesNow;
    })
  );
}

const trailerOf = ({ mergedSha }: Parameters): string => `Selfheal-Revert: ${mergedSha}`;

function isRevert(head: BranchHead, parameters: Parameters): boolean {
  const [parent, ...more] = head.parents;
  return parent === parameters.mergedSha && more.length === 0 && head.message.includes(trailerOf(parameters));
}

function receiptOf({ number, url }: PullRequestNote, { pullRequest }: Parameters, at: Date) {
  const summary = `Opened draft pull request #${number}, which reverts #${pullRequest}. It waits for a review.`;
  return makeReceipt(summary, at, { pullRequest: number, url });
}

async function observe(parameters: Parameters, ports: ActionPorts): Promise<Observation> {
  const { repository, branch, runId, mergedSha } = parameters;
  const found = await ownDraft(parameters, ports);
  if (found !== null && isLabelled(found)) {
    return { kind: 'happened', receipt: receiptOf(found, parameters, ports.clock.now()) };
  }
  const head = await ports.code.branchHead(repository, branch);
  if (head !== null && !isRevert(head, parameters)) return superseded(`A different branch ${branch} already exists.`);
  if (found !== null) return { kind: 'not-started' };
  // The failed run is on the default branch.
  const { baseBranch } = await ports.codeHost.getRun(repository, runId);
  const tip = baseBranch === null ? null : await ports.code.branchHead(repository, baseBranch);
  if (tip?.sha !== mergedSha) return superseded('The default branch has moved on.');
  return await observeFailure(parameters, ports);
}

async function execute(parameters: Parameters, ports: ActionPorts) {
  const { repository, branch } = parameters;
  const head = await ports.code.branchHead(repository, branch);
  if (head === null) await makeBranch(parameters, ports);
  else if (!isRevert(head, parameters)) throw new Refused(`A different branch ${branch} already exists.`);
  const draft = await labelledDraft(parameters, ports, () =>
    openDraft(parameters, ports, (failed) => textsOf(parameters, failed)),
  );
  return receiptOf(draft, parameters, ports.clock.now());
}

/** The merge commit is the newest one, so the revert restores exactly the files before it. */
async function makeBranch(parameters: Parameters, { code }: ActionPorts): Promise<void> {
  const { repository, mergedSha, beforeSha, branch, pullRequest } = parameters;
  const message = redactOutgoing(`autofix: revert #${pullRequest}\n\n${trailerOf(parameters)}\n`);
  const commit = await code.writeCommit(repository, { parent: mergedSha, filesOf: beforeSha, changes: [], message });
  await code.createBranch(repository, branch, commit);
}

function textsOf({ pullRequest, mergedSha, beforeSha }: Parameters, failed: Run) {
  const body = [
    `Reverts #${pullRequest} exactly: the files are those of ${beforeSha}.`,
    `In the last ${PASSED_BEFORE} runs of the default branch before it, the jobs that [fail since](${failed.url}) (commit ${mergedSha}) passed.`,
    '#### How to test it\n\n- Wait for its checks. Then decide: fix what broke, or merge this and fix it without pressure.',
    '<sub>Opened by Selfheal as a draft. Selfheal never merges it.</sub>',
  ].join('\n\n');
  return { title: phrase`autofix: revert #${pullRequest}`, body: redactOutgoing(body) };
}

/**
 * Opens a draft pull request that reverts the one pull request that broke the default branch.
 * https://docs.github.com/en/rest/git/commits, https://docs.github.com/en/rest/pulls/pulls
 */
export const revertPullRequest = defineAction<Parameters>({
  id: 'revert-pull-request',
  title: 'Open a draft that reverts a pull request',
  family: 'github',
  risk: 'low',
  impact: NO_IMPACT,
  selfApproval: true,
  switch: 'reverts',
  repeat: {
    kind: 'harmless',
    because: 'GitHub refuses a second branch with the same name, and a second pull request from it',
  },
  parameters: Parameters,
  sample: {
    repository: 'acme/shop',
    runId: 1001,
    attempt: 1,
    fingerprint: '0123456789abcdef',
    mergedSha: 'a'.repeat(40),
    beforeSha: 'b'.repeat(40),
    pullRequest: 7,
    branch: 'autofix-20261121-120000',
  },
  prepare: REVERT,
  propose,
  describe: ({ repository, pullRequest }) =>
    `Opens a draft pull request in ${repository} that reverts pull request #${pullRequest}, and asks for a review.`,
  ...DRAFT_STEPS,
  observe,
  execute,
});
