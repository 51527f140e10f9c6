import type { Reply } from '@selfheal/fake-models/scripted-model.ts';

/** The whole function of the shop as it should be: with it the failed job passes. */
export const WHOLE = `export function totalOf(lines: readonly Line[], tier: string): number {
  const sum = lines.reduce((all, line) => all + line.cents * line.quantity, 0);
  return Math.round(sum * (1 - discountFor(tier)));
}`;

/** Another wording of the same mistake. */
export const STILL_WRONG = WHOLE.replace('lines.reduce', 'lines.slice(0, 57).reduce').replace(
  'const sum',
  'const shown = lines.slice(0, 57);\n  const sum',
);

/** A model that is sure of itself and proposes this code. */
export const proposing = (code: string, file: string | null = 'src/cart.ts'): Reply => ({
  kind: 'plausible',
  change: {
    confidence: 'high',
    rootCause: 'The total leaves out lines after the 57th.',
    suggestions: [{ title: 'Count every line', file, code, evidence: ['L1'] }],
  },
});
