import { InvalidInput } from '@selfheal/kernel/errors.ts';
import type { Severity } from '@selfheal/log-reading/logs/severity.ts';
import { serviceKey } from '#shared/domain/log-watch/log-entry.ts';
import { makeServiceWatch, type WatchReport } from '#shared/domain/log-watch/service-watch.ts';
import { WINDOW_MS } from '#shared/domain/log-watch/window-digest.ts';
import type { ArrivedDigest, LogWatchStore, WatchedService as SendingService } from '#shared/ports/log-watch-store.ts';
import type { LogEntry, LogStatistics } from '../triage/log-answers.ts';
import type { WatchedAnomaly, WatchedLog, WatchedService } from '../triage/watched-answers.ts';
import { wordsOf } from './finding-words.ts';

export interface ShowWatchedDeps {
  readonly watched: Pick<LogWatchStore, 'services' | 'latestDigests' | 'watch'>;
}

/** Every service that sends its log. */
const EVERY_STREAM = '*';
const MAX_DIGESTS = 50;
const MAX_ENTRIES = 500;
const MAX_STREAMS = 20;
const MINUTE = 60_000;
const instant = (at: number): string => new Date(at).toISOString();

/** The services that send their logs, those that sent last first. */
export async function watchedServices({ watched }: ShowWatchedDeps): Promise<WatchedService[]> {
  const services = await watched.services();
  return services
    .toSorted((a, b) => b.lastSeen.localeCompare(a.lastSeen) || a.service.localeCompare(b.service))
    .map(({ service, lastSeen }) => ({ service, lastSeenAt: lastSeen }));
}

/** What is known of a service's log, up to the last request that it sent. Null: it never sent one. */
export async function watchedLog(name: string, deps: ShowWatchedDeps): Promise<WatchedLog | null> {
  const found = await serviceNamed(name, deps);
  if (found === null) return null;
  const { service, lastSeen } = found;
  const { windows, patterns, findings, templates: _, ...status } = await reportOn(service, deps);
  return {
    ...status,
    lastSeenAt: lastSeen,
    windowMinutes: WINDOW_MS / MINUTE,
    windows: windows.map(({ window, usualLines, usualErrors, ...counts }) => ({
      at: instant(window),
      ...counts,
      usualLines: rounded(usualLines),
      usualErrors: rounded(usualErrors),
    })),
    patterns: patterns.map(({ usual, firstSeen, lastSeen: last, ...pattern }) => ({
      ...pattern,
      usual: rounded(usual),
      firstSeenAt: firstSeen === null ? null : instant(firstSeen),
      lastSeenAt: instant(last),
    })),
    anomalies: findings.map(anomalyOf),
  };
}

const rounded = (value: number): number => Number(value.toFixed(2));

function anomalyOf({
  window,
  kind,
  observed,
  expected,
  windows,
  message,
  incidentId,
}: WatchReport['findings'][number]) {
  const worded = message === null ? null : { level: message.level, samples: [message.sample] };
  return {
    at: instant(window),
    kind,
    level: message?.level ?? null,
    reason: wordsOf({ kind, observed, expected, windows, message: worded }),
    observed,
    usual: rounded(expected),
    incident: incidentId,
  } satisfies WatchedAnomaly;
}

/** What the last round of the watch kept, with what came since. Nothing is written. */
async function reportOn(service: string, { watched }: ShowWatchedDeps): Promise<WatchReport> {
  const [kept, latest] = await Promise.all([watched.watch(service), watched.latestDigests(service, MAX_DIGESTS)]);
  const watch = makeServiceWatch(service, undefined, kept?.state ?? null);
  for (const { position, digest } of latest)
    if (kept?.position == null || position > kept.position) watch.add(digest, arrivalOf(position));
  return watch.report();
}

const arrivalOf = (position: string): number => Number(position.split('#')[0]);

