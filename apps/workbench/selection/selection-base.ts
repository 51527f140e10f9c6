import type { Git } from '@selfheal/pull-request-quality/app/test-selection/read-changes.ts';
import type { RunOrigin } from '../input/run-origin.ts';

/** What a change is compared with. `whole`: why everything runs in any case, as a sentence; null for a change. */
interface SelectionBase {
  readonly base: string;
  readonly whole: string | null;
}

/** The base of the run's change. Only what is compared with something else is a change: the default branch itself and tags are none. */
export async function selectionBaseOf(origin: RunOrigin, git: Git): Promise<SelectionBase> {
  const { event, kind, base: target, defaultBranch, followed, headSha, isDefaultBranch, ref } = origin;
  const base = target?.sha ?? `origin/${target?.branch ?? defaultBranch ?? 'main'}`;
  const everything = (whole: string): SelectionBase => ({ base, whole });
  if (event === null) return { base, whole: null };
  if (isDefaultBranch) return everything(`This is the default branch ${ref}, on which everything runs.`);
  if (kind === 'tag') return everything('This is a tag, for which everything runs.');
  if (kind === 'unknown') return everything(`The event ${event} does not say which change this is.`);
  const head = followed === null ? null : (await git('rev-parse', 'HEAD'))?.trim();
  if (followed !== null && (headSha === null || head !== headSha))
    return everything('The run follows another one, whose commit is not checked out.');
  return { base, whole: null };
}
