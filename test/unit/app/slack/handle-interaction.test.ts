import { describe, expect, it } from 'vitest';
import { decideApproval } from '#shared/app/approve/approval.ts';
import { requestApproval } from '#shared/app/approve/request.ts';
import { makePlan } from '#shared/app/plan/plan.ts';
import { handleInteraction } from '#shared/app/slack/handle-interaction.ts';
import type { Person } from '#shared/domain/access/person.ts';
import { slackSignature } from '#shared/domain/webhooks/slack-signature.ts';
import { makeMemoryPersonStore } from '#test/fakes/index.ts';
import { makeFakeSlack } from '#test/fakes/slack.ts';
import { aRemedyRig, type RigOptions } from '../remedy-rig.ts';

const SECRET = 'not-a-signing-secret';
const TEAM = 'T0000001';

function aPerson(name: string, change: Partial<Person> = {}): Person {
  const at = '2026-11-01T00:00:00.000Z';
  const github = { login: `octo-${name}`, id: 7, isGone: false, linkedBy: null, linkedAt: at };
  return {
    version: 1,
    id: `subject-${name}`,
    username: name,
    email: `${name}@example.com`,
    roles: ['approver', 'operator'],
    claimedGithub: null,
    github,
    seenAt: at,
    ...change,
  };
}

/** A plan that waits for a decision; Lea is its lead, Vic only looks, Ann is behind the run. */
async function setUp(options: RigOptions = { confidence: 0.7 }) {
  const rig = await aRemedyRig(options);
  const author = rig.state.people.author ?? 'nobody';
  const persons = makeMemoryPersonStore();
  for (const one of [
    aPerson('lea'),
    aPerson('vic', { roles: ['viewer'] }),
    aPerson('ann', {
      github: { login: author, id: 9, isGone: false, linkedBy: null, linkedAt: '2026-11-01T00:00:00.000Z' },
    }),
  ])
    await persons.put(one);
  const slack = makeFakeSlack();
  for (const name of ['lea', 'vic', 'ann', 'eve'])
    slack.add(`U${name.toUpperCase()}`, { team_id: TEAM, profile: { email: `${name}@example.com` } });
  const { digest } = await makePlan({ incidentId: rig.incident.id, tried: [], held: false }, rig.deps);
  const place = { incidentId: rig.incident.id, digest: digest as string };
  await requestApproval({ ...place, taskToken: 'token-1', expiresInSeconds: 3600 }, rig.deps);
  const deps = { ...rig.deps, persons, poster: slack.poster, keyOwner: async () => null };
  const signed = (
    user: string,
    action = 'selfheal-approve',
    { secret = SECRET, secondsAgo = 0, value = `${place.incidentId}/${place.digest}` } = {},
  ) => {
    const payload = {
      type: 'block_actions',
      team: { id: TEAM },
      user: { id: user },
      response_url: 'https://hooks.slack.com/actions/T0000001/1/abc',
      actions: [{ action_id: action, value }],
    };
    const body = Buffer.from(new URLSearchParams({ payload: JSON.stringify(payload) }).toString());
    const timestamp = String(Math.floor(rig.clock.now().getTime() / 1000) - secondsAgo);
    const headers = {
      'x-slack-request-timestamp': timestamp,
      'x-slack-signature': slackSignature(secret, timestamp, body),
    };
    return { headers, body };
  };
  const press = (...args: Parameters<typeof signed>) => handleInteraction(signed(...args), deps);
  const approval = () => rig.deps.incidents.getApproval(place.incidentId, place.digest);
  const said = () => slack.told.at(-1)?.text;
  return { ...rig, deps, slack, place, signed, press, approval, said };
}

