import type { Clock } from '@selfheal/kernel/time.ts';
import type { Severity } from '#shared/domain/incident/target-context.ts';
import type { LogFinding } from '#shared/domain/log-watch/judge-window.ts';
import { type LogIncident, makeServiceWatch } from '#shared/domain/log-watch/service-watch.ts';
import { WINDOW_MS, windowOf } from '#shared/domain/log-watch/window-digest.ts';
import type { LogWatchStore } from '#shared/ports/log-watch-store.ts';
import type { Log, Meter } from '#shared/ports/telemetry-sink.ts';
import { type ReportIncidentDeps, type ReportOrder, reportIncident } from '../incidents/report-incident.ts';
import { wordsOf } from './finding-words.ts';

export interface WatchLogsDeps extends ReportIncidentDeps {
  readonly store: LogWatchStore;
  readonly clock: Clock;
  readonly meter: Meter;
  readonly log: Log;
}

const AT_ONCE = 4;
const MINUTE = 60_000;

/**
 * Judges the log of every service that sends one, and reports what is unusual as an incident. A service whose watch fails is logged, and does not stop
 * the others; its digests are read again the next time.
 */
export async function watchLogs(deps: WatchLogsDeps): Promise<void> {
  const services = await deps.store.services();
  for (let at = 0; at < services.length; at += AT_ONCE)
    await Promise.all(services.slice(at, at + AT_ONCE).map(async ({ service }) => await watchSafely(service, deps)));
}

async function watchSafely(service: string, deps: WatchLogsDeps): Promise<void> {
  try {
    await watchService(service, deps);
  } catch (error) {
    deps.meter.count('log-watch-failed');
    deps.log.error('The log of a service could not be judged; the next round tries again.', {
      service,
      error: error instanceof Error ? error.name : 'unknown',
    });
  }
}

async function watchService(service: string, deps: WatchLogsDeps): Promise<void> {
  const now = deps.clock.now().getTime();
  const kept = await deps.store.watch(service);
  const arrived = await deps.store.digestsAfter(service, kept?.position ?? null);
  const watch = makeServiceWatch(service, undefined, kept?.state ?? null);
  let isNew = false;
  for (const { digest } of arrived) isNew = watch.add(digest, now) || isNew;
  // Time alone changes something only when a window ends.
  if (!isNew && now - windowOf(now) >= 2 * MINUTE) return;
  for (const incident of watch.judge(now)) {
    // Reported before the state is kept: a crash in between reports the same incident again, which opens nothing twice.
    const outcome = await reportIncident(orderOf(incident), REPORTER, deps);
    if (outcome.kind === 'opened') watch.noteIncident(incident.window, outcome.incident.id);
    deps.meter.count(outcome.kind === 'opened' ? 'log-incident-opened' : 'log-incident-refused');
  }
  const position = arrived.at(-1)?.position ?? kept?.position ?? null;
  if (!(await deps.store.keepWatch(service, { state: watch.state(), position }, kept?.revision ?? null)))
    deps.log.warn('Another round judged this log at the same time; its result counts.', { service });
}

/** Who reports, in the words of the incident's page. */
const REPORTER = 'Selfheal, watching logs';
const MAX_FINDINGS = 10;
const MAX_LINES = 60;

function orderOf({ service, window, findings }: LogIncident): ReportOrder {
  const [first] = findings;
  const lines = findings.flatMap(({ message }) => message?.samples ?? []);
  return {
    requestId: `logs#${service}#${window}`,
    service,
    repository: null,
    severity: severityOf(findings),
    simulated: false,
    title: `${service}: ${first === undefined ? 'unusual log' : wordsOf(first)}`,
    description: [
      `Unusual in the log of ${service}, ${spanWords(window)}, against its own past at this hour and weekday:`,
      ...findings.slice(0, MAX_FINDINGS).map((finding) => `- ${wordsOf(finding)}`),
      ...(findings.length > MAX_FINDINGS ? [`- and ${findings.length - MAX_FINDINGS} more`] : []),
    ].join('\n'),
    lines: [...new Set(lines)].slice(0, MAX_LINES),
  };
}

const spanWords = (window: number): string =>
  `${new Date(window).toISOString().slice(0, 16).replace('T', ' ')} to ${new Date(window + WINDOW_MS).toISOString().slice(11, 16)} UTC`;

function severityOf(findings: readonly LogFinding[]): Severity {
  if (findings.some(({ message }) => message?.level === 'critical')) return 'critical';
  const isSevere = ({ kind, message }: LogFinding) =>
    kind === 'more-errors' || kind === 'failing-requests' || kind === 'silence' || message?.level === 'error';
  return findings.some(isSevere) ? 'high' : 'medium';
}
