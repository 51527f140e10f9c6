import { markRedacted, type RedactedText } from '@selfheal/kernel/text/brand.ts';
import { joined } from '@selfheal/kernel/text/redacted-text.ts';
import { firstDoubtfulLine, RUNS, SIGN, signsIn } from './character-runs.ts';
import { withoutTimestamp } from './clean-line.ts';
import { cleanText } from './clean-text.ts';
import { withInvisible } from './invisible-breaks.ts';
import type { CodeRange } from './line-scanner.ts';
import { withoutLastWord } from './long-line.ts';
import { detachedText } from './placeholder.ts';
import { makeSecretLines } from './secret-lines.ts';
import { isForeign, literalsIn, secretLiterals, secretMachine } from './secret-literals.ts';
import { makePlaceholders } from './secret-placeholders.ts';
import { FOREIGN_RANGES } from './secret-rules.ts';
import { makeSecretSteps, type RedactSteps } from './secret-steps.ts';
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
   * Whether the next line may continue a secret. Otherwise only lines with one of `secretLiterals`, a letter of
   * another script or a long last word need to be given in order; any other line may be given later, to `apart`.
   */
  readonly isInsideSecret: boolean;
  /** One line outside of any order. */
  apart(text: string): RedactedText;
  /** Drops an unfinished secret: call between sources. */
  nextSource(): void;
  counts(): Readonly<Record<string, number>>;
}

export { secretLiterals };

