import { defineCommand, JSON_OPTION, UsageError } from '@selfheal/cli-kit/command.ts';
import { type Colour, paint } from '@selfheal/cli-kit/terminal.ts';
import { present } from '@selfheal/kernel/present.ts';
import { counted } from '@selfheal/kernel/time-words.ts';
import { Severity } from '@selfheal/log-reading/logs/severity.ts';
import { compilePattern, type TextPattern } from '@selfheal/log-reading/logs/text-pattern.ts';
import { makeTemplateMiner } from '@selfheal/log-reading/templates/template-miner.ts';
import { cleanText } from '@selfheal/redaction/clean-text.ts';
import { type ApiClient, contentOf } from '#apps/workbench/api/api-client.ts';
import { loadRe2Engine } from '#shared/adapters/patterns/re2-engine.ts';
import { type LogEntry, type LogsApi, sentAnomalies, sentLines, type WatchedAnomaly } from '../api/watched-logs.ts';
import { watchApi, watchOptions } from '../api/watching.ts';

type RecentQuery = NonNullable<Parameters<LogsApi['recent']['$get']>[0]>['query'];

const EVERY_SECONDS = 5;
const MAX_PAGES = 8;
const MAX_TEMPLATES = 10;
const COLOURS: Partial<Record<Severity, Colour>> = { critical: 'red', error: 'red', warning: 'yellow' };

export const logMonitor = defineCommand({
  name: 'log monitor',
  aliases: ['monitor-logs', 'logs monitor', 'monitor-service'],
  summary: 'watch what services send and what is kept of new failures, and count errors and patterns',
  details:
    'Asks the API every few seconds and prints each line that is new, of services that send their logs and of new incidents, and whatever is unusual\n' +
    'against the past of a service, until --for is over or Ctrl-C; then a summary: lines by level, patterns, the most frequent messages. Of a busy service\n' +
    'some lines of each request are shown. While the API does not answer it says so and goes on.\n' +
    "Example: selfheal log monitor --duration 600 --pattern 'timeouts=(timed out|deadline exceeded)'\n" +
    'With --json: JSON Lines {kind: "line", at, patterns, entry} and {kind: "anomaly", at, service, anomaly}, the last one {kind: "summary", seconds,\n' +
    'looks, unanswered, incidents, services, anomalies, lines, levels, patterns, templates}.',
  options: {
    ...watchOptions(EVERY_SECONDS),
    pattern: {
      type: 'string',
      multiple: true,
      value: 'NAME=REGEX',
      about: 'count the lines that match, in the syntax of RE2; may be given several times',
    },
    level: { type: 'string', value: 'LEVEL', about: 'critical, error, warning, info, debug; several with commas' },
    repo: { type: 'string', value: 'OWNER/NAME', about: 'of this repository' },
    service: { type: 'string', value: 'ID', about: 'of this service' },
    all: { type: 'boolean', about: 'also show and count what is kept already' },
    ...JSON_OPTION,
  },
  async run({ options }, terminal) {
    const { level, repo: repository, service, all = false, json = false } = options;
    const patterns = await patternsOf(options.pattern ?? []);
    const query = {
      limit: '25',
      ...present({ level, repository, service }),
    };
    const tally = makeTally(patterns);
    const startedAt = terminal.now();
    const asked = { service, repository, level };
    let seen: ReadonlySet<string> | null = null;
    const watched = await watchApi(options, EVERY_SECONDS, terminal, async ({ api }) => {
      const read = await readNew(api.logs, query, seen);
      const [sent, anomalies] = [await sentLines(api.logs, asked), await sentAnomalies(api.logs, asked)];
      const [known, isFirst]: [ReadonlySet<string>, boolean] = [seen ?? new Set(), seen === null];
      seen = new Set([...read.keys, ...sent.map(keyOf), ...anomalies.map(anomalyKey)]);
      if (isFirst && !json)
        terminal.say(
          `selfheal: watching ${await watchedWords(api, service, sent.length > 0)} ${options.for === undefined ? 'until Ctrl-C' : `for ${options.for}${/\d$/.test(options.for) ? ' seconds' : ''}`}; new lines follow.`,
        );
      if (isFirst && !all) return;
      for (const entry of [...read.entries, ...sent.filter((one) => !known.has(keyOf(one)))]) {
        const names = tally.add(entry);
        const at = new Date(terminal.now());
        await terminal.write(
          json
            ? `${JSON.stringify({ kind: 'line', at: at.toISOString(), patterns: names, entry })}\n`
            : lineOf(entry, { names, at, coloured: terminal.coloured }),
        );
      }
      for (const { service: sender, anomaly } of anomalies.filter((one) => !known.has(anomalyKey(one))).toReversed()) {
        tally.noteAnomaly();
        const at = new Date(terminal.now());
        await terminal.write(
          json
            ? `${JSON.stringify({ kind: 'anomaly', at: at.toISOString(), service: sender, anomaly })}\n`
            : anomalyLine(sender, anomaly, { at, coloured: terminal.coloured }),
        );
      }
      if (read.more) terminal.say('selfheal: there are more new lines than were read; see "selfheal log statistics".');
    });
    const seconds = Math.round((terminal.now() - startedAt) / 1000);
    const summary = { kind: 'summary' as const, seconds, ...watched, ...tally.summary() };
    await terminal.write(json ? `${JSON.stringify(summary)}\n` : summaryText(summary));
    return 0;
  },
});

