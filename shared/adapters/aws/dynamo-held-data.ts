import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { FailureClass } from '@selfheal/kernel/failure-class.ts';
import type { HeldData, HeldIncident, HeldKind, HeldPage, HeldRecord, WalkPosition } from '#shared/ports/held-data.ts';
import { repositoryPartition } from './dynamo-incident-keys.ts';
import { workflowsOf } from './dynamo-stats-store.ts';
import { dynamoClient, type Item, type Key } from './dynamo-table.ts';
import { heldIncidentOf, recordsOfIncident } from './held-incidents.ts';
import type { HeldObjects } from './held-objects.ts';
import {
  type HeldPartition,
  type HeldTable,
  type HeldTables,
  heldItem,
  type ItemFilter,
  makeHeldTables,
} from './held-tables.ts';

export interface HeldDataOptions {
  readonly tables: Readonly<Record<HeldTable, string>>;
  readonly objects: HeldObjects;
  readonly client?: DynamoDBDocumentClient;
}

interface Walk {
  /** `owner/name` in lower case. */
  readonly repository: string;
  /** `<id>:<owner>/<name>`, with the host before it for all but GitHub. */
  readonly keys: readonly string[];
  readonly tables: HeldTables;
  readonly objects: HeldObjects;
}

/** What a step found from a place on; `after` is null at its end. */
interface Part {
  readonly held: readonly HeldRecord[];
  readonly after: string | null;
  readonly incidents?: readonly HeldIncident[];
  /** Keys of the repository that it met. */
  readonly keys?: readonly string[];
}

type Step = (walk: Walk, after: string | null) => Promise<Part>;

/**
 * Steps in the order of a deletion. What tells the repository's keys comes before what needs them; a table is never scanned, each step follows an
 * index or reads the partitions that can hold the repository.
 */
const STEPS: readonly Step[] = [
  incidentStep,
  listStep({
    table: 'stats',
    partitions: () => ['PREDICTIONS'],
    kind: 'prediction',
    attribute: 'scope',
    keyIn: keyOfScope,
  }),
  listStep({ table: 'stats', partitions: () => ['TESTED'], kind: 'test', attribute: 'key', keyIn: keyOfTests }),
  workflowStep,
  partitionStep,
  listStep({ table: 'stats', partitions: () => OUTCOMES, kind: 'outcome', attribute: 'scope', keyIn: keyOfScope }),
  listStep({ table: 'control', partitions: () => ['GATHERED'], kind: 'message' }),
  listStep({ table: 'control', partitions: () => ['EVENT'], kind: 'event' }),
  listStep({ table: 'control', partitions: () => ['REQUEST'], kind: 'request' }),
  qualityStep,
];
const OUTCOMES: readonly string[] = FailureClass.options.map((one) => `ACTIONS#${one}`);

/** Characters of JSON in one page; a function's answer may have six million bytes. */
const MAX_PAGE_LENGTH = 2_000_000;

/** The walk over the four tables and the bucket. Needs `Query`, `GetItem` and `BatchGetItem`; to remove, `DeleteItem` and `DeleteObjectVersion`. */
export function makeHeldData({ tables: names, objects, client = dynamoClient() }: HeldDataOptions): HeldData {
  const tables = makeHeldTables(names, client);
  return {
    page: async (repository, from, known = []) => {
      const start: WalkPosition = from ?? { step: 0, after: null, keys: [] };
      // Whoever carries a position may not name another repository by it.
      const own = [...start.keys, ...known].filter((key) => key.endsWith(`:${repository}`));
      const keys = [...new Set(own)];
      const step = STEPS[start.step];
      if (step === undefined) return { held: [], incidents: [], next: null, keys };
      const part = await step({ repository, keys, tables, objects }, start.after);
      return pageOf(part, start, keys);
    },
    newest: async (repository) => {
      const keys = await tables.newestOf(repositoryPartition(repository));
      return (await tables.incidents.getAll(keys)).map(heldIncidentOf);
    },
    remove: async (held) => {
      for (const { place } of held) await ('object' in place ? objects.remove(place.object) : tables.remove(place));
    },
  };
}

