import { isUtf8 } from 'node:buffer';
import type { TextInput } from '#apps/workbench/input/open-input.ts';

/** A line as text for matching, and the encoding back to its raw form. */
interface DecodedLine {
  readonly text: string;
  /** The raw form of this or any other text. */
  encode(text: string): string;
}

/**
 * Converts bytes to raw strings, in which a line feed is always `\n`, and back, without changing any byte. Bytes that are invalid in the file's
 * encoding pass through unchanged.
 */
export interface ByteCodec {
  toRaw(piece: Buffer): string;
  /** Bytes of an incomplete last character. */
  rest(): Buffer;
  decode(rawLine: string): DecodedLine;
  toBytes(raw: string): Buffer;
}

const PLAIN = (text: string): string => text;
const NO_ASCII = /[^\p{ASCII}]/u;

/** Raw characters are bytes. Valid UTF-8 lines are decoded; others are matched byte by byte. */
function makeUtf8Codec(): ByteCodec {
  return {
    toRaw: (piece) => piece.toString('latin1'),
    rest: () => Buffer.alloc(0),
    decode(rawLine) {
      if (!NO_ASCII.test(rawLine)) return { text: rawLine, encode: PLAIN };
      const bytes = Buffer.from(rawLine, 'latin1');
      if (!isUtf8(bytes)) return { text: rawLine, encode: PLAIN };
      return { text: bytes.toString('utf8'), encode: (text) => Buffer.from(text, 'utf8').toString('latin1') };
    },
    toBytes: (raw) => Buffer.from(raw, 'latin1'),
  };
}

/** Raw characters are UTF-16 code units, so that lone surrogates are preserved. */
function makeUtf16Codec(bigEndian: boolean): ByteCodec {
  let odd = Buffer.alloc(0);
  return {
    toRaw(piece) {
      const bytes = Buffer.concat([odd, piece]);
      const even = bytes.length - (bytes.length % 2);
      odd = bytes.subarray(even);
      const units = bytes.subarray(0, even);
      return (bigEndian ? units.swap16() : units).toString('utf16le');
    },
    rest: () => odd,
    decode: (rawLine) => ({ text: rawLine, encode: PLAIN }),
    toBytes(raw) {
      const bytes = Buffer.from(raw, 'utf16le');
      return bigEndian ? bytes.swap16() : bytes;
    },
  };
}

export function makeByteCodec(shape: TextInput['shape']): ByteCodec {
  return shape === 'utf-8' ? makeUtf8Codec() : makeUtf16Codec(shape === 'utf-16be');
}
