import { describe, expect, it } from 'vitest';
import { RuntimePolicy } from '#functions/api/routes/config.ts';
import { anApi } from './api-rig.ts';

const REASON = 'release weekend';

/** The API, and how an administrator asks it to change the policy, by what they last read of it. */
async function aConfigured() {
  const api = await anApi();
  const read = async () => {
    const { statusCode, headers, json } = await api.call('/api/config', { as: 'viewer' });
    expect(statusCode).toBe(200);
    return { policy: RuntimePolicy.parse(json), etag: String(headers?.etag) };
  };
  const post = async (path: string, body: object, { as = 'admin', etag = '' } = {}) =>
    await api.call(path, {
      as,
      method: 'POST',
      headers: { 'content-type': 'application/json', ...(etag === '' ? {} : { 'if-match': etag }) },
      body,
    });
  const set = async (change: object, reason = REASON) => await post('/api/config', { change, reason }, { etag: '*' });
  return { ...api, read, post, set };
}
const fieldOf = (policy: ReturnType<typeof RuntimePolicy.parse>, field: string) =>
  policy.origins.find((origin) => origin.field === field);

describe('reading the policy', () => {
  it('[E16] shows what holds, what is deployed, what was changed, and where each value comes from', async () => {
    const { read, set } = await aConfigured();
    expect((await read()).policy).toMatchObject({ revision: null, overlay: {}, lastChange: null, unreadable: null });
    await set({ policy: { actAtConfidence: 0.95 }, github: { repositories: { 'Acme/Shop': { mode: 'suggest' } } } });
    const { policy } = await read();
    expect(policy).toMatchObject({
      revision: 1,
      effective: { policy: { actAtConfidence: 0.95, maxActionsPerHour: 10 } },
      deployed: { policy: { actAtConfidence: 0.85 } },
      overlay: { policy: { actAtConfidence: 0.95 }, github: { repositories: { 'acme/shop': { mode: 'suggest' } } } },
      lastChange: { change: 'changed', reason: REASON, changedBy: { name: 'ada@example.com' } },
    });
    expect(fieldOf(policy, 'policy.actAtConfidence')).toMatchObject({ value: 0.95, from: 'overlay' });
    expect(fieldOf(policy, 'policy.maxActionsPerHour')).toMatchObject({ value: 10, from: 'deployed' });
    expect(fieldOf(policy, 'github.repositories.acme/shop.mode')).toMatchObject({ value: 'suggest', from: 'overlay' });
  });

  it('answers 304 while nothing has changed, under both paths', async () => {
    const { call, read, set } = await aConfigured();
    const { etag } = await read();
    for (const path of ['/api/config', '/config'])
      expect((await call(path, { as: 'viewer', headers: { 'if-none-match': etag } })).statusCode).toBe(304);
    await set({ features: { automation: false } });
    expect((await call('/config', { as: 'viewer', headers: { 'if-none-match': etag } })).statusCode).toBe(200);
  });

  it('shows nothing of notifiers, models and addresses, where secrets may be', async () => {
    const { read } = await aConfigured();
    const { policy } = await read();
    expect(Object.keys(policy.deployed).sort()).toEqual([
      'actions',
      'alerts',
      'features',
      'freezes',
      'github',
      'learning',
      'learningReview',
      'policy',
      'services',
      'verification',
    ]);
    expect(JSON.stringify(policy)).not.toMatch(/apiUrl|https?:|arn:/);
  });
});

