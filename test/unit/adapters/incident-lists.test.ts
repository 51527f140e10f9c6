import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { GetCommand, PutCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { Refused, Retryable } from '@selfheal/kernel/errors.ts';
import * as fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeDynamoIncidentLists } from '#shared/adapters/aws/dynamo-incident-lists.ts';
import { makeDynamoIncidentStore } from '#shared/adapters/aws/dynamo-incident-store.ts';
import { alarmNameOf } from '#shared/domain/incident/identity.ts';
import { type Incident, IncidentStatus } from '#shared/domain/incident/incident.ts';
import type { IncidentQuery } from '#shared/ports/incident-lists.ts';
import {
  aClassification,
  aConfiguration,
  aGithubTarget,
  anAlarmTarget,
  anIncident,
  aService,
  HOME,
} from '#test/builders/index.ts';
import { fakeClock, makeMemoryIncidents } from '#test/fakes/index.ts';
import { incidentListsContract, type ListedIncidents, pages } from './contract/incident-lists.ts';
import { type DynamoServer, startDynamo } from './dynamo-server.ts';

let dynamo: DynamoServer;
beforeAll(async () => {
  dynamo = await startDynamo();
});
afterAll(() => dynamo.close());

type Alarms = readonly { id: string; alarms: string[] }[];
const servicesOf = (services: Alarms) => aConfiguration({ services: services.map((one) => aService(one)) }).services;

async function inDynamo(services: Alarms = []): Promise<ListedIncidents & { table: string }> {
  const table = await dynamo.createTable();
  const access = { table, client: dynamo.client, clock: fakeClock() };
  return {
    table,
    incidents: makeDynamoIncidentStore(access),
    lists: makeDynamoIncidentLists({ ...access, services: servicesOf(services), home: HOME }),
  };
}

incidentListsContract('lists in memory', async (services) => makeMemoryIncidents(fakeClock(), servicesOf(services)));
incidentListsContract('lists in DynamoDB', inDynamo);

/** Gives a stored incident of an alarm the index key that earlier versions wrote: the alarm's name alone. */
async function asEarlierVersion(table: string, { id, target }: Incident): Promise<void> {
  if (target.kind !== 'alarm') return;
  await dynamo.client.send(
    new UpdateCommand({
      TableName: table,
      Key: { pk: `INC#${id}`, sk: 'META' },
      UpdateExpression: 'SET listTarget = :earlier',
      ExpressionAttributeValues: { ':earlier': `alarm#${alarmNameOf(target)}` },
    }),
  );
}

