import { deviationOf, meanOf, studentQuantile, withoutOutlier } from '@selfheal/kernel/numbers/sample.ts';
import type { GateSettings } from './gate-settings.ts';
import { type GateVerdict, type MetricKind, metricKindOf, rounded, valueText } from './metric-kind.ts';

/** Share of runs without a regression that noise alone may fail: half of what is promised, so that a regression of twice the bound is missed just as rarely. */
const NOISE_TAIL = 0.01;
/** Fewer runs tell nothing about the noise: then the configured delta decides alone. */
const MIN_RUNS_FOR_NOISE = 4;
const OUTLIER_LEVEL = 0.001;
/** Rounding of the last digits is no regression. */
const TOLERANCE = 1e-9;

/** The baseline until the first run is recorded; durations have none. */
const DEFAULT_BASELINE = { percent: 90, count: 0, seconds: null } as const;

/** The value that a run is compared with, and how many runs it is the mean of. */
export interface MetricBaseline {
  readonly value: number;
  readonly runs: number;
}

export function baselineOf(kind: MetricKind, values: readonly number[]): MetricBaseline | null {
  if (values.length === 0) return null;
  const isFactor = kind.unit === 'seconds';
  const value = isFactor ? kind.unscale(meanOf(values.map(kind.scale))) : meanOf(values);
  return { value, runs: values.length };
}

/** What the configured delta says about the noise: it counts like this many runs with this share of the delta as standard deviation. */
const PRIOR = { runs: 4, share: 0.3 } as const;
/**
 * The value that one more run without a regression keeps in 99 of 100 cases: a one-sided prediction limit, mean plus t times s times
 * sqrt(1 + 1/n) (G. J. Hahn, "Factors for calculating two-sided prediction intervals for samples from a normal distribution", JASA 64, 1969). The
 * scale is linear for coverage, the logarithm for durations, and Anscombe's square root for counts. Because ten runs tell little about the noise, s of
 * coverage and durations is moderated towards what the delta expects (G. K. Smyth, "Linear models and empirical Bayes methods", 2004). One
 * outlier does not widen it. Null when too few runs are known. `delta`: the configured one on that scale.
 */
function noiseLimitOf(kind: MetricKind, values: readonly number[], delta: number): number | null {
  if (values.length < MIN_RUNS_FOR_NOISE) return null;
  const scaled = values.map(kind.scale);
  const usual = withoutOutlier(scaled, OUTLIER_LEVEL);
  const n = usual.length;
  const known = kind.unit === 'count' ? 0 : PRIOR.runs;
  const freedom = known + n - 1;
  const squares = known * (PRIOR.share * delta) ** 2 + (n - 1) * deviationOf(usual) ** 2;
  const reach = studentQuantile(freedom, NOISE_TAIL) * Math.sqrt(squares / freedom) * Math.sqrt(1 + 1 / n);
  return kind.unscale(meanOf(scaled) + (kind.worse === 'lower' ? -reach : reach));
}

/** The bound of a regression: what the delta allows, or the noise where that is wider. */
export interface AllowedBound {
  readonly threshold: number;
  readonly decidedBy: 'delta' | 'noise';
}

export function allowedBound(
  metric: string,
  kind: MetricKind,
  { values, baseline, settings }: { values: readonly number[]; baseline: number; settings: GateSettings },
): AllowedBound {
  const sign = kind.worse === 'lower' ? -1 : 1;
  const byDelta = baseline + sign * allowedDelta(metric, kind, baseline, settings);
  const scaledDelta = Math.abs(kind.scale(Math.max(0, byDelta)) - kind.scale(baseline));
  const noise = noiseLimitOf(kind, values, scaledDelta);
  return noise !== null && sign * (noise - byDelta) > TOLERANCE
    ? { threshold: noise, decidedBy: 'noise' }
    : { threshold: byDelta, decidedBy: 'delta' };
}

/** How much worse than the baseline a metric may be by the settings. */
export function allowedDelta(metric: string, kind: MetricKind, baseline: number, settings: GateSettings): number {
  if (kind.unit === 'percent') return settings.deltaCoverage;
  if (kind.unit === 'seconds') return (baseline * settings.deltaDuration) / 100;
  if (metric === 'vulnerabilities.high') return settings.deltaHigh;
  return metric === 'vulnerabilities.critical' ? settings.deltaCritical : settings.deltaCount;
}

/** Why a relative verdict cannot be given: the state is out of reach, or the owner switched it off. */
interface NoVerdict {
  readonly reason: string;
}

export interface RegressionInputs {
  readonly metric: string;
  readonly current: number;
  /** The last values of the default branch, oldest first; null when they cannot be read. */
  readonly values: readonly number[] | null;
  readonly settings: GateSettings;
  readonly notJudged?: NoVerdict | undefined;
}

