import { numberText, percentText, shareText } from '@selfheal/kernel/numbers/number-words.ts';
import { medianOf } from '@selfheal/kernel/numbers/sample.ts';
import { trendOf } from '@selfheal/kernel/numbers/trend.ts';
import { counted } from '@selfheal/kernel/time-words.ts';
import { type RunRecord, rerunsOf } from './run-record.ts';

const DAY_MS = 24 * 60 * 60 * 1000;
const MINUTE = 60;

/** The goal of each KPI; most of them come from the requirements. */
const KPI_GOALS = {
  buildMinutesProposal: 15,
  buildMinutesDefault: 30,
  flakeRate: 0.05,
  daysToFixHigh: 7,
  daysToFixCritical: 3,
  satisfaction: 4,
  coverage: 90,
  unchangedFixes: 0.7,
  minutesToComment: 5,
  accuracy: 0.7,
  analysed: 0.9,
  adoption: 0.5,
} as const;

/** Figures that a deployed or local Selfheal keeps about its incidents. */
export interface OperationFigures {
  /** Median seconds from a failure to the comment on its pull request; null without any. */
  readonly secondsToComment: number | null;
  /** Share of actions with a known outcome that helped for good. */
  readonly accuracy: { readonly right: number; readonly of: number };
  /** Incidents whose failure was recognised, and how many kinds of failures that were. */
  readonly analysed: { readonly recognised: number; readonly of: number; readonly classes: number };
}

/** Pull requests with fixes by Selfheal. */
export interface ProposalCounts {
  readonly merged: number;
  /** Merged as they were proposed. */
  readonly unchanged: number;
  /** Closed without merging. */
  readonly closed: number;
  readonly open: number;
}

/** `missing`: what to do so that there is a figure, a clause. */
export type Measurement<T> = { readonly value: T } | { readonly missing: string };

export interface KpiInputs {
  readonly runs: readonly RunRecord[];
  readonly now: Date;
  readonly days: number;
  readonly operation: Measurement<OperationFigures>;
  readonly proposals: Measurement<ProposalCounts>;
  /** Mean of a survey among developers, 1 to 5. */
  readonly survey: number | null;
}

export interface Kpi {
  readonly id: string;
  readonly name: string;
  readonly goal: string;
  /** What was measured, or `not measured: ...`. */
  readonly measured: string;
  readonly status: 'met' | 'missed' | 'not-measured';
  /** What to do next; null when the goal is met. */
  readonly advice: string | null;
}

interface Finding {
  readonly text: string;
  readonly met: boolean;
}

