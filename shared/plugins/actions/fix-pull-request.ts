import type * as z from 'zod';
import { earlierFixes, FIX_BRANCH_PREFIX, mayProposeFix } from '#shared/domain/patch/fix-branch.ts';
import { fixKey } from '#shared/domain/plan/target-key.ts';
import { mayWrite } from '#shared/domain/policy/fix-settings.ts';
import { redactOutgoing } from '#shared/domain/redaction/redact.ts';
import { Refused } from '#shared/kernel/errors.ts';
import type { PullRequestNote } from '#shared/ports/proposals.ts';
import { type ActionPorts, defineAction, NO_GRANTS, type Observation, type ProposalContext } from './contract.ts';
import { failsStill, observeFailure, parametersOf, runIn, runSchedule } from './failed-run.ts';
import { fixBody, fixTitle } from './fix-pull-request-words.ts';
import { passesOn } from './fix-validation.ts';
import { isLabelled, labelledDraft, ownDraft, verifyDraft } from './own-draft.ts';
import { Sha } from './run-parameters.ts';
import { FixParameters, isFixCommit, readFix, tryFix } from './try-fix.ts';

const Parameters = FixParameters.extend({
  /** The commit on the branch that the failed jobs passed with. */
  commit: Sha,
});
type Parameters = z.infer<typeof Parameters>;

/** What is risked is a person's time: it was seen that the failed jobs pass with it. */
const CONFIDENCE = 0.95;

function propose(context: ProposalContext) {
  const run = runIn(context);
  const { fix, past = [], configuration } = context;
  const tried = past.findLast(({ actionId }) => actionId === tryFix.id);
  if (run === null || fix == null || tried?.state !== 'done' || tried.verified !== 'advanced') return [];
  const { target, facts } = run;
  const { branch, commit, fix: digest } = tried.receipt?.facts ?? {};
  if (!failsStill(facts) || !mayWrite(configuration, target.repository, 'fix-pull-request')) return [];
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

/** Looks once more at all that speaks for it, right before a person is asked. Throws `Refused`. */
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
 * Opens a draft pull request for a change that was tried, and asks for a review. It is never merged by itself.
 * https://docs.github.com/en/rest/pulls/pulls#create-a-pull-request
 */
export const fixPullRequest = defineAction<Parameters>({
  id: 'fix-pull-request',
  title: 'Open a draft pull request with a tried change',
  family: 'github',
  risk: 'low',
  repeat: {
    kind: 'harmless',
    because: 'GitHub refuses a second pull request from the same branch, and a label is there once',
  },
  parameters: Parameters,
  sample: { ...FixParameters.parse(tryFix.sample), commit: 'c'.repeat(40) },
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