function pageOf(
  { held, after, incidents = [], keys = [] }: Part,
  start: WalkPosition,
  known: readonly string[],
): HeldPage {
  const all = [...new Set([...known, ...keys])];
  const isLast = after === null && start.step + 1 >= STEPS.length;
  const next = isLast ? null : { step: after === null ? start.step + 1 : start.step, after, keys: all };
  return { held, incidents, next, keys: all };
}

async function incidentStep({ repository, tables, objects }: Walk, after: string | null): Promise<Part> {
  const { items, next } = await tables.incidentsOf(repositoryPartition(repository), after);
  const found: Awaited<ReturnType<typeof recordsOfIncident>>[] = [];
  let readTo = next;
  let length = 0;
  for (const [at, { pk, sk, listKey }] of items.entries()) {
    // The index lags behind.
    const meta = await tables.incidents.get({ pk: String(pk), sk: String(sk) });
    if (meta === null) continue;
    const records = await recordsOfIncident(meta as Item & Key, { tables, objects });
    found.push(records);
    length += JSON.stringify(records.held).length;
    if (length < MAX_PAGE_LENGTH || at === items.length - 1) continue;
    readTo = String(listKey);
    break;
  }
  return {
    held: found.flatMap(({ held }) => held),
    incidents: found.map(({ incident }) => incident),
    keys: found.flatMap(({ key }) => key ?? []),
    after: readTo,
  };
}

interface List {
  readonly table: HeldTable;
  readonly partitions: () => readonly string[];
  readonly kind: HeldKind;
  /** Names the repository in lower case. Absent: a record belongs to the repository when it mentions it anywhere. */
  readonly attribute?: string;
  /** The key of the repository that the attribute names; null where it names none. */
  readonly keyIn?: (text: string, walk: Walk) => string | null;
}

/** A list of records of many repositories, of which every one is looked at. */
function listStep({ table, partitions, kind, attribute, keyIn }: List): Step {
  return async (walk, after) => {
    const { repository, tables } = walk;
    const places = partitions().map((pk) => ({ kind, table, pk }));
    const filter = attribute === undefined ? ANYTHING : containing(attribute, repository);
    const { items, next } = await readOn(places, after, tables, filter);
    const mentioned = mention(repository);
    const own = items.filter(({ item }) =>
      attribute === undefined ? mentioned.test(JSON.stringify(item)) : isOf(String(item[attribute]), repository),
    );
    return {
      held: own.map(({ item }) => heldItem(kind, table, item)),
      keys: own.flatMap(({ item }) => keyIn?.(String(item[attribute ?? '']), walk) ?? []),
      after: next,
    };
  };
}

/** `repository#<id>:<name>`, `<id>:<name>` or `reports#<name>`. */
const isOf = (text: string, repository: string): boolean =>
  text.endsWith(`:${repository}`) || text === `reports#${repository}`;

function keyOfScope(scope: string): string | null {
  return /^repository#(.+)$/.exec(scope)?.[1] ?? null;
}

function keyOfTests(key: string): string {
  return key;
}

/** Filters of DynamoDB compare no end of a text: what is sent is looked at again. */
const containing = (attribute: string, repository: string): ItemFilter => ({
  expression: 'contains(#attribute, :repository)',
  names: { '#attribute': attribute },
  values: { ':repository': repository },
});
const ANYTHING: ItemFilter = { expression: 'attribute_exists(#version)', names: { '#version': 'version' }, values: {} };

/** The name, not as a part of a longer one. */
function mention(repository: string): RegExp {
  return new RegExp(`(?<![\\w./-])${repository.replaceAll('.', '\\.')}(?![\\w-]|\\.\\w)`, 'i');
}

