import { Refused, Retryable } from '@selfheal/kernel/errors.ts';
import { describe, expect, it } from 'vitest';
import { requestApproval } from '#shared/app/approve/request.ts';
import { type CommentCommandDeps, handleCommentCommand } from '#shared/app/intake/handle-comment-command.ts';
import { makePlan } from '#shared/app/plan/plan.ts';
import type { Person } from '#shared/domain/access/person.ts';
import { Configuration } from '#shared/domain/configuration/configuration.ts';
import { aCommentCommand, aGithubTarget, redactedText, somePeople } from '#test/builders/index.ts';
import { makeMemoryComments, makeMemoryPeople, makeMemoryPredictionStore } from '#test/fakes/index.ts';
import { aRemedyRig } from '../remedy-rig.ts';

const REPOSITORY = 'gitlab:acme/platform/shop';
const THREAD = 'a1'.repeat(20);
const HOSTS = Configuration.parse({ version: 1, hosts: { gitlab: { apiUrl: 'https://gitlab.com/api/v4' } } }).hosts;
const LEAD: Person = {
  ...{ version: 1, id: '0b1c2d3e-0000-4000-8000-000000000001', username: 'lead-1', email: 'lead@example.com' },
  ...{ roles: ['viewer', 'approver'], claimedGithub: null, github: null, claimedGitlab: null },
  gitlab: { login: 'tanuki.lead', id: 31, isGone: false, linkedBy: null, linkedAt: '2026-11-21T12:00:00.000Z' },
  seenAt: '2026-11-21T12:00:00.000Z',
};

/** A plan about merge request 12, whose pipeline tanuki-dev started, waits for an approval. */
async function waiting() {
  const target = { ...aGithubTarget({ actor: 'tanuki-dev' }), host: 'gitlab', repository: REPOSITORY };
  const rig = await aRemedyRig({
    confidence: 0.7,
    incident: { target },
    configure: (one: Configuration) => ({ ...one, hosts: HOSTS }),
  });
  const dev = 'tanuki-dev';
  rig.state.people = somePeople({ author: dev, lastPusher: dev, requester: dev, triggeredBy: dev });
  await rig.deps.persons.put(LEAD);
  const people = makeMemoryPeople({ 'tanuki.lead': 'write', 'tanuki-new': 'admin', 'nightly-bot': 'admin' });
  const codeHost = makeMemoryComments();
  const status = `<!-- selfheal:key --> <sub>Selfheal incident ${rig.incident.id}, run attempt 1.</sub>`;
  await codeHost.createComment(REPOSITORY, 12, redactedText(status));
  const deps = {
    ...rig.deps,
    trail: rig.deps.incidents,
    people,
    predictions: makeMemoryPredictionStore(),
    codeHost,
  } satisfies CommentCommandDeps & Record<string, unknown>;
  const { digest } = await makePlan({ incidentId: rig.incident.id, tried: [], held: false }, rig.deps);
  const place = { incidentId: rig.incident.id, digest: digest as string };
  await requestApproval({ ...place, taskToken: 'token-1', expiresInSeconds: 7200 }, rig.deps);
  const request = { kind: 'decide', decision: 'approved', digest: place.digest.slice(0, 12) } as const;
  const note = (change: Parameters<typeof aCommentCommand>[0] = {}, through: CommentCommandDeps = deps) =>
    handleCommentCommand(
      aCommentCommand({
        ...{ repository: REPOSITORY, thread: THREAD, by: 'tanuki.lead', byId: 31, request },
        deliveryId: 'gitlab:note:501',
        ...change,
      }),
      through,
    );
  return { ...rig, deps, place, request, note };
}

describe('a command in a note on GitLab', () => {
  it('approves under the name of the account there, and is answered in its thread', async () => {
    const { note, deps, place } = await waiting();
    expect(await note()).toBe('carried-out');
    expect(deps.workflow.answers).toMatchObject([
      { output: { approved: true, digest: place.digest, by: 'gitlab:tanuki.lead' } },
    ]);
    expect(deps.people.signs).toEqual(['501 +1']);
    expect(deps.people.replies).toMatchObject([
      { pullRequest: 12, thread: THREAD, body: expect.stringContaining('Approved. Selfheal continues') },
    ]);
    expect(await note()).toBe('duplicate-delivery');
    expect(deps.workflow.answers).toHaveLength(1);
  });

  it.each([
    ['linked to nobody', { by: 'tanuki-new', byId: 32 }],
    ['of a name that was another’s', { by: 'tanuki.lead', byId: 77 }],
  ])('does not approve by an account %s, and says how to link it', async (_what, account) => {
    const { note, deps } = await waiting();
    expect(await note(account)).toBe('refused');
    expect(deps.workflow.answers).toEqual([]);
    expect(deps.people.replies[0]?.body).toMatch(/linked to nobody.*selfheal user link .* --gitlab /);
  });

  it('approves by a linked account that has another name since', async () => {
    const { note, deps } = await waiting();
    expect(await note({ by: 'tanuki-new', byId: 31 })).toBe('carried-out');
    expect(deps.workflow.answers).toMatchObject([{ output: { approved: true, by: 'gitlab:tanuki-new' } }]);
  });

  it('rejects by any account that may write', async () => {
    const { note, deps, request } = await waiting();
    expect(await note({ by: 'tanuki-new', byId: 32, request: { ...request, decision: 'rejected' } })).toBe(
      'carried-out',
    );
    expect(deps.workflow.answers).toMatchObject([{ output: { approved: false } }]);
  });

  it('does nothing and gets no answer where the host does not say that a person wrote it', async () => {
    const { note, deps } = await waiting();
    const saying = (wrote: () => Promise<boolean>) => ({ ...deps, people: { ...deps.people, wrote } });
    expect(await note({ by: 'nightly-bot', byId: 33 })).toBe('not-confirmed');
    expect(
      await note(
        {},
        saying(async () => false),
      ),
    ).toBe('not-confirmed');
    expect(
      await note(
        {},
        saying(async () => Promise.reject(new Refused('404'))),
      ),
    ).toBe('not-confirmed');
    await expect(
      note(
        {},
        saying(async () => Promise.reject(new Retryable('502'))),
      ),
    ).rejects.toThrow(Retryable);
    expect(deps.workflow.answers).toEqual([]);
    expect(deps.people.signs).toEqual([]);
    expect(deps.people.replies).toEqual([]);
    expect(await note()).toBe('carried-out');
  });

  it('is spoken of in the words of GitLab', async () => {
    const { note, deps } = await waiting();
    const request = { kind: 'explain', incident: 'run-ffff' } as const;
    expect(await note({ request })).toBe('nothing-to-decide');
    expect(deps.people.replies[0]?.body).toContain('The id matches no failure of this merge request');
  });
});
