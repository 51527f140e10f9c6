import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { expectClean, type Healer, openHealer } from './support/healer.ts';
import { approve, signIn } from './support/steering.ts';

vi.setConfig({ testTimeout: 60_000, hookTimeout: 120_000 });

const PASSWORD = 'Correct-Horse-8-Battery';

let healer: Healer;
let approver: string;
beforeAll(async () => {
  healer = await openHealer();
  await healer.runtime.createUser('approver', 'approver@example.com', PASSWORD);
  approver = await signIn(healer, 'approver@example.com', PASSWORD);
});
afterEach(() => expectClean(healer));
afterAll(() => healer?.stop());

const actionsOf = async (id: string) =>
  (await healer.incidents.listActions(id)).map(({ actionId, state, verified }) => [actionId, state, verified]);

describe('an ECS service that is about to run out of memory', () => {
  const updates = () => healer.world.journal.entries({ kind: 'ecs.service.updated', target: 'shop/catalog' });

  it('[D37] is given one more task when its memory alarm of 85 % rings, before anything failed, and the alarm is watched until it is OK', async () => {
    const alarm = healer.world.aws.fireAlarm('catalog', { okAfterMs: 60 });
    expect(healer.world.aws.alarm('catalog-memory')).toMatchObject({ metric: 'MemoryUtilization', threshold: 85 });
    const incident = await healer.ended(alarm);
    expect(incident).toMatchObject({ status: 'resolved' });
    expect(updates()).toMatchObject([{ facts: { fromCount: 2, toCount: 3 } }]);
    expect(healer.world.aws.ecsService('shop', 'catalog')?.desiredCount).toBe(3);
    expect(await actionsOf(incident.id)).toEqual([['scale-ecs-service', 'done', 'recovered']]);
    const [mail, ...more] = healer.mailsAbout(alarm);
    expect(more).toEqual([]);
    expect(mail?.text).toContain('Changed the number of tasks of shop/catalog from 2 to 3.');
    expect(mail?.text).toMatch(/Verified: it recovered/);
  });

  it('[D59] that more tasks do not help gets them taken back, is restarted when a person agrees, and goes to a human', async () => {
    const before = updates().length;
    const alarm = healer.world.aws.fireAlarm('catalog', { okAfterMs: null });
    await approve(healer, alarm, approver);
    const incident = await healer.ended(alarm);
    expect(incident).toMatchObject({ status: 'escalated' });
    // Which is tried first, what was learned decides.
    const counts = updates()
      .slice(before)
      .map(({ facts }) => [facts?.fromCount, facts?.toCount]);
    expect(counts).toHaveLength(3);
    expect(counts).toEqual(
      expect.arrayContaining([
        [2, 3],
        [3, 2],
        [undefined, undefined],
      ]),
    );
    expect(healer.world.aws.ecsService('shop', 'catalog')).toMatchObject({
      desiredCount: 2,
      deployments: [{ revision: 3 }],
    });
    const actions = await actionsOf(incident.id);
    expect(actions).toHaveLength(2);
    expect(actions).toContainEqual(['scale-ecs-service', 'undone', 'failed']);
    expect(actions).toContainEqual(['redeploy-ecs-service', 'done', 'failed']);
  });
});
