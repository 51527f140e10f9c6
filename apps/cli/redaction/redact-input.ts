import { makeRedactor } from '@selfheal/redaction/redact.ts';
import { visibleText } from '@selfheal/redaction/visible-text.ts';
import type { TextInput } from '#apps/workbench/input/open-input.ts';
import { makeByteCodec } from './byte-codec.ts';
import { safeCut } from './safe-cut.ts';

/** Characters above which a line is redacted in pieces, cut where no secret is. */
const MAX_BUFFER_LENGTH = 1 << 19;
/** Characters above which a line is cut even if no safe place was found. */
const MAX_UNCUT_LENGTH = 1 << 23;

/** Redaction of one input. */
export interface InputRedaction {
  /** The bytes of the input with each secret replaced. All other bytes are unchanged, including line ends, byte order marks and invalid text. */
  readonly pieces: AsyncGenerator<Buffer>;
  /** Number of secrets of each kind replaced so far. */
  counts(): Readonly<Record<string, number>>;
}

/** Redacts an input. Memory is bounded for lines of any length. */
export function redactInput(input: TextInput): InputRedaction {
  const codec = makeByteCodec(input.shape);
  const redactor = makeRedactor();
  const redactLine = (rawLine: string): string => {
    const { text, encode } = codec.decode(rawLine);
    const redacted = redactor.line(text);
    return redacted === visibleText(text) ? rawLine : encode(redacted);
  };
  async function* pieces(): AsyncGenerator<Buffer> {
    let buffered = '';
    let nextCutAt = MAX_BUFFER_LENGTH;
    for await (const piece of input.pieces) {
      const lines = (buffered + codec.toRaw(piece)).split('\n');
      buffered = lines.pop() ?? '';
      let out = '';
      for (const line of lines) out += `${redactLine(line)}\n`;
      if (lines.length > 0) nextCutAt = MAX_BUFFER_LENGTH;
      while (buffered.length >= nextCutAt) {
        const cut = safeCut(buffered) ?? (buffered.length >= MAX_UNCUT_LENGTH ? buffered.length : null);
        nextCutAt = cut === null ? buffered.length * 2 : MAX_BUFFER_LENGTH;
        if (cut === null) break;
        out += redactLine(buffered.slice(0, cut));
        buffered = buffered.slice(cut);
      }
      if (out !== '') yield codec.toBytes(out);
    }
    yield Buffer.concat([codec.toBytes(redactLine(buffered)), codec.rest()]);
  }
  return { pieces: pieces(), counts: () => redactor.counts() };
}
