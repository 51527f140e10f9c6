import { recordText } from '@selfheal/kernel/text/record-text.ts';
import type { RedactedText } from '@selfheal/kernel/text/redacted-text.ts';
import { Severity } from '@selfheal/log-reading/logs/severity.ts';
import * as z from 'zod';
import type { WindowCounts } from './window-counts.ts';

const HOUR = 3_600_000;
const HOURS_OF_WEEK = 168;
/** Windows after which an hour of the week, or a template, weighs half: four weeks of one hour a week, or four weeks of all windows. */
const CELL_HALF_LIFE = 48;
const TEMPLATE_HALF_LIFE = 8_064;
const DISPERSION_HALF_LIFE = 4_032;
/** Weight of the wider average (day for week, all for day), in windows. */
const SHRINKAGE = 6;
/** A window this many times as far from its expectation as is usual counts as that far. */
const MAX_DEVIATION = 5;
/** The dispersion before anything is known, and what knowing it weighs. */
const PRIOR_DISPERSION = 0.1;
const PRIOR_WEIGHT = 100;
const MAX_DISPERSION = 4;
const MAX_TEMPLATES = 600;
/** Half a day, in which every message is new. */
const FIRST_WINDOWS = 144;
/** Windows of the present level, an hour. */
const LEVEL_WINDOWS = 12;

const SERIES = ['benign', 'warnings', 'errors', 'failures'] as const;
export type SeriesName = (typeof SERIES)[number];

const Series = z.strictObject({
  /** By hour of the week from Sunday 00:00 UTC, both decaying. */
  sums: z.array(z.number()).length(HOURS_OF_WEEK),
  weights: z.array(z.number()).length(HOURS_OF_WEEK),
  /** Of squared deviations beyond Poisson's, and of squared expectations. */
  excess: z.number(),
  squares: z.number(),
});
type Series = z.infer<typeof Series>;

const KnownTemplate = z.strictObject({
  cluster: z.number().int(),
  template: recordText({ max: 1_000 }),
  level: Severity,
  firstSeen: z.number(),
  lastSeen: z.number(),
  /** Decaying sum of its counts. */
  sum: z.number(),
  /** Highest count of a window by hour of the day (UTC), lately: what a nightly job writes is usual at night. */
  hourPeaks: z.array(z.number()).length(24),
});
export type KnownTemplate = z.infer<typeof KnownTemplate>;

export const ServiceHistory = z.strictObject({
  /** Windows learned from. */
  windows: z.number().int().nonnegative(),
  /** The same, decaying like the sums of templates. */
  weight: z.number(),
  series: z.strictObject({ benign: Series, warnings: Series, errors: Series, failures: Series }),
  /** Requests by all windows, decaying like `weight`, and those of them that failed. */
  requests: z.number(),
  failed: z.number(),
  /** Benign lines and errors likewise: how many errors so many lines bring. */
  benign: z.number(),
  errors: z.number(),
  warnings: z.number(),
  /** Of the last windows: benign lines, and what the season expects. */
  lately: z.array(z.tuple([z.number(), z.number()])).max(LEVEL_WINDOWS),
  templates: z.array(KnownTemplate).max(MAX_TEMPLATES),
  /** Severe templates that were new, decaying by a half each day. */
  newSevere: z.number(),
});
export type ServiceHistory = z.infer<typeof ServiceHistory>;

const emptySeries = (): Series => ({
  sums: Array<number>(HOURS_OF_WEEK).fill(0),
  weights: Array<number>(HOURS_OF_WEEK).fill(0),
  excess: 0,
  squares: 0,
});

export function emptyHistory(): ServiceHistory {
  const series = { benign: emptySeries(), warnings: emptySeries(), errors: emptySeries(), failures: emptySeries() };
  const shares = { requests: 0, failed: 0, benign: 0, errors: 0, warnings: 0 };
  return { windows: 0, weight: 0, series, ...shares, lately: [], templates: [], newSevere: 0 };
}

