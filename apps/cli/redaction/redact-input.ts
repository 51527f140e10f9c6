import { makeRedactor } from '#shared/domain/redaction/redact.ts';
import { visibleText } from '#shared/domain/redaction/visible-text.ts';
import type { TextInput } from '../input/open-input.ts';
import { makeByteCodec } from './byte-codec.ts';
import { safeCut } from './safe-cut.ts';

/** A longer line is redacted in pieces, cut where no secret is. */
const MAX_HELD_LENGTH = 1 << 19;
/** A line in which no such place was found is held up to here, then cut anyway. */
const MAX_UNCUT_LENGTH = 1 << 23;

/** A run of redaction over one input. */
export interface InputRedaction {
  /** The input's bytes with each secret replaced; every other byte as it was, line ends, marks and invalid text included. */
  readonly pieces: AsyncGenerator<Buffer>;
  /** How many secrets of each kind were replaced so far. */
  counts(): Readonly<Record<string, number>>;
}

/** Redacts an input with bounded memory, whatever the length of its lines. */
export function redactInput(input: TextInput): InputRedaction {
  const codec = makeByteCodec(input.shape);
  const redactor = makeRedactor();
  const redactLine = (rawLine: string): string => {
    const { text, encode } = codec.decode(rawLine);
    const redacted = redactor.line(text);
    return redacted === visibleText(text) ? rawLine : encode(redacted);
  };
  async function* pieces(): AsyncGenerator<Buffer> {
    let held = '';
    let tryAgainAt = MAX_HELD_LENGTH;
    for await (const piece of input.pieces) {
      const lines = (held + codec.toRaw(piece)).split('\n');
      held = lines.pop() ?? '';
      let out = '';
      for (const line of lines) out += `${redactLine(line)}\n`;
      if (lines.length > 0) tryAgainAt = MAX_HELD_LENGTH;
      while (held.length >= tryAgainAt) {
        const cut = safeCut(held) ?? (held.length >= MAX_UNCUT_LENGTH ? held.length : null);
        tryAgainAt = cut === null ? held.length * 2 : MAX_HELD_LENGTH;
        if (cut === null) break;
        out += redactLine(held.slice(0, cut));
        held = held.slice(cut);
      }
      if (out !== '') yield codec.toBytes(out);
    }
    yield Buffer.concat([codec.toBytes(redactLine(held)), codec.rest()]);
  }
  return { pieces: pieces(), counts: () => redactor.counts() };
}
