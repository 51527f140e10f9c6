import type { CommentCommand } from '#shared/domain/incident/comment-command.ts';
import type { CommandQueue } from '#shared/ports/cloud.ts';
import type { People, Permission } from '#shared/ports/code-host.ts';

export function makeMemoryCommandQueue(): CommandQueue & { readonly sent: readonly CommentCommand[] } {
  const sent: CommentCommand[] = [];
  return { sent, sendCommand: async (command) => void sent.push(structuredClone(command)) };
}

/** People by login; whoever is not listed has no access. */
export function makeMemoryPeople(
  permissions: Readonly<Record<string, Permission>>,
): People & { readonly signs: readonly string[] } {
  const signs: string[] = [];
  return {
    signs,
    permissionOf: async (_repository, login) => permissions[login] ?? 'none',
    accountOf: async (login) => (login in permissions ? { id: Object.keys(permissions).indexOf(login) + 1 } : null),
    react: async (_repository, commentId, sign) => void signs.push(`${commentId} ${sign}`),
  };
}