describe('any incidents, changes and queries', () => {
  const SERVICES = [
    { id: 'checkout', alarms: ['checkout-5xx', 'checkout-latency'] },
    { id: 'orders', alarms: ['orders-5xx', 'checkout-latency'] },
  ];
  const alarm = (name: string) =>
    anAlarmTarget({ alarmArn: `arn:aws:cloudwatch:eu-west-1:123456789012:alarm:${name}` });
  const target = fc.constantFrom(
    aGithubTarget({ repository: 'acme/shop' }),
    aGithubTarget({ repository: 'acme/blog' }),
    alarm('checkout-5xx'),
    alarm('checkout-latency'),
    alarm('orders-5xx'),
    alarm('unlisted'),
    {
      ...anAlarmTarget(),
      account: '999999999999',
      alarmArn: 'arn:aws:cloudwatch:eu-west-1:999999999999:alarm:checkout-5xx',
    },
    { ...anAlarmTarget(), region: 'us-east-1', alarmArn: 'arn:aws:cloudwatch:us-east-1:123456789012:alarm:orders-5xx' },
    { kind: 'storm' as const, startedAt: '2026-11-20T12:00:00.000Z' },
  );
  const failureClass = fc.constantFrom('memory_leaks' as const, 'test_failure' as const);
  const classification = fc.option(failureClass.map((one) => aClassification({ class: one })));
  const status = fc.constantFrom(...IncidentStatus.options);
  // From June to two days after the clock, often the same millisecond.
  const moment = fc
    .integer({ min: 0, max: 34 })
    .map((fives) => new Date(Date.UTC(2026, 5, 1) + fives * 5 * 86_400_000));
  const maybe = <T>(one: fc.Arbitrary<T>) => fc.option(one, { nil: undefined, freq: 2 });
  const query = fc.record({
    statuses: maybe(fc.array(status, { maxLength: 4 })),
    repository: maybe(fc.constantFrom('acme/shop', 'Acme/Blog')),
    service: maybe(fc.constantFrom('checkout', 'orders')),
    failureClass: maybe(failureClass),
    openedFrom: maybe(moment),
    openedBefore: maybe(moment),
  });
  const step = fc.oneof(
    {
      weight: 3,
      arbitrary: fc.record({
        kind: fc.constant('create' as const),
        at: moment,
        status,
        target,
        classification,
        byEarlierVersion: fc.boolean(),
      }),
    },
    {
      weight: 1,
      arbitrary: fc.record({
        kind: fc.constant('update' as const),
        which: fc.nat(),
        status: maybe(status),
        target: maybe(target),
        classification: maybe(classification),
      }),
    },
  );

  it('are listed as a look at each of them lists them, page by page', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(step, { minLength: 1, maxLength: 40 }),
        fc.array(
          fc.record({
            query,
            limit: fc.integer({ min: 1, max: 7 }),
            order: fc.constantFrom('newest' as const, 'oldest' as const),
          }),
          { minLength: 4, maxLength: 4 },
        ),
        async (steps, questions) => {
          const real = await inDynamo(SERVICES);
          const model = makeMemoryIncidents(fakeClock(), servicesOf(SERVICES));
          const ids: string[] = [];
          for (const one of steps) {
            if (one.kind === 'create') {
              const { at, kind, byEarlierVersion, ...fields } = one;
              const incident = anIncident({
                ...fields,
                id: `gh-${String((ids.length * 7919) % 1000).padStart(8, '0')}`,
                openedAt: at.toISOString(),
              });
              ids.push(incident.id);
              for (const { incidents } of [real, model]) expect(await incidents.create(incident)).toBe('created');
              if (byEarlierVersion) await asEarlierVersion(real.table, incident);
            } else if (ids.length > 0) {
              const { which, kind, ...fields } = one;
              const change = Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
              const id = ids[which % ids.length] ?? '';
              for (const { incidents } of [real, model]) expect(await incidents.update(id, change)).toBe('updated');
            }
          }
          for (const { query: asked, ...page } of questions) {
            const wanted = Object.fromEntries(Object.entries(asked).filter(([, value]) => value !== undefined));
            const expected = await pages(model.lists, wanted, page);
            expect({ wanted, found: (await pages(real.lists, wanted, page)).flat() }).toEqual({
              wanted,
              found: expected.flat(),
            });
          }
        },
      ),
      { numRuns: 60 },
    );
  });
});

describe('a record that cannot be read', () => {
  it('is named beside the others, in each list that it is in, and counts for no limit', async () => {
    const { incidents, lists, table } = await inDynamo();
    for (const number of [1, 2, 3, 4])
      await incidents.create(anIncident({ id: `gh-0000000${number}`, openedAt: `2026-11-0${number}T12:00:00.000Z` }));
    const spoil = (id: string, attribute: string, value: unknown) =>
      dynamo.client.send(
        new UpdateCommand({
          TableName: table,
          Key: { pk: `INC#${id}`, sk: 'META' },
          UpdateExpression: 'SET #attribute = :value',
          ExpressionAttributeNames: { '#attribute': attribute },
          ExpressionAttributeValues: { ':value': value },
        }),
      );
    await spoil('gh-00000003', 'attempt', 'first');
    await spoil('gh-00000002', 'version', 9);
    const expected = {
      incidents: [{ id: 'gh-00000004' }, { id: 'gh-00000001' }],
      next: null,
      corrupt: [
        { id: 'gh-00000003', problem: expect.stringContaining('The record of incident gh-00000003 does not parse') },
        {
          id: 'gh-00000002',
          problem: expect.stringContaining('The record of incident gh-00000002 has record version 9'),
        },
      ],
    };
    for (const query of [{}, { statuses: ['open' as const] }, { repository: 'acme/shop' }]) {
      expect(await lists.list(query, { limit: 2, order: 'newest' })).toMatchObject(expected);
    }
  });
});

