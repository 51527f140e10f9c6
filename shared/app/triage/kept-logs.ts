import { InvalidInput } from '@selfheal/kernel/errors.ts';
import { type Evidence, type EvidenceLine, type EvidenceSource, logsOf } from '@selfheal/log-reading/logs/evidence.ts';
import { type Severity, severityOf } from '@selfheal/log-reading/logs/severity.ts';
import { compilePattern, type LinearEngine } from '@selfheal/log-reading/logs/text-pattern.ts';
import { makeTemplateMiner } from '@selfheal/log-reading/templates/template-miner.ts';
import type { Incident } from '#shared/domain/incident/incident.ts';
import type { EvidenceStore } from '#shared/ports/evidence-store.ts';
import type { IncidentLists, IncidentQuery } from '#shared/ports/incident-lists.ts';
import { cursorOf, positionIn } from '../common/list-cursor.ts';
import type { LogEntry, LogStatistics, PatternCounts, RecentLogs } from './log-answers.ts';
import { readLog } from './read-log.ts';

export interface KeptLogsDeps {
  readonly lists: Pick<IncidentLists, 'list'>;
  readonly evidence: Pick<EvidenceStore, 'getEvidence'>;
}

/** Incidents whose evidence one request reads. */
const MAX_READ_INCIDENTS = 50;
const AT_ONCE = 10;

/** The evidence of incidents, a bounded number of reads at a time. Broken records are left out. */
async function evidenceOf(incidents: readonly Incident[], { evidence }: KeptLogsDeps): Promise<Evidence[]> {
  const read: (Evidence | null)[] = [];
  for (let at = 0; at < incidents.length; at += AT_ONCE)
    read.push(...(await Promise.all(incidents.slice(at, at + AT_ONCE).map(({ id }) => evidence.getEvidence(id)))));
  return read.filter((one) => one !== null).map(logsOf);
}

const entryOf = (incident: string, source: EvidenceSource, line: EvidenceLine): LogEntry => ({
  incident,
  source: source.name,
  line: line.number,
  at: line.at ?? null,
  level: severityOf(line.text),
  text: line.text,
  attributes: {},
});

const entriesOf = ({ incidentId, sources }: Evidence): LogEntry[] =>
  sources.flatMap((source) => source.lines.map((line) => entryOf(incidentId, source, line)));

/** Log lines of the latest incidents: of `limit` incidents a page, those of the newest first. */
export async function recentLogs(
  query: IncidentQuery,
  page: { readonly limit: number; readonly cursor?: string; readonly levels: readonly Severity[] | null },
  deps: KeptLogsDeps,
): Promise<RecentLogs> {
  const { levels, cursor, limit } = page;
  const list = { list: 'logs', levels, ...query };
  const after = positionIn(list, cursor);
  const { incidents, next } = await deps.lists.list(query, {
    limit,
    order: 'newest',
    ...(after === null ? {} : { cursor: after }),
  });
  const entries = (await evidenceOf(incidents, deps)).flatMap(entriesOf);
  return {
    entries: levels === null ? entries : entries.filter(({ level }) => levels.includes(level)),
    next: cursorOf(list, next),
  };
}

const MAX_SOURCES = 20;
const MAX_TEMPLATES = 20;

/** Counts of the log lines that are kept of the latest incidents. */
export async function logStatistics(query: IncidentQuery, deps: KeptLogsDeps): Promise<LogStatistics> {
  const { incidents, next } = await deps.lists.list(query, { limit: MAX_READ_INCIDENTS, order: 'newest' });
  const entries = (await evidenceOf(incidents, deps)).flatMap(entriesOf);
  const levels: Record<Severity, number> = { critical: 0, error: 0, warning: 0, info: 0, debug: 0 };
  for (const { level } of entries) levels[level] += 1;
  return {
    incidents: incidents.length,
    since: incidents.at(-1)?.openedAt ?? null,
    more: next !== null,
    lines: entries.length,
    levels,
    classes: countsOf(incidents.map(({ classification }) => classification?.class ?? 'not classified')),
    sources: Object.entries(countsOf(entries.map(({ source }) => source)))
      .sort(([, a], [, b]) => b - a)
      .slice(0, MAX_SOURCES)
      .map(([source, lines]) => ({ source, lines })),
    templates: templatesOf(entries.map(({ text }) => text)),
  };
}

function countsOf(names: readonly string[]): Record<string, number> {
  const counts = new Map<string, number>();
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  return Object.fromEntries(counts);
}

function templatesOf(lines: readonly string[]): { template: string; count: number }[] {
  const miner = makeTemplateMiner();
  for (const text of lines) if (text.trim() !== '') miner.add(text);
  miner.refine();
  return [...miner.clusters()]
    .sort((a, b) => b.lines - a.lines || a.cluster - b.cluster)
    .slice(0, MAX_TEMPLATES)
    .map(({ template, lines: count }) => ({ template, count }));
}

export interface PatternOrder {
  readonly name: string;
  /** A regular expression in the syntax of RE2. */
  readonly pattern: string;
  readonly ignoreCase: boolean;
}

const MAX_EXAMPLES = 5;

/**
 * How many lines each pattern matches: of the given log, or else of what is kept of the latest incidents. Patterns run on an engine that no
 * text makes slow. Throws `InvalidInput` for a pattern that it cannot compile.
 */
export async function countPatterns(
  patterns: readonly PatternOrder[],
  logs: string | readonly string[] | null,
  query: IncidentQuery,
  deps: KeptLogsDeps & { readonly engine: () => Promise<LinearEngine> },
): Promise<PatternCounts> {
  const engine = await deps.engine();
  const compiled = patterns.map(({ name, pattern, ignoreCase }, index) => {
    const test = compilePattern(pattern, ignoreCase, engine);
    if (typeof test === 'string') throw new InvalidInput(`patterns.${index}.pattern: ${test}.`);
    return { name, test };
  });
  const lines = logs === null ? await keptLines(query, deps) : givenLines(logs);
  return {
    lines: lines.length,
    patterns: compiled.map(({ name, test }) => {
      const matching = lines.filter(({ text }) => test.test(text));
      return { name, matches: matching.length, examples: matching.slice(0, MAX_EXAMPLES) };
    }),
    templates: templatesOf(lines.map(({ text }) => text)),
  };
}

async function keptLines(query: IncidentQuery, deps: KeptLogsDeps) {
  const { incidents } = await deps.lists.list(query, { limit: MAX_READ_INCIDENTS, order: 'newest' });
  return (await evidenceOf(incidents, deps)).flatMap((one) =>
    entriesOf(one).map(({ incident, line, text }) => ({ incident, line, text })),
  );
}

function givenLines(logs: string | readonly string[]) {
  return readLog(logs).lines.flatMap((text, index) =>
    text.trim() === '' ? [] : [{ incident: null, line: index + 1, text }],
  );
}