describe('changing the policy', () => {
  it('[E17] changes what holds, says what changed, and takes a setting back with null', async () => {
    const { set, read } = await aConfigured();
    const { json } = await set({ policy: { maxActionsPerHour: 4 }, features: { learning: false } });
    expect(json.changes).toEqual([
      { field: 'features.learning', after: false },
      { field: 'policy.maxActionsPerHour', after: 4 },
    ]);
    expect((await set({ policy: { maxActionsPerHour: null } })).json.changes).toEqual([
      { field: 'policy.maxActionsPerHour', before: 4 },
    ]);
    expect((await read()).policy).toMatchObject({ revision: 2, overlay: { features: { learning: false } } });
  });

  it('refuses what is wider than deployed, unknown or malformed, by field and with the way to mend it', async () => {
    const { set, read } = await aConfigured();
    const refused = await set({
      policy: { maxActionsPerHour: 999 },
      services: { cart: { mode: 'off' } },
    });
    expect(refused.statusCode).toBe(400);
    expect(refused.json.errors).toEqual([
      { field: 'change.services.cart', problem: expect.stringContaining('cart is no service of the deployment') },
      { field: 'change.policy.maxActionsPerHour', problem: expect.stringContaining('use at most 10') },
    ]);
    for (const change of [
      { policy: { actAtConfidence: 2 } },
      { polcy: { maxActionsPerHour: 1 } },
      { freezes: { sale: { from: '2026-11-22T00:00:00Z', to: '2026-11-21T00:00:00Z', reason: 'a sale' } } },
      { github: { repositories: { 'not a name': { mode: 'off' } } } },
    ])
      expect((await set(change)).statusCode, JSON.stringify(change)).toBe(400);
    expect((await read()).policy.revision).toBeNull();
  });

  it('needs a reason, and the etag of what was seen; of two people one is asked to look again', async () => {
    const { post, read, set } = await aConfigured();
    const { etag } = await read();
    const change = { features: { automation: false } };
    expect((await post('/api/config', { change, reason: REASON })).statusCode).toBe(428);
    expect((await post('/api/config', { change }, { etag })).statusCode).toBe(400);
    expect((await post('/api/config', { change, reason: ' ' }, { etag })).statusCode).toBe(400);
    await set({ policy: { breakerFailures: 1 } });
    for (const [path, body] of [
      ['/api/config', { change, reason: REASON }],
      ['/api/config/reset', { reason: REASON }],
      ['/api/config/restore', { revision: 1, reason: REASON }],
      ['/api/config/resume', { reason: REASON }],
    ] as const)
      expect((await post(path, body, { etag })).statusCode, path).toBe(412);
    expect((await post('/api/config', { change, reason: REASON }, await read())).statusCode).toBe(200);
  });

  it('writes nothing on a dry run, and nothing when nothing differs', async () => {
    const { post, set, read, deps } = await aConfigured();
    const wish = { change: { policy: { breakerFailures: 1 } }, reason: REASON, dryRun: true };
    const dry = await post('/api/config', wish, { etag: '*' });
    expect(dry.json).toMatchObject({
      changes: [{ field: 'policy.breakerFailures', after: 1 }],
      policy: { effective: { policy: { breakerFailures: 1 } } },
    });
    expect(await deps.policy.current()).toEqual({ kind: 'none' });
    await set({ policy: { breakerFailures: 1 } });
    expect((await set({ policy: { breakerFailures: 1 } })).json).toMatchObject({
      changes: [],
      policy: { revision: 1 },
    });
    expect((await read()).policy.revision).toBe(1);
  });

  it('[E38] is reset to what is deployed, and any revision can be restored', async () => {
    const { post, set, read } = await aConfigured();
    await set({ policy: { maxActionsPerHour: 4 } });
    await set({ features: { experiments: false } });
    const reset = await post('/api/config/reset', { reason: 'start over' }, await read());
    expect(reset.json.policy).toMatchObject({ revision: 3, overlay: {}, lastChange: { change: 'reset' } });
    const { policy } = await read();
    expect(policy.effective).toEqual(policy.deployed);
    expect((await post('/api/config/restore', { revision: 9, reason: REASON }, { etag: '*' })).statusCode).toBe(404);
    const restored = await post('/api/config/restore', { revision: 1, reason: 'it was better' }, { etag: '*' });
    expect(restored.json.policy).toMatchObject({ revision: 4, overlay: { policy: { maxActionsPerHour: 4 } } });
  });

  it('tells who changed what, when and why, newest first', async () => {
    const { post, set, call, clock } = await aConfigured();
    await set({ policy: { maxActionsPerHour: 4 } });
    clock.advance(60_000);
    await post('/api/config/stop', { reason: 'something is wrong' });
    const { json } = await call('/api/config/history?limit=2', { as: 'viewer' });
    const by = 'ada@example.com';
    expect(json.entries).toEqual([
      {
        sequence: 2,
        at: expect.any(String),
        what: 'stopped',
        by,
        reason: 'something is wrong',
        revision: null,
        changes: null,
      },
      {
        sequence: 1,
        at: expect.any(String),
        what: 'changed',
        by,
        reason: REASON,
        revision: 1,
        changes: 'policy.maxActionsPerHour: as deployed -> 4',
      },
    ]);
    expect((await call('/api/config/history?limit=0', { as: 'viewer' })).statusCode).toBe(400);
  });

  it('asks for a reset while the stored policy cannot be used, which mends it', async () => {
    const { set, post, read, deps } = await aConfigured();
    await set({ policy: { maxActionsPerHour: 4 } });
    deps.policy.breaks({ kind: 'unreadable', reason: 'It has record version 99.', revision: 1 });
    const { policy } = await read();
    expect(policy).toMatchObject({
      unreadable: 'It has record version 99.',
      effective: { features: { automation: false } },
    });
    const refused = await set({ policy: { maxActionsPerHour: 3 } });
    expect([refused.statusCode, refused.json.detail]).toEqual([409, expect.stringContaining('reset it')]);
    expect((await post('/api/config/reset', { reason: REASON }, await read())).statusCode).toBe(200);
    deps.policy.breaks(null);
    expect((await read()).policy).toMatchObject({ revision: 2, unreadable: null, overlay: {} });
  });
});

