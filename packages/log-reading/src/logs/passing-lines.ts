import type { RawText } from '@selfheal/kernel/text/raw-text.ts';
import { readRawText } from '@selfheal/kernel/text/raw-text-read.ts';
import { cleanLine } from '@selfheal/redaction/clean-line.ts';
import { makeCarrierReader } from './carrier-prefix.ts';

/**
 * Approximate set of the lines that a passing run of the same job printed; lines that differ only in numbers count as
 * the same.
 */
export interface PassingLines {
  /** Takes the log's text in chunks of any size; a last line without a line feed is ignored. */
  push(chunk: RawText | string): void;
  /** Whether a cleaned line was printed too. Rarely (see `BITS`) true for a line that was not. */
  has(text: string): boolean;
}

/**
 * A Bloom filter (Bloom, 1970) of 256 KB with double hashing (Kirsch and Mitzenmacher, 2006): at 100,000 different
 * lines it is wrong about one new line in 7,000, at 200,000 about one in 150. After that it takes no more lines.
 */
const BITS = 1 << 21;
const PROBES = 7;
const MAX_LINES = 200_000;
/** Characters of a line that are hashed. */
const LINE_READ = 400;
/** The same, before colour codes are removed. */
const RAW_READ = 1_600;

/** Numbers and hexadecimal names: what differs between two runs that print the same. */
const VARYING = /\b(?:0x)?[0-9a-f]{7,64}\b|\d{1,20}(?:[.,:]\d{1,20}){0,8}/gi;

function shapeOf(cleaned: string): string {
  return cleaned.slice(0, LINE_READ).replace(VARYING, '0').replace(/\s+/g, ' ').trim();
}

/** Two hashes of a text (FNV-1a with two offsets, 32 bits each); the second is odd, so that probes reach all bits. */
function hashesOf(text: string): readonly [number, number] {
  let first = 0x811c9dc5;
  let second = 0x9747b28c;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    first = Math.imul(first ^ code, 0x01000193);
    second = Math.imul(second ^ code, 0x85ebca6b);
  }
  return [first >>> 0, ((second ^ (second >>> 15)) | 1) >>> 0];
}

/** Creates an empty set for a passing run. */
export function makePassingLines(): PassingLines {
  const bits = new Uint8Array(BITS / 8);
  let lines = 0;
  let rest = '';
  const carried = makeCarrierReader<{ readonly raw: string }>(({ raw }, prefix) => {
    const shape = shapeOf(cleanLine(raw.slice(prefix.length, prefix.length + RAW_READ)));
    if (shape === '' || lines >= MAX_LINES || isKnown(shape)) return;
    lines += 1;
    for (const bit of bitsOf(shape)) bits[bit >> 3] = (bits[bit >> 3] ?? 0) | (1 << (bit & 7));
  });
  const isKnown = (shape: string): boolean =>
    bitsOf(shape).every((bit) => ((bits[bit >> 3] ?? 0) & (1 << (bit & 7))) !== 0);
  return {
    push(chunk) {
      const pieces = readRawText(chunk).split('\n');
      pieces[0] = rest + pieces[0];
      rest = (pieces.pop() ?? '').slice(0, RAW_READ);
      for (const raw of pieces) carried.push({ raw });
    },
    has(text) {
      carried.end();
      const shape = shapeOf(text);
      return shape !== '' && isKnown(shape);
    },
  };
}

function bitsOf(shape: string): Uint32Array {
  const [first, second] = hashesOf(shape);
  const found = new Uint32Array(PROBES);
  for (let probe = 0; probe < PROBES; probe++) found[probe] = (first + probe * second) % BITS;
  return found;
}
