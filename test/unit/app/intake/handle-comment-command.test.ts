import { Refused, Retryable } from '@selfheal/kernel/errors.ts';
import { describe, expect, it } from 'vitest';
import { decideApproval } from '#shared/app/approve/approval.ts';
import { requestApproval } from '#shared/app/approve/request.ts';
import { type CommentCommandDeps, handleCommentCommand } from '#shared/app/intake/handle-comment-command.ts';
import { makePlan } from '#shared/app/plan/plan.ts';
import type { Configuration } from '#shared/domain/configuration/configuration.ts';
import type { RunPeople } from '#shared/domain/incident/target-context.ts';
import {
  aCommentCommand,
  aConfiguration,
  aGithubTarget,
  anActionRecord,
  aPrediction,
  redactedText,
  somePeople,
} from '#test/builders/index.ts';
import { makeMemoryComments, makeMemoryPeople, makeMemoryPredictionStore } from '#test/fakes/index.ts';
import { aRemedyRig } from '../remedy-rig.ts';

const PEOPLE = { 'octo-lead': 'write', 'octo-admin': 'admin', 'octo-reader': 'read', 'octo-dev': 'write' } as const;
const OCTO_DEV = { token_use: 'id', 'cognito:username': 'approver-1', 'custom:github': 'octo-admin' };

const OTHERS = { author: 'ann', lastPusher: 'ann', requester: 'ann', triggeredBy: 'ann' };

/** A plan about pull request 12, whose run octo-dev started, waits for an approval. */
async function waiting(
  approvals: NonNullable<Parameters<typeof aConfiguration>[0]>['approvals'] = {},
  people: Partial<RunPeople> = {},
) {
  const configured = aConfiguration({ approvals }).approvals;
  const rig = await aRemedyRig({
    confidence: 0.7,
    incident: { target: aGithubTarget({ actor: 'octo-dev' }) },
    configure: (one: Configuration) => ({ ...one, approvals: configured }),
  });
  rig.state.people = somePeople(people);
  const permissions = makeMemoryPeople(PEOPLE);
  const predictions = makeMemoryPredictionStore();
  const codeHost = makeMemoryComments();
  const status = `<!-- selfheal:key --> <sub>Selfheal incident ${rig.incident.id}, run attempt 1.</sub>`;
  await codeHost.createComment('acme/shop', 12, redactedText(status));
  const trail = rig.deps.incidents;
  const deps = { ...rig.deps, trail, people: permissions, predictions, codeHost } satisfies CommentCommandDeps &
    Record<string, unknown>;
  const { digest } = await makePlan({ incidentId: rig.incident.id, tried: [], held: false }, rig.deps);
  const place = { incidentId: rig.incident.id, digest: digest as string };
  await requestApproval({ ...place, taskToken: 'token-1', expiresInSeconds: 7200 }, rig.deps);
  const request = { kind: 'decide', decision: 'approved', digest: place.digest.slice(0, 12) } as const;
  let deliveries = 0;
  const comment = (change: Parameters<typeof aCommentCommand>[0] = {}, through: CommentCommandDeps = deps) => {
    deliveries += 1;
    return handleCommentCommand(aCommentCommand({ request, deliveryId: `delivery-${deliveries}`, ...change }), through);
  };
  const state = async () => (await deps.incidents.getApproval(place.incidentId, place.digest))?.state;
  return { ...rig, deps, place, request, comment, state };
}

