import { UsageError } from '@selfheal/cli-kit/command.ts';
import * as z from 'zod';
import { type LogSource, type Look, SourceDown, type SourceLine } from './log-source.ts';

export interface ElasticsearchOptions {
  /** Addresses of one cluster, best first; user and password, or `authorization`, if it needs them. */
  readonly urls: readonly string[];
  /** Names of indexes, with `*`. */
  readonly index: string;
  /** Value of the header Authorization; null without one. */
  readonly authorization: string | null;
  readonly now: () => number;
  /** Lines from before are not read. */
  readonly since: number;
}

const PAGE = 1_000;
const MAX_PAGES = 20;
const TIMEOUT_MS = 20_000;
/** Lines become searchable about a second after they were written; some shippers are slower. What was read of this time is left out. */
const OVERLAP_MS = 30_000;
const TEXT_FIELDS = ['message', 'log', 'msg', 'event.original'];

const Hit = z.object({
  _id: z.string(),
  _index: z.string(),
  _source: z.record(z.string(), z.unknown()).default({}),
  sort: z.array(z.unknown()).default([]),
});
const Found = z.object({ pit_id: z.string().optional(), hits: z.object({ hits: z.array(Hit) }) });

/**
 * Lines of an Elasticsearch or OpenSearch cluster by `@timestamp`: a point in time and `search_after`, so that pages neither overlap nor skip (Elasticsearch
 * guide, "Paginate search results"). Each address is tried in turn; the one that answered last comes first. At least once: what the last seconds
 * brought is read again and left out by its id.
 */
export function openElasticsearchSource(options: ElasticsearchOptions): LogSource {
  let urls = options.urls.map((url) => url.replace(/\/+$/, ''));
  let committed = options.since;
  let reached = options.since;
  let committedIds = new Map<string, number>();
  let ids = new Map<string, number>();
  let isOpenSearch: boolean | null = null;

  async function ask(
    method: string,
    path: string,
    body: unknown,
  ): Promise<{ readonly status: number; readonly json: unknown }> {
    const problems: string[] = [];
    for (const url of urls) {
      try {
        const response = await fetch(`${url}${path}`, {
          method,
          headers: {
            'content-type': 'application/json',
            ...(options.authorization === null ? {} : { authorization: options.authorization }),
          },
          ...(body === undefined ? {} : { body: JSON.stringify(body) }),
          signal: AbortSignal.timeout(TIMEOUT_MS),
        });
        const json: unknown = await response.json().catch(() => null);
        if (response.status === 401 || response.status === 403)
          throw new SourceDown(
            `${url} answered ${response.status}: set ELASTICSEARCH_API_KEY, or user and password in the address, to somebody who may read ${options.index}.`,
          );
        if (response.status === 429 || response.status >= 500) {
          problems.push(`${url} answered ${response.status}.`);
          continue;
        }
        urls = [url, ...urls.filter((other) => other !== url)];
        return { status: response.status, json };
      } catch (error) {
        if (error instanceof SourceDown) throw error;
        problems.push(`${url} does not answer.`);
      }
    }
    throw new SourceDown(problems.join(' '));
  }

  async function openPointInTime(): Promise<string> {
    const index = encodeURIComponent(options.index);
    if (isOpenSearch !== true) {
      const { status, json } = await ask('POST', `/${index}/_pit?keep_alive=1m`, undefined);
      const id = z.object({ id: z.string() }).safeParse(json);
      if (id.success) {
        isOpenSearch = false;
        return id.data.id;
      }
      if (status === 404) throw new SourceDown(`There is no index ${options.index}.`);
    }
    const { status, json } = await ask('POST', `/${index}/_search/point_in_time?keep_alive=1m`, undefined);
    const id = z.object({ pit_id: z.string() }).safeParse(json);
    if (!id.success) throw new SourceDown(`A point in time of ${options.index} was refused with status ${status}.`);
    isOpenSearch = true;
    return id.data.pit_id;
  }

  async function closePointInTime(id: string): Promise<void> {
    // It ends by itself after a minute.
    await (isOpenSearch === true
      ? ask('DELETE', '/_search/point_in_time', { pit_id: [id] })
      : ask('DELETE', '/_pit', { id })
    ).catch(() => {});
  }

  return {
    name: `Elasticsearch (${options.index})`,
    async read(): Promise<Look> {
      const from = Math.max(options.since, reached - OVERLAP_MS);
      let pit = await openPointInTime();
      const lines: SourceLine[] = [];
      const notes: string[] = [];
      try {
        let after: readonly unknown[] | null = null;
        for (let page = 0; page < MAX_PAGES; page += 1) {
          const { status, json } = await ask('POST', '/_search', {
            size: PAGE,
            query: { range: { '@timestamp': { gte: new Date(from).toISOString() } } },
            pit: { id: pit, keep_alive: '1m' },
            sort: [{ '@timestamp': { order: 'asc', format: 'strict_date_optional_time_nanos' } }],
            ...(after === null ? {} : { search_after: after }),
          });
          const found = Found.safeParse(json);
          if (status !== 200 || !found.success)
            throw new SourceDown(`A search in ${options.index} failed with status ${status}.`);
          pit = found.data.pit_id ?? pit;
          const { hits } = found.data.hits;
          for (const hit of hits) {
            const key = `${hit._index} ${hit._id}`;
            if (ids.has(key)) continue;
            const line = lineOf(hit);
            ids.set(key, line.at ?? 0);
            reached = Math.max(reached, Math.min(line.at ?? 0, options.now()));
            lines.push(line);
          }
          after = hits.at(-1)?.sort ?? null;
          if (hits.length < PAGE || after === null) break;
          if (page === MAX_PAGES - 1) notes.push('There are more lines than one look takes; the next goes on.');
        }
      } finally {
        await closePointInTime(pit);
      }
      ids = new Map([...ids].filter(([, at]) => at >= reached - 2 * OVERLAP_MS));
      return { lines, notes };
    },
    commit: async () => {
      committed = reached;
      committedIds = ids;
    },
    close: async () => {
      reached = committed;
      ids = committedIds;
    },
  };
}

