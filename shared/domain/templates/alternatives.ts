import { joinLists } from './message-columns.ts';
import { type Column, VALUE_KEY, variableOf } from './message-pieces.ts';
import { placeOf, type WordPlace } from './word-place.ts';

/** Reads `length` columns from `at` as one value. */
export interface Rewrite {
  readonly at: number;
  readonly length: number;
}

/** One way to read a message with one more value instead of a word. */
export interface Alternative {
  readonly rewrite: Rewrite;
  readonly place: WordPlace;
  /** A word followed by a port. */
  readonly isHost: boolean;
  readonly isIdentifier: boolean;
  /** The text that would be the value. */
  readonly value: string;
  /** The text around it, with other likely values masked. */
  readonly context: string;
  /** The columns of the message under this reading; computed on first use. */
  columns(): readonly Column[];
}

/** Number of words per message that are tried as values. */
const MAX_ALTERNATIVES = 40;

export function rewritten(columns: readonly Column[], { at, length }: Rewrite): readonly Column[] {
  let value = '';
  for (const column of columns.slice(at, at + length)) value += column.value;
  return joinLists([...columns.slice(0, at), variableOf(value), ...columns.slice(at + length)]);
}

/** Computes the result on the first call and then returns it again. */
function once<T>(make: () => T): () => T {
  let made: T | undefined;
  return () => {
    made ??= make();
    return made;
  };
}

function isText(column: Column | undefined): column is Column {
  return column !== undefined && (column.kind === 'word' || column.kind === 'identifier');
}

function isLikelyValue(place: WordPlace, column: Column): boolean {
  return place !== 'first' && (place !== 'ordinary' || column.kind === 'identifier');
}

/** All readings of a message with one of its words or identifiers as a value, in order. */
export function alternativesOf(columns: readonly Column[]): Alternative[] {
  const places = columns.map((column, at) => (isText(column) ? placeOf(columns, at) : undefined));
  const soft = columns.map((column, at) => {
    const place = places[at];
    return place !== undefined && isLikelyValue(place, column) ? VALUE_KEY : column.key;
  });
  const before = [''];
  for (const part of soft) before.push((before.at(-1) ?? '') + part);
  const whole = before.at(-1) ?? '';
  const alternatives: Alternative[] = [];
  const words = columns.filter(({ kind }) => kind === 'word').length;
  for (let at = 0; at < columns.length && alternatives.length < MAX_ALTERNATIVES; at += 1) {
    const column = columns[at];
    const place = places[at];
    // Without any word left the message could not be recognised.
    if (!isText(column) || place === undefined || (column.kind === 'word' ? words < 2 : words < 1)) continue;
    const base = { place, isIdentifier: column.kind === 'identifier', value: column.key };
    const context = `${before[at]}\u0002${whole.slice(before[at + 1]?.length)}`;
    const rewrite = { at, length: 1 };
    alternatives.push({ ...base, rewrite, context, isHost: false, columns: once(() => rewritten(columns, rewrite)) });
    if (columns[at + 1]?.key !== ':' || !/^\d{2,5}$/.test(columns[at + 2]?.value ?? '')) continue;
    const fused = { at, length: 3 };
    alternatives.push({
      ...base,
      rewrite: fused,
      context: `\u0004${context}`,
      isHost: true,
      columns: once(() => rewritten(columns, fused)),
    });
  }
  return alternatives;
}
