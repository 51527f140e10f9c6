import type { Figure } from '#apps/cli/figures/figures.ts';
import { proportion } from '#apps/cli/figures/figures.ts';
import { textEvidence } from '#apps/cli/input/log-evidence.ts';
import { causalChainOf } from '#shared/domain/causality/chain.ts';
import { classify } from '#shared/domain/failure/classify.ts';
import type { SignatureSet } from '#shared/domain/failure/signatures.ts';

/** Where the first cause of one log was seen. */
export type CauseFound = 'marked' | 'elsewhere' | 'none';

/** Whether the line that is taken for the first cause is one of those that a person marked as the failure. */
export function causeFound(
  text: string,
  marked: readonly (readonly [first: number, last: number])[],
  signatures: SignatureSet,
): CauseFound {
  const evidence = textEvidence(text);
  const { class: failureClass, evidence: deciding } = classify(evidence, { signatures });
  const chain = causalChainOf(evidence, failureClass === 'unknown' ? [] : deciding);
  const lines = evidence.sources.flatMap((source) => source.lines);
  const number = lines.find(({ ref }) => ref === chain?.cause.ref)?.number;
  if (number === undefined) return 'none';
  return marked.some(([first, last]) => number >= first && number <= last) ? 'marked' : 'elsewhere';
}

/** How often the first cause lies in the marked lines, and how often none was found. */
export function causeFigures(found: readonly CauseFound[]): Figure[] {
  const count = (one: CauseFound): number => found.filter((each) => each === one).length;
  return [
    ...proportion('first cause in the marked lines', count('marked'), found.length),
    ...proportion('no first cause told', count('none'), found.length),
  ];
}
