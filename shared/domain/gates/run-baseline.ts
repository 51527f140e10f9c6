import * as z from 'zod';
import { meanOf } from '../../kernel/numbers/sample.ts';
import { BASELINE_RUNS, type Baselines } from './baseline.ts';
import { METRIC_NAME } from './metric-kind.ts';

/** What the newest successful runs of a repository's default branch measured, on average: for the diagnosis of a failed run. */
export const RunBaseline = z.strictObject({
  /** When the newest of them was measured. */
  at: z.iso.datetime(),
  /** By name: `coverage`, `vulnerabilities.high`, `duration.tests`. */
  metrics: z.record(
    z.string().regex(METRIC_NAME),
    z.strictObject({ mean: z.number(), runs: z.number().int().positive() }),
  ),
});
export type RunBaseline = z.infer<typeof RunBaseline>;

/** The last ten values of each metric of the default branch; null before its first run. */
export function runBaselineOf({ defaultBranch, branches }: Baselines): RunBaseline | null {
  const runs = branches.find(({ branch }) => branch === defaultBranch)?.runs ?? [];
  const at = runs.at(-1)?.at;
  if (at === undefined) return null;
  const names = new Set(runs.flatMap(({ metrics }) => Object.keys(metrics)));
  const metrics = [...names].map((name) => {
    const values = runs.flatMap((run) => run.metrics[name]?.value ?? []).slice(-BASELINE_RUNS);
    return [name, { mean: Number(meanOf(values).toFixed(3)), runs: values.length }] as const;
  });
  return { at, metrics: Object.fromEntries(metrics) };
}

/** Totals of coverage as coverage.py, pytest-cov, Jest, Go and Vitest print them. */
const COVERAGE = [
  /^TOTAL\s+\d+\s+\d+(?:\s+\d+\s+\d+)?\s+(?<percent>\d{1,3}(?:\.\d+)?)%/,
  /\bTotal coverage: (?<percent>\d{1,3}(?:\.\d+)?)%/,
  /^All files\s*\|\s*(?<percent>\d{1,3}(?:\.\d+)?)\s*\|/,
  /^(?:total:\s+\(statements\)\s+|coverage: )(?<percent>\d{1,3}(?:\.\d+)?)%/,
  /\bCoverage for lines \((?<percent>\d{1,3}(?:\.\d+)?)%\)/,
];

/** The coverage that a log reports last, in percent; null when it reports none. */
export function coverageIn(lines: readonly string[]): number | null {
  for (const text of lines.toReversed()) {
    const percent = COVERAGE.map((form) => form.exec(text.trim())?.groups?.percent).find(
      (found) => found !== undefined,
    );
    if (percent !== undefined && Number(percent) <= 100) return Number(percent);
  }
  return null;
}

export interface RunMeasures {
  /** Percent. */
  readonly coverage: number | null;
  readonly seconds: number | null;
  /** Durations of the newest runs that passed on the default branch. */
  readonly usualSeconds: readonly number[];
}

/** A smaller fall is noise. */
const MIN_FALL_POINTS = 1;
const DOUBLED = 2;
/** Fewer runs say nothing about what is usual. */
const MIN_RUNS = 3;

/** Sentences about what is worse than the baseline: coverage that fell, a duration that doubled. Empty when nothing is. */
export function worseThanBaseline(measured: RunMeasures, baseline: RunBaseline | null): string[] {
  const { coverage, seconds, usualSeconds } = measured;
  const usual = baseline?.metrics.coverage;
  const fell =
    coverage !== null && usual !== undefined && usual.mean - coverage >= MIN_FALL_POINTS
      ? [
          `Coverage fell to ${coverage.toFixed(1)} %; the baseline is ${usual.mean.toFixed(1)} % (${usual.runs === 1 ? 'the last run' : `the last ${usual.runs} runs`} of the default branch).`,
        ]
      : [];
  const sorted = usualSeconds.toSorted((a, b) => a - b);
  const median = sorted[Math.floor(sorted.length / 2)] ?? 0;
  const slow =
    seconds !== null && sorted.length >= MIN_RUNS && median > 0 && seconds >= DOUBLED * median
      ? [
          `The run took ${minutes(seconds)}, ${(seconds / median).toFixed(1)} times the ${minutes(median)} of the runs that passed on the default branch (median of ${sorted.length}).`,
        ]
      : [];
  return [...fell, ...slow];
}

const minutes = (seconds: number): string =>
  seconds < 120 ? `${Math.round(seconds)} seconds` : `${Math.round(seconds / 60)} minutes`;
