import { InvalidInput } from '@selfheal/kernel/errors.ts';
import { beforeEach, describe, expect, it } from 'vitest';
import type { Incident } from '#shared/domain/incident/incident.ts';
import type { IncidentLists, IncidentQuery, PageRequest } from '#shared/ports/incident-lists.ts';
import type { IncidentStore } from '#shared/ports/incident-store.ts';
import { aClassification, aGithubTarget, anAlarmTarget, anIncident } from '#test/builders/index.ts';

export interface ListedIncidents {
  readonly incidents: Pick<IncidentStore, 'create' | 'update'>;
  readonly lists: IncidentLists;
}

const id = (number: number, kind = 'gh'): string => `${kind}-${number.toString(16).padStart(24, '0')}`;
const opened = (day: string, time = '12:00:00'): string => `${day}T${time}.000Z`;
const alarm = (name: string) => anAlarmTarget({ alarmArn: `arn:aws:cloudwatch:eu-west-1:123456789012:alarm:${name}` });
const memory = aClassification({ class: 'memory_leaks' });
const network = aClassification({ class: 'network_connectivity' });
const shop = aGithubTarget({ repository: 'acme/shop' });
const blog = aGithubTarget({ repository: 'acme/Blog' });

const REPORT: Incident['target'] = {
  kind: 'report',
  reportId: '0'.repeat(32),
  service: 'billing',
  repository: null,
  severity: 'high',
  reportedBy: 'lead@example.com',
  reportedAt: '2026-11-21T12:00:00.000Z',
  simulated: false,
};

/** Over three months; the numbers are the last digits of the ids. */
const INCIDENTS: readonly Incident[] = [
  anIncident({ id: id(1), openedAt: opened('2026-09-03'), status: 'resolved', target: shop, classification: memory }),
  anIncident({ id: id(2), openedAt: opened('2026-09-30', '23:59:59'), status: 'open', target: blog }),
  anIncident({
    id: id(3, 'cw'),
    openedAt: opened('2026-10-01', '00:00:00'),
    status: 'escalated',
    target: alarm('checkout-5xx'),
  }),
  anIncident({ id: id(4), openedAt: opened('2026-10-15'), status: 'resolved', target: shop, classification: network }),
  anIncident({ id: id(5), openedAt: opened('2026-10-15'), status: 'suggested', target: shop, classification: memory }),
  anIncident({
    id: id(6, 'cw'),
    openedAt: opened('2026-11-02'),
    status: 'resolved',
    target: alarm('checkout-latency'),
    classification: memory,
  }),
  anIncident({ id: id(7, 'cw'), openedAt: opened('2026-11-03'), status: 'open', target: alarm('orders-5xx') }),
  anIncident({
    id: id(8, 'storm'),
    openedAt: opened('2026-11-20'),
    status: 'open',
    target: { kind: 'storm', startedAt: opened('2026-11-20') },
  }),
  anIncident({ id: id(9), openedAt: opened('2026-11-21'), status: 'resolved', target: shop, classification: network }),
];

const numberOf = (one: string): number => Number.parseInt(one.slice(-1), 16);
const on = (day: string): Date => new Date(`${day}T00:00:00.000Z`);

/** Every page until there is none, as numbers. */
export async function pages(
  lists: IncidentLists,
  query: IncidentQuery,
  page: Omit<PageRequest, 'cursor'>,
): Promise<string[][]> {
  const all: string[][] = [];
  let cursor: string | null = null;
  do {
    const { incidents, next } = await lists.list(query, { ...page, ...(cursor === null ? {} : { cursor }) });
    expect(incidents.length).toBeLessThanOrEqual(page.limit);
    expect(next).not.toBe(cursor ?? '');
    all.push(incidents.map((incident) => incident.id));
    cursor = next;
  } while (cursor !== null);
  return all;
}

