import { describe, expect, it } from 'vitest';
import { approvalDetails, decideApproval, listApprovals } from '#shared/app/approve/approval.ts';
import { delegateApprovals } from '#shared/app/approve/delegate-approvals.ts';
import { requestApproval } from '#shared/app/approve/request.ts';
import { makePlan } from '#shared/app/plan/plan.ts';
import type { Configuration } from '#shared/domain/configuration/configuration.ts';
import type { RunPeople } from '#shared/domain/incident/target-context.ts';
import { aConfiguration, aGithubTarget, somePeople } from '#test/builders/index.ts';
import { aRemedyRig } from '../remedy-rig.ts';

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;
const person = (name: string, groups: readonly string[] | string = [], more: object = {}) => ({
  token_use: 'id',
  'cognito:username': name,
  'custom:github': `octo-${name}`,
  'cognito:groups': groups,
  email: `${name}@example.com`,
  email_verified: 'true',
  ...more,
});
const onCall = person('on-call-1', ['on-call']);
const lead = person('lead-1', ['leads']);
const deputy = person('deputy');
const levels = [
  { minutes: 60, groups: ['on-call'] },
  { minutes: 60, groups: ['leads'] },
];

/** A plan about a run that `actor` started waits for an approval by its levels. */
async function waiting(
  given: NonNullable<Parameters<typeof aConfiguration>[0]>['approvals'] = { levels },
  people: Partial<RunPeople> = {},
) {
  const { approvals } = aConfiguration({ approvals: given });
  const rig = await aRemedyRig({
    confidence: 0.7,
    incident: { target: aGithubTarget({ actor: 'octo-author' }) },
    configure: (one: Configuration) => ({ ...one, approvals }),
  });
  rig.state.people = somePeople(people);
  const { deps } = rig;
  const { digest } = await makePlan({ incidentId: rig.incident.id, tried: [], held: false }, deps);
  const place = { incidentId: rig.incident.id, digest: digest as string };
  await requestApproval({ ...place, taskToken: 'token-1', expiresInSeconds: 7200 }, deps);
  const approve = (claims: object, where = place) =>
    decideApproval(where, 'approved', claims as Record<string, unknown>, deps);
  const delegate = (claims: object, to = 'deputy@example.com', hours = 4) =>
    delegateApprovals({ to, hours }, claims as Record<string, unknown>, deps);
  const lastFacts = async () => (await deps.incidents.auditTrail(rig.incident.id)).at(-1)?.facts;
  return { ...rig, place, approve, delegate, lastFacts };
}

describe('who may approve', () => {
  it('is a member of the level’s groups, as the list in the token names them', async () => {
    for (const groups of [['on-call'], ['on-call', 'others']]) {
      const { approve } = await waiting();
      expect(await approve(person('somebody', groups))).toEqual({ kind: 'answered' });
    }
    for (const groups of [[], ['leads'], ['on-call-not'], 'on-call', '[on-call]', undefined, 7]) {
      const { approve } = await waiting();
      expect(await approve(person('somebody', groups as never))).toMatchObject({ kind: 'forbidden' });
    }
  });

  it('grows with each level that is reached, and does not when the clock steps a day back', async () => {
    const { approve, clock } = await waiting();
    clock.advance(59 * MINUTE);
    expect(await approve(lead)).toMatchObject({ kind: 'forbidden', reason: expect.stringContaining('on-call') });
    clock.advance(MINUTE - DAY);
    expect(await approve(lead)).toMatchObject({ kind: 'forbidden' });
    clock.advance(DAY);
    expect(await approve(lead)).toEqual({ kind: 'answered' });
  });

  it('is nobody a day later, and nobody who started the run, whatever group they are in', async () => {
    const { approve, clock } = await waiting();
    expect(await approve(person('author', ['on-call', 'leads']))).toMatchObject({ kind: 'forbidden' });
    clock.advance(DAY);
    expect(await approve(onCall)).toEqual({ kind: 'expired' });
  });

  it('cannot use the request of another plan, nor one that was changed since', async () => {
    const { approve, place, deps } = await waiting();
    expect(await approve(onCall, { ...place, digest: 'e'.repeat(64) })).toEqual({ kind: 'not-found' });
    expect(await approve(onCall, { ...place, incidentId: `gh-${'7'.repeat(24)}` })).toEqual({ kind: 'not-found' });
    const plan = await deps.incidents.getPlan(place.incidentId, place.digest);
    await deps.incidents.putPlan({ ...plan, parameters: { runId: 666 } } as never);
    await expect(approve(onCall)).rejects.toThrow();
    expect(deps.workflow.answers).toEqual([]);
  });

  it('may not approve with a link that somebody forwarded, but may always say no', async () => {
    const { approve, deps, place } = await waiting();
    const stranger = person('stranger');
    expect(await approve(stranger)).toMatchObject({ kind: 'forbidden' });
    expect(await approvalDetails(place, stranger, deps)).toMatchObject({ details: { mayApprove: false } });
    expect(await decideApproval(place, 'rejected', stranger, deps)).toEqual({ kind: 'answered' });
  });

  it('sees what waits, with whether it is theirs to decide, and not what is decided', async () => {
    const { deps, approve } = await waiting();
    expect(await listApprovals(onCall, deps)).toMatchObject([{ mayApprove: true, state: 'pending' }]);
    expect(await listApprovals(lead, deps)).toMatchObject([{ mayApprove: false }]);
    await approve(onCall);
    expect(await listApprovals(onCall, deps)).toEqual([]);
  });
});

