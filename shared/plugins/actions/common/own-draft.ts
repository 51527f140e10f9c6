import { FIX_BRANCH_PREFIX, FIX_LABELS } from '#shared/domain/patch/fix-branch.ts';
import type { PullRequestNote } from '#shared/ports/proposals.ts';
import type { ActionPorts, Verification } from '../contract.ts';

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

/** An open pull request heals nothing: it counts as advanced as soon as it is visible. */
export async function verifyDraft(place: DraftPlace, ports: Writing): Promise<Verification> {
  const draft = await ownDraft(place, ports);
  if (draft === null) return { state: 'pending', summary: 'The pull request does not show yet.' };
  return { state: 'advanced', summary: `Pull request #${draft.number} is ${draft.state}.` };
}
