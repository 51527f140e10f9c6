import { type Answer, parseJson } from '@selfheal/fake-server/wire.ts';
import { isoNow } from '@selfheal/fake-server/world-time.ts';
import { githubError, loginOf, NotFound, type Route, type RouteContext, repositoryIn } from './route.ts';
import { nodeId, presentPublicUser, presentUser, seconds } from './shapes-account.ts';
import type { ReactionState } from './state.ts';

const REPO = '/repos/{owner}/{repo}';
const SIGNS = ['+1', '-1', 'laugh', 'confused', 'heart', 'hooray', 'rocket', 'eyes'];

/** Permissions of the sample people, by login: `acme-owner...` administers, other `acme-...` may write, all others may read. */
function permissionOf(login: string): 'admin' | 'write' | 'read' {
  if (login === 'acme-owner') return 'admin';
  return login.startsWith('acme-') ? 'write' : 'read';
}

function collaboratorPermission(context: RouteContext): Answer {
  repositoryIn(context);
  const login = context.params.username ?? '';
  const permission = permissionOf(login);
  const rank = ['read', 'write', 'admin'].indexOf(permission);
  const permissions = { pull: true, triage: rank > 0, push: rank > 0, maintain: rank > 1, admin: rank > 1 };
  const user = { ...presentUser(login, context.site.api, context.site.web), permissions, role_name: permission };
  return { status: 200, json: { permission, role_name: permission, user } };
}

/** Everybody has an account, but those whose login begins with `gone-`. */
function getUser({ params, site }: RouteContext): Answer {
  const login = params.username ?? '';
  if (login.startsWith('gone-')) throw new NotFound('user');
  return { status: 200, json: presentPublicUser(login, site.api, site.web) };
}

function react(context: RouteContext): Answer {
  const { fullName } = repositoryIn(context);
  const id = context.params.comment_id ?? '';
  const comment = context.state.comments.get(id);
  if (comment === undefined || comment.repository !== fullName) throw new NotFound('comment');
  const { content } = parseJson(context.request.body) as { content?: unknown };
  if (typeof content !== 'string' || !SIGNS.includes(content)) return githubError(422, 'Validation Failed');
  const author = loginOf(context.access);
  const { reactions } = context.state;
  const isSame = (one: ReactionState) => one.comment === comment.id && one.author === author && one.content === content;
  const known = reactions.all().find(isSame);
  if (known !== undefined) return { status: 200, json: presentReaction(context, known) };
  const createdAt = isoNow(context.state.time);
  const reaction = { id: context.state.nextId(), comment: comment.id, author, content, createdAt };
  reactions.put(reaction.id, reaction);
  context.journal.record('github.reaction.created', `${fullName}/comments/${id}`, { content });
  return { status: 201, json: presentReaction(context, reaction) };
}

function presentReaction({ site }: RouteContext, { id, author, content, createdAt }: ReactionState) {
  const user = presentUser(author, site.api, site.web);
  return { id, node_id: nodeId('REA', id), user, content, created_at: seconds(createdAt) };
}

function takeBack(context: RouteContext): Answer {
  const { fullName } = repositoryIn(context);
  const reaction = context.state.reactions.get(context.params.reaction_id ?? '');
  if (reaction === undefined || String(reaction.comment) !== context.params.comment_id) throw new NotFound('reaction');
  context.state.reactions.remove(reaction.id);
  context.journal.record('github.reaction.deleted', `${fullName}/comments/${reaction.comment}`, {
    content: reaction.content,
  });
  return { status: 204 };
}

/** Pushes to a branch, newest first, as far as the runs show them. */
function listActivities(context: RouteContext): Answer {
  const { fullName } = repositoryIn(context);
  const ref = context.request.query.get('ref')?.replace(/^refs\/heads\//, '');
  const runs = context.state.runs
    .all()
    .filter((run) => run.repository === fullName && (ref === undefined || run.branch === ref))
    .sort((a, b) => b.id - a.id);
  const pushes = [...Map.groupBy(runs, ({ headSha }) => headSha).values()].flatMap((same) => same.slice(-1));
  const json = pushes.slice(0, 100).map((run, index) => ({
    id: run.id,
    node_id: nodeId('PSH', run.id),
    before: pushes[index + 1]?.headSha ?? '0'.repeat(40),
    after: run.headSha,
    ref: `refs/heads/${run.branch}`,
    timestamp: seconds(run.createdAt),
    activity_type: 'push',
    actor: presentUser(run.pusher ?? run.actor, context.site.api, context.site.web),
  }));
  return { status: 200, json };
}

/** People's activities, permissions and reactions. */
export const PEOPLE_ROUTES: readonly Route[] = [
  { operation: 'repos/list-activities', method: 'GET', path: `${REPO}/activity`, handle: listActivities },
  {
    operation: 'repos/get-collaborator-permission-level',
    method: 'GET',
    path: `${REPO}/collaborators/{username}/permission`,
    handle: collaboratorPermission,
  },
  { operation: 'users/get-by-username', method: 'GET', path: '/users/{username}', handle: getUser },
  {
    operation: 'reactions/create-for-issue-comment',
    method: 'POST',
    path: `${REPO}/issues/comments/{comment_id}/reactions`,
    handle: react,
  },
  {
    operation: 'reactions/delete-for-issue-comment',
    method: 'DELETE',
    path: `${REPO}/issues/comments/{comment_id}/reactions/{reaction_id}`,
    handle: takeBack,
  },
];
