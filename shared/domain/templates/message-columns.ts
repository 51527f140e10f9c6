import { isCalendarWord, isDottedHost, isHostName, UNITS } from './lexicon.ts';
import { type Column, piecesOf, variableOf } from './message-pieces.ts';
import { isAssignedQuote } from './word-place.ts';

/** Most columns between two quotes or brackets. */
const MAX_QUOTE_LENGTH = 24;
const VARIABLE_JOINERS = new Set(['.', ':', '-', '/', '@', '#', '+', '_', '%', '*', '~', '^', '&', '$', '!', '?']);

function isJoiner(piece: Column | undefined): boolean {
  if (piece?.kind !== 'mark') return false;
  for (const character of piece.value) if (!VARIABLE_JOINERS.has(character)) return false;
  return true;
}

function isDigitAt(text: string, at: number): boolean {
  const code = text.charCodeAt(at);
  return code >= 48 && code <= 57;
}

function isPort(piece: Column | undefined): boolean {
  return piece?.kind === 'variable' && /^\d{2,5}$/.test(piece.value);
}

function isHostBeforePort(piece: Column): boolean {
  return isDottedHost(piece.value) || (piece.kind === 'identifier' && /^[A-Za-z][\w-]*\d$/.test(piece.value));
}

/** Whether a piece is a value because of its neighbours: hosts with or without port, dates in words. */
function isValueByNeighbours(pieces: readonly Column[], at: number): boolean {
  const piece = pieces[at];
  if (piece === undefined || (piece.kind !== 'word' && piece.kind !== 'identifier')) return false;
  if (isHostName(piece.value)) return true;
  if (pieces[at + 1]?.value === ':') return isPort(pieces[at + 2]) && isHostBeforePort(piece);
  const next = pieces[at + 2];
  if (next === undefined || pieces[at + 1]?.kind !== 'space' || !isCalendarWord(piece.value)) return false;
  return isDigitAt(next.value, 0) || isCalendarWord(next.value);
}

function withNeighbours(pieces: Column[]): Column[] {
  for (let at = 0; at < pieces.length; at += 1) {
    const piece = pieces[at];
    if (piece !== undefined && isValueByNeighbours(pieces, at)) pieces[at] = variableOf(piece.value);
  }
  return pieces;
}

function isDatePart(piece: Column | undefined): boolean {
  return piece?.kind === 'variable' && (isDigitAt(piece.value, 0) || isCalendarWord(piece.value));
}

/** Whether the value at `at` continues in the following pieces. */
function goesOn(pieces: readonly Column[], at: number): boolean {
  const next = pieces[at + 1];
  if (next === undefined || next.kind === 'word' || next.kind === 'identifier') return false;
  if (next.kind === 'variable') return true;
  if (next.kind === 'space') return isDatePart(pieces[at + 2]) && isCalendarWord(pieces[at]?.value ?? '');
  return pieces[at + 2]?.kind === 'variable' && isJoiner(next);
}

/** Joins values that are not separated by a space (`10.0.0.1:80`, `3@7`). */
function joinValues(pieces: readonly Column[]): readonly Column[] {
  if (!pieces.some(({ kind }, at) => kind === 'variable' && goesOn(pieces, at))) return pieces;
  const columns: Column[] = [];
  for (let at = 0; at < pieces.length; at += 1) {
    const piece = pieces[at];
    if (piece === undefined) continue;
    if (piece.kind !== 'variable') {
      columns.push(piece);
      continue;
    }
    let text = piece.value;
    let next = at + 1;
    const isDate = isCalendarWord(text);
    for (;;) {
      if (pieces[next]?.kind === 'variable') text += pieces[next++]?.value ?? '';
      else if (isJoiner(pieces[next]) && pieces[next + 1]?.kind === 'variable') {
        text += `${pieces[next]?.value ?? ''}${pieces[next + 1]?.value ?? ''}`;
        next += 2;
      } else if (isDate && pieces[next]?.kind === 'space' && isDatePart(pieces[next + 1])) {
        text += ` ${pieces[next + 1]?.value ?? ''}`;
        next += 2;
      } else break;
    }
    columns.push(next === at + 1 ? piece : variableOf(text));
    at = next - 1;
  }
  return columns;
}

function isUnit(column: Column | undefined): boolean {
  return column?.kind === 'word' && column.key.length <= 7 && UNITS.has(column.key.toLowerCase());
}

/** How many columns after a number belong to its unit: ` KB`, ` bytes (1.5 KB)`. */
function unitLength(columns: readonly Column[], at: number): number {
  let length = 0;
  if (columns[at]?.kind === 'space' && isUnit(columns[at + 1])) length = 2;
  if (length === 0) return 0;
  const from = at + length;
  const restated =
    columns[from]?.kind === 'space' && columns[from + 1]?.key === '(' && columns[from + 2]?.kind === 'variable';
  if (restated && columns[from + 3]?.kind === 'space' && isUnit(columns[from + 4]) && columns[from + 5]?.key === ')')
    return length + 6;
  return length;
}

