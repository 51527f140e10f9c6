/** A model's answer to one labelled log that was held back. */
export interface HeldOutAnswer {
  /** Digest of the log, 16 hexadecimal digits. */
  readonly digest: string;
  /** Null where the log has no class. */
  readonly right: boolean | null;
  /** In the class, 0 to 1. */
  readonly confidence: number;
  /** Whether it was right about passing on a re-run; null where that is unknown. */
  readonly verdictRight: boolean | null;
}

const DIGEST = 16;
const ANSWER = 4;
const mark = (right: boolean | null): string => (right === null ? '-' : right ? '1' : '0');

function unmark(text: string | undefined): boolean | null {
  return text === '1' ? true : text === '0' ? false : null;
}

/**
 * Two texts in the same order, sorted by digest: the digests, and for each of them class, two digits of confidence,
 * verdict (`187-`).
 */
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

/** Reads what `encodeAnswers` wrote. Empty when there are no answers or they do not match the digests. */
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
