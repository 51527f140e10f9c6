import { digestOf } from '@selfheal/kernel/digest.ts';
import { OutcomeUnknown, Refused, Retryable } from '@selfheal/kernel/errors.ts';
import type { Clock } from '@selfheal/kernel/time.ts';
import { redactOutgoing } from '@selfheal/redaction/redact.ts';
import {
  COMMENT_MARKER,
  type CommentPart,
  commentBody,
  isShown,
  isSuperseded,
  mergeParts,
  partsOf,
} from '../../domain/pull-request/sticky-comment.ts';
import type { Comment, PullRequestFeedback } from '../../ports/pull-request-feedback.ts';

export interface StickyCommentDeps {
  readonly feedback: PullRequestFeedback;
  readonly clock: Clock;
}

export type WrittenComment =
  | { readonly kind: 'written'; readonly url: string; readonly changed: 'created' | 'updated' | 'unchanged' }
  /** The comment is about a newer run already. */
  | { readonly kind: 'newer'; readonly url: string };

/** GitHub's list may lack a new comment for this long. */
const LISTING_LAG = 1500;
/** A lock that is held for longer was left by a process that died: the work under it takes a few seconds. */
const LOCK_EXPIRES = 60_000;
/** The holder of the lock stops writing after this time, before somebody else may take the lock. */
const LOCK_LASTS = 40_000;
const WAIT_AT_MOST = 150_000;
const FIRST_PAUSE_MS = 250;
const MAX_PAUSE_MS = 4000;

/**
 * Puts the part into the one comment of the pull request, unless the comment is about a newer run. However many processes do so at once, one
 * comment with the newest part of each workflow is left: each change is made under the comment's lock, and comments that were created at the same
 * time are merged into the oldest. `underLock` runs before the lock is released, with the parts that the comment shows then; not for a run whose successor
 * has reported on the same commit already.
 */
export async function writeStickyComment(
  { repository, pullRequest }: { readonly repository: string; readonly pullRequest: number },
  part: CommentPart,
  { feedback, clock }: StickyCommentDeps,
  underLock: (shown: readonly CommentPart[]) => Promise<void>,
): Promise<WrittenComment> {
  const begun = clock.now().getTime();
  let created: Comment | null = null;
  for (let round = 0; ; round += 1) {
    if (clock.now().getTime() - begun > WAIT_AT_MOST) throw new Retryable('Other jobs keep the comment locked.');
    const found = await ours(created);
    const [oldest] = found;
    if (oldest === undefined) {
      created = await feedback.createComment(repository, pullRequest, redactOutgoing(commentBody([part])));
      await clock.sleep(LISTING_LAG);
      continue;
    }
    // Whoever waits for the lock and finds the report of a later run does not need the lock: fewer requests when many jobs end at once.
    const isAlone = found.length === 1;
    if (round > 0 && isAlone && isSuperseded(part, partsOf(oldest.body))) return { kind: 'newer', url: oldest.url };
    const lock = await lockOf(oldest.id);
    if (lock.kind === 'gone') {
      created = null;
      continue;
    }
    if (lock.kind === 'held') {
      if (clock.now().getTime() - Date.parse(lock.since) > LOCK_EXPIRES)
        await feedback.unlockComment(repository, oldest.id, lock.id);
      else await clock.sleep(pauseOf(round));
      continue;
    }
    try {
      const written = await write(oldest, created);
      if (written !== null) return written;
    } finally {
      // The lock expires by itself.
      if (lock.kind === 'taken') await feedback.unlockComment(repository, oldest.id, lock.id).catch(ignoreFailure);
    }
  }

  async function ours(known: Comment | null): Promise<Comment[]> {
    const listed = await feedback.listComments(repository, pullRequest, COMMENT_MARKER);
    const missing = known !== null && !listed.some(({ id }) => id === known.id) ? [known] : [];
    return [...listed, ...missing].sort((a, b) => a.id - b.id);
  }

  /** A token that may comment but not react writes without a lock, as the next best thing. */
  async function lockOf(commentId: number) {
    try {
      return await feedback.lockComment(repository, commentId);
    } catch (error) {
      if (error instanceof Refused) return { kind: 'none' as const };
      throw error;
    }
  }

  /** Pauses grow, and differ between processes that wait for the same lock. */
  function pauseOf(round: number): number {
    const spread = Number.parseInt(digestOf(`${part.key} ${part.runId} ${part.attempt} ${round}`, 4), 16) / 0xffff;
    return Math.min(MAX_PAUSE_MS, FIRST_PAUSE_MS * 1.5 ** Math.min(round, 10)) * (0.5 + spread);
  }

  /** Null when an older comment appeared: its lock is the one that counts. */
  async function write(locked: Comment, known: Comment | null): Promise<WrittenComment | null> {
    const started = clock.now().getTime();
    const isLate = (): boolean => clock.now().getTime() - started > LOCK_LASTS;
    const [oldest, ...duplicates] = await ours(known);
    if (oldest === undefined || oldest.id !== locked.id || isLate()) return null;
    const shown = mergeParts([oldest, ...duplicates].flatMap(({ body }) => partsOf(body)).concat(part));
    const body = redactOutgoing(commentBody(shown));
    const isSame = body.trim() === oldest.body.trim();
    if (!isSame) await feedback.updateComment(repository, oldest.id, body);
    for (const { id } of duplicates) await feedback.deleteComment(repository, id);
    if (!isLate()) await underLock(shown);
    if (!isShown(part, shown)) return { kind: 'newer', url: oldest.url };
    const isOurs = known?.id === oldest.id;
    return { kind: 'written', url: oldest.url, changed: isOurs ? 'created' : isSame ? 'unchanged' : 'updated' };
  }
}

function ignoreFailure(error: unknown): void {
  if (!(error instanceof Retryable || error instanceof Refused || error instanceof OutcomeUnknown)) throw error;
}