/**
 * Whether a metric became worse by more than the configured delta and more than its noise. Throws `RangeError` for an unknown metric: names
 * are checked where they come in.
 */
export function judgeRegression({ metric, current, values, settings, notJudged }: RegressionInputs): GateVerdict {
  const kind = metricKindOf(metric);
  if (kind === null) throw new RangeError(`${metric} is no metric`);
  const { unit } = kind;
  const first = values !== null && values.length === 0;
  const assumed = DEFAULT_BASELINE[unit];
  const found = values === null ? null : baselineOf(kind, values);
  const known = found ?? (first && assumed !== null ? { value: assumed, runs: 0 } : null);
  const off = notJudged ?? offBySettings(metric, settings);
  if (known === null) {
    const reason = off?.reason ?? 'no baseline yet: the default branch has to record a run first';
    const explanation = `${metric}: current ${valueText(unit, current)}, baseline unknown: SKIPPED (${reason})`;
    const nothing = { baseline: null, delta: null, threshold: null } as const;
    return { metric, status: 'skipped', current: rounded(current), ...nothing, unit, explanation };
  }
  const sign = kind.worse === 'lower' ? -1 : 1;
  const { threshold, decidedBy } = allowedBound(metric, kind, {
    values: values ?? [],
    baseline: known.value,
    settings,
  });
  const delta = rounded(current - known.value);
  const isWorse = sign * (current - threshold) > TOLERANCE;
  const status = off !== null ? 'skipped' : isWorse ? 'failed' : 'passed';
  const allowed = deltaText(kind, settings, allowedDelta(metric, kind, known.value, settings));
  const bound = decidedBy === 'noise' ? `noise of the last ${known.runs} runs` : `delta ${allowed}`;
  const of = known.runs === 0 ? 'default' : `mean of ${known.runs} ${known.runs === 1 ? 'run' : 'runs'}`;
  const explanation = `${metric}: current ${valueText(unit, current)}, baseline ${valueText(unit, known.value)} (${of}), delta ${changeText(unit, delta)}, threshold ${valueText(unit, threshold)} (${bound}): ${WORDS[status]}${off === null ? '' : ` (${off.reason})`}`;
  return {
    metric,
    status,
    current: rounded(current),
    baseline: rounded(known.value),
    delta,
    threshold: rounded(threshold),
    unit,
    explanation: explanation.slice(0, 300),
  };
}

const WORDS = { passed: 'PASS', failed: 'FAIL', skipped: 'SKIPPED' } as const;

function offBySettings(metric: string, settings: GateSettings): NoVerdict | null {
  const isOff = metric.startsWith('vulnerabilities') && !settings.vulnerabilityGating;
  return isOff ? { reason: 'VULN_GATING=1 enables it' } : null;
}

function deltaText(kind: MetricKind, { deltaDuration }: GateSettings, allowed: number): string {
  if (kind.unit === 'seconds') return `+${deltaDuration} %`;
  return kind.unit === 'percent' ? `-${allowed.toFixed(1)} points` : `+${allowed}`;
}

function changeText(unit: GateVerdict['unit'], delta: number): string {
  const sign = delta >= 0 ? '+' : '-';
  if (unit === 'percent') return `${sign}${Math.abs(delta).toFixed(1)} points`;
  return `${sign}${valueText(unit, Math.abs(delta))}`;
}

export interface LimitInputs {
  /** Name of the verdict: `coverage.minimum`. */
  readonly name: string;
  readonly metric: string;
  readonly current: number;
  readonly limit: number;
  /** As the owner sets it. */
  readonly setting: string;
  readonly settings: GateSettings;
  /** What was counted, where the number alone says too little: `8 of 10 changed lines`. */
  readonly what?: string;
}

/** Whether a metric keeps an absolute limit. A value equal to the limit does. */
export function judgeLimit({ name, metric, current, limit, setting, settings, what }: LimitInputs): GateVerdict {
  const kind = metricKindOf(metric);
  if (kind === null) throw new RangeError(`${metric} is no metric`);
  const { unit, worse } = kind;
  const off = offBySettings(metric, settings);
  const isWorse = (worse === 'lower' ? limit - current : current - limit) > TOLERANCE;
  const status = off !== null ? 'skipped' : isWorse ? 'failed' : 'passed';
  const counted = what === undefined ? '' : ` (${what})`;
  const explanation = `${name}: current ${valueText(unit, current)}${counted}, threshold ${valueText(unit, limit)} (${setting}): ${WORDS[status]}${off === null ? '' : ` (${off.reason})`}`;
  const figures = { current: rounded(current), baseline: null, delta: null, threshold: rounded(limit) };
  return { metric: name, status, ...figures, unit, explanation };
}
