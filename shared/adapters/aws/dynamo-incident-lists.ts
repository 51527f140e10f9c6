import { type DynamoDBDocumentClient, QueryCommand } from '@aws-sdk/lib-dynamodb';
import { canonicalJson, digestOf } from '@selfheal/kernel/digest.ts';
import { CorruptRecord, InvalidInput } from '@selfheal/kernel/errors.ts';
import type { Clock } from '@selfheal/kernel/time.ts';
import type { Service } from '#shared/domain/configuration/configuration.ts';
import { alarmArnAt, type Home } from '#shared/domain/incident/home.ts';
import { Incident, IncidentStatus } from '#shared/domain/incident/incident.ts';
import { isFoundBy } from '#shared/domain/incident/incident-search.ts';
import { isSimulated } from '#shared/domain/incident/target-context.ts';
import {
  type IncidentLists,
  type IncidentPage,
  type IncidentQuery,
  MAX_PAGE_SIZE,
  type PageRequest,
} from '#shared/ports/incident-lists.ts';
import { systemClock } from '../system/clock.ts';
import {
  ALL_IDS,
  alarmPartition,
  earlierAlarmPartition,
  LIST_INDEXES,
  type ListIndex,
  listingKeysOf,
  numberKeyOf,
  positionOf,
  repositoryPartition,
  servicePartition,
} from './dynamo-incident-keys.ts';
import { numbered } from './dynamo-incident-numbers.ts';
import {
  type Filter,
  type IndexWalk,
  indexReads,
  type KeyRange,
  PAUSED,
  walkMonths,
  walkPartitions,
} from './dynamo-index-walk.ts';
import { dynamoClient, type Item, openTable, type Table, withoutStorage } from './dynamo-table.ts';
import { callAws, parseRecord } from './errors.ts';

/** Index reads of one call; those of the first round, one a partition, are always made. */
const MAX_READS = 12;
/** Entries that a read looks at while it filters: about 100 KB. */
const FILTERED_ENTRIES = 500;
/** Of DynamoDB's `IN`. */
const MAX_FILTER_VALUES = 100;
/** Clocks of those who wrote may be ahead of this one. */
const AHEAD_MILLISECONDS = 2 * 24 * 3600 * 1000;
const EARLIEST = '0000-01-01T00:00:00.000Z';
const LATEST = '9999-12-31T23:59:59.999Z~';

type Services = readonly Pick<Service, 'id' | 'alarms'>[];

export interface IncidentListOptions {
  readonly table: string;
  /** Which alarms belong to a service; only a query for a service needs them. */
  readonly services: Services;
  /** Where these alarms are. Absent: no alarm's incidents belong to a service. */
  readonly home?: Home;
  readonly client?: DynamoDBDocumentClient;
  readonly clock?: Clock;
}

/**
 * Lists of the Incidents table by the indexes of `dynamo-incident-keys.ts`. Of the filters in a query, one chooses the index and the others
 * filter its entries: the status `open` when it is the only one, else the target, else the class, else the statuses. A query with none of them goes
 * through the months. The records come from the table and are compared with the query again, because the indexes lag behind. Needs `Query`
 * on the indexes and `BatchGetItem` on the table, and, for incidents from before there were numbers, `PutItem` and `UpdateItem` on it.
 */
export function makeDynamoIncidentLists(options: IncidentListOptions): IncidentLists {
  const { table: name, services, home, client = dynamoClient(), clock = systemClock } = options;
  const table = openTable({ table: name, client });
  return {
    list: async (query, page) => {
      const { limit, order, cursor } = page;
      requireLimit(limit, MAX_PAGE_SIZE);
      const criteria = criteriaOf(query);
      const after = cursor === undefined ? null : positionIn(cursor, criteria, order);
      const scope = scopeOf(criteria, services, home);
      const walk = openWalk({ name, client, clock, criteria, scope, after, limit, newestFirst: order === 'newest' });
      const found = await fillPage({ table, walk, criteria, scope, page });
      return { ...found, incidents: await numbered(found.incidents, table) };
    },
    idsStartingWith: async (beginning, limit) => {
      requireLimit(limit, 1000);
      const text = beginning.toLowerCase();
      if (NUMBER.test(text)) return await idOfNumber(Number(text), table);
      return /^[a-z0-9-]{1,60}$/.test(text) ? await idsWith({ name, client }, text, limit) : [];
    },
  };
}

