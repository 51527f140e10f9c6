import { lazy } from '@selfheal/kernel/lazy.ts';
import type { RawText } from '@selfheal/kernel/text/raw-text.ts';
import { readRawText } from '@selfheal/kernel/text/raw-text-read.ts';
import { cleanLine, cleanPlainLine, DRESSING } from '@selfheal/redaction/clean-line.ts';
import {
  makeLineScanner,
  makeScanPlan,
  marksOf,
  type ScanPlan,
  type TakeLine,
} from '@selfheal/redaction/line-scanner.ts';
import { HEAD_READ, TAIL_READ } from '@selfheal/redaction/long-line.ts';
import { endsInLongWord, FOREIGN_CODES, type Redactor, secretLiterals } from '@selfheal/redaction/redact.ts';
import { INVISIBLE_RANGES } from '@selfheal/redaction/visible-text.ts';
import { ALARMING } from './failure-keywords.ts';
import { STEP_OPENERS } from './step-sections.ts';

/** What one pass over a log finds out about each raw line: few lines need a closer look. */
export const MARK = {
  /** May say something about a failure. */
  alarm: 1,
  /** May hold, begin or end a secret. */
  secret: 2,
  /** Changes by cleaning not only at its ends. */
  dressed: 4,
  opensStep: 8,
} as const;
/** The first bit for literals of a reader beside the excerpter. */
export const FIRST_OWN_MARK = 16;

/** A plan that finds all of `MARK`, and for each group of `own` literals a bit from `FIRST_OWN_MARK` on; at most four groups. */
export function makeMarkPlan(own: readonly (readonly string[])[] = []): ScanPlan {
  return makeScanPlan([ALARMING, secretLiterals(), DRESSING, STEP_OPENERS, ...own], 2, [
    { group: 1, ranges: FOREIGN_CODES },
    { group: 2, ranges: INVISIBLE_RANGES },
  ]);
}

/** The plan of a log that nothing but the excerpter reads. */
export const markPlan = lazy(() => makeMarkPlan());

/** Another reader of the lines that the excerpter reads, so that they are scanned once. */
export interface LineReader {
  /** Made by `makeMarkPlan`. */
  readonly plan: ScanPlan;
  readonly take: TakeLine;
}

/** Splits a log into marked lines for `take`. */
export function makeMarkedLines(plan: ScanPlan, take: TakeLine): { push(chunk: RawText | string): void; end(): void } {
  const scanner = makeLineScanner(plan, { head: HEAD_READ, tail: TAIL_READ }, take);
  return { push: (chunk) => scanner.push(readRawText(chunk)), end: () => scanner.end() };
}

const isDressed = (marks: number): boolean => (marks & MARK.dressed) !== 0;

/** `cleanLine` of a raw line with these marks. */
export function cleanMarked(raw: string, marks: number): string {
  return isDressed(marks) ? cleanLine(raw) : cleanPlainLine(raw);
}

/** The marks of a cleaned line by those of the raw one: dressing such as colour codes may have been inside a literal. */
export function cleanedMarks(plan: ScanPlan, cleaned: string, marks: number): number {
  return isDressed(marks) ? marksOf(plan, cleaned) : marks;
}

/** Whether a cleaned line has to pass the redactor in its order: no other begins or ends a secret that spans lines. */
export function isInOrder(redactor: Pick<Redactor, 'isInsideSecret'>, cleaned: string, marks: number): boolean {
  return (marks & MARK.secret) !== 0 || redactor.isInsideSecret || endsInLongWord(cleaned);
}