it('an incident has in each index at most one entry, of what it is now', async () => {
  const { incidents, table } = await inDynamo();
  await incidents.create(anIncident({ id: 'gh-00000001' }));
  const keys = async () => {
    const command = new GetCommand({ TableName: table, Key: { pk: 'INC#gh-00000001', sk: 'META' } });
    const { listKey, listMonth, listTarget, listClass, listId } = (await dynamo.client.send(command)).Item ?? {};
    return { listKey, listMonth, listTarget, listClass, listId };
  };
  const fixed = { listKey: '2026-11-21T12:00:00.000Z#gh-00000001', listMonth: '2026-11', listId: 'INCIDENT' };
  const shop = { ...fixed, listTarget: 'repository#acme/shop' };
  expect(await keys()).toEqual({ ...shop, listClass: undefined });
  await incidents.update('gh-00000001', {
    classification: aClassification({ class: 'test_failure' }),
    status: 'resolved',
  });
  expect(await keys()).toEqual({ ...shop, listClass: 'test_failure' });
  await incidents.update('gh-00000001', { classification: null, status: 'open' });
  expect(await keys()).toEqual({ ...shop, listClass: undefined });
  const target = anAlarmTarget({ alarmName: 'Checkout: 5xx' });
  await incidents.update('gh-00000001', { target });
  expect(await keys()).toEqual({ ...fixed, listTarget: `alarm#${target.alarmArn}`, listClass: undefined });
});

describe('an index that lags behind', () => {
  it('lists nothing whose record is gone', async () => {
    const { incidents, lists, table } = await inDynamo();
    await incidents.create(anIncident({ id: 'gh-00000001' }));
    await dynamo.client.send(
      new PutCommand({
        TableName: table,
        Item: {
          pk: 'INC#gh-00000002',
          sk: 'OLD',
          listKey: '2026-11-21T12:00:00.000Z#gh-00000002',
          status: 'open',
          listMonth: '2026-11',
        },
      }),
    );
    for (const query of [{}, { statuses: ['open' as const] }]) {
      const { incidents: found, corrupt } = await lists.list(query, { limit: 5, order: 'newest' });
      expect({ found: found.map(({ id }) => id), corrupt }).toEqual({ found: ['gh-00000001'], corrupt: [] });
    }
  });

  it('lists nothing that by now is of another class, target or status', async () => {
    const { incidents, lists, table } = await inDynamo([{ id: 'checkout', alarms: ['checkout-5xx'] }]);
    const keys = { listClass: 'memory_leaks', listTarget: 'repository#acme/old', status: 'escalated' };
    await incidents.create(
      anIncident({ id: 'gh-00000001', classification: aClassification({ class: 'test_failure' }) }),
    );
    await dynamo.client.send(
      new PutCommand({
        TableName: table,
        Item: { pk: 'INC#gh-00000001', sk: 'OLD', listKey: '2026-11-21T12:00:00.000Z#gh-00000001', ...keys },
      }),
    );
    const queries: IncidentQuery[] = [
      { failureClass: 'memory_leaks' },
      { repository: 'acme/old' },
      { statuses: ['escalated'] },
      { statuses: ['escalated'], failureClass: 'memory_leaks', repository: 'acme/old' },
    ];
    for (const query of queries) expect((await pages(lists, query, { limit: 5, order: 'newest' })).flat()).toEqual([]);
    expect((await pages(lists, { statuses: ['open', 'escalated'] }, { limit: 1, order: 'newest' })).flat()).toEqual([
      'gh-00000001',
    ]);
  });
});

describe('a table that does not answer', () => {
  it.each([
    ['throttled', 'throttle', Retryable],
    ['out of reach', 'lose', Retryable],
    ['forbidden', 'deny', Refused],
  ] as const)('is not taken for an empty one: %s', async (_what, fault, error) => {
    const { incidents, lists } = await inDynamo();
    await incidents.create(anIncident());
    const ask: (() => Promise<unknown>)[] = [
      () => lists.list({}, { limit: 5, order: 'newest' }),
      () => lists.list({ statuses: ['open', 'resolved'] }, { limit: 5, order: 'newest' }),
      () => lists.idsStartingWith('gh-', 5),
    ];
    for (const call of ask) {
      dynamo.fault(...Array.from({ length: 4 }, () => fault));
      await expect(call()).rejects.toThrow(error);
      // Uses up the faults that are left.
      while ((await call().catch(() => null)) === null);
    }
  });

  it('is not taken for an empty one when its records are out of reach', async () => {
    const { incidents, lists } = await inDynamo();
    await incidents.create(anIncident());
    dynamo.fault('none', 'throttle', 'throttle');
    await expect(lists.list({ statuses: ['open'] }, { limit: 5, order: 'newest' })).rejects.toThrow(Retryable);
  });
});