const NUMBER = /^\d{1,9}$/;

async function idOfNumber(number: number, table: Table): Promise<string[]> {
  const item = await table.get(numberKeyOf(number));
  return typeof item?.incidentId === 'string' ? [item.incidentId] : [];
}

function requireLimit(limit: number, max: number): void {
  if (!Number.isInteger(limit) || limit < 1 || limit > max)
    throw new InvalidInput(`limit: expected a whole number from 1 to ${max}.`);
}

/** A query in the form in which equal ones are equal: the cursor carries its digest. */
interface Criteria {
  readonly statuses: readonly IncidentStatus[] | null;
  readonly repository: string | null;
  readonly service: string | null;
  readonly failureClass: string | null;
  readonly openedFrom: string | null;
  readonly openedBefore: string | null;
  /** Absent without a search, so that cursors from before there was one stay valid. */
  readonly search?: string;
  readonly simulated?: true;
}

function criteriaOf(query: IncidentQuery): Criteria {
  return {
    statuses: query.statuses === undefined ? null : [...new Set(query.statuses)].sort(),
    repository: query.repository?.toLowerCase() ?? null,
    service: query.service ?? null,
    failureClass: query.failureClass ?? null,
    openedFrom: instantOf('openedFrom', query.openedFrom),
    openedBefore: instantOf('openedBefore', query.openedBefore),
    ...(query.simulated === true ? { simulated: true } : {}),
    ...(query.search === undefined ? {} : { search: query.search.trim().toLowerCase() }),
  };
}

function instantOf(field: string, at: Date | undefined): string | null {
  if (at === undefined) return null;
  const year = at.getUTCFullYear();
  // Years of other lengths would sort wrongly; an invalid date has no year.
  if (!(year >= 0 && year <= 9999)) throw new InvalidInput(`${field}: expected a time in the years 0 to 9999.`);
  return at.toISOString();
}

const POSITION = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z#[a-z0-9-]{0,60}$/;

function cursorOf(position: string, criteria: Criteria, order: PageRequest['order']): string {
  const digest = digestOf(canonicalJson([criteria, order, position]), 32);
  return Buffer.from(`${digest}${position}`).toString('base64url');
}

/** The digest finds mistakes. It is no signature: whoever forges one sees another part of what the query shows anyway. */
function positionIn(cursor: string, criteria: Criteria, order: PageRequest['order']): string {
  const position = Buffer.from(cursor, 'base64url').toString('latin1').slice(32);
  if (!POSITION.test(position) || cursorOf(position, criteria, order) !== cursor) {
    throw new InvalidInput(
      'cursor: not one of this query and order. Pass `next` of the page before with the same filters, or none for the first page.',
    );
  }
  return position;
}

/** Where the incidents of a query lie, and what is left to filter there. */
interface Scope {
  /** Partitions of one index; null: the months. */
  readonly partitions: { readonly index: ListIndex; readonly values: readonly string[] } | null;
  readonly filter: Filter;
  /** What `listTarget` of the records is in this version; null: anything. */
  readonly targets: readonly string[] | null;
}

