import { Tokenizer, TokenType } from '@streamparser/json';
import { UnreadableReport } from '../../normal-form/unreadable-report.ts';
import type { ReportParser } from '../contract.ts';

/** A JSON value that was read. */
export type JsonValue = unknown;

/** Takes the parts of a document that it asked for, in the order of the file. */
export interface JsonReader {
  /**
   * Patterns of the values that are wanted, each as keys from the top; `*` is any key of an object or element of a list. A value is handed over
   * when it is complete; what lies in none of them is skipped.
   */
  readonly wanted: readonly (readonly string[])[];
  /** `pattern`: its index in `wanted`. `keys`: the key at each `*`; the number of an element of a list. `size`: about how much memory it takes. */
  value(pattern: number, value: JsonValue, keys: readonly string[], size: number): void;
  /** An object or list that is only walked through is over; `keys` lead to it. */
  left?(keys: readonly string[]): void;
  /** Null stands where an object or list is only walked through; `keys` lead to it. */
  missing?(keys: readonly string[]): void;
  end?(): void;
}

/** What a reader may ask of the document that it reads. */
export interface JsonDocument {
  /** Throws `UnreadableReport` at the line that was read last. */
  refuse(problem: string, remedy: string): never;
}

interface Branch {
  readonly children: Map<string, Branch>;
  pattern: number | null;
}

interface Frame {
  readonly isList: boolean;
  /** Null: skipped. */
  readonly branch: Branch | null;
  /** What is built of a wanted value; null while only walking. */
  readonly built: Record<string, JsonValue> | JsonValue[] | null;
  key: string;
  count: number;
}

type Expected = 'value' | 'value-or-end' | 'key' | 'key-or-end' | 'colon' | 'comma-or-end' | 'nothing';

const SCALARS = new Set([TokenType.STRING, TokenType.NUMBER, TokenType.TRUE, TokenType.FALSE, TokenType.NULL]);
const MAX_DEPTH = 200;
/** Characters and values of one wanted value: it is held in memory as a whole. */
const MAX_VALUE_SIZE = 32_000_000;
/** Bytes without a token: one string or number of this length. */
const MAX_TOKEN = 16_000_000;
/** In which a string or a number is gathered; without one, each character of a long one is a string of its own. */
const BUFFER_BYTES = 4_096;
/** What an object or a list costs beside its texts. */
const CONTAINER_SIZE = 100;
const REMEDY = 'Write the report again with the tool that made it';

