import { markRedacted, type RedactedText } from '../../kernel/text/brand.ts';
import { joined } from '../../kernel/text/redacted-text.ts';
import { RUNS, SIGN, signsIn } from './character-runs.ts';
import { cleanText } from './clean-text.ts';
import { makeLiteralFinder } from './literal-finder.ts';
import { withoutLastWord } from './long-line.ts';
import { FOREIGN_LETTER } from './secret-assignments.ts';
import { makeSecretLines } from './secret-lines.ts';
import { makePlaceholders } from './secret-placeholders.ts';
import { makeSecretSteps, type RedactSteps, STEP_LITERALS } from './secret-steps.ts';
import { withoutSequences } from './secret-views.ts';
import { visibleText } from './visible-text.ts';

export interface Redaction {
  readonly text: RedactedText;
  /** Replaced secrets by kind. */
  readonly counts: Readonly<Record<string, number>>;
}

/** Redacts line by line with state: equal secrets get equal placeholders in everything one redactor saw. */
export interface Redactor {
  /**
   * One line without its LF; invisible characters are removed first. Lines must come in order, because a secret may
   * begin in one and end in another.
   */
  line(text: string): RedactedText;
  /**
   * Whether the next line may continue a secret. Otherwise only lines with one of `SECRET_LITERALS`, a letter of
   * another script or a long last word need to be given in order; any other line may be given later, to `apart`.
   */
  readonly isInsideSecret: boolean;
  /** One line outside of any order. */
  apart(text: string): RedactedText;
  /** Drops an unfinished secret: call between sources. */
  nextSource(): void;
  counts(): Readonly<Record<string, number>>;
}

/** Beginnings of private keys, certificates and public keys. */
const KEY_LITERALS = ['private key', '-----begin', '-----end', 'private-lines'];
/**
 * A line without any of these in either case, ignoring colours, neither begins nor announces a secret in Latin letters.
 */
export const SECRET_LITERALS: readonly string[] = [...STEP_LITERALS, ...KEY_LITERALS, '%3a%2f%2f'];
const TELLING = makeLiteralFinder(SECRET_LITERALS);
/** Printable characters written in another way. */
const ESCAPE_SIGN =
  /\\[ux][0-9A-Fa-f{]|\\["'/]|&#|&[a-z]{2,8};|%[2-7][0-9A-Fa-f]|[\u0300-\u036f]|[\u2000-\u206f\u2100-\u24ff\uff01-\uff5e]|\ud835/;
/** A last word of this length may be random, encoded, or the first line of a longer text. */
const LONG_LAST_WORD = 24;

/** Whether a line's last word is long enough to be a secret without a literal. */
export function endsInLongWord(text: string): boolean {
  return text.length >= LONG_LAST_WORD && text.length - text.lastIndexOf(' ') > LONG_LAST_WORD;
}

/**
 * Whether a UTF-16 code is, or begins, a letter used in words for password in other scripts, or one that looks Latin.
 */
export function isForeignCode(code: number): boolean {
  return code === 0xd835 || (code >= 0xff01 && code <= 0xff5e) || FOREIGN_LETTER.test(String.fromCharCode(code));
}

interface Look {
  readonly text: string;
  /** Whether the line needs a closer look, with or without its colours. */
  readonly isCandidate: boolean;
  /** What `signsIn` found in the text with its colours. */
  readonly signs: number;
}

function lookAt(text: string): Look {
  const signs = signsIn(text, TELLING);
  if (hasSign(text, signs)) return { text, isCandidate: true, signs };
  if ((signs & SIGN.colour) === 0) return { text, isCandidate: false, signs };
  const shown = withoutSequences(text);
  return { text, isCandidate: hasSign(shown, signsIn(shown, TELLING)), signs };
}

function hasSign(text: string, signs: number): boolean {
  if ((signs & (RUNS | SIGN.literal)) !== 0) return true;
  if ((signs & SIGN.foreign) !== 0 && FOREIGN_LETTER.test(text)) return true;
  return (signs & (SIGN.foreign | SIGN.escape)) !== 0 && ESCAPE_SIGN.test(text);
}

const EVERY_STEP = makeSecretSteps();

/**
 * Creates a redactor. All patterns are linear and run only on lines with one of their literals. `steps`: other ones, for
 * measuring.
 */
export function makeRedactor(steps: RedactSteps = EVERY_STEP): Redactor {
  const placeholders = makePlaceholders();
  // Each line is looked at twice: first in its order, then by itself.
  let last: Look = { text: '', isCandidate: false, signs: 0 };
  const lookOnce = (text: string): Look => {
    if (text !== last.text) last = lookAt(text);
    return last;
  };
  const redactAlone = (text: string, random = true): string => {
    const { isCandidate, signs } = lookOnce(text);
    return isCandidate ? steps(text, placeholders, random, signs) : text;
  };
  const lines = makeSecretLines(placeholders, {
    isCandidate: (text) => lookOnce(text).isCandidate,
    redact: redactAlone,
  });
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
 * Redacts a text that code built from redacted parts, before it is sent. A text without a secret stays unchanged,
 * including invisible characters.
 */
export function redactOutgoing(text: string): RedactedText {
  const { text: redacted, counts } = redact(text);
  return Object.keys(counts).length === 0 ? markRedacted(text) : redacted;
}

/** Redacts a whole text and removes invisible characters; everything else stays, character for character. */
export function redact(text: string, steps: RedactSteps = EVERY_STEP): Redaction {
  const redactor = makeRedactor(steps);
  const lines = text.split('\n').map((line) => redactor.line(line));
  return { text: joined(lines, '\n'), counts: redactor.counts() };
}

/** Maximum length that is read; nothing longer is shown. */
const MAX_READ = 32_768;

/**
 * A name or a short text from outside, redacted before it is cut: titles, branches, commit messages, jobs, steps, alarm
 * texts. On one line, at most `limit` characters.
 */
export function redactName(text: string, limit: number): RedactedText {
  const read = text.length > MAX_READ ? withoutLastWord(text.slice(0, MAX_READ)) : text;
  const redactor = makeRedactor();
  // Line by line first; otherwise the text after a line end would be read as another word of the line.
  const lines = read.split(/\r\n|\r|\n/).map((line) => redactor.line(cleanText(line, MAX_READ)));
  redactor.nextSource();
  return cleanText(redactor.line(joined(lines, ' ')), limit);
}