async function serviceNamed(name: string, { watched }: ShowWatchedDeps): Promise<SendingService | null> {
  const key = serviceKey(name);
  return (await watched.services()).find(({ service }) => service === key) ?? null;
}

/** The services of a stream's name. Throws `InvalidInput` for one that sends no log. */
async function streamsNamed(name: string, deps: ShowWatchedDeps): Promise<string[]> {
  if (name === EVERY_STREAM) return (await watchedServices(deps)).slice(0, MAX_STREAMS).map(({ service }) => service);
  const found = await serviceNamed(name, deps);
  if (found !== null) return [found.service];
  const services = (await watchedServices(deps)).map(({ service }) => service);
  throw new InvalidInput(
    `stream: no service ${name} sends its log. ${services.length === 0 ? 'None does yet' : `Those that do: ${services.slice(0, 20).join(', ')}`}.`,
  );
}

/**
 * The last lines that a service sent, or every service, in the order in which they were written. Of a busy service some lines of each request. `line`
 * is the place in the order of arrival.
 */
export async function streamLines(
  stream: string,
  levels: readonly Severity[] | null,
  deps: ShowWatchedDeps,
): Promise<LogEntry[]> {
  const services = await streamsNamed(stream, deps);
  const entries = await Promise.all(
    services.map(async (service) => (await deps.watched.latestDigests(service, MAX_DIGESTS)).flatMap(entriesOf)),
  );
  return entries
    .flat()
    .filter(({ level }) => levels === null || levels.includes(level))
    .sort((a, b) => (a.at ?? '').localeCompare(b.at ?? '') || a.line - b.line)
    .slice(-MAX_ENTRIES);
}

function entriesOf({ position, digest }: ArrivedDigest): LogEntry[] {
  const arrived = arrivalOf(position);
  return digest.tail.map(({ at, level, text, attributes }, index) => ({
    incident: null,
    source: digest.service,
    line: arrived * 1_000 + index,
    at: instant(at),
    level,
    text,
    attributes: attributes ?? {},
  }));
}

const MAX_TEMPLATES = 20;

/** Counts of the lines of the last day. */
export async function streamStatistics(stream: string, deps: ShowWatchedDeps): Promise<LogStatistics> {
  const services = await streamsNamed(stream, deps);
  const reports = await Promise.all(services.map(async (service) => await reportOn(service, deps)));
  const levels: Record<Severity, number> = { critical: 0, error: 0, warning: 0, info: 0, debug: 0 };
  const windows = reports.flatMap((report) => report.windows);
  for (const { levels: found } of windows)
    for (const [level, count] of Object.entries(found) as [Severity, number][]) levels[level] += count;
  const incidents = reports.flatMap(({ findings }) => findings.flatMap(({ incidentId }) => incidentId ?? []));
  const first = windows.map(({ window }) => window).sort((a, b) => a - b)[0];
  return {
    incidents: new Set(incidents).size,
    since: first === undefined ? null : instant(first),
    more: false,
    lines: windows.reduce((sum, { lines }) => sum + lines, 0),
    levels,
    classes: {},
    sources: reports.map(({ service, windows: own }) => ({
      source: service,
      lines: own.reduce((sum, { lines }) => sum + lines, 0),
    })),
    templates: reports
      .flatMap(({ patterns }) => patterns.map(({ template, lately }) => ({ template, count: lately })))
      .filter(({ count }) => count > 0)
      .sort((a, b) => b.count - a.count)
      .slice(0, MAX_TEMPLATES),
  };
}

/** What is unusual in the log of a service against its own past, newest first. */
export async function streamAnomalies(stream: string, deps: ShowWatchedDeps): Promise<WatchedAnomaly[]> {
  const services = await streamsNamed(stream, deps);
  const found = await Promise.all(services.map(async (service) => (await reportOn(service, deps)).findings));
  return found
    .flat()
    .map(anomalyOf)
    .sort((a, b) => b.at.localeCompare(a.at));
}