/** Hour of the week of an instant in UTC; 0 begins on Sunday. */
const hourOfWeek = (at: number): number => (Math.floor(at / HOUR) + 4 * 24) % HOURS_OF_WEEK;
const hourOfDay = (at: number): number => Math.floor(at / HOUR) % 24;

/** The count that a window at `at` usually has: that of the hour of the week, as far as it is known, else of the day, else of all. */
export function seasonalMean({ sums, weights }: Series, at: number): number {
  const cell = hourOfWeek(at);
  let [daySum, dayWeight, allSum, allWeight] = [0, 0, 0, 0];
  for (let hour = 0; hour < HOURS_OF_WEEK; hour += 1) {
    const [sum, weight] = [sums[hour] ?? 0, weights[hour] ?? 0];
    allSum += sum;
    allWeight += weight;
    if (hour % 24 === cell % 24) {
      daySum += sum;
      dayWeight += weight;
    }
  }
  const all = allWeight === 0 ? 0 : allSum / allWeight;
  const day = (daySum + SHRINKAGE * all) / (dayWeight + SHRINKAGE);
  return ((sums[cell] ?? 0) + SHRINKAGE * day) / ((weights[cell] ?? 0) + SHRINKAGE);
}

/** Variance beyond Poisson's, in squares of the mean. */
export function dispersionOf({ excess, squares }: Series): number {
  return Math.min(MAX_DISPERSION, Math.max(0, (excess + PRIOR_DISPERSION * PRIOR_WEIGHT) / (squares + PRIOR_WEIGHT)));
}

/** Benign lines of the last hour as a multiple of what their hours usually have. */
export function presentLevel({ lately }: ServiceHistory): number {
  const [observed, expected] = lately.reduce(([a, b], [one, usual]) => [a + one, b + usual], [0, 0]);
  return (observed + 10) / (expected + 10);
}

export function countOf(counts: WindowCounts, name: SeriesName): number {
  const { levels, failures } = counts;
  switch (name) {
    case 'benign':
      return levels.info + levels.debug;
    case 'warnings':
      return levels.warning;
    case 'errors':
      return levels.critical + levels.error;
    case 'failures':
      return failures;
    default:
      return name satisfies never;
  }
}

/** How often a template usually occurs in a window at this time: on average, or at most lately around this hour where that is more. */
export function usualCount({ sum, hourPeaks }: KnownTemplate, { weight }: ServiceHistory, at: number): number {
  const hour = hourOfDay(at);
  const peak = Math.max(...[23, 0, 1].map((shift) => hourPeaks[(hour + shift) % 24] ?? 0));
  return Math.max(weight === 0 ? 0 : sum / weight, peak);
}

/** Joins templates that turned out to be the same; `clusterOf` gives the number of today. */
export function mergeTemplates(history: ServiceHistory, clusterOf: (cluster: number) => number): void {
  if (history.templates.every(({ cluster }) => clusterOf(cluster) === cluster)) return;
  const merged = new Map<number, KnownTemplate>();
  for (const one of history.templates) {
    const cluster = clusterOf(one.cluster);
    const other = merged.get(cluster);
    merged.set(
      cluster,
      other === undefined
        ? { ...one, cluster }
        : {
            ...other,
            sum: other.sum + one.sum,
            firstSeen: Math.min(other.firstSeen, one.firstSeen),
            lastSeen: Math.max(other.lastSeen, one.lastSeen),
            hourPeaks: other.hourPeaks.map((peak, hour) => Math.max(peak, one.hourPeaks[hour] ?? 0)),
          },
    );
  }
  history.templates = [...merged.values()];
}

const keptAfter = (halfLife: number): number => 0.5 ** (1 / halfLife);

/**
 * Learns a window that is over. `unusual`: what was found in it, so that it is not learned at its whole size and a fault does not become the usual;
 * what stays becomes the usual in time.
 */
