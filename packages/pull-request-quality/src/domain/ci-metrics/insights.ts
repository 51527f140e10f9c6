import { medianOf } from '@selfheal/kernel/numbers/sample.ts';
import { type Trend, trendOf } from '@selfheal/kernel/numbers/trend.ts';
import { counted } from '@selfheal/kernel/time-words.ts';
import { type Kpi, type KpiInputs, kpisOf, reactionsOf } from './kpis.ts';
import { type RunRecord, rerunsOf } from './run-record.ts';

const DAY_MS = 24 * 60 * 60 * 1000;
const SIGNIFICANT = 0.05;

/** How a figure moves over the days of a report. */
export interface MetricTrend {
  readonly name: string;
  readonly unit: 's' | '%' | '';
  readonly values: number;
  readonly median: number;
  /** Null when there are too few values. */
  readonly trend: Trend | null;
  readonly direction: 'rising' | 'falling' | 'steady' | 'unknown';
}

/** Advice that follows from figures. */
interface Recommendation {
  /** Seconds of waiting that it concerns, per run; orders the list. */
  readonly weight: number;
  readonly text: string;
}

/** What the runs of some days show, and what to do next. */
export interface CiInsights {
  readonly at: string;
  readonly days: number;
  readonly runs: number;
  readonly succeeded: number;
  readonly trends: readonly MetricTrend[];
  readonly kpis: readonly Kpi[];
  readonly recommendations: readonly string[];
  readonly reactions: { readonly positive: number; readonly negative: number };
  /** Mean of a survey, 1 to 5; null when there was none. */
  readonly survey: number | null;
}

export function insightsOf(inputs: KpiInputs): CiInsights {
  const from = inputs.now.getTime() - inputs.days * DAY_MS;
  const runs = inputs.runs.filter(
    ({ at }) => Date.parse(at) >= from && Date.parse(at) <= inputs.now.getTime() + DAY_MS,
  );
  const trends = trendsOf(runs);
  return {
    at: inputs.now.toISOString(),
    days: inputs.days,
    runs: runs.length,
    succeeded: runs.filter(({ status }) => status === 'success').length,
    trends,
    kpis: kpisOf(inputs),
    recommendations: recommend(runs, trends),
    reactions: reactionsOf(runs),
    survey: inputs.survey,
  };
}

/** Trends by the rules of Theil and Sen, and of Mann and Kendall, at 5 %. */
function trendsOf(runs: readonly RunRecord[]): MetricTrend[] {
  const trend = (name: string, unit: MetricTrend['unit'], value: (run: RunRecord) => number | null): MetricTrend[] => {
    const series = runs.flatMap((run) => {
      const found = value(run);
      return found === null ? [] : [{ at: Date.parse(run.at) / DAY_MS, value: found }];
    });
    if (series.length === 0) return [];
    const found = trendOf(series);
    const moves = found !== null && found.p < SIGNIFICANT && found.slope !== 0;
    const direction = found === null ? 'unknown' : !moves ? 'steady' : found.slope > 0 ? 'rising' : 'falling';
    const median = medianOf(series.map((one) => one.value));
    return [{ name, unit, values: series.length, median, trend: found, direction }];
  };
  const ofDefault = (value: (run: RunRecord) => number | null) => (run: RunRecord) =>
    run.isDefaultBranch ? value(run) : null;
  const succeeded = (run: RunRecord, value: number | null) => (run.status === 'success' ? value : null);
  return [
    ...trend('build duration', 's', (run) => succeeded(run, run.durationSeconds)),
    ...trend('queue time', 's', ({ queueSeconds }) => queueSeconds),
    ...trend('reruns', '', rerunsOf),
    ...trend(
      'coverage of the default branch',
      '%',
      ofDefault(({ coverage }) => coverage),
    ),
    ...trend(
      'critical vulnerabilities',
      '',
      ofDefault(({ vulnerabilities }) => vulnerabilities?.critical ?? null),
    ),
    ...trend(
      'high vulnerabilities',
      '',
      ofDefault(({ vulnerabilities }) => vulnerabilities?.high ?? null),
    ),
  ];
}

const MAX_RECOMMENDATIONS = 8;
/** Shorter jobs and waits are not worth the work. */
const WORTH_SECONDS = 120;
const WORTH_QUEUE_SECONDS = 60;
const LONG_SHARE = 0.5;
const MIN_RUNS = 5;

/** What would help most, from the runs alone. Empty when nothing stands out. */
function recommend(runs: readonly RunRecord[], trends: readonly MetricTrend[]): string[] {
  const found: Recommendation[] = [
    ...slowJobs(runs),
    ...unevenJobs(runs),
    ...waiting(runs),
    ...reruns(runs),
    ...failingJobs(runs),
    ...trends.flatMap(trendAdvice),
  ];
  return found
    .sort((a, b) => b.weight - a.weight)
    .slice(0, MAX_RECOMMENDATIONS)
    .map(({ text }) => text);
}

