import * as z from 'zod';
import { lastValues, type MetricValues, type NewRun, type RecordedRun } from './baseline.ts';
import { baselineOf } from './judge-metric.ts';
import { METRIC_NAME, metricKindOf, metricProblem, rounded } from './metric-kind.ts';

/** Where pipelines keep the file. */
export const QUALITY_METRICS_FILE = 'ci_metrics/quality_metrics.json';
const MAX_RUNS = 100;

const Values = z
  .record(z.string().regex(METRIC_NAME), z.number())
  .refine(
    (values) => Object.entries(values).every(([name, value]) => metricProblem(name, value) === null),
    'A value is not possible for its metric.',
  );

/** A baseline as a file that people read and keep: `ci_metrics/quality_metrics.json`. */
export const QualityMetricsFile = z.strictObject({
  version: z.literal(1),
  branch: z.string().min(1).max(255),
  updated_at: z.iso.datetime(),
  /** The mean of the last ten runs that measured it. Only for readers: an import computes it anew. */
  baseline: z.record(z.string(), z.strictObject({ value: z.number(), runs: z.number().int() })),
  /** Oldest first. */
  history: z
    .array(
      z.strictObject({
        timestamp: z.iso.datetime(),
        workflow_run_id: z.number().int().positive(),
        attempt: z.number().int().positive(),
        commit: z.string().nullable(),
        metrics: Values,
      }),
    )
    .max(MAX_RUNS),
});
export type QualityMetricsFile = z.infer<typeof QualityMetricsFile>;

/** The baselines after the last of these runs. */
export function baselinesOf(runs: readonly RecordedRun[]): Record<string, { value: number; runs: number }> {
  const names = [...new Set(runs.flatMap(({ metrics }) => Object.keys(metrics)))].sort();
  return Object.fromEntries(
    names.flatMap((name) => {
      const kind = metricKindOf(name);
      const found = kind === null ? null : baselineOf(kind, lastValues(runs, name));
      return found === null ? [] : [[name, { value: rounded(found.value), runs: found.runs }]];
    }),
  );
}

/** A version of the baseline: how it was after a run. */
export interface BaselineVersion {
  readonly run: number;
  readonly commit: string | null;
  readonly at: string;
  readonly baseline: Readonly<Record<string, { readonly value: number; readonly runs: number }>>;
}

/** The last `limit` versions of the baseline, newest first. */
export function baselineVersions(runs: readonly RecordedRun[], limit: number): BaselineVersion[] {
  return runs
    .map(({ run, commit, at }, index) => ({ run, commit, at, index }))
    .slice(-limit)
    .reverse()
    .map(({ index, ...version }) => ({ ...version, baseline: baselinesOf(runs.slice(0, index + 1)) }));
}

/** The file of a branch, as it was after the run `asOf`, or as it is. */
export function qualityMetricsFile(
  branch: string,
  runs: readonly RecordedRun[],
  { at, asOf }: { readonly at: string; readonly asOf: number | null },
): QualityMetricsFile {
  const kept = asOf === null ? runs : runs.filter(({ run }) => run <= asOf);
  return {
    version: 1,
    branch,
    updated_at: at,
    baseline: baselinesOf(kept),
    history: kept.map((one) => ({
      timestamp: one.at,
      workflow_run_id: one.run,
      attempt: one.attempt,
      commit: one.commit,
      metrics: plainMetrics(one),
    })),
  };
}

const plainMetrics = ({ metrics }: RecordedRun): MetricValues =>
  Object.fromEntries(Object.entries(metrics).map(([name, { value }]) => [name, rounded(value)]));

/** The runs of a file, to be imported. */
export function runsOfFile({ history }: QualityMetricsFile): NewRun[] {
  return history.map(({ timestamp, workflow_run_id, attempt, commit, metrics }) => ({
    run: workflow_run_id,
    attempt,
    commit: /^[0-9a-f]{7,64}$/.test(commit ?? '') ? commit : null,
    at: timestamp,
    metrics,
  }));
}
