import * as z from 'zod';
import { CommentCommand, requestIn } from '#shared/domain/incident/comment-command.ts';
import { firstProblem, type SourceResult } from '../../sources/contract.ts';

/**
 * Only the fields that are needed of a comment event (https://docs.gitlab.com/user/project/integrations/webhook_events/#comment-events). GitLab
 * before 16.11 sends no `action`, so that a new note cannot be told from an edited one.
 */
const NoteEvent = z.object({
  event_type: z.string().nullish(),
  user: z.object({ id: z.number(), username: z.string() }),
  project: z.object({ id: z.number(), path_with_namespace: z.string() }),
  object_attributes: z.object({
    id: z.number(),
    note: z.string(),
    noteable_type: z.string(),
    author_id: z.number(),
    system: z.boolean().nullish(),
    internal: z.boolean().nullish(),
    confidential: z.boolean().nullish(),
    action: z.string().nullish(),
    discussion_id: z.string().nullish(),
  }),
  merge_request: z
    .object({ iid: z.number(), source_project_id: z.number().nullish(), target_project_id: z.number().nullish() })
    .nullish(),
});
type NoteEvent = z.infer<typeof NoteEvent>;

const THREAD = /^[0-9a-f]{40}$/;
const ignored = (reason: string): SourceResult => ({ kind: 'ignored', reason });

/**
 * The command of a new note on a merge request, if it has one. Edited, internal and system notes do not count, nor those on the merge request of
 * a fork. Whether a bot wrote it is asked for when the command is handled. A note is one delivery, however often and with whatever headers it is sent.
 */
export function noteResult(body: unknown): SourceResult {
  const parsed = NoteEvent.safeParse(body);
  if (!parsed.success) return { kind: 'rejected', reason: firstProblem(parsed.error) };
  const { user, project, object_attributes: note, merge_request: request } = parsed.data;
  const reason = reasonToIgnore(parsed.data);
  if (reason !== null) return ignored(reason);
  const asked = requestIn(note.note);
  if (asked === null || request == null) return ignored('comment-other');
  const command = CommentCommand.safeParse({
    version: 1,
    kind: 'comment-command',
    deliveryId: `gitlab:note:${note.id}`,
    repository: `gitlab:${project.path_with_namespace}`,
    repositoryId: project.id,
    pullRequest: request.iid,
    commentId: note.id,
    ...(THREAD.test(note.discussion_id ?? '') ? { thread: note.discussion_id } : {}),
    by: user.username,
    byId: user.id,
    request: asked,
  });
  return command.success
    ? { kind: 'command', command: command.data }
    : { kind: 'rejected', reason: firstProblem(command.error) };
}

function reasonToIgnore({
  event_type,
  user,
  project,
  object_attributes: note,
  merge_request,
}: NoteEvent): string | null {
  if (note.action !== 'create') return 'comment-changed';
  if (requestIn(note.note) === null) return 'comment-other';
  if (note.system !== false) return 'comment-by-program';
  if (event_type !== 'note' || note.internal === true || note.confidential === true) return 'comment-internal';
  if (note.noteable_type !== 'MergeRequest' || merge_request == null) return 'comment-on-issue';
  if (note.author_id !== user.id) return 'comment-by-program';
  const { source_project_id: from, target_project_id: into } = merge_request;
  return from === project.id && into === project.id ? null : 'comment-on-fork';
}
