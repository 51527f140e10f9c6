import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { signIn } from '#lab/drills/approvals.ts';
import { approve, askedFor, endedWithApprovals } from './support/approving.ts';
import { expectClean, type Healer, openHealer } from './support/healer.ts';

const PASSWORD = 'Correct-Horse-8-Battery';

let healer: Healer;
let approver: string;
beforeAll(async () => {
  healer = await openHealer();
  await healer.runtime.createUser('approver', 'approver@example.com', PASSWORD, ['approver']);
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
    const incident = await endedWithApprovals(healer, alarm, approver);
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

describe('a database that is too small', () => {
  it('[D47] is given another size by nobody before a person agrees, and the request says why and how it is undone', async () => {
    const before = healer.world.journal.entries().length;
    const alarm = healer.world.aws.fireAlarm('ratings', { okAfterMs: 60 });
    const page = await askedFor(healer, alarm);
    expect(healer.world.journal.entries()).toHaveLength(before);
    const mail = healer.mailsAbout(alarm).find(({ text }) => text.includes(page));
    const asked = mail?.text.replace(/\s+/g, ' ') ?? '';
    expect(asked).toContain('A database of another size costs more');
    expect(asked).toMatch(/If it does not help, Selfheal (sets|gives)/);
    await approve(healer, alarm, approver);
    expect(await healer.ended(alarm)).toMatchObject({ status: 'resolved' });
  });
});

describe('what the owner of a service lists for its alarm', () => {
  const effects = (from: number) =>
    healer.world.journal
      .entries()
      .slice(from)
      .map(({ kind, target, facts }) => [kind, target, facts.from ?? null, facts.to ?? null]);

  it.each([
    ['[D41] more memory', 'invoices', 'raise-lambda-memory', ['lambda.memory.changed', 'invoices-worker', 512, 1024]],
    ['[D46] more instances', 'search', 'scale-auto-scaling-group', ['autoscaling.group.scaled', 'search-nodes', 3, 4]],
    [
      '[D53] more connections',
      'accounts',
      'change-rds-parameter',
      ['rds.parameter.changed', 'accounts-mysql/max_connections', 150, 200],
    ],
    [
      '[D47] a larger Aurora cluster',
      'ratings',
      'scale-aurora-cluster',
      ['rds.cluster.scaled', 'ratings-aurora', 4, 8],
    ],
  ] as const)('%s heals %s', async (_what, service, actionId, effect) => {
    const before = healer.world.journal.entries().length;
    const alarm = healer.world.aws.fireAlarm(service, { okAfterMs: 60 });
    const incident = await endedWithApprovals(healer, alarm, approver);
    expect(incident).toMatchObject({ status: 'resolved' });
    expect(effects(before)).toEqual([effect]);
    expect(await actionsOf(incident.id)).toEqual([[actionId, 'done', 'recovered']]);
  });

  it.each([
    [
      'invoices',
      ['raise-lambda-memory', 'set-lambda-concurrency'],
      [
        ['lambda.memory.changed', 'invoices-worker', 512, 1024],
        ['lambda.memory.changed', 'invoices-worker', 1024, 512],
        ['lambda.concurrency.changed', 'invoices-worker', 10, 40],
        ['lambda.concurrency.changed', 'invoices-worker', 40, 10],
      ],
    ],
    [
      'search',
      ['scale-auto-scaling-group', 'refresh-instances'],
      [
        ['autoscaling.group.scaled', 'search-nodes', 3, 4],
        ['autoscaling.group.scaled', 'search-nodes', 4, 3],
        ['autoscaling.refresh.started', 'search-nodes', null, null],
        ['autoscaling.refresh.cancelled', 'search-nodes', null, null],
      ],
    ],
    [
      'accounts',
      ['change-rds-parameter', 'reboot-rds-instance'],
      [
        ['rds.parameter.changed', 'accounts-mysql/max_connections', 150, 200],
        ['rds.parameter.changed', 'accounts-mysql/max_connections', 200, 150],
        ['rds.instance.rebooted', 'accounts-db', null, null],
      ],
    ],
    [
      'ratings',
      ['scale-rds-instance', 'scale-aurora-cluster'],
      [
        ['rds.cluster.scaled', 'ratings-aurora', 4, 8],
        ['rds.cluster.scaled', 'ratings-aurora', 8, 4],
        ['rds.instance.resized', 'ratings-db', 'db.r8g.large', 'db.r8g.xlarge'],
        ['rds.instance.resized', 'ratings-db', 'db.r8g.xlarge', 'db.r8g.large'],
      ],
    ],
  ] as const)(
    'is taken back for %s where it does not help, and a human gets the incident',
    async (service, actions, expected) => {
      const before = healer.world.journal.entries().length;
      const alarm = healer.world.aws.fireAlarm(service, { okAfterMs: null });
      const incident = await endedWithApprovals(healer, alarm, approver);
      expect(incident).toMatchObject({ status: 'escalated' });
      // Which is tried first, what was learned decides.
      expect(effects(before).sort()).toEqual([...expected].sort());
      expect((await actionsOf(incident.id)).map(([id]) => id).sort()).toEqual([...actions].sort());
    },
  );
});
