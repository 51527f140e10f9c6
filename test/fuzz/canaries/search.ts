import { makeLiteralFinder } from '@selfheal/redaction/literal-finder.ts';
import type { Canary } from './canaries.ts';

/** Half of a secret is a secret still. */
const PIECE = 8;
const MAX_DEPTH = 3;

export interface Finding {
  readonly kind: string;
  readonly place: string;
  readonly piece: string;
}

function printable(bytes: Buffer): string | null {
  const text = bytes.toString('latin1');
  const shown = text.replace(/[^\t\n\r -~]/g, '').length;
  return shown >= text.length * 0.9 ? text : null;
}

/** What a text says once something in it is taken out or decoded: everything a reader with tools could see. */
function* readings(text: string, depth = 0): Generator<string> {
  yield text;
  if (depth >= MAX_DEPTH) return;
  const plain = text
    .normalize('NFKC')
    // biome-ignore lint/suspicious/noControlCharactersInRegex: colours are what is taken out
    .replace(/\x1b\[[0-9;]*[A-Za-z]/g, '')
    .replace(/[\p{Cf}\p{Cc}]/gu, (char) => (char === '\n' ? '\n' : ''));
  if (plain !== text) yield plain;
  const joined = plain.replace(/\s*\n\s*/g, '');
  if (depth === 0 && joined !== plain) yield joined;
  const unescaped = plain
    .replace(/%([0-9A-Fa-f]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
    .replace(/\\u([0-9A-Fa-f]{4})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
    .replace(/\\+(["/\\])/g, '$1')
    .replace(/&quot;/g, '"')
    .replace(/&amp;/g, '&');
  if (unescaped !== plain) yield* readings(unescaped, depth + 1);
  for (const [run] of plain.matchAll(/[A-Za-z0-9+/_-]{16,}={0,2}/g)) {
    for (let offset = 0; offset < 4; offset++) {
      const decoded = printable(Buffer.from(run.slice(offset), 'base64'));
      if (decoded !== null && decoded.length >= PIECE) yield* readings(decoded, depth + 1);
    }
    const hex = /^(?:[0-9a-f]{2}){8,}$/i.test(run) ? printable(Buffer.from(run, 'hex')) : null;
    if (hex !== null) yield* readings(hex, depth + 1);
  }
}

/** Makes a search for whole canaries and for any eight of their characters in a row, in every encoding. */
export function makeSearch(canaries: readonly Canary[]): (place: string, text: string) => Finding[] {
  const pieces: string[] = [];
  const owners: Canary[] = [];
  for (const canary of canaries) {
    for (let at = 0; at + PIECE <= canary.secret.length; at++) {
      pieces.push(canary.secret.slice(at, at + PIECE));
      owners.push(canary);
    }
  }
  const finder = makeLiteralFinder(pieces.map((piece) => piece.toLowerCase()));
  return (place, text) => {
    const found = new Map<string, Finding>();
    for (const reading of readings(text)) {
      for (const index of finder.find(reading)) {
        const piece = pieces[index] ?? '';
        if (reading.includes(piece)) found.set(piece, { kind: owners[index]?.kind ?? '', place, piece });
      }
    }
    return [...found.values()];
  };
}
