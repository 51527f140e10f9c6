import * as z from 'zod';

/** How a metric is measured and compared. */
export interface MetricKind {
  readonly unit: GateVerdict['unit'];
  readonly worse: 'lower' | 'higher';
  /** A scale on which the noise is about the same everywhere, and its inverse. */
  readonly scale: (value: number) => number;
  readonly unscale: (scaled: number) => number;
}

const PERCENT: MetricKind = { unit: 'percent', worse: 'lower', scale: (value) => value, unscale: (value) => value };
/** F. J. Anscombe, "The transformation of Poisson, binomial and negative-binomial data", Biometrika 35, 1948. */
const COUNT: MetricKind = {
  unit: 'count',
  worse: 'higher',
  scale: (value) => 2 * Math.sqrt(value + 3 / 8),
  unscale: (scaled) => Math.max(0, (Math.max(0, scaled) / 2) ** 2 - 3 / 8),
};
const MIN_SECONDS = 0.1;
/** Durations vary by a factor. */
const SECONDS: MetricKind = {
  unit: 'seconds',
  worse: 'higher',
  scale: (value) => Math.log(Math.max(MIN_SECONDS, value)),
  unscale: Math.exp,
};

const KINDS: Readonly<Record<string, MetricKind>> = {
  coverage: PERCENT,
  vulnerabilities: COUNT,
  findings: COUNT,
  errors: COUNT,
  duration: SECONDS,
  queue: SECONDS,
};

/** Names of metrics: the kind and, after a dot, what was measured (`vulnerabilities.high`, `duration.unit-tests`). */
export const METRIC_NAME =
  /^(?:coverage|vulnerabilities|findings|errors|duration|queue)(?:\.[a-z0-9][a-z0-9-]{0,59})?$/;

/** Null for a name that `METRIC_NAME` does not match. */
export function metricKindOf(name: string): MetricKind | null {
  return METRIC_NAME.test(name) ? (KINDS[name.split('.')[0] ?? ''] ?? null) : null;
}

/** Largest count and longest duration that a record holds. */
const MAX_VALUE = 1e9;

/** Why a value cannot be of this metric, a sentence; null when it can. */
export function metricProblem(name: string, value: number): string | null {
  const kind = metricKindOf(name);
  if (kind === null)
    return `The metric "${name.slice(0, 80)}" is unknown. Name it ${Object.keys(KINDS).join(', ')}, alone or with a part after a dot (duration.unit-tests).`;
  if (!Number.isFinite(value)) return `The value of ${name} is not a number.`;
  if (value < 0) return `The value of ${name} is ${value}: it cannot be negative.`;
  if (kind.unit === 'percent' && value > 100)
    return `The value of ${name} is ${value}: it is a percentage, at most 100.`;
  if (kind.unit === 'count' && !Number.isInteger(value))
    return `The value of ${name} is ${value}: a count is a whole number.`;
  return value > MAX_VALUE ? `The value of ${name} is ${value}: at most ${MAX_VALUE} is allowed.` : null;
}

/** A figure as it leaves in verdicts and files: without the last digits of floating-point arithmetic. Nothing is judged by it. */
export const rounded = (value: number): number => Number(value.toFixed(4));

/** The value with its unit: `86.0 %`, `3`, `412 s`. */
export function valueText(unit: GateVerdict['unit'], value: number): string {
  if (unit === 'percent') return `${value.toFixed(1)} %`;
  if (unit === 'seconds') return `${value < 10 ? value.toFixed(1) : Math.round(value)} s`;
  return Number.isInteger(value) ? String(value) : value.toFixed(1);
}

/** What one gate decided about one metric of a run. */
export const GateVerdict = z.strictObject({
  /** `coverage`, `changed-lines`, `vulnerabilities.high`, `vulnerabilities.critical`, `duration`, ... */
  metric: z.string().min(1).max(100),
  status: z.enum(['passed', 'failed', 'skipped']),
  /** Null when it was not measured. */
  current: z.number().nullable(),
  /** What the last runs of the default branch had; null on the first run without a default. */
  baseline: z.number().nullable(),
  /** Current minus baseline; null when one of them is. */
  delta: z.number().nullable(),
  /** The bound that decided. */
  threshold: z.number().nullable(),
  unit: z.enum(['percent', 'count', 'seconds']),
  /** One line with current, baseline, delta, threshold and PASS or FAIL. */
  explanation: z.string().min(1).max(300),
});
export type GateVerdict = z.infer<typeof GateVerdict>;
