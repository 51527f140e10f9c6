import { randomUUID } from 'node:crypto';
import { accountId } from '@selfheal/fake-github/shapes-account.ts';
import { expect } from 'vitest';
import type { Incident } from '#shared/domain/incident/incident.ts';
import type { Healer } from './healer.ts';
import { post } from './steering.ts';

/**
 * Writes a comment on an incident's pull request as a person would, and lets GitHub tell of it. Gives the comment's id. `account`: whose login it
 * was before, where it was renamed; the number of the account stays.
 */
export async function commentOn(
  healer: Healer,
  { id: incidentId, target }: Incident,
  by: string,
  text: string,
  { delivery = randomUUID(), account = by }: { readonly delivery?: string; readonly account?: string } = {},
): Promise<number> {
  if (target.kind !== 'run' || target.pullRequest === null) throw new Error(`${incidentId} has no pull request.`);
  const { repository, pullRequest, repositoryId } = target;
  const { id } = healer.world.github.addComment(repository, pullRequest, by, text);
  const person = (login: string) => ({ login, type: 'User', id: accountId(login === by ? account : login) });
  // What GitHub sends, as far as it is read.
  const payload = {
    action: 'created',
    issue: { number: pullRequest, pull_request: {}, user: person('octo-dev') },
    comment: { id, body: text, user: person(by), performed_via_github_app: null },
    repository: { id: repositoryId, full_name: repository },
    sender: person(by),
  };
  const headers = { 'x-github-event': 'issue_comment', 'x-github-delivery': delivery };
  expect(await post(healer, JSON.stringify(payload), { headers })).toMatchObject({ status: 202 });
  return id;
}

/** The reactions under a comment, in order. */
export const signsUnder = (healer: Healer, commentId: number): unknown[] =>
  healer.world.journal
    .entries({ kind: 'github.reaction.created' })
    .filter(({ target }) => target.endsWith(`/comments/${commentId}`))
    .map(({ facts }) => facts.content);