function scopeOf(criteria: Criteria, services: Services, home: Home | undefined): Scope {
  const { statuses, failureClass } = criteria;
  const wantedTargets = targetsOf(criteria, services, home);
  const targets = wantedTargets?.now ?? null;
  const stored = wantedTargets === null ? null : [...wantedTargets.now, ...wantedTargets.earlier];
  const wanted: readonly { index: ListIndex; values: readonly string[] | null }[] = [
    { index: LIST_INDEXES.target, values: stored },
    { index: LIST_INDEXES.class, values: failureClass === null ? null : [failureClass] },
    { index: LIST_INDEXES.status, values: statuses },
  ];
  const given = wanted.flatMap(({ index, values }) => (values === null ? [] : [{ index, values }]));
  const nothing = given.find(({ values }) => values.length === 0);
  if (nothing !== undefined) return { partitions: nothing, filter: {}, targets };
  // Few incidents are open at a time, many have been about one target or of one class.
  const onlyOpen = statuses?.length === 1 && statuses[0] === 'open' && (stored?.length ?? 0) <= MAX_FILTER_VALUES;
  const partitions = (onlyOpen ? given.at(-1) : given[0]) ?? null;
  const filtered = given.filter((one) => one !== partitions).map(({ index, values }) => [index.partition, values]);
  return { partitions, filter: Object.fromEntries(filtered), targets };
}

/** Partitions as this version writes them, and as earlier ones did. */
interface Targets {
  readonly now: readonly string[];
  readonly earlier: readonly string[];
}

/** None where a repository and a service are asked for: no incident has both. */
function targetsOf({ repository, service }: Criteria, services: Services, home: Home | undefined): Targets | null {
  if (repository !== null) return { now: service === null ? [repositoryPartition(repository)] : [], earlier: [] };
  if (service === null) return null;
  const alarms = home === undefined ? [] : alarmsOf(service, services).map((name) => ({ name, at: home }));
  return {
    now: [...alarms.map(({ name, at }) => alarmPartition(alarmArnAt(at, name))), servicePartition(service)],
    earlier: alarms.map(({ name }) => earlierAlarmPartition(name)),
  };
}

/** An alarm belongs to the first service that lists it, as in `serviceOf`. None of a service that is only known from reports. */
function alarmsOf(serviceId: string, services: Services): string[] {
  const service = services.find(({ id }) => id === serviceId);
  if (service === undefined) return [];
  const others = services.slice(0, services.indexOf(service)).flatMap(({ alarms }) => alarms);
  return [...new Set(service.alarms)].filter((alarm) => !others.includes(alarm));
}

function openWalk(options: {
  readonly name: string;
  readonly client: DynamoDBDocumentClient;
  readonly clock: Clock;
  readonly criteria: Criteria;
  readonly scope: Scope;
  readonly after: string | null;
  readonly limit: number;
  readonly newestFirst: boolean;
}): IndexWalk {
  const { name: table, client, clock, criteria, scope, after, limit, newestFirst } = options;
  const { partitions, filter } = scope;
  const isFiltered = Object.keys(filter).length > 0;
  // Two more than wanted: the one that the page before ended with, and one that tells whether another page follows.
  const size = isFiltered ? Math.max(FILTERED_ENTRIES, limit + 2) : limit + 2;
  const reads = indexReads({ table, client, newestFirst, filter, size, maxReads: MAX_READS });
  const low = criteria.openedFrom ?? EARLIEST;
  const high = criteria.openedBefore === null ? LATEST : lastBefore(criteria.openedBefore);
  const walk = { reads, newestFirst, after };
  if (partitions !== null)
    return walkPartitions(partitions.index, partitions.values, { ...walk, range: { low, high } });
  const soon = new Date(clock.now().getTime() + AHEAD_MILLISECONDS).toISOString();
  const range: KeyRange = { low, high: high < soon ? high : soon };
  return walkMonths(LIST_INDEXES.month, { ...walk, range, oldest: () => oldestPosition(table, client) });
}

/** The last position of the millisecond before. */
const lastBefore = (instant: string): string => `${new Date(Date.parse(instant) - 1).toISOString()}~`;

/** Every incident has a status, so the first entries of all statuses tell which is the oldest. Null when there is no incident. */
async function oldestPosition(table: string, client: DynamoDBDocumentClient): Promise<string | null> {
  const newestFirst = false;
  const reads = indexReads({ table, client, newestFirst, filter: {}, size: 1, maxReads: 0 });
  const range = { low: EARLIEST, high: LATEST };
  const walk = walkPartitions(LIST_INDEXES.status, IncidentStatus.options, { reads, newestFirst, range, after: null });
  const oldest = await walk.next();
  return oldest === PAUSED ? null : oldest;
}