function textOf(columns: readonly Column[], from: number, to: number, part: 'display' | 'value'): string {
  let text = '';
  for (let at = from; at < to; at += 1) text += columns[at]?.[part] ?? '';
  return text;
}

/** Joins a number and its unit to one value; also `<1 sec`. */
function joinUnits(columns: readonly Column[]): readonly Column[] {
  if (!columns.some(isUnit)) return columns;
  const joined: Column[] = [];
  for (let at = 0; at < columns.length; at += 1) {
    const column = columns[at];
    if (column === undefined) continue;
    const compared =
      column.key === '<' && columns[at + 1]?.kind === 'variable' && unitLength(columns, at + 2) > 0 ? 1 : 0;
    const length = column.kind === 'variable' || compared === 1 ? unitLength(columns, at + compared + 1) : 0;
    if (length === 0) {
      joined.push(column);
      continue;
    }
    const end = at + compared + 1 + length;
    joined.push(variableOf(textOf(columns, at, end, 'value'), textOf(columns, at, end, 'display')));
    at = end - 1;
  }
  return joined;
}

/** Joins a printed object after a key (`=Source{1}`) to one value, unless it contains other values. */
function joinObjects(columns: readonly Column[]): readonly Column[] {
  if (!columns.some(({ key }) => key === '{')) return columns;
  const joined: Column[] = [];
  for (let at = 0; at < columns.length; at += 1) {
    const column = columns[at];
    if (column === undefined) continue;
    const opens = column.kind === 'word' && columns[at - 1]?.key === '=' && columns[at + 1]?.key === '{';
    const length = opens
      ? columns.slice(at + 2, at + 2 + MAX_QUOTE_LENGTH).findIndex(({ key }) => key === '}' || key === '{')
      : -1;
    const end = at + 3 + length;
    const isWhole = length >= 0 && columns[end - 1]?.key === '}';
    joined.push(isWhole ? variableOf(textOf(columns, at, end, 'value')) : column);
    if (isWhole) at = end - 1;
  }
  return joined;
}

/** Joins quoted text of several words after a key: all of it is one value, or none of it. */
function joinQuoted(columns: readonly Column[]): readonly Column[] {
  if (!columns.some(({ key }) => key === '"' || key === "'")) return columns;
  const joined: Column[] = [];
  for (let at = 0; at < columns.length; at += 1) {
    const column = columns[at];
    if (column === undefined) continue;
    joined.push(column);
    if (!isAssignedQuote(columns, at)) continue;
    const length = columns.slice(at + 1, at + 1 + MAX_QUOTE_LENGTH).findIndex(({ key }) => key === column.key);
    if (length < 2) continue;
    const inside = columns.slice(at + 1, at + 1 + length);
    const value = textOf(inside, 0, length, 'value');
    const isValue = inside.some(({ kind }) => kind === 'variable');
    joined.push(isValue ? variableOf(value) : { kind: 'word', key: value, display: value, value });
    at += length;
  }
  return joined;
}

/** Index of a list's next value after `at`, or -1; a comma, a space or a dash may come before it. */
function nextOfList(columns: readonly Column[], at: number): number {
  let next = at + 1;
  if (columns[next]?.key === ',') next += 1;
  if (columns[next]?.kind === 'space') next += 1;
  if (columns[next]?.key === '-' && columns[next + 1]?.kind === 'space') next += 2;
  return next > at + 1 && columns[next]?.kind === 'variable' ? next : -1;
}

function isMissingValue(columns: readonly Column[], at: number): boolean {
  return columns[at]?.key === '(' && columns[at - 1]?.kind === 'space' && columns[at + 1]?.key === ')';
}

/** Joins lists of values to one value: `1 2 3`, `a1, b2`. An empty pair of brackets after a space is a missing value. */
export function joinLists(columns: readonly Column[]): readonly Column[] {
  const isChanged = columns.some(
    ({ kind }, at) => (kind === 'variable' && nextOfList(columns, at) > 0) || isMissingValue(columns, at),
  );
  if (!isChanged) return columns;
  const joined: Column[] = [];
  for (let at = 0; at < columns.length; at += 1) {
    const column = columns[at];
    if (column === undefined) continue;
    joined.push(column);
    if (isMissingValue(columns, at)) joined.push(variableOf('', ''));
    if (column.kind !== 'variable') continue;
    let last = at;
    for (let next = nextOfList(columns, last); next > 0; next = nextOfList(columns, last)) last = next;
    if (last === at) continue;
    joined.pop();
    joined.push(variableOf(textOf(columns, at, last + 1, 'value'), textOf(columns, at, last + 1, 'display')));
    at = last;
  }
  return joined;
}

/** The columns of a message, with the values that its form alone shows. Joined by `value` they are the message. */
export function columnsOf(message: string): readonly Column[] {
  return joinLists(joinUnits(joinQuoted(joinObjects(joinValues(withNeighbours(piecesOf(message)))))));
}

/** Messages with equal keys have the same template as far as their form shows. */
export function keyOf(columns: readonly Column[]): string {
  let key = '';
  for (const column of columns) key += column.key;
  return key;
}
