import { heldOf, mayBeWord, PLAIN_WORD, type Postings } from './postings.ts';
import { hashTerm, ONE_BASE, OTHER_BASE, type TermHash } from './term-table.ts';

const FIELD = 'w:';
/** Shorter words have too many neighbours. */
const MIN_LETTERS = 5;
const MAX_LETTERS = 24;
/** Letters as they are hashed. */
const [A, Z] = [98, 123];

/**
 * The term that most documents contain among those that differ from a word by one letter left out, added, replaced or
 * swapped with the next (F. J. Damerau, 1964; tried out as in P. Norvig, "How to Write a Spelling Corrector", 2007); -1
 * for none. The hash of each neighbour follows from that of the word, as it is a polynomial.
 */
export function correctedTerm(index: Postings, term: string): number {
  const letters = term.length - FIELD.length;
  if (letters < MIN_LETTERS || letters > MAX_LETTERS || !PLAIN_WORD.test(term)) return -1;
  let best = -1;
  let most = 0;
  const consider = (one: number, other: number): void => {
    if (!mayBeWord(index, one)) return;
    const found = index.table.find(one, other);
    const held = found < 0 ? 0 : heldOf(index, found);
    if (held <= most) return;
    best = found;
    most = held;
  };
  // Powers of both bases for the letter at the end, which counts least, and the hash of what comes after it.
  let [onePower, otherPower] = [1, 1];
  let [oneAfter, otherAfter] = [0, 0];
  const head: TermHash = { one: 0, other: 0 };
  for (let at = term.length - 1; at >= FIELD.length; at--) {
    const code = term.charCodeAt(at) + 1;
    const [oneNext, otherNext] = [Math.imul(onePower, ONE_BASE), Math.imul(otherPower, OTHER_BASE)];
    hashTerm(term, 0, at, head);
    const [oneBefore, otherBefore] = [head.one, head.other];
    // Left out.
    consider(Math.imul(oneBefore, onePower) + oneAfter, Math.imul(otherBefore, otherPower) + otherAfter);
    const oneWith = oneAfter + Math.imul(code, onePower);
    const otherWith = otherAfter + Math.imul(code, otherPower);
    // Without the letter: replaced by another, preceded by another.
    const [oneReplaced, otherReplaced] = [
      Math.imul(oneBefore, oneNext) + oneAfter,
      Math.imul(otherBefore, otherNext) + otherAfter,
    ];
    const [oneAdded, otherAdded] = [
      Math.imul(oneBefore, Math.imul(oneNext, ONE_BASE)) + oneWith,
      Math.imul(otherBefore, Math.imul(otherNext, OTHER_BASE)) + otherWith,
    ];
    for (let letter = A; letter <= Z; letter++) {
      // Cut to 32 bits, so that V8 makes no objects of the numbers.
      consider((oneReplaced + Math.imul(letter, onePower)) | 0, (otherReplaced + Math.imul(letter, otherPower)) | 0);
      consider((oneAdded + Math.imul(letter, oneNext)) | 0, (otherAdded + Math.imul(letter, otherNext)) | 0);
    }
    if (at > FIELD.length) {
      const previous = term.charCodeAt(at - 1) + 1;
      hashTerm(term, 0, at - 1, head);
      consider(
        Math.imul(head.one, Math.imul(oneNext, ONE_BASE)) +
          Math.imul(code, oneNext) +
          Math.imul(previous, onePower) +
          oneAfter,
        Math.imul(head.other, Math.imul(otherNext, OTHER_BASE)) +
          Math.imul(code, otherNext) +
          Math.imul(previous, otherPower) +
          otherAfter,
      );
    }
    [oneAfter, otherAfter] = [oneWith | 0, otherWith | 0];
    [onePower, otherPower] = [oneNext, otherNext];
  }
  return best;
}
