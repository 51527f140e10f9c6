import { classify } from '../failure/classify.ts';
import type { FailureModel } from '../failure/model/failure-model.ts';
import type { TrainingCase } from '../failure/model/train.ts';
import type { SignatureSet } from '../failure/signatures.ts';
import type { Classification } from '../incident/failure-class.ts';

/** What a model answered to one labelled log while it was held back. */
export interface HeldOutAnswer {
  /** 16 hexadecimal digits of the log. */
  readonly digest: string;
  /** Null where the log has no class. */
  readonly right: boolean | null;
  /** In the class, 0 to 1. */
  readonly confidence: number;
  /** Whether it was right about passing when run again; null where that is not known. */
  readonly verdictRight: boolean | null;
}

const DIGEST = 16;
const ANSWER = 4;
const mark = (right: boolean | null): string => (right === null ? '-' : right ? '1' : '0');

function unmark(text: string | undefined): boolean | null {
  return text === '1' ? true : text === '0' ? false : null;
}

/** Two texts of the same order, sorted by digest: the digests, and for each of them class, two digits of confidence, verdict (`187-`). */
export function encodeAnswers(answers: readonly HeldOutAnswer[]): { learned: string; answers: string } {
  const sorted = [...answers].sort((a, b) => (a.digest < b.digest ? -1 : a.digest > b.digest ? 1 : 0));
  const percent = (share: number): string => String(Math.min(99, Math.floor(share * 100))).padStart(2, '0');
  return {
    learned: sorted.map(({ digest }) => digest).join(''),
    answers: sorted
      .map(({ right, confidence, verdictRight }) => `${mark(right)}${percent(confidence)}${mark(verdictRight)}`)
      .join(''),
  };
}

/** Reads what `encodeAnswers` wrote. Empty where there are no answers, or they do not fit the digests. */
export function decodeAnswers({
  learned,
  answers = '',
}: {
  learned: string;
  answers?: string | undefined;
}): HeldOutAnswer[] {
  const count = learned.length / DIGEST;
  if (answers.length !== count * ANSWER) return [];
  return Array.from({ length: count }, (_, at) => {
    const answer = answers.slice(at * ANSWER, (at + 1) * ANSWER);
    return {
      digest: learned.slice(at * DIGEST, (at + 1) * DIGEST),
      right: unmark(answer[0]),
      confidence: (Number(answer.slice(1, 3)) + 0.5) / 100,
      verdictRight: unmark(answer[3]),
    };
  });
}

/** Whether a verdict says that the failure passes when it is run again. */
export function saysPasses({ verdict }: Pick<Classification, 'verdict'>): boolean {
  return verdict === 'flaky' || verdict === 'infrastructure';
}

export interface AnswerToCase {
  readonly answer: Classification;
  /** Whether the class was right. */
  readonly right: boolean;
  /** Whether it was right about passing when run again; null where that is not known, or nothing was said. */
  readonly verdictRight: boolean | null;
}

/** What a model that has not learned from a labelled failure answers to it. */
export function answerToCase(
  one: TrainingCase,
  model: FailureModel | undefined,
  signatures: SignatureSet,
): AnswerToCase {
  const answer = classify(one.evidence, { signatures, model });
  const isClear = one.transient !== null && answer.verdict !== 'unknown';
  return {
    answer,
    right: answer.class === one.class || one.accepted.includes(answer.class),
    verdictRight: isClear ? saysPasses(answer) === one.transient : null,
  };
}
