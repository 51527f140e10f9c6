import { Refused } from '@selfheal/kernel/errors.ts';
import type { RedactedText } from '@selfheal/kernel/text/redacted-text.ts';
import * as z from 'zod';
import type { CodeHost, Comment } from '#shared/ports/code-host.ts';
import type { HostApi } from '#shared/ports/host-api.ts';
import { projectPath } from './project.ts';
import { withoutQuickActions } from './quick-actions.ts';

const MAX_NOTE_PAGES = 30;
const MAX_KNOWN_NOTES = 1000;
const MAX_LOGIN = 60;

const User = z.object({ id: z.number(), username: z.string() });
/** https://docs.gitlab.com/api/notes/#merge-requests */
const Note = z.object({
  id: z.number(),
  body: z.string(),
  author: User.pick({ id: true }).nullish(),
  system: z.boolean().nullish(),
});
const MergeRequest = z.object({
  iid: z.number(),
  state: z.string(),
  web_url: z.string(),
  author: User.nullish(),
  sha: z.string().nullish(),
  source_project_id: z.number().nullish(),
  target_project_id: z.number().nullish(),
});
const Pipeline = z.object({ sha: z.string(), user: User.nullish() });

/** Notes on merge requests as comments, their state, and the people behind a pipeline. */
export function mergeRequests(
  api: HostApi,
): Pick<
  CodeHost,
  | 'findComment'
  | 'listComments'
  | 'createComment'
  | 'updateComment'
  | 'pullRequestState'
  | 'pullRequestOfRun'
  | 'peopleBehind'
> {
  let self: Promise<number> | null = null;
  const ownId = (): Promise<number> => {
    self ??= api.read('user', User).then(({ id }) => id);
    self.catch(() => {
      self = null;
    });
    return self;
  };
  /** A note is only changed through its merge request, which the port does not name. */
  const requestOfNote = new Map<number, number>();
  const requestAt = (repository: string, iid: number): string => `${projectPath(repository)}/merge_requests/${iid}`;
  const known = (note: z.infer<typeof Note>, iid: number, url: string, isOurs: boolean): Comment => {
    if (requestOfNote.size >= MAX_KNOWN_NOTES) requestOfNote.clear();
    requestOfNote.set(note.id, iid);
    return { id: note.id, body: note.body, url: `${url}#note_${note.id}`, authorIsUs: isOurs };
  };
  const listComments: CodeHost['listComments'] = async (repository, iid, marker) => {
    const at = requestAt(repository, iid);
    const [{ web_url }, own, notes] = await Promise.all([
      api.read(at, MergeRequest),
      ownId(),
      api.list(`${at}/notes`, Note, { sort: 'asc', order_by: 'created_at' }, MAX_NOTE_PAGES),
    ]);
    return notes
      .filter(({ system, author, body }) => system !== true && author?.id === own && body.includes(marker))
      .map((note) => known(note, iid, web_url, true));
  };
  return {
    listComments,
    findComment: async (repository, iid, marker) => (await listComments(repository, iid, marker))[0] ?? null,
    createComment: async (repository, iid, body) => {
      const at = requestAt(repository, iid);
      const { web_url } = await api.read(at, MergeRequest);
      return known(await api.effect(`${at}/notes`, { body: safe(body) }, Note), iid, web_url, true);
    },
    updateComment: async (repository, id, body) => {
      const iid = requestOfNote.get(id);
      if (iid === undefined)
        throw new Refused(`GitLab: the merge request of note ${id} is not known; find the note first.`);
      const at = requestAt(repository, iid);
      const { web_url } = await api.read(at, MergeRequest);
      return known(await api.write('PUT', `${at}/notes/${id}`, { body: safe(body) }, Note), iid, web_url, true);
    },
    pullRequestState: async (repository, iid) => {
      const { state } = await api.read(requestAt(repository, iid), MergeRequest);
      return state === 'merged' ? 'merged' : state === 'opened' || state === 'locked' ? 'open' : 'closed';
    },
    /** Of a pipeline of a branch: the open merge request of its commit from this project. */
    pullRequestOfRun: async (repository, runId) => {
      const { sha } = await api.read(`${projectPath(repository)}/pipelines/${runId}`, Pipeline);
      const at = `${projectPath(repository)}/repository/commits/${encodeURIComponent(sha)}/merge_requests`;
      const found = await api.list(at, MergeRequest, {}, 1);
      const open = found.filter(
        (one) => one.state === 'opened' && one.sha === sha && one.source_project_id === one.target_project_id,
      );
      return open.length === 1 ? (open[0]?.iid ?? null) : null;
    },
    peopleBehind: async (repository, { runId, pullRequest }) => {
      const [pipeline, request] = await Promise.all([
        api.read(`${projectPath(repository)}/pipelines/${runId}`, Pipeline),
        pullRequest === null ? null : api.read(requestAt(repository, pullRequest), MergeRequest),
      ]);
      const starter = loginOf(pipeline.user?.username);
      const author = loginOf(request?.author?.username) ?? starter;
      const accounts = [pipeline.user?.id, request?.author?.id].filter((id): id is number => id !== undefined);
      return {
        author,
        lastPusher: starter,
        requester: author,
        triggeredBy: starter,
        accountIds: [...new Set(accounts)],
      };
    },
  };
}

const safe = (body: RedactedText): string => withoutQuickActions(body);

const loginOf = (name: string | undefined): string | null =>
  name === undefined || name === '' || name.length > MAX_LOGIN ? null : name;
