import LETTER_PAIRS from './letter-pairs.json' with { type: 'json' };

/** Shannon entropy of a text in bits per character. */
export function entropyOf(text: string): number {
  const counts = new Map<string, number>();
  for (const char of text) counts.set(char, (counts.get(char) ?? 0) + 1);
  let bits = 0;
  for (const count of counts.values()) bits -= (count / text.length) * Math.log2(count / text.length);
  return bits;
}

/** Mixed letters and digits, as in random tokens but not in words. */
export function looksMixed(text: string): boolean {
  return /\d/.test(text) && /[A-Za-z]/.test(text) && entropyOf(text) >= 2.8;
}

const OTHER = 0;
const DIGIT = 1;
const LOWER = 2;
const UPPER = 3;

function classOf(code: number): number {
  if (code >= 48 && code <= 57) return DIGIT;
  if (code >= 97 && code <= 122) return LOWER;
  return code >= 65 && code <= 90 ? UPPER : OTHER;
}

/** Statistics of a text's letters and digits. */
export interface CharacterProfile {
  readonly digits: number;
  readonly lower: number;
  readonly upper: number;
  /**
   * The share of neighbours of different classes (digit, lower, upper case). In random letters and digits it is 0.62;
   * in camel-case words with numbers it seldom exceeds 0.35.
   */
  readonly changes: number;
}

/** Counts over letters and digits; other characters are ignored. */
export function profileOf(text: string): CharacterProfile {
  const counts = [0, 0, 0, 0];
  let changes = 0;
  let pairs = 0;
  let last = OTHER;
  for (let at = 0; at < text.length; at++) {
    const kind = classOf(text.charCodeAt(at));
    counts[kind] = (counts[kind] ?? 0) + 1;
    if (kind === OTHER) continue;
    if (last !== OTHER) {
      pairs += 1;
      if (kind !== last) changes += 1;
    }
    last = kind;
  }
  const [, digits = 0, lower = 0, upper = 0] = counts;
  return { digits, lower, upper, changes: pairs === 0 ? 0 : changes / pairs };
}

/** Minimum share of neighbours of different classes for a text to count as random without further evidence. */
const RANDOM_CHANGES = 0.44;
/** Shorter texts have too few pairs of letters. */
const MIN_FOR_PAIRS = 30;
/** In a random text one character in six is a digit. */
const MIN_DIGITS = 0.06;

/** From here on a text has letters enough to tell chance from words: of random ones 1 in 30 passes for a word. */
const MIN_LETTERS = 10;
/** One word in a thousand is below; of random texts of ten letters 1 in 30 is above. */
const CHANCE = -0.3;

/**
 * How much likelier each letter follows the one before it in words than by chance, in bits per pair: about 1.2 for words
 * and identifiers, -1.5 for random letters, 0 without pairs. A first-order Markov model of letters (C. E. Shannon,
 * "Prediction and entropy of printed English", 1951; used on passwords by A. Narayanan and V. Shmatikov, "Fast
 * dictionary attacks on passwords using time-space tradeoff", 2005), fitted by `lab/fit-letter-pairs.ts`.
 */
export function wordLikeness(text: string): number {
  let tenths = 0;
  let pairs = 0;
  let last: readonly number[] | undefined;
  for (let at = 0; at < text.length; at++) {
    const letter = (text.charCodeAt(at) | 32) - 97;
    const isLetter = letter >= 0 && letter < 26 && text.charCodeAt(at) >= 65;
    if (isLetter && last !== undefined) {
      tenths += last[letter] ?? 0;
      pairs += 1;
    }
    last = isLetter ? LETTER_PAIRS[letter] : undefined;
  }
  return pairs === 0 ? 0 : tenths / pairs / 10;
}

/** Whether letters, of at least `min`, follow each other as chance has it. */
export function isWordless(text: string, min = MIN_LETTERS): boolean {
  return text.replace(/[^A-Za-z]/g, '').length >= min && wordLikeness(text) < CHANCE;
}

/** Whether letters of both cases and digits alternate as in a random text; in words, paths and hashes they do not. */
export function looksRandom(text: string): boolean {
  const { digits, lower, upper, changes } = profileOf(text);
  if (digits < 1 || lower < 2 || upper < 2 || entropyOf(text) < 3.5) return false;
  if (digits >= Math.max(2, text.length * MIN_DIGITS) && changes >= RANDOM_CHANGES) return true;
  if (text.length < MIN_FOR_PAIRS || changes < 0.2) return false;
  // With fewer changes of class, it has to look less like words.
  return wordLikeness(text) < (changes >= 0.3 ? 0 : CHANCE);
}
