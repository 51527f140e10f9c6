import { medianOf } from '@selfheal/kernel/numbers/sample.ts';
import { counted } from '@selfheal/kernel/time-words.ts';
import * as z from 'zod';
import { type RunRecord, rerunsOf } from './run-record.ts';

const seconds = z.number().min(0).max(1e9);

/** How long a run of a pull request took, and how long the runs of the default branch take. What was not measured is null. */
export const RunTimes = z.strictObject({
  durationSeconds: seconds.nullable(),
  /** The longest time that one of its jobs waited for a runner. */
  queueSeconds: seconds.nullable(),
  reruns: z.number().int().min(0),
  /** Medians of the last successful runs of the default branch; null when none is known. */
  baseline: z
    .strictObject({
      runs: z.number().int().positive(),
      durationSeconds: seconds.nullable(),
      queueSeconds: seconds.nullable(),
    })
    .nullable(),
});
export type RunTimes = z.infer<typeof RunTimes>;

/** As many runs as the baseline of the gates has. */
const MAX_BASELINE_RUNS = 10;

/** The times of a run beside those of the default branch, of the same workflow; `known`: runs in the order of their ids. */
export function runTimesOf(record: RunRecord, known: readonly RunRecord[]): RunTimes {
  const { durationSeconds, queueSeconds } = record;
  const runs = known
    .filter(
      ({ run, workflow, isDefaultBranch, status }) =>
        run !== record.run && workflow === record.workflow && isDefaultBranch && status === 'success',
    )
    .slice(-MAX_BASELINE_RUNS);
  const median = (of: (run: RunRecord) => number | null): number | null => {
    const values = runs.flatMap((run) => of(run) ?? []);
    return values.length === 0 ? null : medianOf(values);
  };
  const baseline =
    runs.length === 0
      ? null
      : {
          runs: runs.length,
          durationSeconds: median((run) => run.durationSeconds),
          queueSeconds: median((run) => run.queueSeconds),
        };
  return { durationSeconds, queueSeconds, reruns: rerunsOf(record), baseline };
}

/** `build 12 min (10 min on the default branch, median of 8 runs), queue 20 s (5 s), 1 re-run`; empty when nothing was measured. */
export function runTimesWords({ durationSeconds, queueSeconds, reruns, baseline }: RunTimes): string {
  if (durationSeconds === null) return '';
  const usual = baseline?.durationSeconds ?? null;
  const usualQueue = baseline?.queueSeconds ?? null;
  const against =
    usual === null
      ? 'no run of the default branch is known yet'
      : `${timeWords(usual)} on the default branch, median of ${counted(baseline?.runs ?? 0, 'run')}`;
  const queue =
    queueSeconds === null
      ? []
      : [`queue ${timeWords(queueSeconds)}${usualQueue === null ? '' : ` (${timeWords(usualQueue)})`}`];
  return [
    `build ${timeWords(durationSeconds)} (${against})`,
    ...queue,
    ...(reruns === 0 ? [] : [counted(reruns, 're-run')]),
  ].join(', ');
}

/** `45 s`, `12 min 30 s`. */
function timeWords(length: number): string {
  const whole = Math.round(length);
  const minutes = Math.floor(whole / 60);
  const rest = whole % 60;
  if (minutes === 0) return `${rest} s`;
  return rest === 0 ? `${minutes} min` : `${minutes} min ${rest} s`;
}