describe('/selfheal approve', () => {
  it.each(['octo-lead', 'octo-admin'])('by %s, who may write, answers the workflow and leaves a trail', async (by) => {
    const { comment, deps, place, events } = await waiting();
    expect(await comment({ by })).toBe('carried-out');
    expect(deps.workflow.answers).toMatchObject([
      { taskToken: 'token-1', output: { approved: true, digest: place.digest, by: `github:${by}` } },
    ]);
    expect(deps.people.signs).toEqual(['501 +1']);
    expect(await events()).toContain('approval.approved');
  });

  it.each([
    ['somebody who may only read', { by: 'octo-reader' }],
    ['a stranger', { by: 'nobody-here' }],
    ['the author of the pull request', { by: 'octo-lead' }, { author: 'Octo-Lead' }],
    ['whoever pushed last', { by: 'octo-lead' }, { lastPusher: 'octo-lead' }],
    ['whoever asked for the run', { by: 'octo-lead' }, { requester: 'octo-LEAD' }],
    ['whoever started this attempt', { by: 'octo-lead' }, { triggeredBy: 'octo-lead' }],
    ['the actor of the run', { by: 'octo-dev' }, OTHERS],
    ['anybody where the author’s account is gone', {}, { author: null }],
    ['anybody where GitHub does not say who pushed', {}, { lastPusher: null }],
  ])('by %s is refused, and the trail says so', async (_who, change, people?: Partial<RunPeople>) => {
    const { comment, deps, events, state } = await waiting({}, people);
    expect(await comment(change)).toBe('refused');
    expect(deps.workflow.answers).toEqual([]);
    expect(await state()).toBe('pending');
    expect(deps.people.signs).toEqual(['501 -1']);
    expect(await events()).toContain('approval.refused');
  });

  it.each([
    ['another plan', { request: { kind: 'decide', decision: 'approved', digest: 'f'.repeat(12) } }],
    ['a plan of another pull request', { pullRequest: 13 }],
    ['a plan of another repository', { repositoryId: 666 }],
  ] as const)('that names %s decides nothing', async (_what, change) => {
    const { comment, deps, state } = await waiting();
    expect(await comment(change)).toBe('nothing-to-decide');
    expect(await state()).toBe('pending');
    expect(deps.workflow.answers).toEqual([]);
  });

  it('is open to a team of one where the deployment lets them, and the trail names what they have to do with the run', async () => {
    const { comment, deps, incident } = await waiting({ selfApproval: true });
    expect(await comment({ by: 'octo-dev' })).toBe('carried-out');
    const trail = await deps.incidents.auditTrail(incident.id);
    expect(trail.find(({ event }) => event === 'approval.approved')?.facts).toMatchObject({
      by: 'github:octo-dev',
      selfApproval: 'author, lastPusher, requester, triggeredBy',
    });
  });

  it('asks for the right to write in the plan’s own repository, by its own name', async () => {
    const { comment, deps } = await waiting();
    const asked: string[] = [];
    const permissionOf = async (repository: string) => {
      asked.push(repository);
      return 'write' as const;
    };
    await comment({}, { ...deps, people: { ...deps.people, permissionOf } });
    expect(asked).toEqual(['acme/shop']);
  });

  it('is used once: the same delivery again, another comment and another person change nothing more', async () => {
    const { comment, deps } = await waiting();
    expect(await comment({ deliveryId: 'same' })).toBe('carried-out');
    expect(await comment({ deliveryId: 'same' })).toBe('duplicate-delivery');
    expect(await comment({})).toBe('nothing-to-decide');
    expect(await comment({ by: 'octo-admin' })).toBe('nothing-to-decide');
    expect(deps.workflow.answers).toHaveLength(1);
  });

  it('is one of two when it comes together with a decision on the page', async () => {
    const { comment, deps, place } = await waiting();
    const [byComment, onPage] = await Promise.all([comment(), decideApproval(place, 'rejected', OCTO_DEV, deps)]);
    expect([byComment, onPage.kind].filter((one) => one === 'carried-out' || one === 'answered')).toHaveLength(1);
    expect(deps.workflow.answers).toHaveLength(1);
  });

  it('decides nothing after the expiry, also when the clock steps a day', async () => {
    const { comment, clock, deps } = await waiting();
    clock.advance(24 * 3600_000);
    expect(await comment()).toBe('nothing-to-decide');
    expect(deps.workflow.answers).toEqual([]);
  });

  it('is refused where comments are off, or the request is for groups that a comment cannot show', async () => {
    const off = await waiting({ comments: false });
    expect(await off.comment()).toBe('refused');
    const groups = await waiting({ levels: [{ minutes: 60, groups: ['on-call'] }] });
    expect(await groups.comment()).toBe('refused');
  });

  it('lets nobody through because GitHub would not say who may: refused for good, repeated when it may say later', async () => {
    const { comment, deps, state } = await waiting();
    const saying = (error: Error) => ({
      ...deps,
      people: { ...deps.people, permissionOf: async () => Promise.reject(error) },
    });
    expect(await comment({}, saying(new Refused('404')))).toBe('refused');
    await expect(comment({}, saying(new Retryable('502')))).rejects.toThrow(Retryable);
    expect(await state()).toBe('pending');
  });

  it('stands also where GitHub does not take the sign under the comment', async () => {
    const { comment, deps } = await waiting();
    const react = async () => Promise.reject(new Refused('403'));
    expect(await comment({}, { ...deps, people: { ...deps.people, react } })).toBe('carried-out');
    expect(deps.workflow.answers).toHaveLength(1);
  });
});