/** What is watched; of a service that nobody knows, which there are: its name may be mistyped, or it has not sent anything yet. */
async function watchedWords(api: ApiClient['api'], service: string | undefined, isSending: boolean): Promise<string> {
  if (service === undefined) return 'all services and new incidents';
  const shown = cleanText(service, 100);
  if (isSending) return `the service ${shown}`;
  const { applications } = await contentOf(await api.applications.$get());
  const ids = applications.map(({ id }) => id);
  if (ids.includes(service)) return `the service ${shown}, which has sent no lines yet,`;
  return `${shown}, which is no service of the deployment and has sent no lines yet (there are: ${ids.join(', ') || 'none'}),`;
}

interface NamedPattern {
  readonly name: string;
  readonly pattern: TextPattern;
}

/** Throws `UsageError` for one that is not NAME=REGEX, or not a pattern of RE2. */
async function patternsOf(given: readonly string[]): Promise<NamedPattern[]> {
  if (given.length === 0) return [];
  const engine = await loadRe2Engine();
  return given.map((text) => {
    const [, name, source] = /^([\w-]{1,40})=(.+)$/.exec(text) ?? [];
    if (name === undefined || source === undefined)
      throw new UsageError(`--pattern ${text}: expected NAME=REGEX, such as timeouts=timed.out.`);
    const pattern = compilePattern(source, false, engine);
    if (typeof pattern === 'string') throw new UsageError(`--pattern ${name}: not a pattern of RE2: ${pattern}.`);
    return { name, pattern };
  });
}

/**
 * The lines that were not there at the last look, oldest incident first, and the keys of all that were read. Reads further pages until one has
 * lines that are known. `more`: whether even the last page read had none.
 */
async function readNew(logs: LogsApi, query: RecentQuery, seen: ReadonlySet<string> | null) {
  const keys = new Set<string>();
  const fresh: LogEntry[] = [];
  let cursor: string | null = null;
  for (let page = 0; page < MAX_PAGES; page += 1) {
    const at: { cursor?: string } = cursor === null ? {} : { cursor };
    const { entries, next } = await contentOf(await logs.recent.$get({ query: { ...query, ...at } }));
    const unknown = entries.filter((entry) => !keys.has(keyOf(entry)) && seen?.has(keyOf(entry)) !== true);
    fresh.push(...unknown);
    for (const entry of entries) keys.add(keyOf(entry));
    cursor = next;
    const isCaughtUp = unknown.length < entries.length || entries.length === 0;
    if (seen === null || cursor === null || isCaughtUp) return { entries: oldestFirst(fresh), keys, more: false };
  }
  return { entries: oldestFirst(fresh), keys, more: true };
}

/** The incidents in the order in which they were opened, each with its lines in their own order. */
const oldestFirst = (entries: readonly LogEntry[]): LogEntry[] =>
  [...Map.groupBy(entries, ({ incident }) => incident).values()].toReversed().flat();

const keyOf = ({ incident, source, line }: LogEntry): string => `${incident} ${line} ${source}`;

/** The same while its counts grow. */
const anomalyKey = ({ service, anomaly }: { readonly service: string; readonly anomaly: WatchedAnomaly }): string =>
  `${service} ${anomaly.at} ${anomaly.kind} ${anomaly.reason.replace(/^[^:]*:?/, '')}`;

