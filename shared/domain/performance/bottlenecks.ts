import { medianOf } from '@selfheal/anomaly/reading.ts';
import { percentText } from '@selfheal/kernel/numbers/number-words.ts';
import { quantileOf } from '@selfheal/kernel/numbers/sample.ts';
import type { Evidence, Sign } from './evidence.ts';
import type { Performance } from './performance-settings.ts';

/** Kinds of metrics with rules. */
export const METRIC_KINDS = [
  'cpu-percent',
  'memory-percent',
  'database-query-ms',
  'pool-wait-ms',
  'event-loop-lag-ms',
  'rows-examined-per-row',
  'cache-hit-percent',
] as const;
export type MetricKind = (typeof METRIC_KINDS)[number];

export interface MetricSeries {
  readonly kind: MetricKind;
  readonly name: string;
  /** Which of several equal machines it belongs to. */
  readonly instance: string | null;
  readonly values: readonly number[];
}

/** A metric beyond its limit. */
export interface Bottleneck {
  readonly metric: string;
  readonly kind: MetricKind;
  /** The 95th percentile, or the 5th where less is worse. */
  readonly value: number;
  readonly limit: number;
  readonly reason: string;
}

interface Rule {
  readonly sign: Sign;
  readonly limit: keyof Performance;
  readonly worse: 'above' | 'below';
  readonly says: string;
  readonly unit: string;
}

const RULES: Readonly<Record<MetricKind, Rule>> = {
  'cpu-percent': { sign: 'cpu-over-limit', limit: 'cpuPercent', worse: 'above', says: 'CPU', unit: ' %' },
  'memory-percent': { sign: 'memory-over-limit', limit: 'memoryPercent', worse: 'above', says: 'memory', unit: ' %' },
  'database-query-ms': {
    sign: 'query-time-over-limit',
    limit: 'databaseQueryMs',
    worse: 'above',
    says: 'database query time',
    unit: ' ms',
  },
  'pool-wait-ms': {
    sign: 'pool-wait',
    limit: 'poolWaitMs',
    worse: 'above',
    says: 'waiting for a connection',
    unit: ' ms',
  },
  'event-loop-lag-ms': {
    sign: 'event-loop-lag',
    limit: 'eventLoopLagMs',
    worse: 'above',
    says: 'lag of the event loop',
    unit: ' ms',
  },
  'rows-examined-per-row': {
    sign: 'rows-examined',
    limit: 'rowsExaminedPerRow',
    worse: 'above',
    says: 'rows read for one given',
    unit: '',
  },
  'cache-hit-percent': {
    sign: 'cache-misses',
    limit: 'cacheHitPercent',
    worse: 'below',
    says: 'hits of the cache',
    unit: ' %',
  },
};

/** This share of the values may be worse: a short spike is no bottleneck. */
const TOLERATED = 0.05;
/** The busiest machine has this many times the median load. */
const UNEVEN = 1.5;
/** Below this load no machine counts as busy. */
const MIN_BUSY_PERCENT = 30;
/** Strength of a value just over its limit; twice the limit has strength 1. */
const JUST_OVER = 0.6;

/** Metrics beyond their limits, as evidence. Metrics without values are ignored. */
export function bottlenecksOf(
  metrics: readonly MetricSeries[],
  limits: Performance,
): { bottlenecks: Bottleneck[]; evidence: Evidence[] } {
  const found = metrics.flatMap((metric) => {
    const bottleneck = bottleneckOf(metric, limits);
    return bottleneck === null ? [] : [bottleneck];
  });
  const evidence = found.map((bottleneck): Evidence => {
    const { metric, kind, value, limit, reason } = bottleneck;
    const over = RULES[kind].worse === 'above' ? value / limit - 1 : 1 - value / limit;
    const strength = Math.min(1, JUST_OVER + (1 - JUST_OVER) * over);
    return { sign: RULES[kind].sign, source: 'metric', strength, where: metric, text: reason };
  });
  return { bottlenecks: found, evidence: [...evidence, ...unevenLoad(metrics)] };
}

function bottleneckOf({ kind, name, values }: MetricSeries, limits: Performance): Bottleneck | null {
  const { worse, limit: key, says, unit } = RULES[kind];
  const limit = limits[key];
  const value = quantileOf(values, worse === 'above' ? 1 - TOLERATED : TOLERATED);
  const broken = worse === 'above' ? value > limit : value < limit;
  if (!broken) return null;
  const share = values.filter((one) => (worse === 'above' ? one > limit : one < limit)).length / values.length;
  const shown = `${Number(value.toPrecision(4))}${unit}`;
  const reason = `${says} ${worse} ${limit}${unit} in ${percentText(share)} of the values (${worse === 'above' ? '95th' : '5th'} percentile ${shown})`;
  return { metric: name, kind, value, limit, reason };
}

/** Equal machines of which one carries much more than the median. */
function unevenLoad(metrics: readonly MetricSeries[]): Evidence[] {
  const loads = metrics
    .filter(({ kind, instance, values }) => kind === 'cpu-percent' && instance !== null && values.length > 0)
    .map(({ instance, values }) => ({ instance, load: medianOf(values) }))
    .sort((a, b) => b.load - a.load);
  const [busiest] = loads;
  const middle = medianOf(loads.map(({ load }) => load));
  if (busiest === undefined || loads.length < 2 || busiest.load < MIN_BUSY_PERCENT) return [];
  if (busiest.load < UNEVEN * middle) return [];
  const strength = Math.min(1, JUST_OVER * (busiest.load / (UNEVEN * Math.max(middle, 1))));
  const text = `${busiest.instance} has ${busiest.load.toFixed(0)} % CPU where the middle of ${loads.length} has ${middle.toFixed(0)} %`;
  return [{ sign: 'uneven-load', source: 'metric', strength, where: `cpu-percent of ${busiest.instance}`, text }];
}
