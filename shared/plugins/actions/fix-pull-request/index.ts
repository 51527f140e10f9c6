import type * as z from 'zod';
import { earlierFixes, FIX_BRANCH_PREFIX, mayProposeFix } from '#shared/domain/patch/fix-branch.ts';
import { NO_IMPACT } from '#shared/domain/plan/impact.ts';
import { fixKey } from '#shared/domain/plan/target-key.ts';
import { redactOutgoing } from '#shared/domain/redaction/redact.ts';
import { Refused } from '#shared/kernel/errors.ts';
import type { PullRequestNote } from '#shared/ports/proposals.ts';
import { failsStill, observeFailure, parametersOf, runIn, runSchedule, Sha } from '../common/failed-run.ts';
import { passesOn } from '../common/fix-validation.ts';
import { isLabelled, labelledDraft, ownDraft, verifyDraft } from '../common/own-draft.ts';
import { PATCH } from '../common/patch-preparation.ts';
import { FixParameters, fixTitle, isFixCommit, readFix, SAMPLE_FIX } from '../common/proposed-patch.ts';
import {
  type ActionPorts,
  defineAction,
  NO_GRANTS,
  type Observation,
  type ProposalContext,
  preparedBy,
} from '../contract.ts';
import { fixBody } from './words.ts';

const Parameters = FixParameters.extend({
  /** The commit on the branch with which the failed jobs passed. */
  commit: Sha,
});
type Parameters = z.infer<typeof Parameters>;

/** Only a person's time is at risk: the failed jobs were seen to pass with it. */
const CONFIDENCE = 0.95;

function propose(context: ProposalContext) {
  const run = runIn(context);
  const { past = [] } = context;
  const fix = preparedBy(PATCH, context);
  const tried = past.findLast(({ actionId }) => actionId === 'try-fix');
  if (run === null || fix === null || tried?.state !== 'done' || tried.verified !== 'advanced') return [];
  const { target, facts } = run;
  const { branch, commit, fix: digest } = tried.receipt?.facts ?? {};
  if (!failsStill(facts)) return [];
  if (past.some(({ actionId }) => actionId === 'fix-pull-request')) return [];
  if (typeof branch !== 'string' || typeof commit !== 'string' || digest !== fix.digest) return [];
  return [
    {
      parameters: {
        ...parametersOf(run),
        incidentId: fix.incidentId,
        workflowId: target.workflowId,
        baseSha: target.headSha,
        branch,
        fixDigest: fix.digest,
        fingerprint: fix.fingerprint,
        newUses: fix.newUses,
        commit,
      },
      confidence: CONFIDENCE,
      reason: 'The jobs failed without the proposed change and pass with it; a person reviews it.',
    },
  ];
}

function receiptOf({ number, url }: PullRequestNote, at: Date) {
  return {
    summary: redactOutgoing(
      `Opened draft pull request #${number} with a proposed change with which the failed jobs pass. It waits for a review.`,
    ),
    at: at.toISOString(),
    facts: { pullRequest: number, url },
  };
}

async function observe(parameters: Parameters, ports: ActionPorts): Promise<Observation> {
  const found = await ownDraft(parameters, ports);
  if (found !== null && isLabelled(found)) return { kind: 'happened', receipt: receiptOf(found, ports.clock.now()) };
  if (found !== null) return { kind: 'not-started' };
  return await observeFailure(parameters, ports);
}

async function execute(parameters: Parameters, ports: ActionPorts) {
  const draft = await labelledDraft(parameters, ports, () => open(parameters, ports));
  return receiptOf(draft, ports.clock.now());
}

/** Checks all preconditions again, right before a person is asked. Throws `Refused`. */
async function open(parameters: Parameters, ports: ActionPorts): Promise<PullRequestNote> {
  const { repository, branch, commit, incidentId, fingerprint } = parameters;
  const fix = await readFix(parameters, ports);
  const head = await ports.code.branchHead(repository, branch);
  if (head === null || head.sha !== commit || !isFixCommit(head, parameters)) {
    throw new Refused(`The branch ${branch} is not what was tried any more.`);
  }
  const validated = await passesOn(commit, parameters, ports);
  if (validated.kind !== 'passed') throw new Refused('The failed jobs do not pass with the proposed change.');
  const earlier = earlierFixes(await ports.proposals.pullRequests(repository, FIX_BRANCH_PREFIX));
  const permission = mayProposeFix({ fingerprint, digest: fix.patchDigest }, earlier);
  if (permission.kind === 'withheld') throw new Refused(permission.reason);
  const failed = await ports.codeHost.getRun(repository, parameters.runId);
  if (failed.baseBranch === null) throw new Refused('No pull request can be for the branch of the failed run.');
  const story = { ...fix, incidentId, jobs: validated.jobs, failedUrl: failed.url, passedUrl: validated.url };
  const draft = { title: fixTitle(fix), body: fixBody(story), branch, base: failed.baseBranch };
  return await ports.proposals.openDraft(repository, draft);
}

/**
 * Opens a draft pull request for a tested change and requests a review. Never merged by Selfheal.
 * https://docs.github.com/en/rest/pulls/pulls#create-a-pull-request
 */
export const fixPullRequest = defineAction<Parameters>({
  id: 'fix-pull-request',
  title: 'Open a draft pull request with a tried change',
  family: 'github',
  risk: 'low',
  impact: NO_IMPACT,
  switch: 'patches',
  repeat: {
    kind: 'harmless',
    because: 'GitHub refuses a second pull request from the same branch, and a label is there once',
  },
  parameters: Parameters,
  sample: { ...SAMPLE_FIX, commit: 'c'.repeat(40) },
  prepare: PATCH,
  propose,
  describe: ({ repository, branch }) =>
    `Opens a draft pull request of ${repository} from the branch ${branch}, with which the failed jobs pass, and asks for a review.`,
  describeUndo: () => 'Nothing is merged: close the draft, and it is over.',
  targetKey: ({ repository, fingerprint }) => fixKey(repository, fingerprint),
  grants: () => NO_GRANTS,
  schedule: runSchedule,
  observe,
  execute,
  verify: (parameters, _receipt, { ports }) => verifyDraft(parameters, ports),
});
