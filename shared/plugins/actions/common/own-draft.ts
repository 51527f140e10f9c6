import { FIX_BRANCH_PREFIX, FIX_LABELS } from '#shared/domain/patch/fix-branch.ts';
import { Refused } from '#shared/kernel/errors.ts';
import type { Run } from '#shared/ports/code-host.ts';
import type { NewDraft, PullRequestNote } from '#shared/ports/proposals.ts';
import type { ActionPlugin, ActionPorts } from '../contract.ts';
import { FAILURE_STEPS, type RunParameters } from './failed-run.ts';

type Writing = Pick<ActionPorts, 'proposals'>;

/** The branch of one action; no other pull request of ours is from it. */
interface DraftPlace {
  readonly repository: string;
  readonly branch: string;
}

/** Our pull request from the branch, or null. */
export async function ownDraft(
  { repository, branch }: DraftPlace,
  { proposals }: Writing,
): Promise<PullRequestNote | null> {
  const found = await proposals.pullRequests(repository, FIX_BRANCH_PREFIX);
  return found.find((one) => one.branch === branch) ?? null;
}

/** Whether it has its labels; without them it is not done, and executing again adds what is missing. */
export function isLabelled({ labels }: PullRequestNote): boolean {
  return FIX_LABELS.every((label) => labels.includes(label));
}

/** Our pull request from the branch, created by `open` if needed, with its labels. */
export async function labelledDraft(
  place: DraftPlace,
  ports: Writing,
  open: () => Promise<PullRequestNote>,
): Promise<PullRequestNote> {
  const draft = (await ownDraft(place, ports)) ?? (await open());
  await ports.proposals.addLabels(place.repository, draft.number, FIX_LABELS);
  return draft;
}

/**
 * Opens a draft from the branch for the branch of the failed run. `textsOf` words it, given that run. Throws `Refused`
 * when no pull request can be for that branch.
 */
export async function openDraft(
  { repository, runId, branch }: DraftPlace & Pick<RunParameters, 'runId'>,
  { codeHost, proposals }: Pick<ActionPorts, 'codeHost' | 'proposals'>,
  textsOf: (failed: Run) => Pick<NewDraft, 'title' | 'body'>,
): Promise<PullRequestNote> {
  const failed = await codeHost.getRun(repository, runId);
  if (failed.baseBranch === null) throw new Refused('No pull request can be for the branch of the failed run.');
  return await proposals.openDraft(repository, { ...textsOf(failed), branch, base: failed.baseBranch });
}

const verify: ActionPlugin<DraftPlace>['verify'] = async (place, _receipt, { ports }) => {
  const draft = await ownDraft(place, ports);
  return draft === null
    ? { state: 'pending', summary: 'The pull request does not show yet.' }
    : { state: 'advanced', summary: `Pull request #${draft.number} is ${draft.state}.` };
};

/** How a draft is verified and undone. It heals nothing: it counts as advanced as soon as it is visible. */
export const DRAFT_STEPS = {
  ...FAILURE_STEPS,
  describeUndo: () => 'Nothing is merged: close the draft, and it is over.',
  verify,
};
