import type { Figure, FigureReport } from '@selfheal/cli-kit/figures/figures.ts';
import { figuresByGroup, meanFigure, proportion } from '@selfheal/cli-kit/figures/figures.ts';
import type { ClassifyContext } from '@selfheal/diagnosis/failure/classify.ts';
import { phrase } from '@selfheal/kernel/text/redacted-text.ts';
import { type ExcerptLine, makeExcerpter } from '@selfheal/log-reading/logs/excerpt.ts';
import type { LineRanker } from '@selfheal/log-reading/logs/line-ranker.ts';
import { makePassingLines } from '@selfheal/log-reading/logs/passing-lines.ts';
import { cleanLine } from '@selfheal/redaction/clean-line.ts';
import { makeRedactor } from '@selfheal/redaction/redact.ts';
import { byScore, MAX_EVIDENCE_LINES } from '#shared/app/gather/excerpts.ts';
import { type ExplainedExcerpt, explainExcerpt } from '#shared/app/triage/explained-excerpt.ts';
import { linesOf } from '../labels/read-labels.ts';

/** A log and the lines that a person marked as the failure. */
export interface MarkedLog {
  readonly group: string;
  readonly text: string;
  /** Ranges of 1-based lines (ended by LF), both ends included. */
  readonly marked: readonly (readonly [first: number, last: number])[];
  /** The log of a passing run of the same job, if available. */
  readonly passing?: string;
}

/** Recall and precision of an excerpt of one length. */
interface KeptShare {
  readonly group: string;
  readonly budget: number;
  /** Share of the marked, non-blank lines that the excerpt contains. */
  readonly recall: number;
  /** Share of the excerpt's lines that are marked. */
  readonly precision: number;
}

const BUDGETS = [20, 50, 100, 200] as const;
const MAX_BUDGET = Math.max(...BUDGETS);

/** The lines of the excerpt, best first, before the cause is put in front; `ranker`: another one than the shipped. */
export function rankedExcerpt(
  text: string,
  maxLines: number,
  passingText?: string,
  ranker?: LineRanker,
): ExcerptLine[] {
  return [...excerptOf(text, maxLines, passingText, ranker).lines].sort(byScore);
}

/** The excerpt that leads with the cause, as `selfheal log excerpt` prints it. */
export function explainedExcerpt(text: string, context: ClassifyContext, ranker?: LineRanker): ExplainedExcerpt {
  return explainExcerpt(phrase`log`, excerptOf(text, MAX_EVIDENCE_LINES, undefined, ranker), context);
}

function excerptOf(text: string, maxLines: number, passingText: string | undefined, ranker: LineRanker | undefined) {
  const redactor = makeRedactor();
  const passing = makePassingLines();
  passing.push(passingText ?? '');
  const excerpter = makeExcerpter({ maxLines, redactor, passing, ...(ranker ? { ranker } : {}) });
  excerpter.push(text);
  return excerpter.finish();
}

/** Numbers of the marked lines that are not blank without colour codes. */
function markedNumbers({ text, marked }: MarkedLog): Set<number> {
  const lines = linesOf(text);
  const numbers = new Set<number>();
  for (const [first, last] of marked) {
    for (let number = first; number <= last; number++) {
      const line = lines[number - 1];
      if (line !== undefined && cleanLine(line).trim() !== '') numbers.add(number);
    }
  }
  return numbers;
}

/** Recall and precision of one log at each excerpt length; empty when only blank lines are marked. */
export function keptShares(log: MarkedLog, ranker?: LineRanker): KeptShare[] {
  const marked = markedNumbers(log);
  if (marked.size === 0) return [];
  const ranked = rankedExcerpt(log.text, MAX_BUDGET, log.passing, ranker);
  return BUDGETS.map((budget) => {
    const kept = ranked.slice(0, budget);
    const hits = kept.filter(({ number }) => marked.has(number)).length;
    const precision = kept.length === 0 ? 0 : hits / kept.length;
    return { group: log.group, budget, recall: hits / marked.size, precision };
  });
}

export interface ExcerptGoals {
  readonly recall?: Readonly<Record<number, number>>;
  readonly full?: Readonly<Record<number, number>>;
}

/** The same figures under other conditions, with `suffix` added to their names. */
export function namedFigures(shares: readonly KeptShare[], suffix: string): Figure[] {
  return figuresOf(shares, {}).map((figure) => ({ ...figure, name: `${figure.name}, ${suffix}` }));
}

function figuresOf(shares: readonly KeptShare[], goals: ExcerptGoals): Figure[] {
  return BUDGETS.flatMap((budget) => {
    const atBudget = shares.filter((share) => share.budget === budget);
    const full = atBudget.filter(({ recall }) => recall === 1).length;
    const scored = (pick: (share: KeptShare) => number) =>
      atBudget.map((share) => ({ group: share.group, value: pick(share) }));
    return [
      ...meanFigure(
        `line recall at ${budget}`,
        scored((share) => share.recall),
        goalOf(goals.recall?.[budget]),
      ),
      ...proportion(`all lines found at ${budget}`, full, atBudget.length, goalOf(goals.full?.[budget])),
      ...meanFigure(
        `line precision at ${budget}`,
        scored((share) => share.precision),
      ),
    ];
  });
}

function goalOf(goal: number | undefined): { goal?: number } {
  return goal === undefined ? {} : { goal };
}

/**
 * Line recall (mean over logs), share of logs with all lines found, and precision, at 20, 50, 100 and 200 excerpt lines. Blank lines do not
 * count.
 */
export function excerptReport(shares: readonly KeptShare[], goals: ExcerptGoals): FigureReport {
  return {
    figures: figuresOf(shares, goals),
    byGroup: figuresByGroup(
      shares,
      ({ group }) => group,
      (members) => figuresOf(members, {}),
    ),
  };
}