describe('incidents from before there were numbers', () => {
  /** Stored with a number, which is then taken from the record. */
  async function withoutNumbers(count: number) {
    const stored = await inDynamo();
    const ids = Array.from({ length: count }, (_, at) => `gh-${String(at).padStart(24, '0')}`);
    for (const [at, id] of ids.entries()) {
      await stored.incidents.create(anIncident({ id, openedAt: new Date(Date.UTC(2026, 10, 1 + at)).toISOString() }));
      await dynamo.client.send(
        new UpdateCommand({
          TableName: stored.table,
          Key: { pk: `INC#${id}`, sk: 'META' },
          UpdateExpression: 'REMOVE #number',
          ExpressionAttributeNames: { '#number': 'number' },
        }),
      );
    }
    const shown = async () => {
      const { incidents } = await stored.lists.list({}, { limit: 10, order: 'newest' });
      return incidents.map(({ id, number }) => [id, number] as const);
    };
    return { ...stored, ids, shown };
  }

  const numbersIn = (table: string) => async (id: string) =>
    (await makeDynamoIncidentStore({ table, client: dynamo.client }).get(id))?.number;

  it('get one when a list shows them, the oldest the smallest, and keep it', async () => {
    const { lists, incidents, ids, shown, table } = await withoutNumbers(4);
    const first = await shown();
    expect(first).toEqual([3, 2, 1, 0].map((at) => [ids[at], 5 + at]));
    expect(await shown()).toEqual(first);
    for (const [id, number] of first) expect(await lists.idsStartingWith(String(number), 5)).toEqual([id]);
    expect(await numbersIn(table)(ids[0] ?? '')).toBe(5);
    expect(await incidents.create(anIncident({ id: 'gh-new00000', openedAt: '2026-11-20T12:00:00.000Z' }))).toBe(
      'created',
    );
    expect((await shown())[0]).toEqual(['gh-new00000', 9]);
  });

  it('get one number each from any number of readers at once, and every number names one incident', async () => {
    const { lists, ids, shown } = await withoutNumbers(5);
    const seen = await Promise.all(Array.from({ length: 6 }, shown));
    const [first = []] = seen;
    for (const others of seen) expect(others).toEqual(first);
    expect(new Set(first.map(([, number]) => number)).size).toBe(ids.length);
    for (const [id, number] of first) expect(await lists.idsStartingWith(String(number), 5)).toEqual([id]);
  });
});