function lineOf({ _source: source, _index: index }: z.infer<typeof Hit>): SourceLine {
  const text = TEXT_FIELDS.map((name) => fieldOf(source, name)).find(
    (value) => typeof value === 'string' && value !== '',
  );
  const at = Date.parse(String(source['@timestamp'] ?? ''));
  const service = ['service.name', 'service', 'app', 'kubernetes.labels.app', 'container.name']
    .map((name) => fieldOf(source, name))
    .find((value) => typeof value === 'string' && value !== '');
  const level = ['log.level', 'level', 'severity']
    .map((name) => fieldOf(source, name))
    .find((one) => typeof one === 'string');
  const words = typeof text === 'string' ? text : JSON.stringify(source);
  return {
    service: typeof service === 'string' ? service : null,
    at: Number.isNaN(at) ? null : at,
    text:
      typeof level === 'string' && !words.toLowerCase().includes(level.toLowerCase())
        ? `${level.toUpperCase()} ${words}`
        : words,
    attributes: { ...flatFields(source, ''), 'elasticsearch.index': index },
  };
}

/** Fields by their names with dots; those that a line is made of are left to it. */
function flatFields(source: Readonly<Record<string, unknown>>, prefix: string): Record<string, string> {
  const flat: Record<string, string> = {};
  for (const [name, value] of Object.entries(source)) {
    const key = `${prefix}${name}`;
    if (typeof value === 'object' && value !== null && !Array.isArray(value))
      Object.assign(flat, flatFields(value as Record<string, unknown>, `${key}.`));
    else if (value !== null && !TEXT_FIELDS.includes(key))
      flat[key] = typeof value === 'object' ? JSON.stringify(value) : String(value);
  }
  return flat;
}

/** A field as one name with dots, or as objects within objects. */
function fieldOf(source: Readonly<Record<string, unknown>>, name: string): unknown {
  if (source[name] !== undefined) return source[name];
  return name
    .split('.')
    .reduce<unknown>(
      (value, part) =>
        typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[part] : undefined,
      source,
    );
}

/** The cluster that the environment names; null when it names none. Throws `UsageError` for something else than addresses. */
export function elasticsearchOf(
  environment: Readonly<Record<string, string | undefined>>,
): Pick<ElasticsearchOptions, 'urls' | 'index' | 'authorization'> | null {
  const given = environment.ELASTICSEARCH_URLS || environment.ELASTICSEARCH_URL;
  if (!given) return null;
  let authorization = environment.ELASTICSEARCH_API_KEY ? `ApiKey ${environment.ELASTICSEARCH_API_KEY}` : null;
  const urls = given
    .split(/[\s,]+/)
    .filter((text) => text !== '')
    .map((text) => {
      const url = URL.parse(text);
      if (url === null || !/^https?:$/.test(url.protocol))
        throw new UsageError(
          `ELASTICSEARCH_URLS: "${text.slice(0, 100)}" is no address such as https://search.example.com:9200.`,
        );
      if (url.username !== '') {
        const pair = `${decodeURIComponent(url.username)}:${decodeURIComponent(url.password)}`;
        authorization ??= `Basic ${Buffer.from(pair).toString('base64')}`;
        url.username = '';
        url.password = '';
      }
      return url.href;
    });
  return { urls, index: environment.ELASTICSEARCH_INDEX || 'logs-*,logstash-*,filebeat-*', authorization };
}