/** Counts lines by level, pattern and message. */
function makeTally(patterns: readonly NamedPattern[]) {
  const levels: Record<Severity, number> = { critical: 0, error: 0, warning: 0, info: 0, debug: 0 };
  const matches = new Map(patterns.map(({ name }) => [name, 0]));
  const incidents = new Set<string>();
  const services = new Set<string>();
  let anomalies = 0;
  const miner = makeTemplateMiner();
  let lines = 0;
  return {
    /** Returns the names of the patterns that match. */
    add({ incident, source, level, text }: LogEntry): string[] {
      lines += 1;
      levels[level] += 1;
      if (incident === null) services.add(source);
      else incidents.add(incident);
      if (text.trim() !== '') miner.add(text);
      const names = patterns.filter(({ pattern }) => pattern.test(text)).map(({ name }) => name);
      for (const name of names) matches.set(name, (matches.get(name) ?? 0) + 1);
      return names;
    },
    noteAnomaly() {
      anomalies += 1;
    },
    summary() {
      miner.refine();
      const templates = [...miner.clusters()]
        .sort((a, b) => b.lines - a.lines || a.cluster - b.cluster)
        .slice(0, MAX_TEMPLATES)
        .map(({ template, lines: count }) => ({ template, count }));
      const found = { incidents: incidents.size, services: services.size, anomalies };
      return { ...found, lines, levels, patterns: Object.fromEntries(matches), templates };
    },
  };
}

function lineOf(
  { incident, level, source, line, text }: LogEntry,
  { names, at, coloured }: { readonly names: readonly string[]; readonly at: Date; readonly coloured: boolean },
): string | Buffer {
  const matched = names.length === 0 ? '' : ` [${names.join(', ')}]`;
  const place = incident === null ? '' : `${cleanText(source, 60)}:${line}`;
  const rest = `${place}${matched}${place + matched === '' ? '' : '  '}${cleanText(text, 500)}\n`;
  const origin = cleanText(incident ?? source, incident === null ? 20 : 11);
  const words = (shown: string) => `${at.toTimeString().slice(0, 8)}  ${origin}  ${shown}  ${rest}`;
  const colour = coloured ? COLOURS[level] : undefined;
  return colour === undefined ? words(level.padEnd(8)) : Buffer.from(words(paint(level.padEnd(8), colour)));
}

function anomalyLine(
  service: string,
  { reason, incident }: WatchedAnomaly,
  { at, coloured }: { readonly at: Date; readonly coloured: boolean },
): string | Buffer {
  const words = (shown: string) =>
    `${at.toTimeString().slice(0, 8)}  ${cleanText(service, 20)}  ${shown}  ${cleanText(reason, 500)}${incident === null ? '' : ` (incident ${incident})`}\n`;
  return coloured ? Buffer.from(words(paint('unusual ', 'red'))) : words('unusual ');
}

type Summary = { readonly seconds: number; readonly looks: number; readonly unanswered: number } & ReturnType<
  ReturnType<typeof makeTally>['summary']
>;

function summaryText(summary: Summary): string {
  const { seconds, looks, unanswered, incidents, services, anomalies, lines, levels, patterns, templates } = summary;
  const byLevel = Severity.options.filter((level) => levels[level] > 0).map((level) => `${level} ${levels[level]}`);
  const origins = [
    ...(incidents > 0 || services === 0 ? [counted(incidents, 'incident')] : []),
    ...(services > 0 ? [counted(services, 'service')] : []),
  ];
  return [
    `${counted(lines, 'new line')} of ${origins.join(' and ')} in ${counted(seconds, 'second')}, ${counted(levels.critical + levels.error, 'error')}`,
    `  levels: ${byLevel.join(', ') || 'none'}`,
    ...(anomalies === 0 ? [] : [`  unusual: ${anomalies}`]),
    ...Object.entries(patterns).map(([name, count]) => `  pattern ${name}: ${count}`),
    ...templates.map(({ template, count }) => `  ${String(count).padStart(5)}  ${cleanText(template, 300)}`),
    ...(unanswered === 0 ? [] : [`  the API did not answer ${unanswered} of ${looks + unanswered} times`]),
    '',
  ].join('\n');
}