describe('what lists cost', () => {
  const MANY = 1_500;
  const classified = {
    test_failure: aClassification({ class: 'test_failure' }),
    memory_leaks: aClassification({ class: 'memory_leaks' }),
  };
  let many: Awaited<ReturnType<typeof inDynamo>>;
  beforeAll(async () => {
    many = await inDynamo([{ id: 'checkout', alarms: ['checkout-5xx', 'checkout-latency'] }]);
    for (let at = 0; at < MANY; at += 1) {
      await many.incidents.create(
        anIncident({
          id: `gh-${String(at).padStart(24, '0')}`,
          openedAt: new Date(Date.UTC(2026, 8, 1) + at * 3_600_000).toISOString(),
          status: at === 0 ? 'escalated' : 'resolved',
          classification: classified[at === 1 ? 'memory_leaks' : 'test_failure'],
        }),
      );
    }
  });

  /** Operations that one call sent. */
  async function operationsOf(call: () => Promise<unknown>): Promise<Record<string, number>> {
    const before = new Map(dynamo.operations);
    await call();
    return Object.fromEntries(
      [...dynamo.operations]
        .map(([name, count]) => [name, count - (before.get(name) ?? 0)] as const)
        .filter(([, count]) => count > 0),
    );
  }

  const PAGE = { limit: 20, order: 'newest' as const };
  const COSTS: readonly [string, IncidentQuery, number][] = [
    ['the newest', {}, 1],
    ['one status of many', { statuses: ['resolved'] }, 1],
    ['a status that no incident has', { statuses: ['healed'] }, 1],
    ['three statuses', { statuses: ['resolved', 'open', 'escalated'] }, 3],
    ['a repository', { repository: 'acme/shop' }, 1],
    ['a class', { failureClass: 'test_failure' }, 1],
    ['a repository without incidents', { repository: 'acme/blog' }, 1],
    // Earlier versions kept an alarm's incidents under its name.
    ['a service: two for each of its alarms, one for reports about it', { service: 'checkout' }, 5],
    ['the middle of a range', { openedFrom: new Date('2026-09-10'), openedBefore: new Date('2026-10-01') }, 1],
    ['the open ones of a repository, however many others it has', { repository: 'acme/shop', statuses: ['open'] }, 1],
    ['the open ones of a class', { failureClass: 'test_failure', statuses: ['open'] }, 1],
    // 500 entries a read.
    ['the one of a status at the far end of a repository', { repository: 'acme/shop', statuses: ['escalated'] }, 4],
    ['the one of a class at the far end of a repository', { repository: 'acme/shop', failureClass: 'memory_leaks' }, 4],
  ];
  it.each(COSTS)('%s', async (_what, query, queries) => {
    const { QueryCommand, BatchGetItemCommand = 0, ...others } = await operationsOf(() => many.lists.list(query, PAGE));
    expect({ QueryCommand, others }).toEqual({ QueryCommand: queries, others: {} });
    expect(BatchGetItemCommand).toBeLessThanOrEqual(1);
  });

  it('ends after a bounded number of reads with a page that is not full, and goes on from there', async () => {
    const { lists, incidents } = await inDynamo();
    const twelveYearsAgo = anIncident({ id: 'gh-00000001', openedAt: '2014-11-21T12:00:00.000Z' });
    await incidents.create(twelveYearsAgo);
    const calls: number[] = [];
    const found: string[] = [];
    let cursor: string | null = null;
    do {
      const page: { cursor?: string } = cursor === null ? {} : { cursor };
      const { QueryCommand = 0 } = await operationsOf(async () => {
        const { incidents: some, next } = await lists.list({}, { ...PAGE, ...page });
        found.push(...some.map(({ id }) => id));
        cursor = next;
      });
      calls.push(QueryCommand);
    } while (cursor !== null);
    expect(found).toEqual([twelveYearsAgo.id]);
    // Twelve months and, to know where to end, one entry of each status.
    expect(Math.max(...calls)).toBeLessThanOrEqual(12 + IncidentStatus.options.length);
    expect(calls.length).toBeLessThanOrEqual(15);
  });

  it('finds an id by its beginning with one query', async () => {
    const found = () => many.lists.idsStartingWith('gh-00000000000000000000149', 100);
    expect(await found()).toHaveLength(10);
    expect(await operationsOf(found)).toEqual({ QueryCommand: 1 });
  });

  it('never reads a whole table: in all of these tests no Scan was sent, and the product has none', () => {
    expect(dynamo.operations.get('QueryCommand')).toBeGreaterThan(100);
    expect([...dynamo.operations.keys()].filter((name) => /scan/i.test(name))).toEqual([]);
    const root = join(import.meta.dirname, '../../..');
    const sources = [
      'shared',
      'functions',
      'infra',
      'statemachines',
      'apps',
      'packages/pull-request-quality/src',
    ].flatMap((folder) =>
      readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile() && /\.(ts|tsx|mjs|js)$/.test(entry.name))
        .map((entry) => join(entry.parentPath, entry.name)),
    );
    expect(sources.length).toBeGreaterThan(500);
    const scanning = sources.filter((file) =>
      /ScanCommand|paginateScan|dynamodb:(Scan|PartiQL|\*)|ExecuteStatement|\.scan\(\{/.test(
        readFileSync(file, 'utf8'),
      ),
    );
    expect(scanning).toEqual([]);
  });
});
