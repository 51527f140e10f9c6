import { type Answer, parseJson } from '@selfheal/fake-server/wire.ts';
import { isoNow } from '@selfheal/fake-server/world-time.ts';
import { clamp, githubError, loginOf, NotFound, pageOf, type Route, type RouteContext, repositoryIn } from './route.ts';
import { accountId, presentFullRepository, presentPublicUser, presentUser, SINCE } from './shapes-account.ts';
import {
  presentComment,
  presentDelivery,
  presentFullDelivery,
  presentHook,
  presentPullRequest,
} from './shapes-talk.ts';
import type { DeliveryState, HookState } from './state.ts';
import { shownComments } from './state.ts';

const REPO = '/repos/{owner}/{repo}';
const HOOK = `${REPO}/hooks/{hook_id}`;
/** GitHub refuses longer comments. */
const MAX_COMMENT_CHARACTERS = 65_536;

/** The comment text of the request, or GitHub's refusal. */
function commentText(context: RouteContext): string | Answer {
  let body: unknown;
  try {
    body = parseJson(context.request.body);
  } catch {
    return githubError(400, 'Problems parsing JSON');
  }
  const text = (body as { body?: unknown } | undefined)?.body;
  const fault = typeof text !== 'string' ? 'missing_field' : text.length > MAX_COMMENT_CHARACTERS ? 'custom' : null;
  if (typeof text === 'string' && fault === null) return text;
  const message = 'Body is too long (maximum is 65536 characters)';
  const detail = { resource: 'IssueComment', code: fault ?? 'custom', field: 'body' };
  const refusal = githubError(422, 'Validation Failed', 'https://docs.github.com/rest/issues/comments');
  return {
    status: 422,
    json: { ...(refusal.json as object), errors: [fault === 'custom' ? { ...detail, message } : detail] },
  };
}

function issueIn(context: RouteContext): { repository: string; issue: number } {
  const { fullName } = repositoryIn(context);
  const issue = Number(context.params.issue_number);
  const key = `${fullName}#${issue}`;
  const { pullRequests, issues } = context.state;
  if (pullRequests.get(key) === undefined && issues.get(key) === undefined) throw new NotFound('issue');
  return { repository: fullName, issue };
}

function createComment(context: RouteContext): Answer {
  const { repository, issue } = issueIn(context);
  const body = commentText(context);
  if (typeof body !== 'string') return body;
  const at = isoNow(context.state.time);
  const id = context.state.nextId();
  const comment = { id, repository, issue, author: loginOf(context.access), body, createdAt: at, updatedAt: at };
  context.state.comments.put(id, comment);
  context.journal.record('github.comment.created', `${repository}/issues/${issue}`, { id });
  const json = presentComment(context.site, comment, context.state.reactions.all());
  return { status: 201, headers: { location: json.url }, json };
}

function updateComment(context: RouteContext): Answer {
  const { fullName } = repositoryIn(context);
  const comment = context.state.comments.get(context.params.comment_id ?? '');
  if (comment === undefined || comment.repository !== fullName) throw new NotFound('comment');
  const body = commentText(context);
  if (typeof body !== 'string') return body;
  comment.body = body;
  comment.updatedAt = isoNow(context.state.time);
  context.state.comments.put(comment.id, comment);
  context.journal.record('github.comment.updated', `${fullName}/issues/${comment.issue}`, { id: comment.id });
  return { status: 200, json: presentComment(context.site, comment, context.state.reactions.all()) };
}

function deleteComment(context: RouteContext): Answer {
  const { fullName } = repositoryIn(context);
  const comment = context.state.comments.get(context.params.comment_id ?? '');
  if (comment === undefined || comment.repository !== fullName) throw new NotFound('comment');
  context.state.comments.remove(comment.id);
  for (const one of context.state.reactions.all())
    if (one.comment === comment.id) context.state.reactions.remove(one.id);
  context.journal.record('github.comment.deleted', `${fullName}/issues/${comment.issue}`, { id: comment.id });
  return { status: 204 };
}

function hookIn(context: RouteContext): HookState {
  const { fullName } = repositoryIn(context);
  const hook = context.state.hooks.get(context.params.hook_id ?? '');
  if (hook === undefined || hook.repository !== fullName) throw new NotFound('hook');
  return hook;
}

function deliveryIn(context: RouteContext): DeliveryState {
  const hook = hookIn(context);
  const delivery = context.state.deliveries.get(context.params.delivery_id ?? '');
  if (delivery === undefined || delivery.hookId !== hook.id) throw new NotFound('delivery');
  return delivery;
}

/** Lists deliveries, newest first, with a cursor. */
function listDeliveries(context: RouteContext): Answer {
  const hook = hookIn(context);
  const { query, path } = context.request;
  const perPage = clamp(Number(query.get('per_page') ?? 30), 1, 100);
  const cursor = query.get('cursor');
  const below = cursor === null ? Number.POSITIVE_INFINITY : Number(cursor.replace(/^v1_/, ''));
  if (Number.isNaN(below)) return githubError(422, 'Invalid cursor');
  const wanted = query.get('status');
  const found = context.state.deliveries
    .all()
    .filter((one) => one.hookId === hook.id && one.result !== null && one.id < below)
    .filter((one) => wanted === null || (one.result?.status === 'OK') === (wanted === 'success'))
    .sort((a, b) => b.id - a.id);
  const items = found.slice(0, perPage);
  const next = new URLSearchParams(query);
  next.set('cursor', `v1_${items.at(-1)?.id ?? 0}`);
  const link = `<${context.site.api}${path.slice(path.indexOf('/repos/'))}?${next}>; rel="next"`;
  const repository = repositoryIn(context);
  return {
    status: 200,
    headers: found.length > perPage ? { link } : {},
    json: items.map((delivery) => presentDelivery(delivery, repository)),
  };
}

