import { numbersFrom } from '@selfheal/kernel/numbers/seeded-numbers.ts';
import { makeRedactor } from '@selfheal/redaction/redact.ts';
import { type LogEntry, levelOf, statusOf } from '#shared/domain/log-watch/log-entry.ts';
import { type LogIncident, makeServiceWatch } from '#shared/domain/log-watch/service-watch.ts';
import { makeDigester, WINDOW_MS, windowOf } from '#shared/domain/log-watch/window-digest.ts';

const MINUTE = 60_000;
const DAY = 1_440 * MINUTE;
/** A Monday. */
const START = Date.UTC(2026, 10, 2);
/** Faults are planted from then on: a week is there to learn from. */
const FIRST_FAULT_DAY = 7;

const FAULTS = [
  'known-error-rises',
  'new-error',
  'requests-fail',
  'silence',
  'warning-storm',
  'retry-loop',
  'slow-burn',
  'process-dies',
] as const;
type FaultKind = (typeof FAULTS)[number];

export interface ServiceShape {
  readonly name: string;
  /** Lines a minute at noon of a working day. */
  readonly rate: number;
  /** Share of them at night, and at the weekend. */
  readonly night: number;
  readonly weekend: number;
  /** Share of lines that are errors, and warnings, although nothing is wrong. */
  readonly errors: number;
  readonly warnings: number;
  readonly servesRequests: boolean;
  /** Variation of a minute's rate beyond chance. */
  readonly burstiness: number;
}

/** Services of different size and rhythm; none of them is a real one. */
export const SERVICE_SHAPES: readonly ServiceShape[] = [
  {
    name: 'web',
    rate: 30,
    night: 0.2,
    weekend: 0.5,
    errors: 0.004,
    warnings: 0.02,
    servesRequests: true,
    burstiness: 0.3,
  },
  {
    name: 'orders',
    rate: 20,
    night: 0.3,
    weekend: 0.8,
    errors: 0.01,
    warnings: 0.03,
    servesRequests: true,
    burstiness: 0.4,
  },
  {
    name: 'worker',
    rate: 12,
    night: 1,
    weekend: 1,
    errors: 0.02,
    warnings: 0.05,
    servesRequests: false,
    burstiness: 0.6,
  },
  {
    name: 'batch',
    rate: 8,
    night: 2,
    weekend: 0.3,
    errors: 0.005,
    warnings: 0.1,
    servesRequests: false,
    burstiness: 0.8,
  },
  {
    name: 'rare',
    rate: 1.5,
    night: 0.5,
    weekend: 0.5,
    errors: 0.002,
    warnings: 0.02,
    servesRequests: false,
    burstiness: 0.5,
  },
  {
    name: 'gateway',
    rate: 40,
    night: 0.4,
    weekend: 1.2,
    errors: 0.002,
    warnings: 0.01,
    servesRequests: true,
    burstiness: 0.5,
  },
];

interface Span {
  readonly from: number;
  readonly to: number;
}
interface Fault extends Span {
  readonly kind: FaultKind;
}
interface Innocent extends Span {
  readonly kind: 'rush' | 'restart' | 'reworded' | 'odd-error' | 'batch-run';
}

type Random = () => number;
const pick = <T>(random: Random, all: readonly T[]): T => all[Math.floor(random() * all.length)] as T;
/** D. E. Knuth's method; by the normal distribution from 40 on. */
function poisson(random: Random, mean: number): number {
  if (mean > 40) {
    const normal = Math.sqrt(-2 * Math.log(random() + 1e-12)) * Math.cos(2 * Math.PI * random());
    return Math.max(0, Math.round(mean + Math.sqrt(mean) * normal));
  }
  const limit = Math.exp(-mean);
  let [count, product] = [0, random()];
  for (; product > limit; product *= random()) count += 1;
  return count;
}

