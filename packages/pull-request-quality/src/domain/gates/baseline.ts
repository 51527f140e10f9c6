import * as z from 'zod';
import { METRIC_NAME, metricKindOf, metricProblem } from './metric-kind.ts';

/** How many runs a baseline averages. */
export const BASELINE_RUNS = 10;
/** Runs that are kept of a branch: enough for ten values of a metric that not every run measures, and for the review of drift. */
const MAX_RUNS = 100;
const MAX_BRANCHES = 10;
const MAX_METRICS = 40;
const MAX_CHANGES = 50;

const MetricName = z.string().regex(METRIC_NAME);

/** Values of metrics by name. */
export type MetricValues = Readonly<Record<string, number>>;

const Measured = z
  .strictObject({ value: z.number(), attempt: z.number().int().positive() })
  .describe('A value and the attempt of the run that measured it.');

/** What one successful run of the default branch measured. */
const RecordedRun = z.strictObject({
  /** Id of the run. GitHub's ids only grow, so they order runs even when a clock was set back. */
  run: z.number().int().positive(),
  attempt: z.number().int().positive(),
  commit: z
    .string()
    .regex(/^[0-9a-f]{7,64}$/)
    .nullable(),
  at: z.iso.datetime(),
  metrics: z
    .record(MetricName, Measured)
    .refine((metrics) => Object.keys(metrics).length <= MAX_METRICS, `At most ${MAX_METRICS} metrics.`)
    .refine(
      (metrics) => Object.entries(metrics).every(([name, { value }]) => metricProblem(name, value) === null),
      'A value is not possible for its metric.',
    ),
});
export type RecordedRun = z.infer<typeof RecordedRun>;

const BranchRuns = z.strictObject({
  branch: z.string().min(1).max(255),
  /** By id, oldest first. */
  runs: z
    .array(RecordedRun)
    .max(MAX_RUNS)
    .refine((runs) => runs.every(({ run }, at) => run > (runs[at - 1]?.run ?? 0)), 'Runs must be in order, each once.'),
});

/** The document `baselines`: what the last successful runs of the default branch measured. */
export const Baselines = z.strictObject({
  version: z.literal(1),
  /** Counts up with each change. */
  revision: z.number().int().nonnegative(),
  /** Null before the first run. */
  defaultBranch: z.string().min(1).max(255).nullable(),
  branches: z.array(BranchRuns).max(MAX_BRANCHES),
  /** What was done by hand, newest last. */
  changes: z
    .array(
      z.strictObject({
        at: z.iso.datetime(),
        kind: z.enum(['imported', 'forgotten', 'renamed']),
        what: z.string().min(1).max(300),
      }),
    )
    .max(MAX_CHANGES),
});
export type Baselines = z.infer<typeof Baselines>;

export const BASELINES = {
  schema: Baselines,
  empty: { version: 1, revision: 0, defaultBranch: null, branches: [], changes: [] } satisfies Baselines,
  what: 'baseline',
} as const;
/** Name of the state document. */
export const BASELINES_DOCUMENT = 'baselines';

export interface NewRun {
  readonly run: number;
  readonly attempt: number;
  readonly commit: string | null;
  readonly at: string;
  readonly metrics: MetricValues;
}

/**
 * Adds a run to the baselines of the default branch. Runs may come in any order and more than once: a later attempt replaces what it measured
 * again, and of two values of one attempt the worse one is kept. When the default branch had another name before, it was renamed, and its runs
 * move along. Null when nothing changes.
 */
export function withRun(baselines: Baselines, branch: string, given: NewRun): Baselines | null {
  const moved = withDefaultBranch(baselines, branch, given.at);
  const known = moved.branches.find((one) => one.branch === branch)?.runs ?? [];
  const { run, attempt, commit, at } = given;
  const measured = Object.entries(given.metrics).map(([name, value]) => [name, { value, attempt }] as const);
  const added: RecordedRun = { run, attempt, commit, at, metrics: inOrder(measured) };
  const same = known.find((one) => one.run === run);
  const merged = same === undefined ? added : mergedRun(same, added);
  const runs = [...known.filter((one) => one.run !== run), merged].sort((a, b) => a.run - b.run).slice(-MAX_RUNS);
  if (moved === baselines && JSON.stringify(runs) === JSON.stringify(known)) return null;
  const others = moved.branches.filter((one) => one.branch !== branch).slice(1 - MAX_BRANCHES);
  return { ...moved, revision: baselines.revision + 1, branches: [...others, { branch, runs }] };
}