/** Every KPI with its status. */
export function kpisOf(inputs: KpiInputs): Kpi[] {
  const from = inputs.now.getTime() - inputs.days * DAY_MS;
  const runs = inputs.runs.filter(({ at }) => Date.parse(at) >= from);
  const ofDefault = runs.filter(({ isDefaultBranch }) => isDefaultBranch);
  const goals = KPI_GOALS;
  const kpi = (
    id: string,
    [name, goal]: readonly [string, string],
    found: Measurement<Finding>,
    advice: string,
  ): Kpi =>
    'missing' in found
      ? { id, name, goal, measured: `not measured: ${found.missing}`, status: 'not-measured', advice: null }
      : {
          ...{ id, name, goal, measured: found.value.text },
          ...(found.value.met ? { status: 'met', advice: null } : { status: 'missed', advice }),
        };
  return [
    kpi(
      'build-time-proposal',
      ['Build time of pull requests', `< ${goals.buildMinutesProposal} min`],
      buildTime(
        runs.filter(({ isDefaultBranch }) => !isDefaultBranch),
        goals.buildMinutesProposal,
      ),
      'Shorten the slowest job (below), or run only the tests that a change touches.',
    ),
    kpi(
      'build-time-default',
      ['Build time of the default branch', `< ${goals.buildMinutesDefault} min`],
      buildTime(ofDefault, goals.buildMinutesDefault),
      'Shorten the slowest job (below); move what nobody waits for into a scheduled run.',
    ),
    kpi(
      'flake-rate',
      ['Reruns per successful build', `< ${100 * goals.flakeRate} %`],
      flakeRate(runs),
      'Find the tests that fail by chance with "selfheal flaky list", and quarantine or mend the costliest.',
    ),
    kpi(
      'mttr-high',
      ['Time until a high vulnerability is gone', `< ${goals.daysToFixHigh} days`],
      timeToFix(inputs, 'high', goals.daysToFixHigh),
      'Update the packages that the scanner names; plan a fixed day for it.',
    ),
    kpi(
      'mttr-critical',
      ['Time until a critical vulnerability is gone', `< ${goals.daysToFixCritical} days`],
      timeToFix(inputs, 'critical', goals.daysToFixCritical),
      'Stop other work for critical ones, and alert on them (config/monitoring).',
    ),
    kpi(
      'satisfaction',
      ['Satisfaction of developers', `> ${goals.satisfaction} of 5`],
      satisfaction(runs, inputs.survey),
      'Read the comments with thumbs down, and ask what was wrong in them.',
    ),
    kpi(
      'coverage',
      ['Coverage of 30 days', `rising, or stable above ${goals.coverage} %`],
      coverage(inputs),
      'Ask for tests with changed lines (MIN_CHANGED_COVERAGE), and look at "selfheal gate baseline --drift".',
    ),
    kpi(
      'unchanged-fixes',
      ['Fixes merged without changes', `> ${100 * goals.unchangedFixes} %`],
      fromShare(
        mapped(inputs.proposals, ({ merged, unchanged, closed }) => ({ hits: unchanged, of: merged + closed })),
        goals.unchangedFixes,
        'no pull request with a fix was decided',
      ),
      'Look at what people changed in the fixes, and raise the confidence from which on fixes are proposed.',
    ),
    kpi(
      'response-time',
      ['Failure to comment', `< ${goals.minutesToComment} min`],
      responseTime(inputs.operation),
      'See where the time goes in the dashboard; a slow model is the usual reason.',
    ),
    kpi(
      'accuracy',
      ['Actions that solved the failure', `> ${100 * goals.accuracy} %`],
      fromShare(
        mapped(inputs.operation, ({ accuracy }) => ({ hits: accuracy.right, of: accuracy.of })),
        goals.accuracy,
        'no action has a known outcome yet',
      ),
      'See which actions fail with "selfheal action stats", and require approval for them.',
    ),
    kpi(
      'failure-types',
      ['Failures that were recognised', `> ${100 * goals.analysed} %`],
      recognised(inputs.operation),
      'Add signatures for the failures that stay unknown ("selfheal incident list --class unknown").',
    ),
    kpi(
      'adoption',
      ['Suggested fixes that people took', `> ${100 * goals.adoption} %`],
      fromShare(
        mapped(inputs.proposals, ({ merged, closed }) => ({ hits: merged, of: merged + closed })),
        goals.adoption,
        'no pull request with a fix was decided',
      ),
      'Ask why suggestions were closed, and leave their kind of failure out until they are better.',
    ),
  ];
}

const mapped = <A, B>(of: Measurement<A>, change: (value: A) => B): Measurement<B> =>
  'missing' in of ? of : { value: change(of.value) };

function fromShare(
  counts: Measurement<{ readonly hits: number; readonly of: number }>,
  goal: number,
  missing: string,
): Measurement<Finding> {
  if ('missing' in counts) return counts;
  const { hits, of } = counts.value;
  if (of === 0) return { missing };
  return {
    value: { text: `${percentText(hits / of)} (${numberText(hits)} of ${numberText(of)})`, met: hits / of > goal },
  };
}

function buildTime(runs: readonly RunRecord[], goalMinutes: number): Measurement<Finding> {
  const durations = runs
    .filter(({ status }) => status === 'success')
    .flatMap(({ durationSeconds }) => durationSeconds ?? []);
  if (durations.length === 0) return { missing: 'no successful run with a duration is recorded' };
  const median = medianOf(durations);
  const text = `median ${minutes(median)} of ${durations.length} successful runs`;
  return { value: { text, met: median < goalMinutes * MINUTE } };
}

const minutes = (seconds: number): string =>
  seconds < MINUTE ? `${Math.round(seconds)} s` : `${(seconds / MINUTE).toFixed(1)} min`;

function flakeRate(runs: readonly RunRecord[]): Measurement<Finding> {
  const successes = runs.filter(({ status }) => status === 'success');
  if (successes.length === 0) return { missing: 'no successful run is recorded' };
  const reruns = successes.reduce((sum, run) => sum + rerunsOf(run), 0);
  const rate = reruns / successes.length;
  const text = `${shareText(rate)} (${counted(reruns, 'rerun')}, ${counted(successes.length, 'successful run')})`;
  return { value: { text, met: rate < KPI_GOALS.flakeRate } };
}

/**
 * Scans give counts, not names: when the count rises, that many findings open; when it falls, the oldest ones close. Findings of the first scan
 * count from its time on. An open finding that is older than the goal misses it, too.
 */