const INFO = [
  (r: Random) => `accepted order ${number(r)} of customer ${hex(r)} in ${small(r)} ms`,
  (r: Random) => `query on table ${pick(r, ['orders', 'customers', 'stock'])} took ${small(r)} ms, ${small(r)} rows`,
  (r: Random) => `cache hit for key session:${hex(r)}`,
  (r: Random) => `published message ${hex(r)} to topic ${pick(r, ['shipped', 'paid'])}`,
  (r: Random) => `job ${number(r)} finished in ${small(r)} ms`,
  (r: Random) => `user ${hex(r)} signed in from 10.0.${small(r) % 256}.${small(r) % 256}`,
];
const WARNINGS = [
  (r: Random) => `slow query took ${small(r)}00 ms on connection ${small(r)}`,
  (r: Random) => `retrying request ${hex(r)} to stock, attempt ${1 + (small(r) % 3)}`,
  (r: Random) => `queue depth ${small(r)} above ${small(r)}`,
];
const ERRORS = [
  (r: Random) => `request ${hex(r)} rejected: invalid coupon ${number(r)}`,
  (r: Random) => `could not send mail to customer ${hex(r)}: mailbox full`,
  (r: Random) => `payment ${number(r)} declined by provider, code ${small(r)}`,
];
const FAULT_LINES = {
  'new-error': (r: Random) => `connection to 10.9.0.${small(r) % 256}:5432 refused after ${small(r)} ms`,
  'retry-loop': (r: Random) => `reconnecting to broker 10.8.0.${small(r) % 256} in ${small(r)} ms`,
  'process-dies': (r: Random) => `out of memory: heap of ${number(r)} bytes exhausted, process ${small(r)} ends`,
};
const ODD = [
  'certificate chain of partner not in order',
  'locale of request unknown',
  'stale lock file removed twice',
  'calendar feed had no entries',
  'unexpected byte order mark in upload',
];
const number = (r: Random): number => Math.floor(r() * 1e7);
const small = (r: Random): number => Math.floor(r() * 900) + 1;
const hex = (r: Random): string =>
  Math.floor(r() * 2 ** 40)
    .toString(16)
    .padStart(10, '0');

/** One planted fault every two days or so, never two within six hours, and innocent changes in between. */
function planOf(days: number, random: Random): { faults: Fault[]; innocents: Innocent[] } {
  const faults: Fault[] = [];
  for (let day = FIRST_FAULT_DAY; day < days; day += 2) {
    const from = START + day * DAY + Math.floor(random() * 1_300) * MINUTE;
    const kind = FAULTS[faults.length % FAULTS.length] as FaultKind;
    const minutes = kind === 'slow-burn' ? 120 : 20 + Math.floor(random() * 40);
    faults.push({ kind, from, to: from + minutes * MINUTE });
  }
  const innocents: Innocent[] = [];
  for (let day = 2; day < days; day += 1) {
    const kind = pick(random, ['rush', 'restart', 'reworded', 'odd-error', 'odd-error'] as const);
    const from = START + day * DAY + Math.floor(random() * 1_400) * MINUTE;
    const minutes = { rush: 60, restart: 3, reworded: DAY / MINUTE, 'odd-error': 2 }[kind];
    innocents.push({ kind, from, to: from + minutes * MINUTE });
  }
  for (let day = 0; day < days; day += 1)
    innocents.push({
      kind: 'batch-run',
      from: START + day * DAY + 125 * MINUTE,
      to: START + day * DAY + 145 * MINUTE,
    });
  return { faults, innocents };
}

const within = (at: number, { from, to }: Span): boolean => at >= from && at < to;

