import { type Answer, parseJson } from '../server/wire.ts';
import { githubError, loginOf, NotFound, type Route, type RouteContext, repositoryIn } from './route.ts';
import { presentUser } from './shapes-account.ts';

const REPO = '/repos/{owner}/{repo}';
const SIGNS = ['+1', '-1', 'laugh', 'confused', 'heart', 'hooray', 'rocket', 'eyes'];

/** The company's people by the beginning of their login: `acme-` may write, `acme-owner` administers, all others may read. */
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

function react(context: RouteContext): Answer {
  const { fullName } = repositoryIn(context);
  const id = context.params.comment_id ?? '';
  const comment = context.state.comments.get(id);
  if (comment === undefined || comment.repository !== fullName) throw new NotFound('comment');
  const { content } = parseJson(context.request.body) as { content?: unknown };
  if (typeof content !== 'string' || !SIGNS.includes(content)) return githubError(422, 'Validation Failed');
  const target = `${fullName}/comments/${id}`;
  const given = context.journal.entries({ kind: 'github.reaction.created' });
  const known = given.some((one) => one.target === target && one.facts.content === content);
  if (!known) context.journal.record('github.reaction.created', target, { content });
  const user = presentUser(loginOf(context.access), context.site.api, context.site.web);
  const json = { id: comment.id, node_id: `REA_${comment.id}`, user, content, created_at: comment.createdAt };
  return { status: known ? 200 : 201, json };
}

/** What people may do, and signs under their comments. */
export const PEOPLE_ROUTES: readonly Route[] = [
  {
    operation: 'repos/get-collaborator-permission-level',
    method: 'GET',
    path: `${REPO}/collaborators/{username}/permission`,
    handle: collaboratorPermission,
  },
  {
    operation: 'reactions/create-for-issue-comment',
    method: 'POST',
    path: `${REPO}/issues/comments/{comment_id}/reactions`,
    handle: react,
  },
];
