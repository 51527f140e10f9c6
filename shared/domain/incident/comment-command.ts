import * as z from 'zod';
import { Correction } from '../quality/prediction.ts';
import { RepositoryName } from './target-context.ts';

const Login = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9_-]{0,59}$/);

/** What a comment asks for. A digest is bound to one plan: its beginning, as the mail shows it, or the whole. */
const Wish = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('decide'),
    decision: z.enum(['approved', 'rejected']),
    digest: z.string().regex(/^[0-9a-f]{12,64}$/),
  }),
  /** The last prediction about this pull request was wrong: it was of this class. */
  z.strictObject({ kind: z.literal('correct'), class: Correction.shape.class }),
]);

/** A command that somebody wrote in a comment on a pull request. Whether they may is asked of GitHub when it is obeyed. */
export const CommentCommand = z.strictObject({
  version: z.literal(1),
  kind: z.literal('comment-command'),
  deliveryId: z.string().min(1).max(200),
  repository: RepositoryName,
  repositoryId: z.number().int().nonnegative(),
  pullRequest: z.number().int().positive(),
  commentId: z.number().int().positive(),
  /** Login of whoever wrote the comment. */
  by: Login,
  /** Login of whoever opened the pull request; null for an account that is gone. */
  author: Login.nullable(),
  wish: Wish,
});
export type CommentCommand = z.infer<typeof CommentCommand>;

const DECISIONS = { approve: 'approved', reject: 'rejected' } as const;

/**
 * The command of a comment: its first line, which has to be nothing else (`/selfheal approve 1a2b3c4d5e6f`). Null when it is none; `unclear`
 * when it begins like one.
 */
export function wishIn(comment: string): CommentCommand['wish'] | 'unclear' | null {
  const first =
    comment
      .slice(0, 4000)
      .split(/\r\n|\r|\n/)
      .find((line) => line.trim() !== '') ?? '';
  const [name, verb, operand, ...more] = first.trim().split(/\s+/);
  if (name !== '/selfheal') return null;
  if (operand === undefined || more.length > 0) return 'unclear';
  const wish = Wish.safeParse(
    verb === 'wrong'
      ? { kind: 'correct', class: operand }
      : { kind: 'decide', decision: DECISIONS[verb as keyof typeof DECISIONS], digest: operand },
  );
  return wish.success ? wish.data : 'unclear';
}
