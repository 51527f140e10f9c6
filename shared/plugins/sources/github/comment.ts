import * as z from 'zod';
import { CommentCommand, requestIn } from '#shared/domain/incident/comment-command.ts';
import { firstProblem, type SourceResult, type WebhookEnvelope } from '../contract.ts';

const Account = z.object({ login: z.string(), type: z.string(), id: z.number().int().positive().optional() });

/** Only the fields that are needed of an `issue_comment` delivery (GitHub docs, "Webhook events and payloads"). */
const IssueComment = z.object({
  action: z.string(),
  issue: z.object({ number: z.number(), pull_request: z.object({}).nullish() }),
  comment: z.object({
    id: z.number(),
    body: z.string(),
    user: Account.nullish(),
    performed_via_github_app: z.unknown().optional(),
  }),
  repository: z.object({ id: z.number(), full_name: z.string() }),
  sender: Account,
});
type IssueComment = z.infer<typeof IssueComment>;

const ignored = (reason: string): SourceResult => ({ kind: 'ignored', reason });

/**
 * The command of a new comment by a person on a pull request, if it has one. Edited comments do not count, because anybody with write access can
 * edit the comments of others.
 */
export function commentResult({ deliveryId, body }: WebhookEnvelope): SourceResult {
  const parsed = IssueComment.safeParse(body);
  if (!parsed.success) return { kind: 'rejected', reason: firstProblem(parsed.error) };
  const { action, issue, comment, sender } = parsed.data;
  if (action !== 'created') return ignored('comment-changed');
  const request = requestIn(comment.body);
  if (request === null) return ignored('comment-other');
  if (!issue.pull_request) return ignored('comment-on-issue');
  if (!isPerson(parsed.data)) return ignored('comment-by-program');
  const command = CommentCommand.safeParse({
    version: 1,
    kind: 'comment-command',
    deliveryId,
    repository: parsed.data.repository.full_name,
    repositoryId: parsed.data.repository.id,
    pullRequest: issue.number,
    commentId: comment.id,
    by: sender.login,
    ...(sender.id === undefined ? {} : { byId: sender.id }),
    request,
  });
  return command.success
    ? { kind: 'command', command: command.data }
    : { kind: 'rejected', reason: firstProblem(command.error) };
}

function isPerson({ comment, sender }: IssueComment): boolean {
  const own = comment.user?.login === sender.login;
  return own && sender.type === 'User' && comment.user?.type === 'User' && !comment.performed_via_github_app;
}
