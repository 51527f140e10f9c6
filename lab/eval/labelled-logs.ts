import { calibrationError, errorsOfExact } from '@selfheal/cli-kit/figures/class-measures.ts';
import { type Figure, groupBy, statisticFigure } from '@selfheal/cli-kit/figures/figures.ts';
import type { ClassifyContext } from '@selfheal/diagnosis/failure/classify.ts';
import type { Classification } from '@selfheal/kernel/failure-class.ts';
import type { LineRanker } from '@selfheal/log-reading/logs/line-ranker.ts';
import { linesOf } from '../labels/read-labels.ts';
import { classesOfSourceLabel } from '../labels/source-labels.ts';
import { comparable, comparableLines, type SourceLog } from '../training/marked-logs.ts';
import { explainedExcerpt } from './excerpt-recall.ts';

/** Shorter logs are easy for anybody. */
export const MIN_LINES = 60;
export const BUDGETS = [20, 50, 100] as const;
const ALARMING = /error|fail|fatal|exception|panic/i;

/** What was found in one log, each as a share. */
export interface ReadLog {
  readonly group: string;
  readonly lines: number;
  readonly excerpt: readonly number[];
  readonly tail: readonly number[];
  readonly grep: readonly number[];
  readonly isCauseFirst: boolean;
  readonly isCauseInFive: boolean;
  readonly label: SourceLog['label'];
  readonly answer: Classification;
}

/** Share of the wanted lines among the first lines of each budget; `shown` are comparable texts, best first. */
export function recalls(wanted: ReadonlySet<string>, shown: readonly string[]): number[] {
  return BUDGETS.map((budget) => {
    const found = new Set(shown.slice(0, budget));
    return [...wanted].filter((line) => found.has(line)).length / Math.max(1, wanted.size);
  });
}

type Reading = Omit<ReadLog, 'group' | 'answer'>;

function readExcerpt({ label, text }: SourceLog, ranked: readonly { readonly number: number }[]): Reading {
  const lines = linesOf(text);
  const wanted = comparableLines(lines, label.cause_lines);
  const causes = comparableLines(lines, [label.cause_top, ...label.top_ok]);
  const shown = ranked.map(({ number }) => comparable(lines[number - 1] ?? ''));
  const last = lines
    .map(comparable)
    .filter((line) => line !== '')
    .reverse();
  return {
    label,
    lines: lines.length,
    excerpt: recalls(wanted, shown),
    tail: recalls(wanted, last),
    grep: recalls(
      wanted,
      last.filter((line) => ALARMING.test(line)),
    ),
    isCauseFirst: causes.has(shown[0] ?? ''),
    isCauseInFive: shown.slice(0, 5).some((line) => causes.has(line)),
  };
}

/** Reads a log as a person would have it read: the excerpt leads with the cause. `group`: what counts as its source. */
export function readLog(log: SourceLog, group: string, context: ClassifyContext, ranker: LineRanker): ReadLog {
  const { best, classification } = explainedExcerpt(log.text, context, ranker);
  return { ...readExcerpt(log, best.slice(0, Math.max(...BUDGETS))), answer: classification, group };
}

/** Mean over sources of the mean over their logs. */
function overSources(logs: readonly ReadLog[], scoreOf: (log: ReadLog) => number): number {
  const groups = [...groupBy(logs, ({ group }) => group).values()];
  const meanOf = (members: readonly ReadLog[]): number =>
    members.reduce((sum, log) => sum + scoreOf(log), 0) / members.length;
  return groups.reduce((sum, members) => sum + meanOf(members), 0) / groups.length;
}

function meanOverSources(
  name: string,
  logs: readonly ReadLog[],
  scoreOf: (log: ReadLog) => number,
  goal?: number,
): Figure[] {
  const statistic = (members: readonly ReadLog[]): number => overSources(members, scoreOf);
  return statisticFigure(name, logs, ({ group }) => group, statistic, goal === undefined ? {} : { goal });
}

function isRight({ answer, label }: ReadLog): boolean {
  return classesOfSourceLabel(label.class).includes(answer.class);
}

const RECALL_GOALS = [0.82, 0.9, 0.95] as const;

/** No reader is asked for more than two people agree on. */
const MAX_VERDICT_GOAL = 0.85;

/** `goals`: null where no goal is to be reached; otherwise on how many verdicts two people agree, as a share. */
export function figuresOf(logs: readonly ReadLog[], goals: { readonly agreedVerdicts: number } | null): Figure[] {
  const classed = logs.filter(({ label }) => classesOfSourceLabel(label.class).length > 0);
  const answered = classed.filter(({ answer }) => answer.class !== 'unknown');
  const labelled = logs.filter(({ label }) => label.verdict !== 'unknown');
  const exact = errorsOfExact(answered.map(({ answer }) => answer.confidence));
  const unsure = answered.filter(({ answer }) => answer.confidence >= 0.5 && answer.confidence < 0.8);
  const goal = (value: number): number | undefined => (goals === null ? undefined : value);
  return [
    ...BUDGETS.flatMap((budget, at) => [
      ...meanOverSources(
        `recall of cause lines at ${budget}`,
        logs,
        (log) => log.excerpt[at] ?? 0,
        goal(RECALL_GOALS[at] ?? 1),
      ),
      ...meanOverSources(`  the last ${budget} lines`, logs, (log) => log.tail[at] ?? 0),
      ...meanOverSources(`  grep, the last ${budget} matches`, logs, (log) => log.grep[at] ?? 0),
    ]),
    ...meanOverSources('cause first', logs, ({ isCauseFirst }) => Number(isCauseFirst), goal(0.55)),
    ...meanOverSources('cause among the first five', logs, ({ isCauseInFive }) => Number(isCauseInFive), goal(0.8)),
    ...meanOverSources('class', classed, (log) => Number(isRight(log)), goal(0.7)),
    ...meanOverSources('  abstained', classed, ({ answer }) => Number(answer.class === 'unknown')),
    ...meanOverSources('  right when it answered', answered, (log) => Number(isRight(log))),
    ...statisticFigure(
      'calibration error of answers',
      answered,
      ({ group }) => group,
      (members) => calibrationError(members.map((log) => ({ confidence: log.answer.confidence, right: isRight(log) }))),
      goals === null ? {} : { goal: exact.most, atMost: true },
    ),
    {
      name: '  of confidences that are exactly right, as many, on average',
      value: exact.mean,
      cases: answered.length,
    },
    ...statisticFigure(
      '  answers between .5 and .8 that are right',
      unsure,
      ({ group }) => group,
      (members) => members.filter(isRight).length / members.length,
      {},
    ),
    ...meanOverSources(
      'verdict',
      logs,
      ({ answer, label }) => Number(answer.verdict === label.verdict),
      goal(Math.min(MAX_VERDICT_GOAL, goals?.agreedVerdicts ?? 1)),
    ),
    ...meanOverSources('  where the label is not unknown', labelled, ({ answer, label }) =>
      Number(answer.verdict === label.verdict),
    ),
  ];
}