describe('/selfheal reject', () => {
  it('is open to everybody who may write, the author too', async () => {
    const { comment, deps, request } = await waiting();
    expect(await comment({ by: 'octo-reader', request: { ...request, decision: 'rejected' } })).toBe('refused');
    expect(await comment({ by: 'octo-dev', request: { ...request, decision: 'rejected' } })).toBe('carried-out');
    expect(deps.workflow.answers).toMatchObject([{ output: { approved: false } }]);
  });
});

describe('/selfheal wrong', () => {
  const request = { kind: 'correct', class: 'flaky_tests' } as const;

  it('judges the prediction of the incident that our own comment speaks of', async () => {
    const { comment, deps, incident } = await waiting();
    await deps.predictions.addPrediction(aPrediction({ incidentId: incident.id, class: 'test_failure' }));
    expect(await comment({ request })).toBe('carried-out');
    const [prediction] = await deps.predictions.recentPredictions(1);
    expect(prediction?.correction).toMatchObject({ class: 'flaky_tests', by: 'github:octo-lead' });
  });

  it('[D35] counts what came of the action for that class, too: once, under their name, and never to raise a confidence', async () => {
    const { comment, deps, incident, place } = await waiting();
    await deps.predictions.addPrediction(aPrediction({ incidentId: incident.id, class: 'test_failure' }));
    await deps.incidents.intend(anActionRecord({ digest: place.digest, state: 'done', verified: 'recovered' }));
    for (const _again of [1, 2]) {
      expect(await comment({ request: { ...request, class: 'memory_leaks' } })).toBe('carried-out');
      deps.clock.advance(1000);
    }
    const [plan] = await deps.incidents.auditTrail(incident.id);
    expect(await deps.experience.actionOutcomes('memory_leaks', 10)).toMatchObject([
      {
        actionId: 'rerun-failed-jobs',
        verified: 'recovered',
        trusted: false,
        by: 'github:octo-lead',
        circumstances: { partOfWeek: plan?.facts.partOfWeek },
      },
    ]);
  });

  it('does nothing for those who may not write, where nothing was said, or of another pull request', async () => {
    const { comment, deps, incident } = await waiting();
    expect(await comment({ request })).toBe('nothing-to-decide');
    await deps.predictions.addPrediction(aPrediction({ incidentId: incident.id }));
    expect(await comment({ request, by: 'octo-reader' })).toBe('refused');
    expect(await comment({ request, pullRequest: 13 })).toBe('nothing-to-decide');
    expect(await comment({ request }, { ...deps, codeHost: makeMemoryComments() })).toBe('nothing-to-decide');
    expect((await deps.predictions.recentPredictions(1))[0]?.correction).toBeUndefined();
    expect(await deps.experience.actionOutcomes('flaky_tests', 10)).toEqual([]);
  });
});
