import { canonicalJson } from '@selfheal/kernel/digest.ts';
import { Refused } from '@selfheal/kernel/errors.ts';
import * as z from 'zod';
import { requestIn } from '#shared/domain/incident/comment-command.ts';
import type { CodeHostAccount, CommentSign, People, Permission } from '#shared/ports/code-host.ts';
import { type HostApi, NotThere } from '#shared/ports/host-api.ts';
import { projectPath } from './project.ts';
import { withoutQuickActions } from './quick-actions.ts';

/** https://docs.gitlab.com/api/users/#get-a-single-user */
const User = z.object({
  id: z.number().int().positive(),
  username: z.string(),
  state: z.string(),
  bot: z.boolean().nullish(),
});
type User = z.infer<typeof User>;
/** https://docs.gitlab.com/api/members/ */
const Member = z.object({ id: z.number(), access_level: z.number(), membership_state: z.string().nullish() });
const Visibility = z.object({ visibility: z.string() });
const Self = z.object({ id: z.number() });
/** https://docs.gitlab.com/api/notes/#get-a-merge-request-note */
const Note = z.object({
  body: z.string(),
  author: z.object({ id: z.number() }),
  system: z.boolean(),
  internal: z.boolean().nullish(),
  confidential: z.boolean().nullish(),
});

const REPORTER = 20;
const DEVELOPER = 30;
const MAINTAINER = 40;
/** User names that GitLab gives to access tokens and service accounts, where the field `bot` is missing. */
const PROGRAM = /^(?:project|group)_\d+_bot|^service_account_/;

const EMOJI: Readonly<Record<CommentSign, string>> = {
  '+1': 'thumbsup',
  '-1': 'thumbsdown',
  confused: 'confused',
  eyes: 'eyes',
};

/** People and their roles in a project, as GitLab reports them now, and what answers their notes. */
export function people(api: HostApi): People {
  const requestAt = (repository: string, iid: number): string => `${projectPath(repository)}/merge_requests/${iid}`;
  return {
    permissionOf: async (repository, account) => {
      const { id } = await userOf(api, account);
      try {
        const member = await api.read(`${projectPath(repository)}/members/all/${id}`, Member);
        if (member.id !== id) throw new Refused('GitLab: the answer is about another member.');
        if ((member.membership_state ?? 'active') === 'active' && member.access_level >= REPORTER)
          return permissionAt(member.access_level);
      } catch (error) {
        if (!(error instanceof NotThere)) throw error;
      }
      // Everybody who signed in may read these.
      const { visibility } = await api.read(projectPath(repository), Visibility);
      return visibility === 'private' ? 'none' : 'read';
    },
    wrote: async (repository, account, { pullRequest, commentId, request }) => {
      const [user, self, note] = await Promise.all([
        userOf(api, account),
        api.read('user', Self),
        api.read(`${requestAt(repository, pullRequest)}/notes/${commentId}`, Note),
      ]);
      if (user.bot === true || user.id === self.id || PROGRAM.test(user.username)) return false;
      if (note.author.id !== user.id || note.system || note.internal === true || note.confidential === true)
        return false;
      return canonicalJson(requestIn(note.body)) === canonicalJson(request);
    },
    react: async (repository, { pullRequest, commentId }, sign) => {
      const at = `${requestAt(repository, pullRequest)}/notes/${commentId}/award_emoji`;
      try {
        await api.write('POST', at, { name: EMOJI[sign] }, z.object({ id: z.number() }));
      } catch (error) {
        // GitLab says 404 for an emoji that is there already, too.
        if (!(error instanceof NotThere) || !error.message.includes('already been taken')) throw error;
      }
    },
    replyInThread: async (repository, iid, thread, body) => {
      const at = `${requestAt(repository, iid)}/discussions/${thread}/notes`;
      await api.effect(at, { body: withoutQuickActions(body) }, z.object({ id: z.number() }));
    },
  };
}

const permissionAt = (level: number): Permission =>
  level >= MAINTAINER ? 'admin' : level >= DEVELOPER ? 'write' : 'read';

/** The active account of this number, which must still have the login: a name that was given up may be another's by now. */
async function userOf(api: HostApi, { login, id }: CodeHostAccount): Promise<User> {
  if (id === undefined) throw new Refused(`GitLab: the number of the account ${login} is not known.`);
  const user = await api.read(`users/${id}`, User);
  if (user.id !== id || user.username.toLowerCase() !== login.toLowerCase())
    throw new Refused(`GitLab: account ${id} is not ${login}.`);
  if (user.state !== 'active') throw new Refused(`GitLab: the account ${login} is ${user.state}.`);
  return user;
}
