import type { Figure } from '@selfheal/cli-kit/figures/figures.ts';
import { proportion } from '@selfheal/cli-kit/figures/figures.ts';
import { readFailure } from '@selfheal/diagnosis/causality/read-failure.ts';
import type { SignatureSet } from '@selfheal/diagnosis/failure/signatures.ts';
import { textEvidence } from '#shared/app/triage/text-evidence.ts';

/** Whether the first cause of a log is in its marked lines, elsewhere, or was not found. */
export type CauseLocation = 'marked' | 'elsewhere' | 'none';

/** Finds the first cause of a log and compares it with the lines that a person marked as the failure. */
export function locateCause(
  text: string,
  marked: readonly (readonly [first: number, last: number])[],
  signatures: SignatureSet,
): CauseLocation {
  const evidence = textEvidence(text);
  const { chain } = readFailure(evidence, { signatures });
  const lines = evidence.sources.flatMap((source) => source.lines);
  const number = lines.find(({ ref }) => ref === chain?.cause.ref)?.number;
  if (number === undefined) return 'none';
  return marked.some(([first, last]) => number >= first && number <= last) ? 'marked' : 'elsewhere';
}

/** Shares of logs with the first cause in the marked lines, and without a first cause. */
export function causeFigures(found: readonly CauseLocation[]): Figure[] {
  const count = (one: CauseLocation): number => found.filter((each) => each === one).length;
  return [
    ...proportion('first cause in the marked lines', count('marked'), found.length),
    ...proportion('no first cause found', count('none'), found.length),
  ];
}