describe('the kill switch', () => {
  it('stops at once, whatever was seen before, and goes on for whoever saw why it was stopped', async () => {
    const { post, read, deps } = await aConfigured();
    const before = await read();
    const stopped = await post('/api/config/stop', { reason: 'too many reverts' });
    const shown = { killSwitch: true, reason: 'too many reverts', since: expect.any(String), by: expect.any(String) };
    expect(stopped.json.killSwitch).toEqual(shown);
    expect(await deps.control.controls()).toEqual(shown);
    expect((await post('/api/config/resume', { reason: REASON }, before)).statusCode).toBe(412);
    expect((await post('/api/config/resume', { reason: REASON })).statusCode).toBe(428);
    expect((await post('/api/config/resume', { reason: REASON }, await read())).statusCode).toBe(200);
    expect(await deps.control.controls()).toEqual({ killSwitch: false, reason: null });
    expect((await post('/api/config/resume', { reason: REASON }, await read())).statusCode).toBe(409);
  });

  it('is not turned off over the head of somebody who stops again at the same time', async () => {
    const { post, read, deps } = await aConfigured();
    await post('/api/config/stop', { reason: 'the first reason' });
    const { etag } = await read();
    const lift = deps.control.liftKillSwitch;
    deps.control.liftKillSwitch = async (seen) => {
      await deps.control.setControls({ killSwitch: true, reason: 'the second reason' });
      return await lift(seen);
    };
    expect((await post('/api/config/resume', { reason: REASON }, { etag })).statusCode).toBe(412);
    expect((await deps.control.controls()).killSwitch).toBe(true);
  });
});

describe('what a change would have done to the last week', () => {
  it('is told by a dry run, and nothing is changed', async () => {
    const { post, read } = await aConfigured();
    const change = {
      github: { repositories: { 'acme/shop': { mode: 'off' } }, defaultMode: 'off' },
      features: { automation: false },
    };
    const asked = await post('/api/config', { change, reason: REASON, dryRun: true }, { etag: '*' });
    expect(asked.json).toMatchObject({
      preview: { days: 7, effects: [expect.objectContaining({ setting: 'modes' })] },
    });
    expect((await read()).policy.revision).toBeNull();
    const saved = await post('/api/config', { change, reason: REASON }, { etag: '*' });
    expect(saved.json).toMatchObject({ preview: null });
  });

  it('is tried by whoever may read, for limits of a deployment, too', async () => {
    const { post, read } = await aConfigured();
    const change = { policy: { stormIncidentsPerMinute: 1, maxActionsPerHour: 0 } };
    const { statusCode, json } = await post('/api/config/preview', { change }, { as: 'viewer' });
    expect(statusCode).toBe(200);
    expect(json).toMatchObject({
      changes: [
        { field: 'policy.maxActionsPerHour', after: 0 },
        { field: 'policy.stormIncidentsPerMinute', before: 30, after: 1 },
      ],
      preview: {
        effects: [
          { rule: 'group', of: 'events' },
          { rule: 'limit', of: 'actions' },
        ],
      },
    });
    expect((await read()).policy.revision).toBeNull();
  });

  it.each([
    [{ policy: { stormIncidentsPerMinute: 0 } }, 'policy.stormIncidentsPerMinute'],
    [{ policy: { stormIncidentsPerHour: 'many' } }, 'policy.stormIncidentsPerHour'],
    [{ policy: { maxActionsPerHour: 999 } }, 'policy.maxActionsPerHour'],
    [{ services: { nobody: { mode: 'off' } } }, 'services.nobody'],
    [{ tempo: 1 }, 'tempo'],
  ])('is refused by name for %j', async (change, field) => {
    const { post } = await aConfigured();
    const { statusCode, json } = await post('/api/config/preview', { change }, { as: 'viewer' });
    expect(statusCode).toBe(400);
    expect(JSON.stringify(json)).toContain(field);
  });
});