function withDefaultBranch(baselines: Baselines, branch: string, at: string): Baselines {
  const { defaultBranch: before } = baselines;
  if (before === branch) return baselines;
  if (before === null) return { ...baselines, defaultBranch: branch };
  const hasRuns = baselines.branches.some((one) => one.branch === branch);
  const branches = hasRuns
    ? baselines.branches
    : baselines.branches.map((one) => (one.branch === before ? { ...one, branch } : one));
  return changed({ ...baselines, defaultBranch: branch, branches }, at, 'renamed', `${before} is now ${branch}`);
}

/** Commutative, associative and idempotent, so that runs may come in any order and more than once. */
function mergedRun(a: RecordedRun, b: RecordedRun): RecordedRun {
  const [first = a] = [a, b].sort(
    (one, other) => other.attempt - one.attempt || compare(one.at, other.at) || compare(one.commit, other.commit),
  );
  const metrics = { ...a.metrics };
  for (const [name, measured] of Object.entries(b.metrics)) {
    const other = metrics[name];
    metrics[name] = other === undefined ? measured : decisive(name, other, measured);
  }
  return { ...first, metrics: inOrder(Object.entries(metrics)) };
}

const inOrder = (metrics: readonly (readonly [string, z.infer<typeof Measured>])[]): RecordedRun['metrics'] =>
  Object.fromEntries(metrics.toSorted(([one], [other]) => compare(one, other)).slice(0, MAX_METRICS));

const compare = (a: string | null, b: string | null): number => ((a ?? '') < (b ?? '') ? -1 : a === b ? 0 : 1);

function decisive(name: string, a: z.infer<typeof Measured>, b: z.infer<typeof Measured>): z.infer<typeof Measured> {
  if (a.attempt !== b.attempt) return a.attempt > b.attempt ? a : b;
  const isWorse = metricKindOf(name)?.worse === 'lower' ? a.value <= b.value : a.value >= b.value;
  return isWorse ? a : b;
}

function changed(
  baselines: Baselines,
  at: string,
  kind: Baselines['changes'][number]['kind'],
  what: string,
): Baselines {
  return { ...baselines, changes: [...baselines.changes, { at, kind, what: what.slice(0, 300) }].slice(-MAX_CHANGES) };
}

/** Removes a run that measured something wrong; null when there is no such run. */
export function withoutRun(baselines: Baselines, branch: string, run: number, at: string): Baselines | null {
  const runs = baselines.branches.find((one) => one.branch === branch)?.runs ?? [];
  if (!runs.some((one) => one.run === run)) return null;
  const branches = baselines.branches.map((one) =>
    one.branch === branch ? { branch, runs: one.runs.filter((each) => each.run !== run) } : one,
  );
  const next = { ...baselines, revision: baselines.revision + 1, branches };
  return changed(next, at, 'forgotten', `run ${run} of ${branch}`);
}

/** Adds the runs of a file to those already there. */
export function withImported(
  baselines: Baselines,
  branch: string,
  runs: readonly NewRun[],
  { at, from }: { readonly at: string; readonly from: string },
): Baselines {
  const merged = runs.reduce<Baselines>((sum, run) => withRun(sum, branch, run) ?? sum, baselines);
  return changed({ ...merged, revision: baselines.revision + 1 }, at, 'imported', `${runs.length} runs from ${from}`);
}

/** The runs that a check compares with. */
export interface BaselineView {
  readonly branch: string;
  /** Oldest first. */
  readonly runs: readonly RecordedRun[];
  /** Set when the runs are those of the default branch: under its former name, or because `branch` has none. */
  readonly instead: string | null;
}

/**
 * The runs of `branch`, else those of the default branch. A run of the branch itself is compared with those before it, so that its verdict is
 * the same before and after it was recorded.
 */
export function baselineFor(baselines: Baselines, branch: string, ownRun: number | null): BaselineView {
  const named = (name: string | null) => baselines.branches.find((one) => one.branch === name);
  const own = named(branch);
  const found = own ?? named(baselines.defaultBranch);
  const runs = found?.runs ?? [];
  const isOwn = ownRun !== null && runs.some(({ run }) => run === ownRun);
  return {
    branch: found?.branch ?? branch,
    runs: isOwn ? runs.filter(({ run }) => run < ownRun) : runs,
    instead: found === undefined || found === own ? null : found.branch,
  };
}

/** The last values of a metric, oldest first, at most ten. */
export function lastValues(runs: readonly RecordedRun[], metric: string, limit = BASELINE_RUNS): number[] {
  return runs.flatMap(({ metrics }) => metrics[metric]?.value ?? []).slice(-limit);
}
