import { lazy } from '@selfheal/kernel/lazy.ts';
import type { RawText } from '@selfheal/kernel/text/raw-text.ts';
import { readRawText } from '@selfheal/kernel/text/raw-text-read.ts';
import type { RedactedText } from '@selfheal/kernel/text/redacted-text.ts';
import { cleanLine } from './clean-line.ts';
import { makeLineScanner, makeScanPlan } from './line-scanner.ts';
import { HEAD_READ, shortened, TAIL_READ, withoutFirstWord, withoutLastWord } from './long-line.ts';
import { detachedText } from './placeholder.ts';
import type { Redactor } from './redact.ts';

/** One line, cleaned and redacted. `number` counts from 1. */
export type TakeRedactedLine = (text: RedactedText, number: number) => void;

/** Takes one log in chunks of any size, from its first character to its last. */
export interface RedactedLines {
  push(chunk: RawText | string): void;
  /** Returns a last line without a line feed. */
  end(): void;
}

const noLiterals = lazy(() => makeScanPlan([], 0));

/**
 * Redacts one log as a whole: every line passes the redactor in order before any is chosen, so a key is recognised even
 * when its first line is not wanted. Of a line too long to hold, head and end are returned.
 */
export function makeRedactedLines(
  redactor: Pick<Redactor, 'line' | 'nextSource'>,
  take: TakeRedactedLine,
): RedactedLines {
  redactor.nextSource();
  let number = 0;
  const scanner = makeLineScanner(noLiterals(), { head: HEAD_READ, tail: TAIL_READ }, (raw, _marks, tail) => {
    number += 1;
    if (tail === null) take(redactor.line(detachedText(cleanLine(raw))), number);
    else {
      const head = redactor.line(cleanLine(withoutLastWord(raw)));
      take(shortened(head, redactor.line(cleanLine(withoutFirstWord(tail)))), number);
    }
  });
  return { push: (chunk) => scanner.push(readRawText(chunk)), end: () => scanner.end() };
}

/** Redacts all lines of a text that is held as a whole, in order. */
export function redactLines(text: string, redactor: Pick<Redactor, 'line' | 'nextSource'>): RedactedText[] {
  const lines: RedactedText[] = [];
  const stage = makeRedactedLines(redactor, (line) => lines.push(line));
  stage.push(text);
  stage.end();
  return lines;
}