/** A parser for JSON that hands the wanted values to a reader and skips all else, in bounded memory. */
export function openJson(makeReader: (document: JsonDocument) => JsonReader): ReportParser {
  const encoder = new TextEncoder();
  const frames: Frame[] = [];
  let expected: Expected = 'value';
  let size = 0;
  let bytesBefore = 0;
  let linesBefore = 0;
  let piece = new Uint8Array();
  let lastToken = 0;

  const refuse = (problem: string, remedy: string): never => {
    let line = linesBefore + 1;
    let lineStart = 0;
    const until = Math.min(lastToken - bytesBefore, piece.length);
    for (let at = piece.indexOf(0x0a); at >= 0 && at < until; at = piece.indexOf(0x0a, at + 1)) {
      line += 1;
      lineStart = at + 1;
    }
    const column = lineStart === 0 && linesBefore > 0 ? null : Math.max(until - lineStart + 1, 1);
    throw new UnreadableReport(problem, remedy, { line, column });
  };
  const reader = makeReader({ refuse });
  const root = branchesOf(reader.wanted);
  const tokenizer = new Tokenizer({ stringBufferSize: BUFFER_BYTES, numberBufferSize: BUFFER_BYTES });

  const keysNow = (): string[] => frames.map(({ key, isList, count }) => (isList ? String(count) : key));
  /** Where the next value belongs. */
  const branchHere = (): Branch | null => {
    const top = frames.at(-1);
    if (top === undefined) return root;
    if (top.branch === null || top.built !== null) return null;
    return (top.isList ? undefined : top.branch.children.get(top.key)) ?? top.branch.children.get('*') ?? null;
  };
  const place = (value: JsonValue): void => {
    const top = frames.at(-1);
    if (top === undefined || top.built === null) return;
    if (Array.isArray(top.built)) top.built.push(value);
    // Not by assignment: `__proto__` is a key like any other.
    else Object.defineProperty(top.built, top.key, { value, enumerable: true, writable: true, configurable: true });
  };
  const isBuilding = (): boolean => frames.at(-1)?.built != null;
  const weigh = (more: number): void => {
    size += more;
    if (size > MAX_VALUE_SIZE) refuse('a single record is larger than 32 MB', `No tool writes that. ${REMEDY}`);
  };
  const handOver = (branch: Branch | null, value: JsonValue): void => {
    if (branch === null || branch.pattern === null) return;
    const keys = keysNow();
    const pattern = reader.wanted[branch.pattern] ?? [];
    reader.value(
      branch.pattern,
      value,
      keys.filter((_, at) => pattern[at] === '*'),
      size,
    );
    size = 0;
  };
  const afterValue = (): void => {
    expected = frames.length === 0 ? 'nothing' : 'comma-or-end';
  };
  const scalar = (value: JsonValue): void => {
    if (isBuilding()) {
      weigh(typeof value === 'string' ? value.length + 8 : 8);
      place(value);
    } else {
      const branch = branchHere();
      // A key of its own, not any one; null stands for an empty list in what Go programs write.
      const isNamed = frames.at(-1)?.branch?.children.get(frames.at(-1)?.key ?? '') === branch;
      if (branch !== null && branch.pattern === null && value !== null && isNamed)
        refuse(`"${keysNow().join('.')}" is a ${typeof value} and no list or object`, REMEDY);
      if (branch !== null && branch.pattern === null && value === null) reader.missing?.(keysNow());
      handOver(branch, value);
    }
    afterValue();
  };
  const open = (isList: boolean): void => {
    if (frames.length >= MAX_DEPTH)
      refuse(`values are nested more than ${MAX_DEPTH} deep`, 'No tool writes that: check where the file is from');
    const building = isBuilding();
    const branch = building ? null : branchHere();
    const isWanted = branch !== null && branch.pattern !== null;
    const built = building || isWanted ? (isList ? [] : {}) : null;
    if (built !== null) weigh(CONTAINER_SIZE);
    if (building) place(built);
    frames.push({ isList, branch, built, key: '', count: 0 });
    expected = isList ? 'value-or-end' : 'key-or-end';
  };
  const close = (): void => {
    const closed = frames.pop();
    if (closed === undefined) return;
    if (closed.built !== null) {
      if (!isBuilding()) handOver(closed.branch, closed.built);
    } else if (closed.branch !== null) reader.left?.(keysNow());
    afterValue();
  };
  const wantsValue = (): boolean => expected === 'value' || expected === 'value-or-end';
  const wantsKey = (): boolean => expected === 'key' || expected === 'key-or-end';
  const canClose = (isList: boolean): boolean =>
    frames.at(-1)?.isList === isList &&
    (expected === 'comma-or-end' || expected === `${isList ? 'value' : 'key'}-or-end`);
  const take = (token: TokenType, value: JsonValue): void => {
    const top = frames.at(-1);
    const isStart = token === TokenType.LEFT_BRACE || token === TokenType.LEFT_BRACKET;
    if (isStart && wantsValue()) open(token === TokenType.LEFT_BRACKET);
    else if (token === TokenType.RIGHT_BRACE && canClose(false)) close();
    else if (token === TokenType.RIGHT_BRACKET && canClose(true)) close();
    else if (token === TokenType.COLON && expected === 'colon') expected = 'value';
    else if (token === TokenType.COMMA && expected === 'comma-or-end' && top !== undefined) {
      top.count += 1;
      expected = top.isList ? 'value' : 'key';
    } else if (token === TokenType.STRING && wantsKey() && top !== undefined) {
      top.key = String(value);
      if (top.built !== null) weigh(top.key.length);
      expected = 'colon';
    } else if (SCALARS.has(token) && wantsValue()) scalar(value);
    else unexpected(value);
  };
  const unexpected = (value: JsonValue): never => {
    if (expected === 'nothing')
      return refuse(
        'a second document begins here: several reports were joined',
        'Pass each report as a file of its own',
      );
    // Signs are shown, texts are not: they may be secrets.
    const shown =
      typeof value === 'string' && value.length === 1 ? value : `a ${value === null ? 'null' : typeof value}`;
    return refuse(`not well-formed JSON (unexpected ${shown})`, REMEDY);
  };
  tokenizer.onToken = ({ token, value, offset }) => {
    lastToken = offset;
    take(token, value);
  };
  tokenizer.onError = (error) => {
    if (error instanceof UnreadableReport) throw error;
    const at = /position "?(\d+)/.exec(error.message)?.[1];
    if (at !== undefined) lastToken = Number(at);
    refuse(`not well-formed JSON (${error.message.replace(/ in state .*$/s, '').replace(/\.$/, '')})`, REMEDY);
  };
  return {
    write(text) {
      piece = encoder.encode(text);
      if (expected === 'nothing') {
        if (text.trim() !== '') {
          lastToken = bytesBefore;
          unexpected('');
        }
      } else tokenizer.write(piece);
      bytesBefore += piece.length;
      for (let at = piece.indexOf(0x0a); at >= 0; at = piece.indexOf(0x0a, at + 1)) linesBefore += 1;
      piece = new Uint8Array();
      if (bytesBefore - lastToken > MAX_TOKEN && expected !== 'nothing')
        refuse('a single text is longer than 16 MB', `No tool writes that. ${REMEDY}`);
    },
    end() {
      if (expected !== 'nothing') {
        lastToken = bytesBefore;
        refuse('the file ends in the middle of a value: it was cut off', 'Fetch or write the report again');
      }
      tokenizer.end();
      reader.end?.();
    },
  };
}

function branchesOf(patterns: readonly (readonly string[])[]): Branch {
  const root: Branch = { children: new Map(), pattern: null };
  for (const [index, pattern] of patterns.entries()) {
    let branch = root;
    for (const key of pattern) {
      const next: Branch = branch.children.get(key) ?? { children: new Map(), pattern: null };
      branch.children.set(key, next);
      branch = next;
    }
    branch.pattern = index;
  }
  return root;
}

/** The value as an object; empty when it is none. */
export function objectOf(value: JsonValue): Readonly<Record<string, JsonValue>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Readonly<Record<string, JsonValue>>)
    : {};
}

/** The value as a list; empty when it is none. */
export const listOf = (value: JsonValue): readonly JsonValue[] => (Array.isArray(value) ? value : []);
/** The value as a text; null when it is none or empty. */
export const textOf = (value: JsonValue): string | null => (typeof value === 'string' && value !== '' ? value : null);
/** The value as a finite number; null when it is none. */
export const numberOf = (value: JsonValue): number | null =>
  typeof value === 'number' && Number.isFinite(value) ? value : null;