/** What every implementation of the lists does. `open` is given the services whose alarms are known; the clock is at 2026-11-21 12:00. */
export function incidentListsContract(
  name: string,
  open: (services: readonly { id: string; alarms: string[] }[]) => Promise<ListedIncidents>,
): void {
  let incidents: ListedIncidents['incidents'];
  let lists: IncidentLists;
  beforeEach(async () => {
    ({ incidents, lists } = await open([
      { id: 'checkout', alarms: ['checkout-5xx', 'checkout-latency'] },
      { id: 'orders', alarms: ['orders-5xx', 'checkout-latency'] },
      { id: 'ledger', alarms: ['ledger-5xx'] },
    ]));
  });
  const fill = async () => {
    for (const incident of INCIDENTS) await incidents.create(incident);
  };

  describe(`${name}: filters`, () => {
    const CASES: readonly [string, IncidentQuery, number[]][] = [
      ['nothing', {}, [1, 2, 3, 4, 5, 6, 7, 8, 9]],
      ['one status', { statuses: ['resolved'] }, [1, 4, 6, 9]],
      ['several statuses', { statuses: ['open', 'suggested', 'healed'] }, [2, 5, 7, 8]],
      ['no status', { statuses: [] }, []],
      ['a repository', { repository: 'acme/shop' }, [1, 4, 5, 9]],
      ['a repository in another case', { repository: 'ACME/blog' }, [2]],
      ['an unknown repository', { repository: 'acme/shopping' }, []],
      ['a service, whose alarms nobody listed before', { service: 'checkout' }, [3, 6]],
      ['a service that shares an alarm', { service: 'orders' }, [7]],
      ['a service without incidents', { service: 'ledger' }, []],
      ['a class', { failureClass: 'memory_leaks' }, [1, 5, 6]],
      ['words of a search, in any case and order', { search: 'ORDERS  alarm' }, [7]],
      ['words and a status', { search: 'acme/shop', statuses: ['suggested'] }, [5]],
      ['words that nothing has', { search: 'nowhere' }, []],
      ['a beginning', { openedFrom: on('2026-10-15') }, [4, 5, 6, 7, 8, 9]],
      ['an end', { openedBefore: on('2026-10-01') }, [1, 2]],
      [
        'the very instant: in at the beginning, out at the end',
        { openedFrom: on('2026-10-01'), openedBefore: new Date(opened('2026-11-02')) },
        [3, 4, 5],
      ],
      ['a range that is empty', { openedFrom: on('2026-11-01'), openedBefore: on('2026-10-01') }, []],
      ['a range before everything', { openedBefore: on('2020-01-01') }, []],
      ['a range after everything', { openedFrom: on('2030-01-01') }, []],
      [
        'status and range',
        { statuses: ['resolved'], openedFrom: on('2026-10-01'), openedBefore: on('2026-11-21') },
        [4, 6],
      ],
      ['repository and status', { repository: 'acme/shop', statuses: ['resolved', 'open'] }, [1, 4, 9]],
      ['repository and class', { repository: 'acme/shop', failureClass: 'memory_leaks' }, [1, 5]],
      ['class and status', { failureClass: 'memory_leaks', statuses: ['resolved'] }, [1, 6]],
      ['service and class', { service: 'checkout', failureClass: 'memory_leaks' }, [6]],
      ['repository and service, which no incident has both', { repository: 'acme/shop', service: 'checkout' }, []],
      [
        'everything together',
        {
          repository: 'acme/shop',
          failureClass: 'network_connectivity',
          statuses: ['resolved'],
          openedFrom: on('2026-10-01'),
          openedBefore: on('2026-11-21'),
        },
        [4],
      ],
    ];
    it.each(CASES)('%s', async (_what, query, expected) => {
      await fill();
      for (const limit of [1, 2, 100]) {
        const oldest = (await pages(lists, query, { limit, order: 'oldest' })).flat().map(numberOf);
        const newest = (await pages(lists, query, { limit, order: 'newest' })).flat().map(numberOf);
        expect({ limit, oldest, newest }).toEqual({ limit, oldest: expected, newest: expected.toReversed() });
      }
    });

    it('gives each incident as it is', async () => {
      await fill();
      const { incidents: found, corrupt } = await lists.list({}, { limit: 100, order: 'oldest' });
      expect(found.map(({ number: _number, ...one }) => one)).toEqual(INCIDENTS);
      expect(corrupt).toEqual([]);
    });

    it.each([[0], [101], [1.5], [Number.NaN]])('refuses a limit of %s', async (limit) => {
      await expect(lists.list({}, { limit, order: 'newest' })).rejects.toThrow(InvalidInput);
    });

    it('knows a service that nobody configured by the reports that name it', async () => {
      const incident = anIncident({ target: REPORT });
      await incidents.create(incident);
      const page = await lists.list({ service: 'billing' }, { limit: 5, order: 'newest' });
      expect(page.incidents.map(({ id }) => id)).toEqual([incident.id]);
    });

    it('finds an incident by its number, which is its own', async () => {
      await fill();
      const { incidents: found } = await lists.list({}, { limit: 100, order: 'oldest' });
      const numbers = found.map(({ number }) => number);
      expect(new Set(numbers).size).toBe(INCIDENTS.length);
      for (const { id, number } of found) expect(await lists.idsStartingWith(String(number), 5)).toEqual([id]);
      expect(await lists.idsStartingWith('12345', 5)).toEqual([]);
      // Repeats take no number.
      await incidents.create(INCIDENTS[0] as Incident);
      await incidents.create(anIncident({ id: 'gh-ffffffffffffffffffffffff' }));
      const all = await lists.list({}, { limit: 100, order: 'newest' });
      expect(all.incidents.find(({ id: one }) => one === 'gh-ffffffffffffffffffffffff')?.number).toBe(
        INCIDENTS.length + 1,
      );
    });

    it('is empty, with no further page, where there is no incident', async () => {
      for (const order of ['newest', 'oldest'] as const) {
        expect(await lists.list({}, { limit: 5, order })).toEqual({ incidents: [], next: null, corrupt: [] });
      }
    });
  });

  describe(`${name}: pages`, () => {
    it('is full but for the last one, and says when nothing follows', async () => {
      await fill();
      const sizes = async (query: IncidentQuery, limit: number) =>
        (await pages(lists, query, { limit, order: 'newest' })).map(({ length }) => length);
      expect(await sizes({}, 4)).toEqual([4, 4, 1]);
      expect(await sizes({}, 3)).toEqual([3, 3, 3]);
      expect(await sizes({ statuses: ['resolved'] }, 2)).toEqual([2, 2]);
      expect(await sizes({ repository: 'acme/shop' }, 4)).toEqual([4]);
    });

    it('goes on with another limit, and with the same filters in another order or case', async () => {
      await fill();
      const first = await lists.list(
        { repository: 'acme/shop', statuses: ['resolved', 'suggested'] },
        { limit: 1, order: 'newest' },
      );
      const rest = await lists.list(
        { repository: 'Acme/Shop', statuses: ['suggested', 'resolved'] },
        { limit: 50, order: 'newest', cursor: first.next ?? '' },
      );
      expect([...first.incidents, ...rest.incidents].map((one) => numberOf(one.id))).toEqual([9, 5, 4, 1]);
      expect(rest.next).toBeNull();
    });

    it('refuses a cursor of another query or order', async () => {
      await fill();
      const query = { repository: 'acme/shop' };
      const { next } = await lists.list(query, { limit: 1, order: 'newest' });
      const cursor = next ?? '';
      const others: [IncidentQuery, PageRequest['order']][] = [
        [query, 'oldest'],
        [{}, 'newest'],
        [{ repository: 'acme/blog' }, 'newest'],
        [{ ...query, statuses: ['open'] }, 'newest'],
        [{ ...query, failureClass: 'memory_leaks' }, 'newest'],
        [{ ...query, openedFrom: on('2026-01-01') }, 'newest'],
        [{ ...query, openedBefore: on('2027-01-01') }, 'newest'],
      ];
      for (const [other, order] of others) {
        await expect(lists.list(other, { limit: 1, order, cursor })).rejects.toThrow(InvalidInput);
      }
      await expect(lists.list(query, { limit: 1, order: 'newest', cursor })).resolves.toBeDefined();
    });

    it('refuses what is no cursor of ours', async () => {
      await fill();
      const { next } = await lists.list({}, { limit: 1, order: 'newest' });
      const cursor = next ?? '';
      for (const other of ['', 'x', '../..', cursor.slice(1), cursor.slice(0, -4), `${cursor}AAAA`, '{}', 'null']) {
        await expect(lists.list({}, { limit: 1, order: 'newest', cursor: other })).rejects.toThrow(InvalidInput);
      }
    });

    it.each(['newest', 'oldest'] as const)(
      'gives no incident twice and skips none that stays, %s first',
      async (order) => {
        await fill();
        for (const query of [{}, { statuses: ['resolved' as const, 'open' as const] }]) {
          const first = await lists.list(query, { limit: 3, order });
          const seen = first.incidents.map((one) => one.id);
          // One that was seen, one that was not, and new ones at both ends and in between.
          await incidents.update(seen[0] ?? '', { status: 'resolved', outcomeReason: null });
          const unseen = INCIDENTS.filter((one) => !seen.includes(one.id) && one.status === 'resolved')[0];
          await incidents.update(unseen?.id ?? '', { status: 'healed' });
          for (const [number, day] of [
            [10, '2026-08-01'],
            [11, '2026-10-20'],
            [12, '2026-11-21'],
          ] as const)
            await incidents.create(
              anIncident({ id: id(number), openedAt: opened(day, '13:00:00'), status: 'resolved' }),
            );
          const rest: string[] = [];
          for (let cursor = first.next; cursor !== null; ) {
            const page = await lists.list(query, { limit: 2, order, cursor });
            rest.push(...page.incidents.map((one) => one.id));
            cursor = page.next;
          }
          const all = [...seen, ...rest];
          expect(new Set(all).size).toBe(all.length);
          const statuses: readonly string[] = query.statuses ?? INCIDENTS.map(({ status }) => status);
          const unchanged = INCIDENTS.filter(
            (one) => statuses.includes(one.status) && one.id !== unseen?.id && one.id !== seen[0],
          );
          expect(all).toEqual(expect.arrayContaining(unchanged.map((one) => one.id)));
        }
      },
    );

    it('gives what happened in the same millisecond in the order of the ids', async () => {
      for (const number of [3, 1, 2]) await incidents.create(anIncident({ id: id(number) }));
      expect((await pages(lists, {}, { limit: 1, order: 'oldest' })).flat()).toEqual([id(1), id(2), id(3)]);
    });
  });

  describe(`${name}: changes`, () => {
    it('moves an incident with its status and its class', async () => {
      await incidents.create(anIncident({ id: id(1) }));
      const listed = async (query: IncidentQuery) => (await pages(lists, query, { limit: 5, order: 'newest' })).flat();
      expect(await listed({ failureClass: 'memory_leaks' })).toEqual([]);
      await incidents.update(id(1), { classification: memory });
      expect(await listed({ failureClass: 'memory_leaks', statuses: ['open'] })).toEqual([id(1)]);
      await incidents.update(id(1), { classification: network, status: 'resolved' });
      expect(await listed({ failureClass: 'memory_leaks' })).toEqual([]);
      expect(await listed({ statuses: ['open'] })).toEqual([]);
      expect(await listed({ statuses: ['resolved'] })).toEqual([id(1)]);
      expect(await listed({ failureClass: 'network_connectivity', repository: 'acme/shop' })).toEqual([id(1)]);
      await incidents.update(id(1), { status: 'open', classification: null });
      expect(await listed({ failureClass: 'network_connectivity' })).toEqual([]);
      expect(await listed({ statuses: ['open'], repository: 'acme/shop' })).toEqual([id(1)]);
    });

    it('moves an incident whose repository was renamed', async () => {
      await incidents.create(anIncident({ id: id(1), target: shop }));
      await incidents.update(id(1), { target: aGithubTarget({ repository: 'acme/store' }) });
      const ofRepository = (repository: string) => pages(lists, { repository }, { limit: 5, order: 'newest' });
      expect(await ofRepository('acme/shop')).toEqual([[]]);
      expect(await ofRepository('acme/store')).toEqual([[id(1)]]);
    });

    it('leaves the lists alone when an update is refused', async () => {
      await incidents.create(anIncident({ id: id(1) }));
      const condition = { ifStatus: ['resolved' as const], at: new Date('2026-11-21T13:00:00.000Z') };
      expect(await incidents.update(id(1), { status: 'healed', classification: memory }, condition)).toBe(
        'condition-failed',
      );
      expect(await pages(lists, { statuses: ['healed'] }, { limit: 5, order: 'newest' })).toEqual([[]]);
      expect(await pages(lists, { failureClass: 'memory_leaks' }, { limit: 5, order: 'newest' })).toEqual([[]]);
    });
  });

  describe(`${name}: ids by their beginning`, () => {
    beforeEach(async () => {
      for (const one of [
        'gh-68654c0000000000000000aa',
        'gh-68654c0000000000000000ab',
        'gh-6900000000000000000000aa',
        'cw-68654c0000000000000000aa',
      ])
        await incidents.create(anIncident({ id: one }));
    });
    it.each([
      ['gh-68654c', 5, ['gh-68654c0000000000000000aa', 'gh-68654c0000000000000000ab']],
      ['GH-68654C', 1, ['gh-68654c0000000000000000aa']],
      ['gh-68654c0000000000000000ab', 5, ['gh-68654c0000000000000000ab']],
      ['gh-6', 2, ['gh-68654c0000000000000000aa', 'gh-68654c0000000000000000ab']],
      ['c', 5, ['cw-68654c0000000000000000aa']],
      ['gh-68654d', 5, []],
      ['68654c', 5, []],
      ['', 5, []],
      ['gh_68', 5, []],
      ['gh-68654c0000000000000000aa0', 5, []],
    ])('%s, at most %d', async (beginning, limit, expected) => {
      expect(await lists.idsStartingWith(beginning, limit)).toEqual(expected);
    });
  });
}
