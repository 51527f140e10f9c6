import type { Figure } from '@selfheal/cli-kit/figures/figures.ts';
import { figuresByGroup, meanFigure, proportion } from '@selfheal/cli-kit/figures/figures.ts';
import * as z from 'zod';
import { linesOf, readCaseText, readLabels } from '../labels/read-labels.ts';
import { rankedExcerpt } from './excerpt-recall.ts';
import type { Suite } from './suite.ts';

const Signal = z.object({
  value: z.string().optional(),
  importance: z.string(),
  evidence_lines: z.array(z.tuple([z.number().int(), z.number().int()])).default([]),
});
type Signal = z.infer<typeof Signal>;

/** `log` is null if the raw log was too large to keep. */
const Label = z.object({
  log: z.string().nullable(),
  case: z.object({ repo: z.string() }),
  ground_truth: z.object({ required_signals: z.array(Signal) }),
});

const BUDGETS = [50, 100, 200] as const;
const MAX_BUDGET = Math.max(...BUDGETS);

interface KeptSignals {
  readonly group: string;
  readonly budget: number;
  readonly kept: readonly { readonly critical: boolean; readonly isKept: boolean }[];
  /** Share of the log's lines that are not in the excerpt. */
  readonly reduction: number;
}

/** A signal is kept when its value or one of its evidence lines is in the excerpt. */
function isKept({ value, evidence_lines }: Signal, text: string, numbers: ReadonlySet<number>): boolean {
  if (value !== undefined && text.includes(value)) return true;
  return evidence_lines.some(([first, last]) => {
    for (let number = first; number <= last; number++) if (numbers.has(number)) return true;
    return false;
  });
}

function keptSignals(group: string, log: string, signals: readonly Signal[]): KeptSignals[] {
  const ranked = rankedExcerpt(log, MAX_BUDGET);
  const totalLines = Math.max(1, linesOf(log).length);
  return BUDGETS.map((budget) => {
    const lines = ranked.slice(0, budget);
    const text = lines.map((line) => line.text).join('\n');
    const numbers = new Set(lines.map(({ number }) => number));
    const kept = signals.map((signal) => ({
      critical: signal.importance === 'critical',
      isKept: isKept(signal, text, numbers),
    }));
    return { group, budget, kept, reduction: 1 - lines.length / totalLines };
  });
}

function shareKept(name: string, cases: readonly KeptSignals[], critical: boolean, goal: { goal?: number }): Figure[] {
  const shares = cases.flatMap(({ group, kept }) => {
    const counted = critical ? kept.filter((signal) => signal.critical) : kept;
    if (counted.length === 0) return [];
    return [{ group, value: counted.filter((signal) => signal.isKept).length / counted.length }];
  });
  return meanFigure(name, shares, goal);
}

function figuresOf(cases: readonly KeptSignals[]): Figure[] {
  return BUDGETS.flatMap((budget) => {
    const atBudget = cases.filter((one) => one.budget === budget);
    const critical = atBudget.flatMap(({ kept }) => kept.filter((signal) => signal.critical));
    return [
      ...shareKept(`signals kept at ${budget}`, atBudget, false, {}),
      ...shareKept(`critical signals kept at ${budget}`, atBudget, true, budget === 200 ? { goal: 0.9 } : {}),
      ...proportion(
        `critical signals kept at ${budget}, each signal alike`,
        critical.filter((signal) => signal.isKept).length,
        critical.length,
      ),
      ...meanFigure(
        `log left out at ${budget}`,
        atBudget.map(({ group, reduction }) => ({ group, value: reduction })),
      ),
    ];
  });
}

export const logdxCi: Suite = {
  name: 'logdx-ci',
  summary: 'excerpts: signals of GitHub Actions failures that a diagnosis needs',
  async run(dataDir) {
    const cases: KeptSignals[] = [];
    for (const { log, case: about, ground_truth } of await readLabels(dataDir, 'cases.jsonl', Label)) {
      if (log === null) continue;
      cases.push(...keptSignals(about.repo, await readCaseText(dataDir, log), ground_truth.required_signals));
    }
    return { figures: figuresOf(cases), byGroup: figuresByGroup(cases, ({ group }) => group, figuresOf) };
  },
};