describe('an alarm', () => {
  const approvers = ['payments'];
  const alarming = async (given: Parameters<typeof aConfiguration>[0]) => {
    const rig = await aRemedyRig({
      family: 'lambda',
      confidence: 0.7,
      configure: (one: Configuration) => ({
        ...one,
        approvals: aConfiguration(given).approvals,
        policy: { ...one.policy, approvalRequiredRisks: ['low', 'medium', 'high'] },
        services: one.services.map((service) => ({ ...service, approvers })),
      }),
    });
    const { digest } = await makePlan({ incidentId: rig.incident.id, tried: [], held: false }, rig.deps);
    const place = { incidentId: rig.incident.id, digest: digest as string };
    await requestApproval({ ...place, taskToken: 'token-1', expiresInSeconds: 7200 }, rig.deps);
    const approve = (claims: object) => decideApproval(place, 'approved', claims as Record<string, unknown>, rig.deps);
    return { ...rig, approve };
  };

  it('is decided by an approver of its service, who needs no GitHub login because an alarm has no author', async () => {
    const { approve, deps } = await alarming({});
    expect(await approve(person('somebody'))).toMatchObject({ kind: 'forbidden' });
    expect(await approve(person('payer', ['payments'], { 'custom:github': '' }))).toEqual({ kind: 'answered' });
    expect(deps.workflow.answers).toHaveLength(1);
  });

  it('is not decided by the levels’ groups, also when the last one is reached, but by whom an approver named', async () => {
    const { approve, deps, clock } = await alarming({ approvals: { levels } });
    clock.advance(61 * MINUTE);
    expect(await approve(onCall)).toMatchObject({ kind: 'forbidden', reason: expect.stringContaining('payments') });
    expect(await approve(lead)).toMatchObject({ kind: 'forbidden' });
    const order = { to: 'deputy@example.com', hours: 1 };
    const payer = person('payer', ['payments']);
    expect(await delegateApprovals(order, payer, deps)).toMatchObject({ kind: 'delegated' });
    expect(await approve(deputy)).toEqual({ kind: 'answered' });
  });
});

