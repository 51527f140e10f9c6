import { type Column, WILDCARD } from './message-pieces.ts';
import { valuesOf } from './template-text.ts';

/** Where a value stands in the lines of a form, and the part of the template that it fills. */
interface ValuePlace {
  readonly part: string;
  readonly from: number;
  readonly to: number;
  /** Whether it contains a run of white space that is not a single space. */
  readonly isSpaced: boolean;
}

/** The settled reading of a form's lines, valid while the cluster's template is `ofCluster`. */
interface Settled {
  readonly ofCluster: readonly string[];
  readonly template: string;
  readonly places: readonly ValuePlace[];
  /** Names that contain digits (`ssh2`) and are text. A line with another name there is parsed by itself. */
  readonly names: readonly { readonly at: number; readonly text: string }[];
}

/** A form: lines that are equal except for their digits. Whether a word is a value depends on where its digits are, not on which. */
export interface LineForm<R> {
  readonly columns: readonly Column[];
  readonly key: string;
  /** Whether all lines of the form have this key; otherwise it holds for one line only. */
  readonly isShared: boolean;
  /** Index at which the message begins. */
  readonly start: number;
  /** Kept here for the caller, who knows how long it is valid. */
  route: R | undefined;
  settled: Settled | undefined;
}

/** Longest line with a form, in characters; longer ones are rare and parsed one by one. */
const LONGEST = 1_000;
const MAX_FORMS = 8_192;
/** Slots for the hashes of forms seen once (a power of two). A form is only kept when it occurs again, so unique lines cost little. */
const NOTED = 1 << 16;
/** White space that columns join to one space. */
const SPACES = new RegExp(`[${String.fromCharCode(0)}- ]+`, 'g');
const DIGIT = 48;
const ONE = 49;
/** A number with at least this many digits may be an epoch time, which its first digit shows. */
const EPOCH_DIGITS = 10;

interface Known<R> {
  readonly codes: Uint16Array;
  readonly form: LineForm<R>;
}

const units = Buffer.alloc(LONGEST * 2);
const scratch = new Uint16Array(units.buffer, units.byteOffset, LONGEST);

/** Writes the line into `scratch` with its digits as zeros; returns its hash (FNV-1a, 32 bits). */
function hashOf(line: string): number {
  const length = line.length;
  units.write(line, 'utf16le');
  let hash = 0x811c9dc5 ^ length;
  let digits = 0;
  for (let at = 0; at < length; at += 1) {
    let code = scratch[at] ?? 0;
    if (code >= DIGIT && code <= 57) {
      // A 1 at the start of a long number is hashed as itself, because the number may be an epoch time.
      if (digits === 0 && code === ONE && isLongNumber(at, length)) hash ^= ONE;
      else code = DIGIT;
      digits += 1;
      scratch[at] = code;
    } else digits = 0;
    hash = Math.imul(hash ^ code, 0x01000193);
  }
  return hash;
}

function isLongNumber(from: number, length: number): boolean {
  if (from + EPOCH_DIGITS > length) return false;
  for (let at = from + 1; at < from + EPOCH_DIGITS; at += 1) {
    const code = scratch[at] ?? 0;
    if (code < DIGIT || code > 57) return false;
  }
  return true;
}

function isScratch(codes: Uint16Array): boolean {
  for (let at = 0; at < codes.length; at += 1) if (codes[at] !== scratch[at]) return false;
  return true;
}

/** Whether all lines that differ only in digits have this key; not when a quoted text with digits is part of it. */
function keyIsOfForm(columns: readonly Column[]): boolean {
  return columns.every(({ kind, key }) => kind === 'identifier' || !/\d/.test(key));
}

const SPACE = 32;

/**
 * Start and end of each column in the line. Null when the columns' values, joined, are not the message with each run of white space as
 * one space.
 */
