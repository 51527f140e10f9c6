import type { RedactedText } from '@selfheal/kernel/text/redacted-text.ts';
import { isAtLeast, type Severity } from '@selfheal/log-reading/logs/severity.ts';
import {
  countOf,
  dispersionOf,
  type KnownTemplate,
  presentLevel,
  type SeriesName,
  type ServiceHistory,
  seasonalMean,
  usualCount,
} from './service-history.ts';
import { excessSurprise, shortfallSurprise } from './tail-surprise.ts';
import type { ClusterCount, WindowCounts } from './window-counts.ts';

/** Something unusual in a window, and what is usual. */
export interface LogFinding {
  readonly kind: 'more-errors' | 'more-warnings' | 'failing-requests' | 'new-message' | 'more-of-message' | 'silence';
  readonly observed: number;
  /** What the service's own past expects of the same time. */
  readonly expected: number;
  /** How many windows both are of. */
  readonly windows: number;
  /** Improbability, -log10. */
  readonly surprise: number;
  /** Of a finding about one message. */
  readonly message: {
    readonly cluster: number;
    readonly level: Severity;
    readonly samples: readonly RedactedText[];
  } | null;
}

export interface JudgeSettings {
  /** Improbability, -log10, from which a count of a level is unusual. */
  readonly seriesSurprise: number;
  /** The same of one message; higher, because there are many. Half as much again for messages that are no warnings. */
  readonly messageSurprise: number;
  /** Fewer lines are never unusual, but for critical ones. */
  readonly minCount: number;
}

export const judgeDefaults: JudgeSettings = { seriesSurprise: 4, messageSurprise: 5, minCount: 5 };

/** Variance of one message's counts beyond Poisson's, in squares of the mean: messages come in bursts. */
const MESSAGE_DISPERSION = 0.25;
/** A message, or a level, is unusual only at so many times what is usual. */
const MIN_RATIO = 3;
const MIN_BENIGN_RATIO = 5;
/** Failing requests are unusual only where they are this share more of all than usual. */
const MIN_SHARE = 0.01;
/** Silence: at most this share of the usual lines, of at least so many. */
const SILENT_SHARE = 0.1;
const MIN_USUAL_LINES = 30;
/** How often a new error must occur; a new warning, and any other new message, which also has to come on top of the usual lines. */
const MIN_NEW = 3;
const MIN_NEW_WARNINGS = 20;
const MIN_NEW_BENIGN = 30;
const BENIGN_SHARE = 0.4;

/**
 * The unusual in a window, given what the service usually writes at that hour and weekday, and how much it does at present. `before`: the windows just
 * before, latest first, so that what grows slowly is seen over a quarter of an hour. `isOver`: only then can too little be told.
 */
export function judgeWindow(
  counts: WindowCounts,
  before: readonly WindowCounts[],
  history: ServiceHistory,
  isOver: boolean,
  settings: JudgeSettings = judgeDefaults,
): LogFinding[] {
  return [
    ...risenSeries(counts, before, history, settings),
    ...messages(counts, history, settings),
    ...(isOver ? silence(counts, history, settings) : []),
  ];
}

const KIND_OF_SERIES = {
  errors: 'more-errors',
  warnings: 'more-warnings',
  failures: 'failing-requests',
} as const satisfies Partial<Record<SeriesName, LogFinding['kind']>>;

function risenSeries(
  counts: WindowCounts,
  before: readonly WindowCounts[],
  history: ServiceHistory,
  settings: JudgeSettings,
): LogFinding[] {
  return (['errors', 'warnings', 'failures'] as const).flatMap((name): LogFinding[] => {
    const spans = [[counts], [counts, ...before.slice(0, 2)]];
    const found = spans.map((span): LogFinding => {
      const observed = span.reduce((sum, one) => sum + countOf(one, name), 0);
      const expected = span.reduce((sum, one) => sum + expectedOf(one, name, history), 0);
      const requests = span.reduce((sum, one) => sum + one.requests, 0);
      const surprise = excessSurprise(observed, expected, dispersionOf(history.series[name]));
      const isMuch =
        observed >= settings.minCount &&
        observed >= MIN_RATIO * expected &&
        (name !== 'failures' || observed >= expected + MIN_SHARE * requests);
      return {
        kind: KIND_OF_SERIES[name],
        observed,
        expected,
        windows: span.length,
        surprise: isMuch ? surprise : 0,
        message: null,
      };
    });
    const [most] = found.sort((a, b) => b.surprise - a.surprise);
    return most !== undefined && most.surprise >= settings.seriesSurprise ? [most] : [];
  });
}

