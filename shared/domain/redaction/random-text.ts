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
/** In a random text one character in six is a digit. */
const MIN_DIGITS = 0.06;

/** Letter pairs that make up most of English words and identifiers. */
const PAIRS = new Set(
  'th he in er an re on at en nd ti es or te ed is it al ar st to nt ng se as ou io le ve co me de ri ro ic ne ea ra ce li ch ll be ma si om ur el ta la ns di fo pe ec pr ct us ac ot il tr nc et ut ss rs un lo ge ie em ad ol rt po na ul ni ts mo pa im mi sh ir su id os iv am ci pl ig tu ab ex ap gr do bu up ck'.split(
    ' ',
  ),
);
/** In a random text one pair in six is such a pair, in words two in three. */
const RANDOM_PAIRS = 0.33;
/** Shorter texts have too few pairs. */
const MIN_FOR_PAIRS = 30;

/** The share of neighbouring letters that are common in words. */
export function wordPairs(text: string): number {
  let pairs = 0;
  let known = 0;
  for (const [run] of text.toLowerCase().matchAll(/[a-z]{2,}/g)) {
    for (let at = 0; at + 2 <= run.length; at++) {
      pairs += 1;
      if (PAIRS.has(run.slice(at, at + 2))) known += 1;
    }
  }
  return pairs === 0 ? 0 : known / pairs;
}

/** Whether letters of both cases and digits alternate as in a random text; in words, paths and hashes they do not. */
export function looksRandom(text: string): boolean {
  const { digits, lower, upper, changes } = profileOf(text);
  if (digits < 1 || lower < 2 || upper < 2 || entropyOf(text) < 3.5) return false;
  if (digits >= Math.max(2, text.length * MIN_DIGITS) && changes >= RANDOM_CHANGES) return true;
  if (text.length < MIN_FOR_PAIRS || changes < 0.2) return false;
  // With fewer changes of class, it may look less like words.
  return wordPairs(text) <= (changes >= 0.3 ? Math.max(RANDOM_PAIRS, changes) : RANDOM_PAIRS * 0.7);
}
