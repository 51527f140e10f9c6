import { classify } from '@selfheal/diagnosis/failure/classify.ts';
import { matchSignatures } from '@selfheal/diagnosis/failure/matching.ts';
import type { SignatureSet } from '@selfheal/diagnosis/failure/signatures.ts';
import type { FailureClass } from '@selfheal/kernel/failure-class.ts';
import type { LabelledCase } from '#apps/workbench/training/labelled-case.ts';

/** What a signature did for the classes of labelled logs: each count is of logs, with their groups. */
export interface SignatureResult {
  readonly id: string;
  /** The class is right with it and wrong without it. */
  readonly pays: readonly string[];
  /** The class is wrong with it and right without it. */
  readonly hurts: readonly string[];
  /** It matches, and the class is as right or wrong without it. */
  readonly neutral: number;
}

const isRight = (one: LabelledCase, answer: FailureClass): boolean =>
  answer === one.class || one.accepted.includes(answer);

/** The set as if it did not have the signature. */
function withoutSignature(signatures: SignatureSet, id: string): SignatureSet {
  return {
    ...signatures,
    candidates: (text) => signatures.candidates(text).filter(({ signature }) => signature.id !== id),
  };
}

/**
 * Tries every signature on labelled logs: is the class right with it, and without it? By signatures alone, because the trained model knows most of
 * these logs. Worst first; a signature that matches nothing is not in the list.
 */
export function trySignatures(cases: readonly LabelledCase[], signatures: SignatureSet): SignatureResult[] {
  const results = new Map<string, { pays: string[]; hurts: string[]; neutral: number }>();
  for (const one of cases) {
    if (one.class === null) continue;
    const matched = new Set(matchSignatures(one.evidence, signatures).map(({ compiled }) => compiled.signature.id));
    const isRightWith = isRight(one, classify(one.evidence, { signatures }).class);
    for (const id of matched) {
      const result = results.get(id) ?? { pays: [], hurts: [], neutral: 0 };
      results.set(id, result);
      const less = withoutSignature(signatures, id);
      const isRightWithout = isRight(one, classify(one.evidence, { signatures: less }).class);
      if (isRightWith === isRightWithout) result.neutral += 1;
      else (isRightWith ? result.pays : result.hurts).push(`${one.source}/${one.group}`);
    }
  }
  const balance = ({ pays, hurts }: SignatureResult): number => pays.length - hurts.length;
  return [...results]
    .map(([id, result]) => ({ id, ...result }))
    .sort((a, b) => balance(a) - balance(b) || (a.id < b.id ? -1 : 1));
}
