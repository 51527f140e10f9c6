import { type Column, WILDCARD } from './message-pieces.ts';
import { valuesOf } from './template-text.ts';

/** A value's place in the lines of a form, by the part of the template that it fills. */
interface ValuePlace {
  readonly part: string;
  readonly from: number;
  readonly to: number;
  /** Whether white space in it is longer than a space. */
  readonly isSpaced: boolean;
}

/** How lines of a form read as long as the cluster's template in parts is this very one. */
interface Settled {
  readonly ofCluster: readonly string[];
  readonly template: string;
  readonly places: readonly ValuePlace[];
  /** Names with digits in them (`ssh2`), which are text: a line in which another stands there is read by itself. */
  readonly names: readonly { readonly at: number; readonly text: string }[];
}

/** Lines that are equal but for their digits. All that tells words from values looks at where digits are, never at which. */
export interface LineForm<R> {
  readonly columns: readonly Column[];
  readonly key: string;
  /** Whether lines that differ in digits alone have its key; one that has not is good for one line only. */
  readonly isShared: boolean;
  /** Where the message begins. */
  readonly start: number;
  /** Kept for the user, who knows until when it holds. */
  route: R | undefined;
  settled: Settled | undefined;
}

/** Characters of a line with a form; longer ones are rare and read by themselves. */
const LONGEST = 1_000;
const MAX_FORMS = 8_192;
/** Forms seen once are only noted, so that lines that never come again cost no more than reading them; a power of two. */
const NOTED = 1 << 16;
/** White space as the columns join it. */
const SPACES = new RegExp(`[${String.fromCharCode(0)}- ]+`, 'g');
const DIGIT = 48;
const ONE = 49;
/** From so many digits on a number may be an epoch, of which the first digit tells. */
const EPOCH_DIGITS = 10;

interface Known<R> {
  readonly codes: Uint16Array;
  readonly form: LineForm<R>;
}

const units = Buffer.alloc(LONGEST * 2);
const scratch = new Uint16Array(units.buffer, units.byteOffset, LONGEST);

/** Writes the line into `scratch` with its digits as zeros and gives its hash (FNV-1a, 32 bits). */
function hashOf(line: string): number {
  const length = line.length;
  units.write(line, 'utf16le');
  let hash = 0x811c9dc5 ^ length;
  let digits = 0;
  for (let at = 0; at < length; at += 1) {
    let code = scratch[at] ?? 0;
    if (code >= DIGIT && code <= 57) {
      // The first digit of a run is looked at again when the run is known to be long.
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

/** Whether lines that differ in digits alone have this key: not where quoted text with digits is a word of it. */
function keyIsOfForm(columns: readonly Column[]): boolean {
  return columns.every(({ kind, key }) => kind === 'identifier' || !/\d/.test(key));
}

const SPACE = 32;

/**
 * Where each column stands in the line: its values together are the message with every run of white space as one space. Null when they
 * are not.
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

/** Whether the line, one of the form, reads so. */
export function isSettledFor({ names }: Settled, line: string): boolean {
  for (const { at, text } of names) if (!line.startsWith(text, at)) return false;
  return true;
}

/** Parameters of a line of a settled form, in order. */
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
 * How lines of the form read while their cluster's parts are `ofCluster`, by one of them: its columns and the parts it reads by.
 * Undefined when others may read otherwise.
 */
export function settle(
  ofCluster: readonly string[],
  display: readonly string[],
  columns: readonly Column[],
  { line, start }: { readonly line: string; readonly start: number },
): Settled | undefined {
  // Parts of its own are for columns of another number; otherwise a line that reads differently changes the cluster.
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
 * Forms of lines as they come again and again: most lines of a log differ from an earlier one in digits only, and need not be taken apart
 * again. A cache: what is found in it is what reading the line would give. At most 8,192 forms that came twice, forgotten together.
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
    /** The line's form, and whether its columns are those of this very line. */
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