describe('a button in Slack', () => {
  it('approves for who may approve on the page, and names the person and the channel', async () => {
    const { press, deps, approval, said, incident } = await setUp();
    expect(await press('ULEA')).toEqual({ status: 200, reason: null });
    expect(said()).toBe('Approved. Selfheal continues.');
    expect(await approval()).toMatchObject({
      state: 'approved',
      decidedBy: 'lea',
      decision: { channel: 'Slack ULEA', name: 'lea@example.com' },
    });
    expect(deps.workflow.answers).toMatchObject([{ taskToken: 'token-1' }]);
    expect((await deps.incidents.auditTrail(incident.id)).map(({ event }) => event)).toContain('approval.approved');
  });

  it('rejects for everybody who may decide, also for the author', async () => {
    const { press, approval, said } = await setUp();
    await press('UANN', 'selfheal-reject');
    expect(said()).toBe('Rejected. Selfheal changes nothing.');
    expect(await approval()).toMatchObject({ state: 'rejected', decidedBy: 'ann' });
  });

  it('tells who may not approve why, and approves nothing', async () => {
    const { press, approval, said, slack, deps } = await setUp();
    const refused: [string, string][] = [
      ['UANN', 'Not approved: '],
      ['UVIC', 'Your roles do not allow it'],
      ['UEVE', 'Nobody with the address eve@example.com has signed in'],
    ];
    slack.add('UGUEST', { team_id: TEAM, is_restricted: true, profile: { email: 'lea@example.com' } });
    slack.add('UOTHER', { team_id: 'T9999999', profile: { email: 'lea@example.com' } });
    slack.add('UGONE', { team_id: TEAM, deleted: true, profile: { email: 'lea@example.com' } });
    slack.add('UBOT', { team_id: TEAM, is_bot: true, profile: { email: 'lea@example.com' } });
    slack.add('UNEW', { team_id: TEAM, is_email_confirmed: false, profile: { email: 'lea@example.com' } });
    slack.add('UHIDDEN', { team_id: TEAM, profile: {} });
    for (const user of ['UGUEST', 'UOTHER', 'UGONE', 'UBOT'])
      refused.push([user, 'Only full members of this workspace']);
    for (const user of ['UNEW', 'UHIDDEN']) refused.push([user, 'Slack does not tell a confirmed address of yours']);
    for (const [user, words] of refused) {
      expect(await press(user)).toEqual({ status: 200, reason: null });
      expect(said()).toContain(words);
    }
    expect(await approval()).toMatchObject({ state: 'pending' });
    expect(deps.workflow.answers).toEqual([]);
  });

  it('leaves decisions of groups to the page, which knows them', async () => {
    const { press, approval, said } = await setUp({
      confidence: 0.7,
      configure: (one) => ({ ...one, approvals: { ...one.approvals, levels: [{ minutes: 60, groups: ['leads'] }] } }),
    });
    await press('ULEA');
    expect(said()).toContain('sign in on the dashboard');
    expect(await approval()).toMatchObject({ state: 'pending' });
  });

  it('says who decided before, and changes nothing', async () => {
    const { press, deps, place, said } = await setUp();
    await decideApproval(
      place,
      'rejected',
      { token_use: 'id', sub: 'x', 'cognito:username': 'max', 'custom:github': 'octo-max' },
      deps,
    );
    await press('ULEA');
    expect(said()).toMatch(/^max rejected it before/);
  });

  it('acknowledges, which approves nothing', async () => {
    const { press, deps, place, approval, said } = await setUp();
    await press('ULEA', 'selfheal-acknowledge', { value: place.incidentId });
    expect(said()).toBe('Acknowledged. Nobody else is called.');
    expect((await deps.incidents.get(place.incidentId))?.annotations?.acknowledged?.by).toBe('lea@example.com');
    await press('UANN', 'selfheal-acknowledge', { value: place.incidentId });
    expect(said()).toBe('lea@example.com acknowledged it before you.');
    expect(await approval()).toMatchObject({ state: 'pending' });
  });
});

describe('a request that is not to be believed', () => {
  it('is refused: unsigned, of the old secret, changed, too old, or carried out before', async () => {
    const { press, signed, deps, approval, slack } = await setUp();
    expect(await press('ULEA', 'selfheal-approve', { secret: 'the-secret-of-before' })).toMatchObject({ status: 401 });
    expect(await press('ULEA', 'selfheal-approve', { secondsAgo: 301 })).toEqual({
      status: 401,
      reason: 'The request is too old.',
    });
    const request = signed('UANN');
    const changed = { ...request, body: Buffer.from(request.body.toString().replace('UANN', 'ULEA')) };
    expect(await handleInteraction(changed, deps)).toMatchObject({ status: 401 });
    expect(await handleInteraction({ ...request, headers: {} }, deps)).toMatchObject({ status: 401 });
    const later = { 'x-slack-request-timestamp': '9999999999' };
    expect(await handleInteraction({ ...request, headers: { ...request.headers, ...later } }, deps)).toMatchObject({
      status: 401,
    });
    expect(await approval()).toMatchObject({ state: 'pending' });
    const right = signed('UVIC');
    expect(await handleInteraction(right, deps)).toMatchObject({ status: 200 });
    expect(await handleInteraction(right, deps)).toEqual({
      status: 401,
      reason: 'The request was carried out before.',
    });
    expect(slack.told).toHaveLength(1);
  });

  it('is refused when it is no press of a button of ours, or answers elsewhere', async () => {
    const { press, deps } = await setUp();
    expect(await press('ULEA', 'other-button')).toMatchObject({ status: 400 });
    const timestamp = String(Math.floor(deps.clock.now().getTime() / 1000));
    for (const text of ['', 'payload=', 'payload=%7B', 'payload=null', 'a=b']) {
      const body = Buffer.from(text);
      const headers = {
        'x-slack-request-timestamp': timestamp,
        'x-slack-signature': slackSignature(SECRET, timestamp, body),
      };
      expect(await handleInteraction({ headers, body }, deps)).toMatchObject({ status: 400 });
    }
    expect(
      await handleInteraction(
        { headers: {}, body: Buffer.from('') },
        { ...deps, poster: { ...deps.poster, secretOf: async () => ({}) } },
      ),
    ).toMatchObject({ status: 503 });
  });

  it('is carried out all the same when its answer is lost', async () => {
    const { deps, signed, approval } = await setUp();
    const { send } = deps.poster;
    const poster: typeof deps.poster = {
      ...deps.poster,
      send: async (request) => {
        if (request.url.startsWith('https://hooks.')) throw new Error('reset');
        return await send(request);
      },
    };
    expect(await handleInteraction(signed('ULEA'), { ...deps, poster })).toMatchObject({ status: 200 });
    expect(await approval()).toMatchObject({ state: 'approved' });
  });
});