describe('a delegation', () => {
  it('lets the other person approve for its time, and the trail says for whom', async () => {
    const { approve, delegate, clock, lastFacts } = await waiting();
    expect(await approve(deputy)).toMatchObject({ kind: 'forbidden' });
    expect(await delegate(onCall, 'Deputy@Example.com', 1)).toMatchObject({ kind: 'delegated' });
    clock.advance(59 * MINUTE);
    expect(await approve(deputy)).toEqual({ kind: 'answered' });
    expect(await lastFacts()).toMatchObject({ by: 'deputy', onBehalfOf: 'on-call-1' });
  });

  it('ends with its time, and gives no more than the groups of whom it is from', async () => {
    const { approve, delegate, clock } = await waiting();
    await delegate(onCall, 'deputy@example.com', 1);
    clock.advance(60 * MINUTE);
    expect(await approve(deputy)).toMatchObject({ kind: 'forbidden' });
    const other = await waiting();
    await other.delegate(lead);
    expect(await other.approve(deputy)).toMatchObject({ kind: 'forbidden' });
  });

  it('makes no chain: what was delegated cannot be passed on', async () => {
    const { approve, delegate } = await waiting();
    await delegate(onCall);
    expect(await delegate(deputy, 'third@example.com')).toMatchObject({ kind: 'refused' });
    expect(await approve(person('third'))).toMatchObject({ kind: 'forbidden' });
  });

  it('makes no circle and no chain over three people, in whichever order they give it', async () => {
    const { approve, delegate, deps } = await waiting();
    await delegate(onCall, 'deputy@example.com');
    expect(await delegate(deputy, 'on-call-1@example.com')).toMatchObject({ kind: 'refused' });
    expect(await delegate(deputy, 'lead-1@example.com')).toMatchObject({ kind: 'refused' });
    // A lead is no member of the group that is asked first, and what a deputy was given is not theirs to give.
    expect(await approve(lead)).toMatchObject({ kind: 'forbidden' });
    // A second link that was given before the first one counts for its own groups only.
    await delegate(lead, 'third@example.com');
    expect(await approve(person('third'))).toMatchObject({ kind: 'forbidden' });
    expect(deps.workflow.answers).toEqual([]);
  });

  it.each(['author', 'lastPusher', 'requester', 'triggeredBy'] as const)(
    'given by the %s of the run lets nobody approve it',
    async (role) => {
      const { approve, delegate } = await waiting({ levels }, { [role]: 'octo-on-call-1' });
      expect(await delegate(onCall)).toMatchObject({ kind: 'delegated' });
      expect(await approve(deputy)).toMatchObject({ kind: 'forbidden' });
    },
  );

  it('never serves the author: neither as the one who gets it nor as the one who gives it', async () => {
    const { approve, delegate, deps } = await waiting();
    await delegate(onCall, 'author@example.com');
    expect(await approve(person('author'))).toMatchObject({ kind: 'forbidden' });
    expect(await delegate(person('author', ['on-call']))).toMatchObject({ kind: 'delegated' });
    expect(await approve(deputy)).toMatchObject({ kind: 'forbidden' });
    expect(deps.workflow.answers).toEqual([]);
  });

  it('reaches nobody by an address that the pool did not verify', async () => {
    const { approve, delegate } = await waiting();
    await delegate(onCall);
    expect(await approve({ ...deputy, email_verified: 'false' })).toMatchObject({ kind: 'forbidden' });
    expect(await approve({ ...deputy, email_verified: undefined })).toMatchObject({ kind: 'forbidden' });
  });

  it.each([
    ['to oneself', onCall, 'on-call-1@example.com', 4, /own address/],
    ['for longer than is allowed', onCall, 'deputy@example.com', 73, /from 1 to 72/],
    ['for no time', onCall, 'deputy@example.com', 0, /from 1 to 72/],
    ['for half an hour', onCall, 'deputy@example.com', 0.5, /whole number/],
    ['to what is no address', onCall, 'deputy', 4, /e-mail address/],
    ['by somebody of no group', person('nobody'), 'deputy@example.com', 4, /no group/],
    ['by whose GitHub login is not known', { ...onCall, 'custom:github': '' }, 'deputy@example.com', 4, /GitHub login/],
    ['with an access token', { ...onCall, token_use: 'access' }, 'deputy@example.com', 4, /does not identify a person/],
  ])('is refused %s', async (_what, claims, to, hours, reason) => {
    const { delegate } = await waiting();
    expect(await delegate(claims, to, hours)).toMatchObject({ kind: 'refused', reason: expect.stringMatching(reason) });
  });

  it('is of no use where everybody may approve, and says so', async () => {
    const { delegate } = await waiting({});
    expect(await delegate(onCall)).toMatchObject({ kind: 'refused', reason: expect.stringContaining('Everybody') });
  });
});
