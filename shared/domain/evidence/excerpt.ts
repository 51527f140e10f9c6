import { cleanLine, DRESSING, timestampOf } from './clean-line.ts';
import { type Candidate, candidateOf, rankCandidates } from './excerpt-ranking.ts';
import { ALARMING } from './failure-wordings.ts';
import { makeLinePool } from './line-pool.ts';
import { makeLineScanner, makeScanPlan, marksOf } from './line-scanner.ts';
import { NOTHING, scoreLine } from './line-score.ts';
import { type Redactor, SECRET_LITERALS } from './redact.ts';

/** A kept line: 1-based LF line number in the source, cleaned text, relevance (higher is better). */
export interface ExcerptLine {
  readonly number: number;
  readonly text: string;
  readonly score: number;
  /** When it was written, as the log's own time stamp says. */
  readonly at?: string;
}

export interface Excerpt {
  readonly totalLines: number;
  /** In source order, at most `maxLines`. */
  readonly lines: readonly ExcerptLine[];
  /** What was cut, in plain words. */
  readonly notes: readonly string[];
}

/** Takes a log's text in chunks of any size and keeps the lines that explain the failure. Memory does not grow with the log. */
export interface Excerpter {
  push(chunk: string): void;
  finish(): Excerpt;
}

export interface ExcerptOptions {
  readonly maxLines: number;
  /** Sees every line that may hold a secret, in order and before it is cut, so that nothing secret is kept. */
  readonly redactor?: Pick<Redactor, 'line' | 'isInsideKey'>;
}

/** What is read of one line; the rest of it is counted but not seen. */
const LINE_READ = 32_768;
/** What is kept of one line. */
const LINE_KEPT = 2_000;
/** No secret that redaction knows is longer. */
const LONGEST_SECRET = 4_096;

const ALARM = 1;
const SECRET = 2;
const DRESSED = 4;
/** One pass over the log finds the few lines that need a closer look. */
const PLAN = makeScanPlan([ALARMING, SECRET_LITERALS, DRESSING], 2);

const NO_REDACTION: Pick<Redactor, 'line' | 'isInsideKey'> = { line: (text) => text, isInsideKey: false };

/** A line's head without its last word, which may be the first half of a secret that nobody can tell by its half. */
function withoutLastWord(head: string): string {
  let end = head.length;
  while (end > 0 && head.length - end < LONGEST_SECRET && !/\s/.test(head.charAt(end - 1))) end -= 1;
  return head.slice(0, end);
}

/** Makes an excerpter for one log. */
export function makeExcerpter(options: ExcerptOptions): Excerpter {
  const redactor = options.redactor ?? NO_REDACTION;
  const pool = makeLinePool();
  let totalLines = 0;
  let cutLines = 0;
  const lookAt = (number: number, raw: string, isWhole: boolean, rawMarks: number): Candidate => {
    const cleaned = cleanLine(isWhole ? raw : withoutLastWord(raw));
    // What dressed it may have stood inside a literal.
    const marks = (rawMarks & DRESSED) === 0 ? rawMarks : marksOf(PLAN, cleaned);
    const clean = (marks & SECRET) !== 0 || redactor.isInsideKey ? redactor.line(cleaned) : cleaned;
    const isCut = !isWhole || clean.length > LINE_KEPT;
    if (isCut) cutLines += 1;
    const text = isCut ? `${clean.slice(0, LINE_KEPT)} [line cut]` : clean;
    return candidateOf({ number, text, at: timestampOf(raw) }, (marks & ALARM) === 0 ? NOTHING : scoreLine(clean));
  };
  const scanner = makeLineScanner(PLAN, LINE_READ, (raw, marks, isWhole) => {
    totalLines += 1;
    const number = totalLines;
    const isQuiet = marks === 0 && isWhole && raw.length <= LINE_KEPT && !redactor.isInsideKey;
    if (isQuiet) pool.add(null, () => lookAt(number, raw, true, 0));
    else pool.add(lookAt(number, raw, isWhole, marks));
  });
  return {
    push: (chunk) => scanner.push(chunk),
    finish() {
      scanner.end();
      const lines = rankCandidates(pool.all(), totalLines)
        .slice(0, Math.max(0, options.maxLines))
        .sort((a, b) => a.number - b.number);
      const notes = cutLines > 0 ? [`${cutLines} ${cutLines === 1 ? 'line was' : 'lines were'} too long and cut.`] : [];
      return { totalLines, lines, notes };
    },
  };
}