const jobTimes = (runs: readonly RunRecord[]): Map<string, number[]> => {
  const times = new Map<string, number[]>();
  for (const { jobs } of runs)
    for (const { name, seconds, status } of jobs)
      if (seconds !== null && status === 'success') times.set(name, [...(times.get(name) ?? []), seconds]);
  return times;
};
const spent = (seconds: number): string =>
  seconds < 60 ? `${Math.round(seconds)} s` : `${(seconds / 60).toFixed(1)} min`;

function slowJobs(runs: readonly RunRecord[]): Recommendation[] {
  const durations = runs.flatMap(({ durationSeconds }) => durationSeconds ?? []);
  if (durations.length < MIN_RUNS) return [];
  const whole = medianOf(durations);
  const [slowest] = [...jobTimes(runs)]
    .filter(([, times]) => times.length >= MIN_RUNS)
    .map(([name, times]) => ({ name, median: medianOf(times) }))
    .sort((a, b) => b.median - a.median);
  if (slowest === undefined || slowest.median < WORTH_SECONDS || slowest.median < LONG_SHARE * whole) return [];
  const text = `The job "${slowest.name}" takes ${spent(slowest.median)} of ${spent(whole)} (medians): split it into a matrix, select tests by what a change touches, or cache what it builds.`;
  return [{ weight: slowest.median, text }];
}

/** A job whose long runs take twice as long as its usual ones mostly misses its cache in them. */
function unevenJobs(runs: readonly RunRecord[]): Recommendation[] {
  return [...jobTimes(runs)].flatMap(([name, times]) => {
    if (times.length < 2 * MIN_RUNS) return [];
    const median = medianOf(times);
    const slow = times.toSorted((a, b) => a - b)[Math.floor(0.9 * times.length)] ?? median;
    if (slow < 2 * median || slow - median < WORTH_SECONDS) return [];
    const text = `The job "${name}" usually takes ${spent(median)}, but one run in ten ${spent(slow)} or more: check how often its cache is hit (key, restore-keys, branch).`;
    return [{ weight: (slow - median) / 10, text }];
  });
}

function waiting(runs: readonly RunRecord[]): Recommendation[] {
  const waits = runs.flatMap(({ queueSeconds }) => queueSeconds ?? []);
  if (waits.length < MIN_RUNS || medianOf(waits) < WORTH_QUEUE_SECONDS) return [];
  const median = medianOf(waits);
  const text = `Jobs wait ${spent(median)} for a runner (median of the longest wait of a run): add runners, cancel runs that a newer commit replaces (concurrency), or join small jobs.`;
  return [{ weight: median, text }];
}

function reruns(runs: readonly RunRecord[]): Recommendation[] {
  const again = runs.filter((run) => rerunsOf(run) > 0);
  if (again.length === 0) return [];
  const lost = again.reduce((sum, run) => sum + rerunsOf(run) * (run.durationSeconds ?? 0), 0);
  const helped = again.filter(({ status }) => status === 'success').length;
  const text = `${again.length} of ${counted(runs.length, 'run')} ${again.length === 1 ? 'was' : 'were'} started again, about ${spent(lost)} in all; ${helped} succeeded in the end, so their first failure was probably by chance: see "selfheal flaky list".`;
  return [{ weight: lost / runs.length, text }];
}

const OFTEN = 0.1;
function failingJobs(runs: readonly RunRecord[]): Recommendation[] {
  const counts = new Map<string, { failed: number; all: number; seconds: number }>();
  for (const { isDefaultBranch, jobs, durationSeconds } of runs) {
    if (!isDefaultBranch) continue;
    for (const { name, status } of jobs) {
      if (status !== 'success' && status !== 'failure') continue;
      const known = counts.get(name) ?? { failed: 0, all: 0, seconds: 0 };
      const failed = status === 'failure';
      counts.set(name, {
        failed: known.failed + (failed ? 1 : 0),
        all: known.all + 1,
        seconds: known.seconds + (failed ? (durationSeconds ?? 0) : 0),
      });
    }
  }
  return [...counts].flatMap(([name, { failed, all, seconds }]) => {
    if (failed < 2 || failed / all < OFTEN) return [];
    const text = `The job "${name}" failed in ${failed} of ${all} runs of the default branch: run it in pull requests before the merge, or mend what it shows.`;
    return [{ weight: seconds / all, text }];
  });
}

function trendAdvice({ name, direction, trend, unit }: MetricTrend): Recommendation[] {
  if (trend === null) return [];
  const week = `${Math.abs(7 * trend.slope).toFixed(1)}${unit === '%' ? ' points' : unit === 's' ? ' s' : ''} a week`;
  const evidence = `(p = ${trend.p.toFixed(3)})`;
  if (name === 'build duration' && direction === 'rising')
    return [
      {
        weight: 7 * trend.slope,
        text: `The build time rises by ${week} ${evidence}: compare the jobs of the first and the last runs.`,
      },
    ];
  if (name.startsWith('coverage') && direction === 'falling')
    return [{ weight: WORTH_SECONDS, text: `The coverage falls by ${week} ${evidence}: raise MIN_CHANGED_COVERAGE.` }];
  if (name.endsWith('vulnerabilities') && direction === 'rising')
    return [
      {
        weight: WORTH_SECONDS,
        text: `There are more and more ${name}, ${week} ${evidence}: update the packages that the scanner names.`,
      },
    ];
  return [];
}