/** Lines of one minute, as a service writes them. */
function linesOf(
  at: number,
  shape: ServiceShape,
  { faults, innocents }: { readonly faults: readonly Fault[]; readonly innocents: readonly Innocent[] },
  random: Random,
): string[] {
  const active = new Set([...faults, ...innocents].filter((one) => within(at, one)).map(({ kind }) => kind));
  if (active.has('silence') || active.has('restart')) return [];
  const hour = (at % DAY) / (60 * MINUTE);
  const weekday = new Date(at).getUTCDay();
  const daily = shape.night + (1 - shape.night) * Math.max(0, Math.sin(((hour - 6) / 14) * Math.PI));
  const calendar = weekday === 0 || weekday === 6 ? shape.weekend : 1;
  const burst = Math.exp(shape.burstiness * (random() + random() - 1));
  const growth = 1 + (0.005 * (at - START)) / DAY;
  const traffic = shape.rate * daily * calendar * burst * growth * (active.has('rush') ? 3 : 1);
  const stamp = (level: string, text: string) =>
    `${new Date(at + Math.floor(random() * MINUTE)).toISOString()} ${level} [worker-${1 + Math.floor(random() * 8)}] ${text}`;
  const lines: string[] = [];
  const write = (mean: number, level: string, texts: readonly ((r: Random) => string)[]) => {
    for (let left = poisson(random, mean); left > 0; left -= 1) lines.push(stamp(level, pick(random, texts)(random)));
  };
  const reworded = active.has('reworded')
    ? [(r: Random) => `order ${number(r)} has been accepted (${small(r)} ms)`]
    : [];
  write(traffic * (shape.servesRequests ? 0.5 : 1), 'INFO', [...INFO, ...reworded]);
  write(traffic * shape.warnings, 'WARN', WARNINGS);
  write(traffic * shape.errors, 'ERROR', ERRORS);
  if (shape.servesRequests) {
    const failing = active.has('requests-fail') ? 0.3 : 0.002;
    for (let left = poisson(random, traffic * 0.5); left > 0; left -= 1) {
      const status = random() < failing ? pick(random, [500, 502, 503]) : pick(random, [200, 200, 200, 201, 304, 404]);
      lines.push(
        `10.1.${small(random) % 256}.7 - - [${new Date(at).toISOString()}] "GET /api/orders/${number(random)} HTTP/1.1" ${status} ${small(random)}`,
      );
    }
  }
  if (active.has('batch-run')) write(12, 'WARN', [(r) => `nightly import skipped row ${number(r)}: no price`]);
  if (active.has('odd-error') && random() < 0.6) lines.push(stamp('ERROR', `${pick(random, ODD)} ${number(random)}`));
  const size = Math.max(1.5, 0.1 * traffic);
  if (active.has('known-error-rises')) write(size, 'ERROR', [ERRORS[0] as (r: Random) => string]);
  if (active.has('requests-fail') && !shape.servesRequests) write(size, 'ERROR', [ERRORS[2] as (r: Random) => string]);
  if (active.has('new-error')) write(size, 'ERROR', [FAULT_LINES['new-error']]);
  if (active.has('warning-storm')) write(3 * size, 'WARN', [WARNINGS[0] as (r: Random) => string]);
  if (active.has('retry-loop')) write(Math.max(15, traffic), 'INFO', [FAULT_LINES['retry-loop']]);
  if (active.has('slow-burn')) {
    const fault = faults.find((one) => one.kind === 'slow-burn' && within(at, one));
    if (fault !== undefined)
      write((2 * size * (at - fault.from)) / (fault.to - fault.from), 'ERROR', [ERRORS[1] as (r: Random) => string]);
  }
  if (active.has('process-dies') && random() < 0.15) lines.push(stamp('FATAL', FAULT_LINES['process-dies'](random)));
  return lines;
}

export interface ServiceFigures {
  readonly service: string;
  readonly days: number;
  readonly lines: number;
  readonly faults: readonly { readonly kind: FaultKind; readonly minutesToFind: number | null }[];
  /** Incidents that no fault explains. */
  readonly falseIncidents: readonly { readonly at: string; readonly first: string }[];
}

/**
 * Simulated days of one service, line by line through redaction, digests and the watch, judged each five minutes. An incident within a fault, or within
 * the hour after it, is of the fault; a fault of `silence` or `restart` may bring one as lines come back.
 */
export function simulateServiceLog(shape: ServiceShape, days: number, seed: number): ServiceFigures {
  const random = numbersFrom(seed);
  const plan = planOf(days, random);
  const redactor = makeRedactor();
  const digester = makeDigester();
  const watch = makeServiceWatch(shape.name);
  const opened: { readonly at: number; readonly incident: LogIncident }[] = [];
  let count = 0;
  for (let at = START; at < START + days * DAY; at += MINUTE) {
    for (const line of linesOf(at, shape, plan, random)) {
      const status = statusOf(line);
      const entry: LogEntry = {
        service: shape.name,
        at,
        level: levelOf(line, null, status),
        text: redactor.line(line),
        status,
      };
      digester.add(entry);
      count += 1;
    }
    const now = at + MINUTE;
    if (now % WINDOW_MS !== 0) continue;
    for (const digest of digester.take(String(at))) watch.add(digest, now);
    for (const incident of watch.judge(now)) opened.push({ at: now, incident });
  }
  const faults = plan.faults.map((fault) => {
    const found = opened.find(
      ({ at, incident }) =>
        at >= fault.from && incident.window < fault.to + 60 * MINUTE && incident.window >= windowOf(fault.from),
    );
    return {
      kind: fault.kind,
      minutesToFind: found === undefined ? null : Math.round((found.at - fault.from) / MINUTE),
    };
  });
  const isExplained = ({ window }: LogIncident) =>
    plan.faults.some(({ from, to }) => window >= windowOf(from) && window < to + 60 * MINUTE);
  const falseIncidents = opened
    .filter(({ incident }) => !isExplained(incident))
    .map(({ incident: { window, findings } }) => {
      const [first] = findings;
      const words = `${first?.kind} ${first?.observed} of ${first?.expected.toFixed(1)}: ${first?.message?.samples[0] ?? ''}`;
      return { at: new Date(window).toISOString(), first: words };
    });
  return { service: shape.name, days, lines: count, faults, falseIncidents };
}