async function fillPage(options: {
  readonly table: Table;
  readonly walk: IndexWalk;
  readonly criteria: Criteria;
  readonly scope: Scope;
  readonly page: PageRequest;
}): Promise<IncidentPage> {
  const { table, walk, criteria, scope, page } = options;
  const incidents: Incident[] = [];
  const corrupt: { id: string; problem: string }[] = [];
  const cursorAt = (position: string | null) => (position === null ? null : cursorOf(position, criteria, page.order));
  for (;;) {
    const { positions, stop } = await take(walk, page.limit - incidents.length);
    const records = await table.getAll(positions.map((position) => ({ pk: `INC#${idIn(position)}`, sk: 'META' })));
    const byKey = new Map(records.map((record) => [record.pk, record]));
    for (const position of positions) {
      const record = byKey.get(`INC#${idIn(position)}`);
      const read = record === undefined ? null : readIncident(record, idIn(position));
      if (read instanceof CorruptRecord) corrupt.push({ id: idIn(position), problem: read.message });
      else if (read !== null && matches(read, criteria, scope)) incidents.push(read);
    }
    if (stop === 'end') return { incidents, next: null, corrupt };
    if (stop === 'paused') return { incidents, next: cursorAt(walk.position()), corrupt };
    if (incidents.length === page.limit) {
      const full = walk.position();
      const following = await walk.next();
      if (following === null) return { incidents, next: null, corrupt };
      // Paused after the last one: what was read since then does not match.
      return { incidents, next: cursorAt(following === PAUSED ? walk.position() : full), corrupt };
    }
  }
}

async function take(walk: IndexWalk, wanted: number): Promise<{ positions: string[]; stop: 'end' | 'paused' | null }> {
  const positions: string[] = [];
  while (positions.length < wanted) {
    const next = await walk.next();
    if (next === null) return { positions, stop: 'end' };
    if (next === PAUSED) return { positions, stop: 'paused' };
    positions.push(next);
  }
  return { positions, stop: null };
}

const idIn = (position: string): string => position.slice(position.indexOf('#') + 1);

function readIncident(record: Item, id: string): Incident | CorruptRecord {
  try {
    return parseRecord(Incident, withoutStorage(record), `The record of incident ${id}`);
  } catch (error) {
    if (error instanceof CorruptRecord) return error;
    throw error;
  }
}

/** Whether the record as it is now belongs into the list: its entry in the index may be of an earlier state. */
function matches(incident: Incident, criteria: Criteria, { targets }: Scope): boolean {
  const { statuses, failureClass, openedFrom, openedBefore, search } = criteria;
  const { listTarget } = listingKeysOf(incident);
  const opened = positionOf(incident);
  return (
    (criteria.simulated === true || !isSimulated(incident.target)) &&
    (statuses === null || statuses.includes(incident.status)) &&
    (failureClass === null || incident.classification?.class === failureClass) &&
    (openedFrom === null || opened >= openedFrom) &&
    (openedBefore === null || opened < openedBefore) &&
    (targets === null || targets.includes(String(listTarget))) &&
    (search === undefined || isFoundBy(search, incident))
  );
}

async function idsWith(
  { name, client }: { readonly name: string; readonly client: DynamoDBDocumentClient },
  beginning: string,
  limit: number,
): Promise<string[]> {
  const { name: index, partition, sort } = LIST_INDEXES.id;
  const command = new QueryCommand({
    TableName: name,
    IndexName: index,
    KeyConditionExpression: '#partition = :all AND begins_with(#sort, :beginning)',
    ProjectionExpression: '#sort',
    ExpressionAttributeNames: { '#partition': partition, '#sort': sort },
    ExpressionAttributeValues: { ':all': ALL_IDS, ':beginning': beginning },
    Limit: limit,
  });
  // One page: without a filter it holds all there is, up to the limit.
  const { Items = [] } = await callAws('Finding incidents by the beginning of their id', () => client.send(command));
  return Items.map((item) => String(item[sort]));
}
