import { makeDynamoIncidentLists } from '#shared/adapters/aws/dynamo-incident-lists.ts';
import { makeDynamoIncidentStore } from '#shared/adapters/aws/dynamo-incident-store.ts';
import type { IncidentQuery, PageRequest } from '#shared/ports/incident-lists.ts';

/** Milliseconds of each call. */
export type ListTimes = Readonly<Record<string, readonly number[]>>;

const ROUNDS = 100;
const WARM_UP = 10;
const PAGE = 50;
const SHOWN = 20;
const ENTRIES_OF_A_TRAIL = 20;
/** Of the alarms that `list-rows.ts` writes. */
const HOME = { partition: 'aws', region: 'us-east-1', account: '123456789012' };
const DAY_MILLISECONDS = 24 * 3600 * 1000;

/**
 * Asks for lists and single incidents of the table named by the first argument, as the product does, and prints `ListTimes`. The endpoint and
 * the keys come from the environment, as for every AWS client.
 */
async function main([table = '', now = '']: readonly string[]): Promise<void> {
  const services = [{ id: 'checkout', alarms: ['alarm-0', 'alarm-1', 'alarm-2'] }];
  const lists = makeDynamoIncidentLists({ table, services, home: HOME });
  const store = makeDynamoIncidentStore({ table });
  const at = (daysAgo: number) => new Date(new Date(now).getTime() - daysAgo * DAY_MILLISECONDS);
  const QUERIES: Readonly<Record<string, (round: number) => [IncidentQuery, PageRequest['order']]>> = {
    'no filter': () => [{}, 'newest'],
    'oldest first': () => [{}, 'oldest'],
    'status open': () => [{ statuses: ['open'] }, 'newest'],
    'status resolved': () => [{ statuses: ['resolved'] }, 'newest'],
    'three statuses': () => [{ statuses: ['escalated', 'open', 'suggested'] }, 'newest'],
    repository: (round) => [{ repository: `acme/repository-${round % 40}` }, 'newest'],
    'service of three alarms': () => [{ service: 'checkout' }, 'newest'],
    class: () => [{ failureClass: 'test_failure' }, 'newest'],
    'a week': (round) => [{ openedFrom: at(round + 7), openedBefore: at(round) }, 'oldest'],
    'repository and status escalated': (round) => [
      { repository: `acme/repository-${round % 40}`, statuses: ['escalated'] },
      'newest',
    ],
    'class and status open': () => [{ failureClass: 'test_failure', statuses: ['open'] }, 'newest'],
    'all together': (round) => [
      {
        repository: `acme/repository-${round % 40}`,
        statuses: ['resolved', 'healed'],
        failureClass: 'test_failure',
        openedFrom: at(90),
        openedBefore: at(10),
      },
      'newest',
    ],
  };
  const times = new Map<string, number[]>();
  const timed = async <T>(name: string, round: number, call: () => Promise<T>): Promise<T> => {
    const started = performance.now();
    const answer = await call();
    if (round >= WARM_UP) times.set(name, [...(times.get(name) ?? []), performance.now() - started]);
    return answer;
  };
  let ids: string[] = [];
  for (const [name, make] of Object.entries(QUERIES)) {
    let cursor: string | null = null;
    let last = '';
    for (let round = 0; round < WARM_UP + ROUNDS; round++) {
      const [query, order] = make(round);
      // Page after page, until the end or another query.
      const goesOn: string | null = JSON.stringify(query) === last ? cursor : null;
      const page: PageRequest = { limit: PAGE, order, ...(goesOn === null ? {} : { cursor: goesOn }) };
      const answer = await timed(name, round, () => lists.list(query, page));
      if (answer.corrupt[0]) throw new Error(answer.corrupt[0].problem);
      if (name === 'no filter') ids = answer.incidents.map(({ id }) => id);
      cursor = answer.next;
      last = JSON.stringify(query);
    }
  }
  await showSome(store, ids.slice(0, SHOWN), timed);
  for (let round = 0; round < WARM_UP + ROUNDS; round++) {
    const beginning = (ids[round % ids.length] ?? '').slice(0, 8);
    await timed('id by its beginning', round, () => lists.idsStartingWith(beginning, 5));
  }
  console.log(JSON.stringify(Object.fromEntries(times) satisfies ListTimes));
}

async function showSome(
  store: ReturnType<typeof makeDynamoIncidentStore>,
  ids: readonly string[],
  timed: <T>(name: string, round: number, call: () => Promise<T>) => Promise<T>,
): Promise<void> {
  for (const id of ids)
    for (let entry = 0; entry < ENTRIES_OF_A_TRAIL; entry++)
      await store.audit(id, `opened#${entry}`, {
        at: new Date(0).toISOString(),
        event: 'incident.opened',
        facts: { attempt: entry + 1, source: 'github', kind: 'run' },
      });
  for (let round = 0; round < WARM_UP + ROUNDS; round++) {
    const id = ids[round % ids.length] ?? '';
    const [incident, trail] = await timed('show', round, () => Promise.all([store.get(id), store.auditTrail(id)]));
    if (incident === null || trail.length !== ENTRIES_OF_A_TRAIL)
      throw new Error(`Incident ${id} was not shown whole.`);
  }
}

await main(process.argv.slice(2));
