import { numbersFrom } from '@selfheal/kernel/numbers/seeded-numbers.ts';
import { makeRedactor } from '@selfheal/redaction/redact.ts';
import { type LogEntry, levelOf, statusOf } from '#shared/domain/log-watch/log-entry.ts';
import { type LogIncident, makeServiceWatch, type ServiceWatch } from '#shared/domain/log-watch/service-watch.ts';
import { makeDigester, type WindowDigest } from '#shared/domain/log-watch/window-digest.ts';

export const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;
/** A Monday. */
export const START = Date.UTC(2026, 10, 2);

const redactor = makeRedactor();

function entryOf(at: number, line: string, service = 'orders'): LogEntry {
  const status = statusOf(line);
  return { service, at, level: levelOf(line, null, status), text: redactor.line(line), status };
}

/** What a healthy service writes in a minute: 16 lines, one warning in two minutes, an error now and then, requests of which few fail. */
export function usualLines(minute: number): string[] {
  const random = numbersFrom(minute + 1);
  const value = () => Math.floor(random() * 1e6);
  return [
    ...Array.from({ length: 10 }, () => `INFO accepted order ${value()} in ${value() % 900} ms`),
    ...Array.from(
      { length: 6 },
      () => `GET /api/orders/${value()} HTTP/1.1" ${random() < 0.005 ? 503 : 200} ${value()}`,
    ),
    ...(random() < 0.5 ? [`WARN slow query took ${value()} ms`] : []),
    ...(random() < 0.05 ? [`ERROR payment ${value()} declined by provider`] : []),
  ];
}

/** The digests of some minutes, one batch each minute. `extra`: further lines of a minute; null: the service is silent. */
export function digestsOf(
  from: number,
  minutes: number,
  extra: (minute: number) => readonly string[] | null = () => [],
): WindowDigest[] {
  const digester = makeDigester();
  return Array.from({ length: minutes }, (_, minute) => {
    const at = from + minute * MINUTE;
    const more = extra(minute);
    for (const line of more === null ? [] : [...usualLines((at - START) / MINUTE), ...more])
      digester.add(entryOf(at, line));
    return digester.take(`batch-${at}`);
  }).flat();
}

const states = new Map<number, string>();

/** A watch that has learned `hours` of the usual, and the time after them. */
export function learned(hours = 26): { readonly watch: ServiceWatch; readonly now: number } {
  const now = START + hours * HOUR;
  let state = states.get(hours);
  if (state === undefined) {
    const watch = makeServiceWatch('orders');
    for (const digest of digestsOf(START, hours * 60)) watch.add(digest, digest.window + 5 * MINUTE);
    watch.judge(now);
    state = JSON.stringify(watch.state());
    states.set(hours, state);
  }
  return { watch: makeServiceWatch('orders', undefined, JSON.parse(state)), now };
}

/** Adds minute by minute, and judges each minute, until an hour after the last. */
export function play(
  watch: ServiceWatch,
  digests: readonly WindowDigest[],
  from: number,
  minutes: number,
): LogIncident[] {
  const incidents: LogIncident[] = [];
  for (let minute = 0; minute < minutes; minute += 1) {
    const now = from + (minute + 1) * MINUTE;
    for (const digest of digests) if (digest.id === `batch-${from + minute * MINUTE}`) watch.add(digest, now);
    incidents.push(...watch.judge(now));
  }
  return incidents;
}
