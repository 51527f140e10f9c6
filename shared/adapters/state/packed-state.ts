import { gunzipSync, gzipSync } from 'node:zlib';
import { InvalidInput } from '@selfheal/kernel/errors.ts';
import { MAX_QUALITY_DOCUMENT_BYTES, type QualityState } from '@selfheal/pull-request-quality/ports/quality-state.ts';

/** A document as it travels and is stored: compressed, in base64. */
export const packDocument = (text: string): string => gzipSync(text).toString('base64');

/** Throws `InvalidInput` for what is no compressed UTF-8, or more than a document may have. */
export function unpackDocument(content: string): string {
  try {
    const bytes = gunzipSync(Buffer.from(content, 'base64'), { maxOutputLength: MAX_QUALITY_DOCUMENT_BYTES });
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (cause) {
    throw new InvalidInput(
      `content: expected UTF-8 text of at most ${MAX_QUALITY_DOCUMENT_BYTES} bytes, compressed with gzip, in base64.`,
      { cause },
    );
  }
}

/** The same documents, whose texts are packed on this side. */
export const packedState = (state: QualityState): QualityState => ({
  async read(name) {
    const found = await state.read(name);
    return found === null ? null : { ...found, text: packDocument(found.text) };
  },
  write: async (name, packed, replaces) => state.write(name, unpackDocument(packed), replaces),
});