/** What the hour usually has, or what so much traffic usually brings, where that is more. */
function expectedOf(counts: WindowCounts, name: 'errors' | 'warnings' | 'failures', history: ServiceHistory): number {
  const season = seasonalMean(history.series[name], counts.window);
  const byTraffic =
    name === 'failures'
      ? (counts.requests * (history.failed + 0.1)) / (history.requests + 100)
      : (countOf(counts, 'benign') * history[name]) / (history.benign + 1);
  return Math.max(season, byTraffic);
}

function messages(counts: WindowCounts, history: ServiceHistory, settings: JudgeSettings): LogFinding[] {
  const known = new Map(history.templates.map((one) => [one.cluster, one]));
  const usualBenign = seasonalMean(history.series.benign, counts.window) * Math.max(1, presentLevel(history));
  return [...counts.clusters.values()].flatMap((one): LogFinding[] => {
    const template = known.get(one.cluster);
    const found =
      template === undefined
        ? newMessage(one, counts, usualBenign, history)
        : risenMessage(one, template, counts, usualBenign, history);
    const { level } = one;
    const needed = isAtLeast(level, 'warning') ? settings.messageSurprise : 1.5 * settings.messageSurprise;
    return found !== null && found.surprise >= needed ? [found] : [];
  });
}

/**
 * A new message is unusual when it is an error, and occurs the more often the more new errors the service has anyway. Others are new with every
 * release: they have to be many, and more than the messages that they may replace.
 */
function newMessage(
  { cluster, level, count, samples }: ClusterCount,
  counts: WindowCounts,
  usualBenign: number,
  history: ServiceHistory,
): LogFinding | null {
  if (level === 'critical') {
    // One is enough.
  } else if (level === 'error') {
    if (count < Math.ceil(MIN_NEW * (1 + history.newSevere))) return null;
  } else if (level === 'warning') {
    if (count < Math.max(MIN_NEW_WARNINGS, MIN_RATIO * expectedOf(counts, 'warnings', history))) return null;
  } else {
    const isAdded = countOf(counts, 'benign') - usualBenign >= BENIGN_SHARE * usualBenign;
    if (count < Math.max(MIN_NEW_BENIGN, BENIGN_SHARE * usualBenign) || !isAdded) return null;
  }
  const surprise = Number.POSITIVE_INFINITY;
  return {
    kind: 'new-message',
    observed: count,
    expected: 0,
    windows: 1,
    surprise,
    message: { cluster, level, samples },
  };
}

function risenMessage(
  { cluster, level, count, samples }: ClusterCount,
  template: KnownTemplate,
  counts: WindowCounts,
  usualBenign: number,
  history: ServiceHistory,
): LogFinding | null {
  const isBenign = !isAtLeast(level, 'warning');
  const others = countOf(counts, 'benign') - (isBenign ? count : 0);
  const traffic = Math.max(1, others / Math.max(1, usualBenign));
  const expected = usualCount(template, history, counts.window) * traffic;
  const isMuch = count >= 2 * MIN_NEW && count >= (isBenign ? MIN_BENIGN_RATIO : MIN_RATIO) * expected;
  if (!isMuch) return null;
  const surprise = excessSurprise(count, expected, MESSAGE_DISPERSION);
  return {
    kind: 'more-of-message',
    observed: count,
    expected,
    windows: 1,
    surprise,
    message: { cluster, level, samples },
  };
}

function silence(counts: WindowCounts, history: ServiceHistory, settings: JudgeSettings): LogFinding[] {
  const { benign } = history.series;
  const expected = seasonalMean(benign, counts.window) * Math.min(1, presentLevel(history));
  const observed = countOf(counts, 'benign');
  if (expected < MIN_USUAL_LINES || observed > SILENT_SHARE * expected) return [];
  const surprise = shortfallSurprise(observed, expected, Math.min(0.2, dispersionOf(benign)));
  if (surprise < settings.seriesSurprise / 2) return [];
  return [{ kind: 'silence', observed, expected, windows: 1, surprise, message: null }];
}