function timeToFix({ runs, now }: KpiInputs, severity: 'high' | 'critical', goalDays: number): Measurement<Finding> {
  const scans = runs
    .filter(({ isDefaultBranch, vulnerabilities }) => isDefaultBranch && vulnerabilities !== null)
    .toSorted((a, b) => a.run - b.run);
  if (scans.length === 0) return { missing: 'no scan of the default branch is recorded' };
  const open: number[] = [];
  const closed: number[] = [];
  for (const { at, vulnerabilities } of scans) {
    const time = Date.parse(at);
    const count = Math.min(vulnerabilities?.[severity] ?? 0, MAX_FOLLOWED);
    while (open.length < count) open.push(time);
    while (open.length > count) closed.push(Math.max(0, time - (open.shift() ?? time)) / DAY_MS);
  }
  const late = open.filter((since) => now.getTime() - since > goalDays * DAY_MS).length;
  if (closed.length === 0 && open.length === 0) return { value: { text: 'none was found', met: true } };
  const mean = closed.length === 0 ? null : closed.reduce((sum, days) => sum + days, 0) / closed.length;
  const text = [
    mean === null ? 'none was closed yet' : `mean ${mean.toFixed(1)} days of ${closed.length}`,
    `${open.length} open, ${late} of them for longer than ${goalDays} days`,
  ].join('; ');
  return { value: { text, met: late === 0 && (mean === null || mean < goalDays) } };
}

/** More findings than this are a number, not a list of tasks. */
const MAX_FOLLOWED = 1000;

/** The survey, or the reactions to comments on the scale of the survey. */
function satisfaction(runs: readonly RunRecord[], survey: number | null): Measurement<Finding> {
  const { positive, negative } = reactionsOf(runs);
  const all = positive + negative;
  const sentiment = all === 0 ? null : 1 + (4 * positive) / all;
  const reactions = all === 0 ? 'no reactions' : `reactions ${positive} positive, ${negative} negative`;
  const score = survey ?? sentiment;
  if (score === null) return { missing: 'nobody reacted to a comment, and no survey was given (--survey)' };
  const of = survey === null ? 'from reactions' : 'survey';
  return { value: { text: `${score.toFixed(1)} of 5 (${of}; ${reactions})`, met: score > KPI_GOALS.satisfaction } };
}

/** The newest count of reactions to the comments of each pull request. */
export function reactionsOf(runs: readonly RunRecord[]): { positive: number; negative: number } {
  const latest = new Map<number, NonNullable<RunRecord['reactions']>>();
  for (const { pullRequest, reactions } of runs.toSorted((a, b) => a.run - b.run))
    if (pullRequest !== null && reactions !== null) latest.set(pullRequest, reactions);
  return [...latest.values()].reduce(
    (sum, { positive, negative }) => ({ positive: sum.positive + positive, negative: sum.negative + negative }),
    { positive: 0, negative: 0 },
  );
}

const COVERAGE_DAYS = 30;
const SIGNIFICANT = 0.05;

function coverage({ runs, now }: KpiInputs): Measurement<Finding> {
  const from = now.getTime() - COVERAGE_DAYS * DAY_MS;
  const series = runs.flatMap(({ at, isDefaultBranch, coverage: value }) =>
    isDefaultBranch && value !== null && Date.parse(at) >= from ? [{ at: Date.parse(at) / DAY_MS, value }] : [],
  );
  if (series.length === 0) return { missing: 'no run of the default branch measured it' };
  const median = medianOf(series.map(({ value }) => value));
  const trend = trendOf(series);
  const moves = trend !== null && trend.p < SIGNIFICANT ? Math.sign(trend.slope) : 0;
  const words = trend === null ? 'too few runs for a trend' : moves === 0 ? 'stable' : moves > 0 ? 'rising' : 'falling';
  const text = `median ${median.toFixed(1)} % of ${series.length} runs, ${words}`;
  return { value: { text, met: moves > 0 || (moves === 0 && median > KPI_GOALS.coverage) } };
}

function responseTime(operation: Measurement<OperationFigures>): Measurement<Finding> {
  if ('missing' in operation) return operation;
  const { secondsToComment: seconds } = operation.value;
  if (seconds === null) return { missing: 'no pull request was commented on yet' };
  return { value: { text: `median ${minutes(seconds)}`, met: seconds < KPI_GOALS.minutesToComment * MINUTE } };
}

function recognised(operation: Measurement<OperationFigures>): Measurement<Finding> {
  if ('missing' in operation) return operation;
  const { recognised: hits, of, classes } = operation.value.analysed;
  const found = fromShare({ value: { hits, of } }, KPI_GOALS.analysed, 'no incident yet');
  return 'missing' in found
    ? found
    : { value: { ...found.value, text: `${found.value.text}, ${classes} kinds of failures` } };
}
