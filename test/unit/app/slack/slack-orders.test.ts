import { describe, expect, it } from 'vitest';
import { decideApproval } from '#shared/app/approve/approval.ts';
import { carryOutSlackOrder } from '#shared/app/slack/carry-out-order.ts';
import { takeSlackRequest } from '#shared/app/slack/take-request.ts';
import type { Person } from '#shared/domain/access/person.ts';
import { slackSignature } from '#shared/domain/webhooks/slack-signature.ts';
import type { OrderQueue } from '#shared/ports/cloud.ts';
import { aPerson, aSlackDesk, SECRET, TEAM } from './slack-desk.ts';

describe('a button in Slack', () => {
  it('approves for who may approve on the page, and names the person and the channel', async () => {
    const { press, deps, approval, said, incident } = await aSlackDesk();
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

  it('is answered while Slack itself hangs, and carried out once that goes on', async () => {
    const { deps, slack, signed, approval } = await aSlackDesk();
    const events: string[] = [];
    let goOn: () => void = () => undefined;
    const hanging = new Promise<void>((resolve) => {
      goOn = resolve;
    });
    const poster: typeof deps.poster = {
      ...slack.poster,
      send: async (request) => {
        await hanging;
        return await slack.poster.send(request);
      },
    };
    const carried: Promise<unknown>[] = [];
    const queue: OrderQueue = {
      sendOrder: async (order) => {
        if (order.kind !== 'slack-order') return;
        events.push('queued');
        carried.push(carryOutSlackOrder(order, { ...deps, poster }).then(() => events.push('carried out')));
      },
    };
    const { status } = await takeSlackRequest(signed('ULEA'), { ...deps, poster, queue });
    events.push(`answered ${status}`);
    expect(await approval()).toMatchObject({ state: 'pending' });
    goOn();
    await Promise.all(carried);
    expect(events).toEqual(['queued', 'answered 200', 'carried out']);
    expect(await approval()).toMatchObject({ state: 'approved' });
  });

  it('does nothing for who has not used the dashboard for a week: their role may have been taken away', async () => {
    const { press, slash, approval, said, deps, place } = await aSlackDesk();
    const lea = (await deps.persons.list()).find(({ username }) => username === 'lea') as Person;
    const daysAgo = (days: number) => new Date(deps.clock.now().getTime() - days * 24 * 3_600_000).toISOString();
    await deps.persons.put({ ...lea, seenAt: daysAgo(7.01) });
    for (const act of [
      () => press('ULEA'),
      () => press('ULEA', 'selfheal-reject'),
      () => press('ULEA', 'selfheal-acknowledge'),
      () => slash('ULEA', `acknowledge ${place.incidentId}`),
      () => slash('ULEA', 'status'),
    ]) {
      await act();
      expect(said()).toMatch(/^You used the dashboard more than 7 days ago, .* sign in there once/);
    }
    expect(await approval()).toMatchObject({ state: 'pending' });
    await deps.persons.put({ ...lea, seenAt: daysAgo(6.99) });
    await press('ULEA', 'selfheal-approve', { secondsAgo: 1 });
    expect(await approval()).toMatchObject({ state: 'approved', decidedBy: 'lea' });
  });

  it('goes by the latest account where two had one address, as after an account was made anew with fewer roles', async () => {
    const { press, approval, said, deps } = await aSlackDesk();
    await deps.persons.put(
      aPerson('lea', { id: 'subject-anew', roles: ['viewer'], seenAt: '2026-11-21T08:00:00.000Z' }),
    );
    await press('ULEA');
    expect(said()).toContain('Your roles do not allow it');
    expect(await approval()).toMatchObject({ state: 'pending' });
  });

  it('rejects for everybody who may decide, also for the author', async () => {
    const { press, approval, said } = await aSlackDesk();
    await press('UANN', 'selfheal-reject');
    expect(said()).toBe('Rejected. Selfheal changes nothing.');
    expect(await approval()).toMatchObject({ state: 'rejected', decidedBy: 'ann' });
  });

  it('tells who may not approve why, and approves nothing', async () => {
    const { press, approval, said, slack, deps } = await aSlackDesk();
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
    // UAWAY left: Slack knows no such account any more.
    for (const user of ['UGUEST', 'UOTHER', 'UGONE', 'UBOT', 'UAWAY'])
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
    const { press, approval, said } = await aSlackDesk({
      confidence: 0.7,
      configure: (one) => ({ ...one, approvals: { ...one.approvals, levels: [{ minutes: 60, groups: ['leads'] }] } }),
    });
    await press('ULEA');
    expect(said()).toContain('sign in on the dashboard');
    expect(await approval()).toMatchObject({ state: 'pending' });
  });

  it('says who decided before, and changes nothing', async () => {
    const { press, deps, place, said } = await aSlackDesk();
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
    const { press, deps, place, approval, said, acknowledged } = await aSlackDesk();
    await press('ULEA', 'selfheal-acknowledge', { value: place.incidentId });
    expect(said()).toBe('Acknowledged. Nobody else is called.');
    expect((await deps.incidents.get(place.incidentId))?.annotations?.acknowledged?.by).toBe('lea@example.com');
    await press('UANN', 'selfheal-acknowledge', { value: place.incidentId });
    expect(said()).toBe('lea@example.com acknowledged it before you.');
    // The pagers hear of the first one alone.
    expect(acknowledged).toEqual([place.incidentId]);
    expect(await approval()).toMatchObject({ state: 'pending' });
  });
});

describe('a request that is not to be believed', () => {
  it('is refused: unsigned, of the old secret, changed, too old, or carried out before', async () => {
    const { press, signed, handle, approval, slack } = await aSlackDesk();
    expect(await press('ULEA', 'selfheal-approve', { secret: 'the-secret-of-before' })).toMatchObject({ status: 401 });
    expect(await press('ULEA', 'selfheal-approve', { secondsAgo: 301 })).toEqual({
      status: 401,
      reason: 'The request is too old.',
    });
    const request = signed('UANN');
    const changed = { ...request, body: Buffer.from(request.body.toString().replace('UANN', 'ULEA')) };
    expect(await handle(changed)).toMatchObject({ status: 401 });
    expect(await handle({ ...request, headers: {} })).toMatchObject({ status: 401 });
    const later = { 'x-slack-request-timestamp': '9999999999' };
    expect(await handle({ ...request, headers: { ...request.headers, ...later } })).toMatchObject({
      status: 401,
    });
    expect(await approval()).toMatchObject({ state: 'pending' });
    const right = signed('UVIC');
    expect(await handle(right)).toMatchObject({ status: 200 });
    expect(await handle(right)).toEqual({
      status: 401,
      reason: 'The request was taken before.',
    });
    expect(slack.told).toHaveLength(1);
  });

  it('is refused when it is no press of a button of ours, or answers elsewhere', async () => {
    const { press, deps, handle } = await aSlackDesk();
    expect(await press('ULEA', 'other-button')).toMatchObject({ status: 400 });
    const timestamp = String(Math.floor(deps.clock.now().getTime() / 1000));
    for (const text of ['', 'payload=', 'payload=%7B', 'payload=null', 'a=b']) {
      const body = Buffer.from(text);
      const headers = {
        'x-slack-request-timestamp': timestamp,
        'x-slack-signature': slackSignature(SECRET, timestamp, body),
      };
      expect(await handle({ headers, body })).toMatchObject({ status: 400 });
    }
    expect(
      await handle(
        { headers: {}, body: Buffer.from('') },
        { ...deps, poster: { ...deps.poster, secretOf: async () => ({}) } },
      ),
    ).toMatchObject({ status: 503 });
  });

  it('is carried out all the same when its answer is lost', async () => {
    const { deps, signed, handle, approval } = await aSlackDesk();
    const { send } = deps.poster;
    const poster: typeof deps.poster = {
      ...deps.poster,
      send: async (request) => {
        if (request.url.startsWith('https://hooks.')) throw new Error('reset');
        return await send(request);
      },
    };
    expect(await handle(signed('ULEA'), { ...deps, poster })).toMatchObject({ status: 200 });
    expect(await approval()).toMatchObject({ state: 'approved' });
  });
});

describe('a command in Slack', () => {
  it('says what is open and which plans wait, to everybody who may look', async () => {
    const { slash, said } = await aSlackDesk();
    expect(await slash('UVIC', 'status')).toEqual({ status: 200, reason: null });
    expect(said()).toContain('Actions are allowed.');
    expect(said()).toContain('1 plan waits for a decision.');
  });

  it('shows an incident with its last steps', async () => {
    const { slash, said, incident } = await aSlackDesk();
    await slash('UVIC', `show ${incident.id}`);
    expect(said()).toContain(`Incident ${incident.id} is open.`);
    await slash('UVIC', 'show gh-00000000');
    expect(said()).toContain('There is no incident gh-00000000');
    await slash('UVIC', 'show');
    expect(said()).toContain('Name the incident');
  });

  it('acknowledges, hands over and ends the calls for who may, and says why to everybody else', async () => {
    const { slash, said, deps, incident, handedOver } = await aSlackDesk();
    await slash('UVIC', `acknowledge ${incident.id}`);
    expect(said()).toContain('it needs the permission &quot;operate&quot;'.replaceAll('&quot;', '"'));
    await slash('UEVE', `quiet ${incident.id}`);
    expect(said()).toContain('Nobody with the address eve@example.com has signed in');
    expect((await deps.incidents.get(incident.id))?.annotations ?? {}).toEqual({});
    await slash('UVIC', `escalate ${incident.id}`);
    expect(said()).toContain('it needs the permission');
    expect(handedOver).toEqual([]);
    await slash('ULEA', `escalate ${incident.id}`);
    expect(said()).toBe('People were told by: teams.');
    expect(handedOver[0]).toMatchObject({ by: 'lea@example.com', incidentId: incident.id });
    await slash('ULEA', `quiet ${incident.id}`);
    expect(said()).toBe('Nobody is called about it any more.');
    await slash('ULEA', `ack ${incident.id}`);
    expect(said()).toBe('Acknowledged. Nobody else is called.');
    expect((await deps.incidents.get(incident.id))?.annotations).toMatchObject({
      callsEnded: { by: 'lea@example.com' },
      acknowledged: { by: 'lea@example.com' },
    });
    const events = (await deps.incidents.auditTrail(incident.id)).map(({ event }) => event);
    expect(events.filter((one) => one === 'on-call.ended')).toHaveLength(1);
  });

  it('in a thread means the incident of the thread, and of no thread that somebody else began', async () => {
    const { mention, slack, deps, incident } = await aSlackDesk();
    const own = slack.begin({ event_type: 'selfheal_message', event_payload: { incident: incident.id, key: 'k' } });
    await mention('ULEA', 'acknowledge', own);
    expect(slack.whispers().at(-1)).toMatchObject({
      user: 'ULEA',
      thread_ts: own,
      text: 'Acknowledged. Nobody else is called.',
    });
    expect((await deps.incidents.get(incident.id))?.annotations?.acknowledged?.by).toBe('lea@example.com');
    const other = slack.begin({ event_type: 'other_app', event_payload: { incident: incident.id, key: 'k' } });
    await mention('ULEA', 'show', other);
    expect(slack.whispers().at(-1)?.text).toContain('Name the incident');
  });

  it('explains itself where a text is no command, and carries out nothing of it', async () => {
    const { slash, said, approval } = await aSlackDesk();
    for (const text of ['approve it', 'acknowledge everything now please', '<!channel> status', 'drop tables']) {
      await slash('ULEA', text);
      expect(said()).toMatch(/^This is no command\./);
    }
    await slash('ULEA', '');
    expect(said()).toMatch(/^status: /);
    expect(await approval()).toMatchObject({ state: 'pending' });
  });

  it('is carried out once though Slack sends an event again, and proves the address to Slack', async () => {
    const { mention, slack, handle, sealed, deps } = await aSlackDesk();
    await mention('ULEA', 'status', '1764000000.000009', 'Ev77');
    const again = await mention('ULEA', 'status', '1764000000.000009', 'Ev77');
    expect(again).toMatchObject({ status: 401 });
    expect(slack.whispers()).toHaveLength(1);
    const challenge = sealed(JSON.stringify({ type: 'url_verification', challenge: 'abc' }));
    const answer = await takeSlackRequest(challenge, { ...deps, queue: { sendOrder: async () => undefined } });
    expect(answer).toEqual({ status: 200, body: '{"challenge":"abc"}' });
    expect(await handle({ ...challenge, headers: {} })).toMatchObject({ status: 401 });
  });
});
