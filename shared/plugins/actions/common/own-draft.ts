import { Refused } from '@selfheal/kernel/errors.ts';
import { FIX_BRANCH_PREFIX, FIX_LABELS } from '@selfheal/patch-guard/fix-branch.ts';
import type { Run } from '#shared/ports/code-host.ts';
import type { NewDraft, PullRequestNote } from '#shared/ports/proposals.ts';
import type { ActionPlugin, ActionPorts } from '../contract.ts';
import { FAILURE_STEPS, type RunParameters } from './failed-run.ts';

type Writing = Pick<ActionPorts, 'proposals'>;

/** The branch of one action; we open no other pull request from it. */
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

/** Whether it has its labels. Without them the action is not done, and executing it again adds them. */
export function isLabelled({ labels }: PullRequestNote): boolean {
  return FIX_LABELS.every((label) => labels.includes(label));
}

/** Our pull request from the branch, with its labels; `open` creates it if needed. */
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
 * Opens a draft from the branch, with the branch of the failed run as its base. `textsOf` words it for that run. Throws `Refused` when that
 * branch cannot have a pull request.
 */
export async function openDraft(
  { repository, runId, branch }: DraftPlace & Pick<RunParameters, 'runId'>,
  { codeHost, proposals }: Pick<ActionPorts, 'codeHost' | 'proposals'>,
  textsOf: (failed: Run) => Pick<NewDraft, 'title' | 'body'>,
): Promise<PullRequestNote> {
  const failed = await codeHost.getRun(repository, runId);
  if (failed.baseBranch === null)
    throw new Refused('The branch of the failed run cannot be the base of a pull request.');
  return await proposals.openDraft(repository, { ...textsOf(failed), branch, base: failed.baseBranch });
}

const verify: ActionPlugin<DraftPlace>['verify'] = async (place, _receipt, { ports }) => {
  const draft = await ownDraft(place, ports);
  return draft === null
    ? { state: 'pending', summary: 'The pull request is not visible yet.' }
    : { state: 'advanced', summary: `Pull request #${draft.number} is ${draft.state}.` };
};

/** Verification and undo of a draft. A draft heals nothing, so it counts as advanced when it is visible. */
export const DRAFT_STEPS = {
  ...FAILURE_STEPS,
  describeUndo: () => 'Nothing is merged; closing the draft undoes it.',
  verify,
};
