import type { Clock } from '@selfheal/kernel/time.ts';
import { isSameRepository, type RepositoryIdentity } from '#shared/domain/incident/repository-identity.ts';
import type { RepositoryDirectory } from '#shared/ports/code-host.ts';

export interface ConfirmDeps {
  readonly directory: RepositoryDirectory;
  readonly clock: Clock;
}

/** `foreign`: GitHub reports another name for this id, or another id for this name. */
type Confirmation = 'confirmed' | 'foreign';
export type ConfirmRepository = (identity: RepositoryIdentity) => Promise<Confirmation>;

/** How long GitHub's answer is cached. */
const FRESH_MILLISECONDS = 5 * 60_000;
/**
 * A cached answer that contradicts a delivery is requested again unless it is this recent: the repository may have been recreated.
 */
const YOUNG_MILLISECONDS = 30_000;
const MAX_KEPT = 5_000;

interface Kept {
  readonly at: number;
  readonly answer: Promise<RepositoryIdentity>;
}

/**
 * Checks the name and id of a delivery against GitHub's current answer, which is cached in this process for some minutes. Throws `Retryable`
 * while GitHub does not answer, and `Refused` where GitHub does not show the repository: nothing passes unchecked.
 */
export function makeConfirmRepository({ directory, clock }: ConfirmDeps): ConfirmRepository {
  const kept = new Map<string, Kept>();
  const lookUp = (name: string, maxAge: number): Promise<RepositoryIdentity> => {
    const key = name.toLowerCase();
    const now = clock.now().getTime();
    const known = kept.get(key);
    if (known !== undefined && now - known.at < maxAge && now >= known.at) return known.answer;
    const answer = directory.lookUp(name);
    // Keeps the map in order of requests, so that the oldest answer is evicted first.
    kept.delete(key);
    kept.set(key, { at: now, answer });
    answer.catch(() => {
      if (kept.get(key)?.answer === answer) kept.delete(key);
    });
    for (const oldest of kept.keys()) {
      if (kept.size <= MAX_KEPT) break;
      kept.delete(oldest);
    }
    return answer;
  };
  return async (identity) => {
    if (isSameRepository(identity, await lookUp(identity.name, FRESH_MILLISECONDS))) return 'confirmed';
    return isSameRepository(identity, await lookUp(identity.name, YOUNG_MILLISECONDS)) ? 'confirmed' : 'foreign';
  };
}
