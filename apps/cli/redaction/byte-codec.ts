import { isUtf8 } from 'node:buffer';
import type { TextInput } from '../input/open-input.ts';

/** A line in the form that patterns are matched on, and the way back to the raw form. */
export interface DecodedLine {
  readonly text: string;
  /** The raw form of this or any other text. */
  encode(text: string): string;
}

/**
 * Turns bytes into raw strings in which a line feed is always `\n`, and back without changing a byte. Whatever is invalid in the
 * file's encoding passes through as it is.
 */
export interface ByteCodec {
  toRaw(piece: Buffer): string;
  /** What is left of a character that the file breaks off in. */
  rest(): Buffer;
  decode(rawLine: string): DecodedLine;
  toBytes(raw: string): Buffer;
}

const PLAIN = (text: string): string => text;
const NO_ASCII = /[^\p{ASCII}]/u;

/** A raw character is a byte. Lines that are valid UTF-8 are decoded, others are matched byte by byte. */
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

/** A raw character is a UTF-16 unit; lone surrogates survive both ways. */
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
