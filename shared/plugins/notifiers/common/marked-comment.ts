import type { RedactedText } from '@selfheal/kernel/text/redacted-text.ts';
import type { CodeHost, Comment } from '#shared/ports/code-host.ts';

type CommentPorts = Pick<CodeHost, 'findComment' | 'createComment' | 'updateComment'>;

/**
 * Writes our one comment with the marker: created, or edited where its text changes. `write` gets the comment that is there; null from it leaves
 * everything as it is. Returns the comment, or null where none was to be written.
 */
export async function writeMarkedComment(
  { repository, pullRequest, marker }: { repository: string; pullRequest: number; marker: string },
  codeHost: CommentPorts,
  write: (existing: Comment | null) => RedactedText | null,
): Promise<Comment | null> {
  const existing = await codeHost.findComment(repository, pullRequest, marker);
  const body = write(existing);
  if (body === null) return null;
  if (existing === null) return await codeHost.createComment(repository, pullRequest, body);
  return existing.body === body ? existing : await codeHost.updateComment(repository, existing.id, body);
}
