import { announcementIn, type FoundSecret, isAnnouncedSecret } from './secret-assignments.ts';

/** A column whose heading names a secret. */
interface SecretColumn {
  readonly index: number;
  readonly name: string;
}

/** The heading of a table in a log, and which of its columns hold secrets. */
export interface SecretColumns {
  readonly kind: keyof typeof CELLS;
  /** Without a line at its left, only a border below it shows that it heads a table. */
  readonly needsBorder: boolean;
  readonly count: number;
  readonly columns: readonly SecretColumn[];
}

/** A part of a line. */
interface Cell {
  readonly start: number;
  readonly text: string;
}

/** Wider tables are not read. */
const MAX_CELLS = 40;

function cellsBetween(line: string, pattern: RegExp): Cell[] {
  const cells: Cell[] = [];
  for (const match of line.matchAll(pattern)) {
    if (cells.length === MAX_CELLS) return [];
    const text = match[1] ?? match[0];
    const lead = text.length - text.trimStart().length;
    cells.push({ start: match.index + match[0].indexOf(text) + lead, text: text.trim() });
  }
  return cells;
}

/** How the columns of a table are told apart: by lines, commas, tabs, or blanks, two at least. */
const CELLS = {
  lines: (line: string): Cell[] => (/[|│┃]/.test(line) ? cellsBetween(line, /[^|│┃]+/g) : []),
  commas: (line: string): Cell[] => (line.includes(',') ? cellsBetween(line, /(?:^|,)("[^"]*"|[^,]*)/g) : []),
  tabs: (line: string): Cell[] => (line.includes('\t') ? cellsBetween(line, /[^\t]+/g) : []),
  blanks: (line: string): Cell[] => (line.includes('  ') ? cellsBetween(line, /\S+(?: \S+)*/g) : []),
} as const;
/** Headings are short and name things; without lines around them they are single words, or in capitals. */
const HEADING = {
  lines: /^[A-Za-z_#][\w .#-]{0,40}$|^$/,
  commas: /^"?[A-Za-z_]\w{0,40}"?$/,
  tabs: /^[A-Za-z_]\w{0,40}$/,
  blanks: /^[A-Z][A-Z0-9_ -]{0,40}$/,
} as const;

/** What a heading calls a secret, or undefined. */
function secretNameOf(heading: string): string | undefined {
  const plain = heading.replaceAll('"', '');
  const found = announcementIn(`${plain}:`);
  return found === null ? undefined : found.name;
}

/** What a heading consists of altogether, its separators included; most lines are told apart by that alone. */
const MAY_HEAD = {
  lines: (line: string): boolean => /[|│┃]/.test(line) && /^[\s\w.#|│┃-]*$/.test(line),
  // Text between a closing quote and the next comma belongs to no cell.
  commas: (line: string): boolean => line.includes(',') && (line.includes('"') || /^[\s\w,]*$/.test(line)),
  tabs: (line: string): boolean => line.includes('\t') && /^[\s\w]*$/.test(line),
  blanks: (line: string): boolean => line.includes('  ') && /^[\sA-Z0-9_-]*$/.test(line),
} as const;

/** Reads a line as the heading of a table; null unless a column in it is named after a secret. */
export function secretColumnsIn(line: string): SecretColumns | null {
  for (const kind of Object.keys(CELLS) as (keyof typeof CELLS)[]) {
    if (!MAY_HEAD[kind](line)) continue;
    const cells = CELLS[kind](line);
    if (cells.filter(({ text }) => text !== '').length < 2 || !cells.every(({ text }) => HEADING[kind].test(text)))
      continue;
    const columns = cells.flatMap(({ text }, index) => {
      const name = text === '' ? undefined : secretNameOf(text);
      return name === undefined ? [] : [{ index, name }];
    });
    if (columns.length > 0)
      return { kind, needsBorder: kind === 'lines' && !/^\s*[|│┃]/.test(line), count: cells.length, columns };
  }
  return null;
}

/** Whether a line only draws a table. */
export function isTableBorder(line: string): boolean {
  return /^[\s|+=│┃┌┬┐├┼┤└┴┘─━-]+$/.test(line);
}

/** The secrets of a row below a heading; null for a line that is no row of it. */
export function secretsInRow({ kind, count, columns }: SecretColumns, line: string): FoundSecret[] | null {
  const cells = CELLS[kind](line);
  if (cells.length !== count) return null;
  return columns.flatMap(({ index, name }) => {
    const { start, text } = cells[index] ?? { start: 0, text: '' };
    const value = text.replace(/^["']|["']$/g, '');
    const from = start + text.indexOf(value);
    return /^\S+$/.test(value) && isAnnouncedSecret(name, value, { isSure: true })
      ? [{ start: from, end: from + value.length, closedBy: null }]
      : [];
  });
}

const INSERTED =
  /\binsert\s{1,4}(?:ignore\s{1,4})?into\s{1,4}[\w."`[\]]{1,120}\s{0,4}\((?<names>[^()]{1,600})\)\s{0,4}values\s{0,4}\(/gi;
const SQL_VALUE = /\s*('(?:[^'\\]|''|\\.){0,4000}'|"[^"]{0,4000}"|[^,()]{0,400})\s*(?:,|(\)))/gy;

/** The secrets that a statement of SQL inserts, by the names of their columns. */
export function insertedSecrets(text: string): FoundSecret[] {
  const found: FoundSecret[] = [];
  for (const statement of text.matchAll(INSERTED)) {
    const names = (statement.groups?.names ?? '')
      .split(',')
      .map((name) => secretNameOf(name.replace(/["`[\]\s]/g, '')));
    SQL_VALUE.lastIndex = statement.index + statement[0].length;
    for (let index = 0; index < names.length; index++) {
      const match = SQL_VALUE.exec(text);
      if (match === null) break;
      const [whole, written = ''] = match;
      const value = written.trim().replace(/^['"]|['"]$/g, '');
      const name = names[index];
      const start = match.index + whole.indexOf(value);
      if (name !== undefined && value !== '' && isAnnouncedSecret(name, value, { isSure: true }))
        found.push({ start, end: start + value.length, closedBy: null });
      if (match[2] !== undefined) break;
    }
  }
  return found;
}
