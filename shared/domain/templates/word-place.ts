import { INTRODUCERS, MESSAGE_KEYS } from './lexicon.ts';
import type { Column } from './message-pieces.ts';

/** The place of a word: what precedes it makes a value more or less likely. */
export type WordPlace = 'first' | 'assigned' | 'introduced' | 'symbolic' | 'ordinary';

function isQuote(column: Column | undefined): boolean {
  return column?.key === '"' || column?.key === "'" || column?.key === '`';
}

/** Index of the last column before `at` that is neither a space nor a quote; -1 when there is none. */
function columnBefore(columns: readonly Column[], at: number): number {
  let before = at - 1;
  while (before >= 0 && (columns[before]?.kind === 'space' || isQuote(columns[before]))) before -= 1;
  return before;
}

/** Whether `key=`, `"key":` or `key:` directly precedes `at`, except keys of descriptive text (`message`). */
function isBehindKey(columns: readonly Column[], at: number): boolean {
  const sign = columnBefore(columns, at);
  const mark = columns[sign]?.key;
  if (mark !== '=' && mark !== ':') return false;
  const key = columns[columnBefore(columns, sign)];
  if (key === undefined || MESSAGE_KEYS.has(key.key.toLowerCase())) return false;
  // In text a colon separates sentences. It marks a key only after a quote or without a following space.
  return mark === '=' || isQuote(columns[sign - 1]) || columns[sign + 1]?.kind !== 'space';
}

/** Whether the quote at `at` opens the value of a key. */
export function isAssignedQuote(columns: readonly Column[], at: number): boolean {
  return isQuote(columns[at]) && !isQuote(columns[at - 1]) && isBehindKey(columns, at);
}

/** The place of the word or identifier at `at`. */
export function placeOf(columns: readonly Column[], at: number): WordPlace {
  const previous = columns[columnBefore(columns, at)];
  if (previous === undefined) return 'first';
  if (previous.key === '=' || previous.key === ':') {
    const isKeyed = isBehindKey(columns, at);
    if (isKeyed && (previous.key === '=' || isQuote(columns[at - 1]))) return 'assigned';
    if (isKeyed) return 'introduced';
  }
  if (previous.kind === 'word' && INTRODUCERS.has(previous.key.toLowerCase())) return 'introduced';
  return /[._$@-]/.test(columns[at]?.key ?? '') ? 'symbolic' : 'ordinary';
}