export const TALK_ROUTES: readonly Route[] = [
  {
    operation: 'repos/get',
    method: 'GET',
    path: REPO,
    handle: (c) => ({ status: 200, json: presentFullRepository(repositoryIn(c), c.site.api, c.site.web) }),
  },
  {
    operation: 'pulls/get',
    method: 'GET',
    path: `${REPO}/pulls/{pull_number}`,
    handle(context) {
      const repository = repositoryIn(context);
      const pull = context.state.pullRequests.get(`${repository.fullName}#${context.params.pull_number}`);
      if (pull === undefined) throw new NotFound('pull request');
      return { status: 200, json: presentPullRequest(context.state, context.site, repository, pull) };
    },
  },
  {
    operation: 'issues/list-comments',
    method: 'GET',
    path: `${REPO}/issues/{issue_number}/comments`,
    handle(context) {
      const { repository, issue } = issueIn(context);
      const all = context.state.comments.all().filter((c) => c.repository === repository && c.issue === issue);
      const page = pageOf(shownComments(all, context.access.readLagMs, context.state.time.now()), context);
      const json = page.items.map((comment) => presentComment(context.site, comment, context.state.reactions.all()));
      return { status: 200, headers: page.headers, json };
    },
  },
  {
    operation: 'issues/create-comment',
    method: 'POST',
    path: `${REPO}/issues/{issue_number}/comments`,
    handle: createComment,
  },
  {
    operation: 'issues/update-comment',
    method: 'PATCH',
    path: `${REPO}/issues/comments/{comment_id}`,
    handle: updateComment,
  },
  {
    operation: 'issues/delete-comment',
    method: 'DELETE',
    path: `${REPO}/issues/comments/{comment_id}`,
    handle: deleteComment,
  },
  {
    operation: 'repos/list-webhooks',
    method: 'GET',
    path: `${REPO}/hooks`,
    handle(context) {
      const { fullName } = repositoryIn(context);
      const page = pageOf(
        context.state.hooks.all().filter((hook) => hook.repository === fullName),
        context,
      );
      const latest = (hook: HookState) => context.state.deliveries.all().findLast((one) => one.hookId === hook.id);
      const json = page.items.map((hook) => presentHook(context.site, hook, latest(hook)));
      return { status: 200, headers: page.headers, json };
    },
  },
  {
    operation: 'repos/list-webhook-deliveries',
    method: 'GET',
    path: `${HOOK}/deliveries`,
    handle: listDeliveries,
  },
  {
    operation: 'repos/get-webhook-delivery',
    method: 'GET',
    path: `${HOOK}/deliveries/{delivery_id}`,
    handle(context) {
      const delivery = deliveryIn(context);
      const url = `${context.site.api}/repos/${delivery.repository}/hooks/${delivery.hookId}/deliveries/${delivery.id}`;
      return { status: 200, json: presentFullDelivery(delivery, repositoryIn(context), url) };
    },
  },
  {
    operation: 'repos/redeliver-webhook-delivery',
    method: 'POST',
    path: `${HOOK}/deliveries/{delivery_id}/attempts`,
    handle(context) {
      const delivery = deliveryIn(context);
      void context.webhookSender.redeliver(delivery);
      const target = `${delivery.repository}/hooks/${delivery.hookId}`;
      context.journal.record('github.delivery.redelivered', target, { guid: delivery.guid, id: delivery.id });
      return { status: 202, json: {} };
    },
  },
  {
    operation: 'users/get-authenticated',
    method: 'GET',
    path: '/user',
    handle: (context) =>
      context.access.identity !== 'user'
        ? githubError(403, 'Resource not accessible by integration')
        : { status: 200, json: presentMe(context) },
  },
  {
    operation: 'apps/get-authenticated',
    method: 'GET',
    path: '/app',
    handle: (context) => ({ status: 200, json: presentApp(context) }),
  },
];

function presentMe({ site, access }: RouteContext) {
  return { ...presentPublicUser(loginOf(access), site.api, site.web), notification_email: null };
}

function presentApp({ site }: RouteContext) {
  return {
    id: accountId('selfheal-app'),
    slug: 'selfheal',
    client_id: 'Iv1.0000000000000000',
    node_id: 'A_selfheal',
    owner: presentUser('acme', site.api, site.web),
    name: 'Selfheal',
    description: 'Heals failed runs',
    external_url: site.web,
    html_url: `${site.web}/apps/selfheal`,
    created_at: SINCE,
    updated_at: SINCE,
    permissions: { actions: 'write', issues: 'write', metadata: 'read', pull_requests: 'write' },
    events: ['workflow_run'],
  };
}
