import { codesOf, mayBeText, SIGN, signsIn } from './character-runs.ts';
import type { Placeholders } from './secret-placeholders.ts';

/** Base64, including the URL variant; paths look the same. */
const BASE64_RUN = /[A-Za-z0-9+/_-]{16,65536}={0,2}/g;
/** Bytes in hexadecimal, also separated by blanks, colons or `\x`. */
const HEX_RUN = /\b(?:0[xX])?(?:[0-9A-Fa-f]{2}){10,32768}\b|\b(?:[0-9A-Fa-f]{2}[ :-]){9,8192}[0-9A-Fa-f]{2}\b/g;
const NOT_TEXT = /[^\t\n\r -~\u00a0-\uffff]|\ufffd/;
/** Decoded text may be encoded again, up to this many times. */
const MAX_DEPTH = 3;
/** Bytes as text in UTF-8, or in UTF-16 where every other byte is zero; null when they are no text. */
function textOf(bytes: Buffer): string | null {
  if (bytes.length >= 8 && bytes[1] === 0 && bytes[3] === 0) return checked(bytes.toString('utf16le'));
  if (bytes.length >= 8 && bytes[0] === 0 && bytes[2] === 0) {
    const even = Buffer.from(bytes.subarray(0, bytes.length - (bytes.length % 2)));
    return checked(even.swap16().toString('utf16le'));
  }
  return checked(bytes.toString('utf8'));
}

function checked(text: string): string | null {
  return text.length < 6 || NOT_TEXT.test(text) ? null : text;
}

function decodedBase64(run: string): string[] {
  const texts: string[] = [];
  const codes = codesOf(run);
  for (let offset = 0; offset < 4; offset++) {
    if (!mayBeText(codes, offset, run.length)) continue;
    const bytes = Buffer.from(run.slice(offset), 'base64');
    // A run that is followed directly by something, or was cut, may end within a character.
    const text = textOf(bytes) ?? textOf(bytes.subarray(0, -1)) ?? textOf(bytes.subarray(0, -2));
    if (text !== null) texts.push(text);
  }
  return texts;
}

/** Whether Base64 decodes to plain text. */
export function isEncodedText(run: string): boolean {
  return decodedBase64(run.replace(/=+$/, '')).some(
    (text) => text.length >= (run.length * 3) / 4 - 4 && /^[\t\n\r -~]*$/.test(text),
  );
}

function decodedHex(run: string): string[] {
  const text = textOf(Buffer.from(run.replace(/^0[xX]|[^0-9A-Fa-f]/g, ''), 'hex'));
  return text === null ? [] : [text];
}

/** Finds secrets in one text and requests a placeholder for each. */
type Redact = (text: string, placeholders: Placeholders) => string;

/**
 * Replaces Base64 and hexadecimal that contain a secret once decoded, up to three times; the whole encoded text gets
 * the placeholder of its first secret. What does not decode to text stays.
 */
export function redactEncoded(
  text: string,
  placeholders: Placeholders,
  redact: Redact,
  signs = signsIn(text),
  depth = 1,
): string {
  if ((signs & (SIGN.base64 | SIGN.hex)) === 0) return text;
  const replace = (run: string, texts: readonly string[]): string => {
    let first: string | undefined;
    const noting: Placeholders = {
      of(kind, secret) {
        const placeholder = placeholders.of(kind, secret);
        first ??= placeholder;
        return placeholder;
      },
    };
    for (const inside of texts) {
      const left = redact(inside.replaceAll('\r', ''), noting);
      if (depth < MAX_DEPTH) redactEncoded(left, noting, redact, signsIn(left), depth + 1);
      if (first !== undefined) return first;
    }
    return run;
  };
  const withoutHex = (signs & SIGN.hex) === 0 ? text : text.replace(HEX_RUN, (run) => replace(run, decodedHex(run)));
  return (signs & SIGN.base64) === 0
    ? withoutHex
    : withoutHex.replace(BASE64_RUN, (run) => replace(run, decodedBase64(run)));
}
