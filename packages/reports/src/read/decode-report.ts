import { UnreadableReport } from '../normal-form/unreadable-report.ts';

/** What NUL becomes: output of a process that died may have some. */
const LOST = '\ufffd';
/** Of a text with more of them, nothing is one. */
const MAX_NUL_SHARE = 0.1;

/** Bytes at the beginning that tell the encoding. */
const SAMPLE_BYTES = 1_024;
const NOT_TEXT = ['PK\u0003\u0004', '\u007fELF', '%PDF', '\u0089PNG', '\u001f\u008b'];

/**
 * Decodes a report. The encoding is that of its byte order mark, else of its zero bytes (UTF-16), else of its XML declaration, else UTF-8; bytes
 * that are invalid in it become U+FFFD. Throws `UnreadableReport` for an encoding that is not known, for NUL characters and for files that are no
 * text at all.
 */
export async function* decodedReport(pieces: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  let decoder: ReturnType<typeof decoderFor> | null = null;
  let start: Uint8Array = new Uint8Array();
  const checked = (text: string): string => {
    if (!text.includes('\0')) return text;
    const read = text.replaceAll('\0', LOST);
    const lost = read.split(LOST).length - 1;
    if (lost > text.length * MAX_NUL_SHARE)
      throw new UnreadableReport(
        'it consists of NUL characters and is no text',
        'It is damaged or of another kind: write the report again',
      );
    return read;
  };
  for await (const piece of pieces) {
    if (decoder === null) {
      start = joinedBytes(start, piece);
      if (start.length < SAMPLE_BYTES) continue;
      decoder = decoderFor(start);
      yield checked(decoder.decode(start, { stream: true }));
    } else yield checked(decoder.decode(piece, { stream: true }));
  }
  decoder ??= decoderFor(start);
  const rest = start.length < SAMPLE_BYTES ? decoder.decode(start) : decoder.decode();
  if (rest !== '') yield checked(rest);
}

function joinedBytes(first: Uint8Array, second: Uint8Array): Uint8Array {
  if (first.length === 0) return second;
  const both = new Uint8Array(first.length + second.length);
  both.set(first);
  both.set(second, first.length);
  return both;
}

function decoderFor(start: Uint8Array) {
  const text = String.fromCharCode(...start.subarray(0, SAMPLE_BYTES));
  if (NOT_TEXT.some((sign) => text.startsWith(sign)))
    throw new UnreadableReport('it is no text but an archive or a binary file', 'Pass the report itself');
  if (text.startsWith('\u00ff\u00fe')) return new TextDecoder('utf-16le');
  if (text.startsWith('\u00fe\u00ff')) return new TextDecoder('utf-16be');
  if (/^[!-~]\0/.test(text)) return new TextDecoder('utf-16le');
  if (/^\0[!-~]/.test(text)) return new TextDecoder('utf-16be');
  const declared = /^(?:\u00ef\u00bb\u00bf)?\s*<\?xml[^>]*\bencoding\s*=\s*["']([^"']*)["']/.exec(text)?.[1];
  // What could be read as ASCII up to here is not UTF-16: .NET declares that of texts that it then writes as UTF-8.
  if (declared === undefined || text.startsWith('\u00ef\u00bb\u00bf') || /^utf-?(?:8|16|32)/i.test(declared))
    return new TextDecoder();
  try {
    return new TextDecoder(declared);
  } catch {
    throw new UnreadableReport(`its encoding "${declared.slice(0, 40)}" is not known`, 'Write the report as UTF-8', {
      line: 1,
      column: null,
    });
  }
}
