import { markRedacted, type RedactedText } from '../../kernel/text/brand.ts';
import { joined } from '../../kernel/text/redacted-text.ts';
import { RUNS, SIGN, signsIn } from './character-runs.ts';
import { makeLiteralFinder } from './literal-finder.ts';
import { FOREIGN_LETTER } from './secret-assignments.ts';
import { makeSecretLines } from './secret-lines.ts';
import { makePlaceholders } from './secret-placeholders.ts';
import { redactSteps, STEP_LITERALS } from './secret-steps.ts';
import { withoutSequences } from './secret-views.ts';
import { visibleText } from './visible-text.ts';

export interface Redaction {
  readonly text: RedactedText;
  /** How many secrets of each kind were replaced. */
  readonly counts: Readonly<Record<string, number>>;
}

/** Redacts line by line with a memory: equal secrets get equal placeholders in everything one redactor saw. */
export interface Redactor {
  /**
   * One line without its LF, cleaned of invisible characters first; lines must come in order, for a secret may begin in one and end in
   * another.
   */
  line(text: string): RedactedText;
  /**
   * Whether the next line may go on with a secret. Otherwise only lines with one of `SECRET_LITERALS`, a letter of another script or a long
   * last word need to be given in order; any other one may be given later, to `apart`.
   */
  readonly isInsideSecret: boolean;
  /** One line that stands in no order with others. */
  apart(text: string): RedactedText;
  /** Forgets an unfinished secret: call between sources. */
  nextSource(): void;
  counts(): Readonly<Record<string, number>>;
}

/** What begins a private key, a certificate or a public key. */
const KEY_LITERALS = ['private key', '-----begin', '-----end'];
/** A line in which none of these occurs in either case, colours left out, neither begins nor announces a secret in Latin letters. */
export const SECRET_LITERALS: readonly string[] = [...STEP_LITERALS, ...KEY_LITERALS, '%3a%2f%2f'];
const TELLING = makeLiteralFinder(SECRET_LITERALS);
/** Printable characters that are written in another way. */
const ESCAPE_SIGN =
  /\\[ux][0-9A-Fa-f{]|\\["'/]|&#|&[a-z]{2,8};|%[2-7][0-9A-Fa-f]|[\u0300-\u036f]|[\u2000-\u206f\u2100-\u24ff\uff01-\uff5e]|\ud835/;
/** A last word of this length may be random, encoded, or the first line of a longer text. */
const LONG_LAST_WORD = 24;

/** Whether a line's last word is long enough to be a secret that no literal tells. */
export function endsInLongWord(text: string): boolean {
  return text.length >= LONG_LAST_WORD && text.length - text.lastIndexOf(' ') > LONG_LAST_WORD;
}

/** Whether a UTF-16 code is, or begins, a letter that a word for password in another script, or one that looks Latin, may hold. */
export function isForeignCode(code: number): boolean {
  return code === 0xd835 || (code >= 0xff01 && code <= 0xff5e) || FOREIGN_LETTER.test(String.fromCharCode(code));
}

/** Whether anything in a line is worth a closer look, with its colours or without. */
function isCandidate(text: string): boolean {
  const signs = signsIn(text, TELLING);
  if (tells(text, signs)) return true;
  if ((signs & SIGN.colour) === 0) return false;
  const shown = withoutSequences(text);
  return tells(shown, signsIn(shown, TELLING));
}

function tells(text: string, signs: number): boolean {
  if ((signs & (RUNS | SIGN.literal)) !== 0) return true;
  if ((signs & SIGN.foreign) !== 0 && FOREIGN_LETTER.test(text)) return true;
  return (signs & (SIGN.foreign | SIGN.escape)) !== 0 && ESCAPE_SIGN.test(text);
}

/** Makes a redactor. All patterns are linear and run only on lines in which one of their literals occurs. */
export function makeRedactor(): Redactor {
  const placeholders = makePlaceholders();
  const redactAlone = (text: string, random = true): string =>
    isCandidate(text) ? redactSteps(text, placeholders, random) : text;
  const lines = makeSecretLines(placeholders, { isCandidate, redact: redactAlone });
  return {
    line: (raw) => markRedacted(lines.line(visibleText(raw))),
    apart: (raw) => markRedacted(redactAlone(visibleText(raw))),
    get isInsideSecret() {
      return lines.open;
    },
    nextSource: () => lines.reset(),
    counts: () => ({ ...placeholders.counts }),
  };
}

/**
 * A text that code put together from redacted parts, as it goes out. A secret that slipped into it is redacted; a text without one stays as it
 * is, also what is invisible in it.
 */
export function redactOutgoing(text: string): RedactedText {
  const { text: redacted, counts } = redact(text);
  return Object.keys(counts).length === 0 ? markRedacted(text) : redacted;
}

/** Redacts a whole text and cleans it of invisible characters; everything else stays as it is, character for character. */
export function redact(text: string): Redaction {
  const redactor = makeRedactor();
  const lines = text.split('\n').map((line) => redactor.line(line));
  return { text: joined(lines, '\n'), counts: redactor.counts() };
}