function placesOf(columns: readonly Column[], line: string, start: number): Int32Array | null {
  const places = new Int32Array(columns.length * 2);
  let at = start;
  while (at < line.length && line.charCodeAt(at) <= SPACE) at += 1;
  for (const [index, { value }] of columns.entries()) {
    places[index * 2] = at;
    for (let letter = 0; letter < value.length; letter += 1) {
      if (value.charCodeAt(letter) === SPACE && line.charCodeAt(at) <= SPACE) {
        while (at < line.length && line.charCodeAt(at) <= SPACE) at += 1;
      } else if (value.charCodeAt(letter) === line.charCodeAt(at)) at += 1;
      else return null;
    }
    places[index * 2 + 1] = at;
  }
  return line.slice(at).trim() === '' ? places : null;
}

/** Whether the settled reading of a form applies to this line of it. */
export function isSettledFor({ names }: Settled, line: string): boolean {
  for (const { at, text } of names) if (!line.startsWith(text, at)) return false;
  return true;
}

/** Parameters of a line whose form has a settled reading, in order. */
export function parametersAt({ places }: Settled, line: string): string[] {
  const parameters: string[] = [];
  for (const { part, from, to, isSpaced } of places) {
    const value = isSpaced ? line.slice(from, to).replace(SPACES, ' ') : line.slice(from, to);
    if (part === WILDCARD) parameters.push(value);
    else parameters.push(...valuesOf(part, value));
  }
  return parameters;
}

/**
 * The settled reading of a form, from one of its lines (`columns` and the template parts `display`), while the cluster's template is
 * `ofCluster`. Undefined when other lines of the form may read differently.
 */
export function settle(
  ofCluster: readonly string[],
  display: readonly string[],
  columns: readonly Column[],
  { line, start }: { readonly line: string; readonly start: number },
): Settled | undefined {
  // A line that differs from a template of equal length changes the cluster, so its reading does not last.
  if (display !== ofCluster && ofCluster.length === columns.length) return undefined;
  const at = placesOf(columns, line, start);
  if (at === null) return undefined;
  const places = columns.flatMap(({ value }, index): ValuePlace[] => {
    const part = display[index] ?? '';
    const [from = 0, to = 0] = [at[index * 2], at[index * 2 + 1]];
    return part.includes(WILDCARD) ? [{ part, from, to, isSpaced: line.slice(from, to) !== value }] : [];
  });
  const names = columns.flatMap(({ kind, display: text }, index) =>
    kind !== 'variable' && display[index] !== WILDCARD && /\d/.test(text)
      ? [{ at: at[index * 2] ?? 0, text: line.slice(at[index * 2], at[index * 2 + 1]) }]
      : [],
  );
  return { ofCluster, template: display.join(''), places, names };
}

/**
 * A cache of line forms: most lines of a log differ from an earlier line only in digits and need not be parsed again. It returns what
 * parsing would return. Holds at most 8,192 forms that occurred twice; when it is full, all are dropped together.
 */
export function makeLineForms<R>(read: (line: string) => { columns: readonly Column[]; start: number; key: string }) {
  const known = new Map<number, Known<R>>();
  const noted = new Int32Array(NOTED);

  function alone(line: string): LineForm<R> {
    return { ...read(line), isShared: false, route: undefined, settled: undefined };
  }

  function add(line: string, hash: number): LineForm<R> {
    const codes = scratch.slice(0, line.length);
    const { columns, start, key } = read(line);
    const isShared = keyIsOfForm(columns);
    const form: LineForm<R> = { columns, key, start, isShared, route: undefined, settled: undefined };
    if (!isShared) return form;
    if (known.size >= MAX_FORMS) known.clear();
    known.set(hash, { codes, form });
    return form;
  }

  return {
    /** The line's form, and whether its columns were read from this very line. */
    of(line: string): { form: LineForm<R>; isOwn: boolean } {
      if (line.length > LONGEST) return { form: alone(line), isOwn: true };
      const hash = hashOf(line);
      const found = known.get(hash);
      if (found !== undefined && found.codes.length === line.length && isScratch(found.codes))
        return { form: found.form, isOwn: false };
      const isNew = noted[hash & (NOTED - 1)] !== hash;
      noted[hash & (NOTED - 1)] = hash;
      return { form: isNew ? alone(line) : add(line, hash), isOwn: true };
    },
  };
}