const ESC = String.fromCharCode(0x1b);
/** Printable characters written in another way. */
const ESCAPE_SIGN =
  /\\[ux][0-9A-Fa-f{]|\\["'/]|&#|&[a-z]{2,8};|%[2-7][0-9A-Fa-f]|[\u0300-\u036f]|[\u2000-\u206f\u2100-\u24ff\uff01-\uff5e]|\ud835/;
/** A last word of this length may be random, encoded, or the first line of a longer text. */
const LONG_LAST_WORD = 24;

/** Whether a line's last word is long enough to be a secret without a literal. */
export function endsInLongWord(text: string): boolean {
  return text.length >= LONG_LAST_WORD && text.length - text.lastIndexOf(' ') > LONG_LAST_WORD;
}

/** UTF-16 codes that are, or begin, a letter used in words for password in other scripts, or one that looks Latin. */
export const FOREIGN_CODES: readonly CodeRange[] = [...FOREIGN_RANGES, [0xd835, 0xd835], [0xff01, 0xff5e]];

interface Look {
  readonly text: string;
  /** Whether the line needs a closer look, with or without its colours. */
  readonly isCandidate: boolean;
  /** What `signsIn` found in the text with its colours. */
  readonly signs: number;
}

function lookAt(text: string, signs = signsIn(text, secretMachine())): Look {
  if (hasSign(text, signs)) return { text, isCandidate: true, signs };
  if ((signs & SIGN.colour) === 0) return { text, isCandidate: false, signs };
  const shown = withoutSequences(text);
  return { text, isCandidate: hasSign(shown, signsIn(shown, secretMachine())), signs };
}

function hasSign(text: string, signs: number): boolean {
  if ((signs & (RUNS | SIGN.literal)) !== 0) return true;
  if ((signs & SIGN.foreign) !== 0 && isForeign(text)) return true;
  return (signs & (SIGN.foreign | SIGN.escape)) !== 0 && ESCAPE_SIGN.test(text);
}

const EVERY_STEP = makeSecretSteps();
/** What an invisible character shows in. */
const UNPLAIN = SIGN.foreign | SIGN.control;

/** Longer lines are seldom repeated. */
const MAX_REMEMBERED_LENGTH = 500;
const MAX_REMEMBERED = 2_000;

/** Remembers lines in which nothing was found; of long logs the latest. */
function makeCleanLines() {
  let [recent, older] = [new Set<string>(), new Set<string>()];
  return {
    has: (line: string): boolean => recent.has(line) || older.has(line),
    add(line: string): void {
      if (line.length > MAX_REMEMBERED_LENGTH) return;
      if (recent.size >= MAX_REMEMBERED) [recent, older] = [new Set(), recent];
      recent.add(detachedText(line));
    },
  };
}

/**
 * Creates a redactor. All patterns are linear and run only on lines with one of their literals. `steps`: other ones, for
 * measuring.
 */
export function makeRedactor(steps: RedactSteps = EVERY_STEP): Redactor {
  return makeScannedRedactor(steps);
}

interface ScannedRedactor extends Redactor {
  /** `signs`: what `signsIn` finds in the line with `secretMachine`, where it is known. */
  line(text: string, signs?: number): RedactedText;
}

function makeScannedRedactor(steps: RedactSteps): ScannedRedactor {
  const placeholders = makePlaceholders();
  // Each line is looked at twice: first in its order, then by itself.
  let last: Look = { text: '', isCandidate: false, signs: 0 };
  const lookOnce = (text: string, signs?: number): Look => {
    if (text !== last.text) last = lookAt(text, signs);
    return last;
  };
  const redactAlone = (text: string, random = true): string => {
    const { isCandidate, signs } = lookOnce(text);
    return isCandidate ? steps(text, placeholders, random, signs) : text;
  };
  const lines = makeSecretLines(placeholders, {
    isCandidate: (text) => lookOnce(text).isCandidate,
    redact: redactAlone,
    // A colour may stand inside a name.
    mayAnnounce: (text) =>
      (lookOnce(text).signs & (SIGN.colour | SIGN.foreign)) !== 0 || text.includes(ESC) || literalsIn(text).mayAnnounce,
  });
  // Logs repeat lines. The time before them is neither part of a secret nor says anything about one.
  const clean = makeCleanLines();
  const visible = (raw: string, signs?: number): string =>
    (lookOnce(raw, signs).signs & UNPLAIN) === 0 ? raw : visibleText(raw);
  const redactLine = (raw: string, signs?: number): string => {
    const text = visible(raw, signs);
    if (lines.open) return lines.line(text);
    if (!lookOnce(text).isCandidate) return text;
    const untimed = withoutTimestamp(text);
    if (clean.has(untimed)) return text;
    const { requested } = placeholders;
    const redacted = lines.line(text);
    if (redacted === text && placeholders.requested === requested && !lines.open) clean.add(untimed);
    return redacted;
  };
  return {
    line: (raw, signs) => markRedacted(redactLine(raw, signs)),
    apart: (raw) => markRedacted(redactAlone(visible(raw))),
    get isInsideSecret() {
      return lines.open;
    },
    nextSource: () => lines.reset(),
    counts: () => ({ ...placeholders.counts }),
  };
}

/**
 * Redacts a text that code built from redacted parts, before it is sent. What is no secret stays unchanged, including
 * invisible characters: they break up mentions and links of outsiders.
 */
export function redactOutgoing(text: string): RedactedText {
  const { text: redacted, counts } = redact(text);
  return markRedacted(Object.keys(counts).length === 0 ? text : withInvisible(redacted, text));
}

/** Whether an escape may begin at the end of a line: by itself it is one, before a line feed none. */
function endsInEscape(line: string): boolean {
  return /[\\%&].?$/s.test(line.slice(-2));
}

/** Characters that are looked at together; longer lines are still read whole. */
const AT_ONCE = 65_536;

/**
 * Redacts a whole text and removes invisible characters; everything else stays, character for character. Lines that do
 * not change are copied together, as most do not.
 */
export function redact(text: string, steps: RedactSteps = EVERY_STEP): Redaction {
  const redactor = makeScannedRedactor(steps);
  const parts: RedactedText[] = [];
  const units = Buffer.alloc(2 * Math.min(text.length, AT_ONCE));
  const codes = new Uint16Array(units.buffer, units.byteOffset, units.length / 2);
  let copied = 0;
  /** Redacts the line at `from`, with these signs, and those that it opens a secret in; returns where the next begins. */
  const redactLines = (from: number, signs?: number): number => {
    let next = from;
    do {
      const feed = text.indexOf('\n', next);
      const end = feed < 0 ? text.length : feed;
      const line = text.slice(next, end);
      const redacted = redactor.line(line, next === from && !endsInEscape(line) ? signs : undefined);
      if (redacted !== line) {
        parts.push(markRedacted(text.slice(copied, next)), redacted);
        copied = end;
      }
      next = end + 1;
    } while (redactor.isInsideSecret && next <= text.length);
    return next;
  };
  for (let base = 0; base < text.length; ) {
    const isTail = text.length - base <= AT_ONCE;
    const end = isTail ? text.length : text.lastIndexOf('\n', base + AT_ONCE - 1) + 1;
    if (end <= base) {
      base = redactLines(base);
      continue;
    }
    units.write(text.slice(base, end), 'utf16le');
    let at = base;
    while (at < end) {
      const { from, signs } = firstDoubtfulLine(codes, at - base, end - base, secretMachine());
      at = base + from < end ? redactLines(base + from, signs) : end;
    }
    base = at;
  }
  parts.push(markRedacted(text.slice(copied)));
  return { text: joined(parts, ''), counts: redactor.counts() };
}

/** Maximum length that is read; nothing longer is shown. */
const MAX_READ = 32_768;

/**
 * A name or a short text from outside, redacted before it is cut: titles, branches, commit messages, jobs, steps, alarm
 * texts. On one line, at most `limit` characters. `redactor`: for many names, because making one costs most.
 */
export function redactName(text: string, limit: number, redactor: Redactor = makeRedactor()): RedactedText {
  const read = text.length > MAX_READ ? withoutLastWord(text.slice(0, MAX_READ)) : text;
  redactor.nextSource();
  // Line by line first; otherwise the text after a line end would be read as another word of the line.
  const lines = read.split(/\r\n|\r|\n/).map((line) => redactor.line(cleanText(line, MAX_READ)));
  redactor.nextSource();
  return cleanText(redactor.line(joined(lines, ' ')), limit);
}
