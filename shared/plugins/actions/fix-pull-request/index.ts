import { Refused } from '@selfheal/kernel/errors.ts';
import { earlierFixes, FIX_BRANCH_PREFIX, mayProposeFix } from '@selfheal/patch-guard/fix-branch.ts';
import type * as z from 'zod';
import { NO_IMPACT } from '#shared/domain/plan/candidates.ts';
import type { PullRequestNote } from '#shared/ports/proposals.ts';
import { failsStill, observeFailure, runIn, Sha } from '../common/failed-run.ts';
import { passesOn } from '../common/fix-validation.ts';
import { makeReceipt } from '../common/make-receipt.ts';
import { DRAFT_STEPS, isLabelled, labelledDraft, openDraft, ownDraft } from '../common/own-draft.ts';
import { PATCH } from '../common/patch-preparation.ts';
import { FixParameters, fixParameters, fixTitle, isFixCommit, readFix, SAMPLE_FIX } from '../common/proposed-patch.ts';
import { type ActionPorts, defineAction, type Observation, type ProposalContext, preparedBy } from '../contract.ts';
import { fixBody } from './words.ts';

const Parameters = FixParameters.extend({
  /** The commit on the branch that the failed jobs passed on. */
  commit: Sha,
});
type Parameters = z.infer<typeof Parameters>;

/** Only a person's time is at risk, because the failed jobs passed with the change. */
const CONFIDENCE = 0.95;

function propose(context: ProposalContext) {
  const run = runIn(context);
  const { past = [] } = context;
  const fix = preparedBy(PATCH, context);
  const tried = past.findLast(({ actionId }) => actionId === 'try-fix');
  if (run === null || fix === null || tried?.state !== 'done' || tried.verified !== 'advanced') return [];
  const { branch, commit, fix: digest } = tried.receipt?.facts ?? {};
  if (!failsStill(run.facts)) return [];
  if (past.some(({ actionId }) => actionId === 'fix-pull-request')) return [];
  if (typeof branch !== 'string' || typeof commit !== 'string' || digest !== fix.digest) return [];
  return [
    {
      parameters: { ...fixParameters(run, fix, branch), commit },
      confidence: CONFIDENCE,
      reason: 'The jobs failed without the proposed change and pass with it; a person reviews it.',
    },
  ];
}

function receiptOf({ number, url }: PullRequestNote, at: Date) {
  const summary = `Opened draft pull request #${number} with a proposed change. The failed jobs pass with it. It waits for a review.`;
  return makeReceipt(summary, at, { pullRequest: number, url });
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
    throw new Refused(`The branch ${branch} no longer contains the tested change.`);
  }
  const validated = await passesOn(commit, parameters, ports);
  if (validated.kind !== 'passed') throw new Refused('The failed jobs do not pass with the proposed change.');
  const earlier = earlierFixes(await ports.proposals.pullRequests(repository, FIX_BRANCH_PREFIX));
  const permission = mayProposeFix({ fingerprint, digest: fix.patchDigest }, earlier);
  if (permission.kind === 'withheld') throw new Refused(permission.reason);
  const { jobs, url: passedUrl } = validated;
  return await openDraft(parameters, ports, ({ url: failedUrl }) => ({
    title: fixTitle(fix),
    body: fixBody({ ...fix, incidentId, jobs, failedUrl, passedUrl }),
  }));
}

/**
 * Opens a draft pull request for a tested change and requests a review. Never merged by Selfheal.
 * https://docs.github.com/en/rest/pulls/pulls#create-a-pull-request
 */
export const fixPullRequest = defineAction<Parameters>({
  id: 'fix-pull-request',
  title: 'Open a draft pull request with a tested change',
  family: 'github',
  risk: 'low',
  impact: NO_IMPACT,
  switch: 'patches',
  repeat: {
    kind: 'harmless',
    because: 'GitHub refuses a second pull request from the same branch, and a label exists only once',
  },
  parameters: Parameters,
  sample: { ...SAMPLE_FIX, commit: 'c'.repeat(40) },
  prepare: PATCH,
  propose,
  describe: ({ repository, branch }) =>
    `Opens a draft pull request of ${repository} from the branch ${branch}, with which the failed jobs pass, and asks for a review.`,
  ...DRAFT_STEPS,
  observe,
  execute,
});
