import type { CommentCommand } from '#shared/domain/incident/comment-command.ts';
import type { CommandQueue } from '#shared/ports/cloud.ts';
import type { People, Permission } from '#shared/ports/code-host.ts';

export function makeMemoryCommandQueue(): CommandQueue & { readonly sent: readonly CommentCommand[] } {
  const sent: CommentCommand[] = [];
  return { sent, sendCommand: async (command) => void sent.push(structuredClone(command)) };
}

interface ThreadReply {
  readonly pullRequest: number;
  readonly thread: string;
  readonly body: string;
}

/** People by login; whoever is not listed has no access. */
export function makeMemoryPeople(
  permissions: Readonly<Record<string, Permission>>,
): People & { readonly signs: readonly string[]; readonly replies: readonly ThreadReply[] } {
  const signs: string[] = [];
  const replies: ThreadReply[] = [];
  return {
    signs,
    replies,
    permissionOf: async (_repository, { login }) => permissions[login] ?? 'none',
    wrote: async (_repository, { login }) => !login.endsWith('-bot'),
    react: async (_repository, { commentId }, sign) => void signs.push(`${commentId} ${sign}`),
    replyInThread: async (_repository, pullRequest, thread, body) => void replies.push({ pullRequest, thread, body }),
  };
}