export function learnWindow(
  history: ServiceHistory,
  counts: WindowCounts,
  unusual: { readonly series: ReadonlySet<SeriesName>; readonly clusters: ReadonlySet<number> },
  templateOf: (cluster: number) => RedactedText,
): void {
  const { window: at } = counts;
  const level = Math.min(3, Math.max(1, presentLevel(history)));
  const benignMean = seasonalMean(history.series.benign, at);
  const learned = { benign: 0, warnings: 0, errors: 0, failures: 0 };
  for (const name of SERIES) {
    const series = history.series[name];
    const mean = seasonalMean(series, at);
    const observed = countOf(counts, name);
    const count = unusual.series.has(name) ? Math.min(Math.max(observed, mean / 2), 2 * mean + 2) : observed;
    learned[name] = count;
    learnSeries(series, at, count, mean * level);
  }
  const kept = keptAfter(TEMPLATE_HALF_LIFE);
  history.weight = history.weight * kept + 1;
  for (const name of ['benign', 'errors', 'warnings'] as const) history[name] = history[name] * kept + learned[name];
  history.requests = history.requests * kept + counts.requests;
  history.failed = history.failed * kept + Math.min(learned.failures, counts.requests);
  history.lately = [...history.lately.slice(1 - LEVEL_WINDOWS), [learned.benign, benignMean]];
  history.newSevere *= keptAfter(288);
  learnTemplates(history, counts, unusual.clusters, templateOf);
  history.windows += 1;
}

function learnSeries(series: Series, at: number, count: number, mean: number): void {
  const cell = hourOfWeek(at);
  const kept = keptAfter(CELL_HALF_LIFE);
  const known = series.weights.reduce((sum, weight) => sum + weight, 0);
  if (known > LEVEL_WINDOWS && mean > 0) {
    const decay = keptAfter(DISPERSION_HALF_LIFE);
    const usual = mean + dispersionOf(series) * mean * mean;
    const squared = Math.min((count - mean) ** 2, MAX_DEVIATION ** 2 * usual);
    series.excess = series.excess * decay + squared - mean;
    series.squares = series.squares * decay + mean * mean;
  }
  series.sums[cell] = (series.sums[cell] ?? 0) * kept + count;
  series.weights[cell] = (series.weights[cell] ?? 0) * kept + 1;
}

function learnTemplates(
  history: ServiceHistory,
  { window: at, clusters }: WindowCounts,
  unusual: ReadonlySet<number>,
  templateOf: (cluster: number) => RedactedText,
): void {
  const kept = keptAfter(TEMPLATE_HALF_LIFE);
  const hour = hourOfDay(at);
  const known = new Map(history.templates.map((one) => [one.cluster, one]));
  for (const one of history.templates) {
    one.sum *= kept;
    // A peak is forgotten in weeks, looked at once an hour.
    if (at % HOUR === 0) one.hourPeaks[hour] = (one.hourPeaks[hour] ?? 0) * 0.95;
  }
  for (const { cluster, count, level } of clusters.values()) {
    let one = known.get(cluster);
    if (one === undefined) {
      const template = templateOf(cluster).slice(0, 1_000);
      one = { cluster, template, level, firstSeen: at, lastSeen: at, sum: 0, hourPeaks: Array<number>(24).fill(0) };
      known.set(cluster, one);
      if (history.windows >= FIRST_WINDOWS && (level === 'critical' || level === 'error')) history.newSevere += 1;
    }
    const usual = usualCount(one, history, at);
    one.sum += unusual.has(cluster) ? Math.min(count, 2 * usual + 2) : count;
    one.hourPeaks[hour] = Math.max(one.hourPeaks[hour] ?? 0, count);
    one.lastSeen = Math.max(one.lastSeen, at);
  }
  const all = [...known.values()];
  history.templates =
    all.length <= MAX_TEMPLATES ? all : all.sort((a, b) => b.lastSeen - a.lastSeen).slice(0, MAX_TEMPLATES);
}
