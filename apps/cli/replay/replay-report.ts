import { type Proportion, proportionOf } from '@selfheal/kernel/numbers/proportion.ts';
import { medianOf } from '@selfheal/kernel/numbers/sample.ts';
import type { Advice, Mark } from '#shared/domain/replay/past-failure.ts';
import type { ReplayedRun } from './replay-run.ts';

type MarkCounts = Readonly<Record<Mark, number>>;

/** What a replay of a repository's past failures shows. */
export interface ReplayReport {
  readonly version: 1;
  readonly repository: string;
  readonly madeAt: string;
  /** How many failed runs were asked for. */
  readonly wanted: number;
  /** Completed runs that were looked at. */
  readonly looked: number;
  /** Why it ended early; null when it did not. */
  readonly stopped: string | null;
  /** A model that explained; null for the built-in rules. */
  readonly model: string | null;
  readonly totals: ReplayTotals;
  /** Newest first. */
  readonly runs: readonly ReplayedRun[];
}

export interface ReplayTotals {
  readonly failures: number;
  /** Those with a log that could be read. */
  readonly explained: number;
  readonly byAdvice: Readonly<Record<Advice, MarkCounts & { readonly runs: number }>>;
  readonly byOutcome: Readonly<Record<ReplayedRun['outcome']['kind'], number>>;
  readonly marks: MarkCounts;
  /** How often advice would have been wrong, among what can be judged; null when nothing can. */
  readonly wrong: Proportion | null;
  /** The same for re-runs without asking a person. */
  readonly wrongReruns: Proportion | null;
  readonly files: MarkCounts;
  /** Half of the failures that a re-run without asking would have ended were green again after so many minutes, or later; null without any. */
  readonly medianMinutesToGreen: number | null;
  readonly cost: {
    readonly awsMicrodollars: number;
    /** Null when the model has no price. */
    readonly modelMicrodollars: number | null;
    readonly runnerMinutes: number;
  };
}

const countMarks = (marks: readonly Mark[]): MarkCounts => {
  const counts = { right: 0, wrong: 0, unknown: 0 };
  for (const mark of marks) counts[mark] += 1;
  return counts;
};

const wrongOf = ({ right, wrong }: MarkCounts): Proportion | null => proportionOf(wrong, right + wrong);

export function totalsOf(runs: readonly ReplayedRun[]): ReplayTotals {
  const explained = runs.filter(({ answer }) => answer !== null);
  const of = (advice: Advice) => explained.filter(({ answer }) => answer?.advice === advice);
  const adviceCounts = (advice: Advice) => ({
    runs: of(advice).length,
    ...countMarks(of(advice).map(({ mark }) => mark)),
  });
  const byOutcome = { 'passed-again': 0, changed: 0, 'failed-again': 0, open: 0 };
  for (const { outcome } of runs) byOutcome[outcome.kind] += 1;
  const marks = countMarks(explained.map(({ mark }) => mark));
  const waited = of('rerun').flatMap(({ mark, greenAfterMinutes }) =>
    mark === 'right' ? (greenAfterMinutes ?? []) : [],
  );
  const byAdvice = {
    rerun: adviceCounts('rerun'),
    ask: adviceCounts('ask'),
    change: adviceCounts('change'),
    nothing: adviceCounts('nothing'),
  };
  const prices = explained.map(({ cost }) => cost.modelMicrodollars);
  return {
    failures: runs.length,
    explained: explained.length,
    byAdvice,
    byOutcome,
    marks,
    wrong: wrongOf(marks),
    wrongReruns: wrongOf(byAdvice.rerun),
    files: countMarks(explained.map(({ fileMark }) => fileMark)),
    medianMinutesToGreen: waited.length === 0 ? null : medianOf(waited),
    cost: {
      awsMicrodollars: explained.reduce((sum, { cost }) => sum + cost.awsMicrodollars, 0),
      modelMicrodollars: prices.includes(null) ? null : prices.reduce<number>((sum, price) => sum + (price ?? 0), 0),
      runnerMinutes: explained.reduce((sum, { cost }) => sum + cost.runnerMinutes, 0),
    },
  };
}
