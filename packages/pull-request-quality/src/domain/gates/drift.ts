import { meanOf } from '@selfheal/kernel/numbers/sample.ts';
import { MIN_TREND_VALUES, type Trend, trendOf } from '@selfheal/kernel/numbers/trend.ts';
import { BASELINE_RUNS, lastValues, type RecordedRun } from './baseline.ts';
import type { GateSettings } from './gate-settings.ts';
import { allowedBound, allowedDelta, baselineOf } from './judge-metric.ts';
import { type GateVerdict, metricKindOf, rounded, valueText } from './metric-kind.ts';

const DAY_MS = 24 * 60 * 60 * 1000;
const SIGNIFICANT = 0.05;
/** Part of the delta by which a baseline may move in the window without being called drift. */
const QUIET_SHARE = 0.5;

/** How far a baseline moved, though each run passed its gate. */
export interface Drift {
  readonly metric: string;
  readonly unit: GateVerdict['unit'];
  /** Baseline at the beginning of the window, or the mean of its first three runs when none was recorded before it; null when there are too few. */
  readonly before: number | null;
  readonly now: number;
  readonly trend: Trend | null;
  readonly direction: 'worse' | 'better' | 'steady' | 'unknown';
  /** Whether the noise of the last runs is wider than the delta, so that the gate lets more through than its setting says. */
  readonly noisy: boolean;
  /** One line that says what to do. */
  readonly explanation: string;
}

/**
 * Compares the baseline at the beginning of the window with the one of today, metric by metric. A creeping decline passes every single
 * check, because the baseline follows it: this is where it shows.
 */
export function driftOf(
  runs: readonly RecordedRun[],
  { now, days, settings }: { readonly now: Date; readonly days: number; readonly settings: GateSettings },
): Drift[] {
  const from = now.getTime() - days * DAY_MS;
  const names = [...new Set(runs.flatMap(({ metrics }) => Object.keys(metrics)))].sort();
  return names.flatMap((metric) => {
    const kind = metricKindOf(metric);
    const current = kind === null ? null : baselineOf(kind, lastValues(runs, metric));
    if (kind === null || current === null) return [];
    const earlier = runs.filter(({ at }) => Date.parse(at) < from);
    const before = baselineOf(kind, lastValues(earlier, metric))?.value ?? null;
    const inWindow = runs.flatMap(({ at, metrics }) => {
      const value = metrics[metric]?.value;
      return value === undefined || Date.parse(at) < from ? [] : [{ at: Date.parse(at) / DAY_MS, value }];
    });
    const trend = trendOf(inWindow);
    const start =
      before ?? (inWindow.length >= MIN_TREND_VALUES ? meanOf(inWindow.slice(0, 3).map((one) => one.value)) : null);
    const sign = kind.worse === 'lower' ? -1 : 1;
    const allowed = allowedDelta(metric, kind, start ?? current.value, settings);
    const moved = start === null ? null : sign * (current.value - start);
    const isMarked = (amount: number): boolean =>
      Math.abs(amount) > QUIET_SHARE * allowed ||
      (trend !== null &&
        trend.p < SIGNIFICANT &&
        Math.sign(trend.slope) * sign === Math.sign(amount) &&
        Math.abs(amount) > 0.1 * allowed);
    const direction = moved === null ? 'unknown' : !isMarked(moved) ? 'steady' : moved > 0 ? 'worse' : 'better';
    const bound = allowedBound(metric, kind, {
      values: lastValues(runs, metric),
      baseline: current.value,
      settings,
    });
    const noisy = bound.decidedBy === 'noise';
    const figures = { before: start === null ? null : rounded(start), now: rounded(current.value) };
    const drift = { metric, unit: kind.unit, ...figures, trend, direction, noisy } as const;
    return [{ ...drift, explanation: explain(drift, { days, runs: inWindow.length, isOlder: before !== null }) }];
  });
}

function explain(
  { metric, unit, before, now, trend, direction, noisy }: Omit<Drift, 'explanation'>,
  { days, runs, isOlder }: { readonly days: number; readonly runs: number; readonly isOlder: boolean },
): string {
  const value = (one: number): string => valueText(unit, one);
  const noise = noisy
    ? ' The last runs vary by more than the delta, so the gate allows that much: find out why, or raise the delta knowingly.'
    : '';
  const span = days === 1 ? 'the last day' : `the last ${days} days`;
  if (before === null)
    return `${metric}: ${value(now)} now; too few runs in ${span} to compare with (${BASELINE_RUNS} make a baseline).${noise}`;
  const test = trend === null ? '' : `, trend p = ${trend.p.toFixed(3)}`;
  // A baseline that began within the window says nothing of the time before it.
  const began = isOlder ? `before ${span}` : `in the first runs of ${span}`;
  const change = `${metric}: baseline ${value(before)} ${began}, ${value(now)} now (${runs} ${runs === 1 ? 'run' : 'runs'}${test})`;
  const advice = {
    worse:
      'It gets worse, though each run passed: decide whether that is wanted; if not, mend it before the baseline has followed.',
    better: 'It gets better: raise the fixed limit if you want to keep it.',
    steady: 'Steady.',
    unknown: '',
  }[direction];
  return `${change}. ${advice}${noise}`;
}