/** Only says the keys: the list of workflows leads to their runs, and is removed after them. */
async function workflowStep({ repository, tables }: Walk): Promise<Part> {
  const workflows = await tables.stats.query(workflowsOf(repository));
  return { held: [], keys: workflows.map(({ sk }) => String(sk).replace(/#[^#]*$/, '')), after: null };
}

/** The partitions that the repository's keys and name give. */
async function partitionStep(walk: Walk, after: string | null): Promise<Part> {
  const { items, next } = await readOn(await partitionsOf(walk), after, walk.tables);
  // After a rename the record of an id is about another name.
  const own = items.filter(({ place, item }) => !place.pk.startsWith('REPOSITORY#') || isNamed(item, walk));
  return { held: own.map(({ place, item }) => heldItem(place.kind, place.table, item)), after: next };
}

const isNamed = ({ repository }: Item, walk: Walk): boolean => String(repository).toLowerCase() === walk.repository;

/** Those that others lead to come before the others. */
async function partitionsOf({ repository, keys, tables }: Walk): Promise<HeldPartition[]> {
  const scopes = [...keys.map((key) => `repository#${key}`), `reports#${repository}`];
  const known = await Promise.all(scopes.map((scope) => knowledgeOf(scope, tables)));
  const stats = (kind: HeldKind, pk: string): HeldPartition => ({ kind, table: 'stats', pk });
  const workflows = await tables.stats.query(workflowsOf(repository));
  return [
    ...known.flat(),
    ...workflows.map(({ sk }) => stats('run', `RUNS#${String(sk)}`)),
    ...keys.flatMap((key) => [
      stats('test', `TESTS#${key}`),
      stats('test', `QUARANTINES#${key}`),
      stats('baseline', `REPOSITORY#${key.split(':').at(-2)}`),
    ]),
    stats('baseline', `BASELINE#${repository}`),
    stats('run', workflowsOf(repository)),
    { kind: 'event', table: 'control', pk: `CURSOR#deliveries#${repository}` },
  ];
}

async function knowledgeOf(scope: string, { knowledge }: HeldTables): Promise<HeldPartition[]> {
  const [learned, patterns] = await Promise.all([
    knowledge.query(`LEARNED#${scope}`),
    knowledge.query(`PATTERNS#${scope}`),
  ]);
  const fingerprints = new Set(learned.map(({ sk }) => String(sk).split('#').at(-1) ?? ''));
  const place = (kind: HeldKind, pk: string): HeldPartition => ({ kind, table: 'knowledge', pk });
  return [
    ...[...fingerprints].map((fingerprint) => place('knowledge', `FINGERPRINT#${scope}#${fingerprint}`)),
    ...patterns.map(({ sk }) => place('pattern', `PATTERN-VERSIONS#${scope}#${String(sk)}`)),
    place('knowledge', `LEARNED#${scope}`),
    place('knowledge', `PAST#${scope}`),
    place('pattern', `PATTERNS#${scope}`),
    place('pattern', `LEARNING#${scope}`),
  ];
}

interface FoundItem {
  readonly place: HeldPartition;
  readonly item: Item;
}

/** Items that one page is content with. */
const ENOUGH = 20;

/**
 * Reads from a place on until there is enough, or a partition needs another read. A place whose partition is no longer among them, because what led to it is
 * gone, is read from the beginning of what is left.
 */
async function readOn(
  partitions: readonly HeldPartition[],
  after: string | null,
  tables: HeldTables,
  filter?: ItemFilter,
): Promise<{ items: FoundItem[]; next: string | null }> {
  const [pk = '', sk = ''] = after?.split('\n') ?? [];
  const begin = Math.max(
    0,
    partitions.findIndex((one) => one.pk === pk),
  );
  const found: FoundItem[] = [];
  for (const [at, place] of partitions.entries()) {
    if (at < begin) continue;
    const { items, next } = await tables.read(place, place.pk === pk && sk !== '' ? sk : null, filter);
    found.push(...items.map((item) => ({ place, item })));
    if (next !== null) return { items: found, next: `${place.pk}\n${next}` };
    const following = partitions[at + 1];
    if (found.length >= ENOUGH && following !== undefined) return { items: found, next: `${following.pk}\n` };
  }
  return { items: found, next: null };
}

async function qualityStep({ repository, objects }: Walk, after: string | null): Promise<Part> {
  const [name] = await objects.list(`quality/${repository}/`, after, 1);
  return name === undefined ? { held: [], after: null } : { held: [await objects.read('quality', name)], after: name };
}
