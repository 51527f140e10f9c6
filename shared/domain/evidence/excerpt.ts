import { cleanLine, DRESSING, timestampOf } from './clean-line.ts';
import { type Candidate, candidateOf, rankCandidates } from './excerpt-ranking.ts';
import { ALARMING } from './failure-wordings.ts';
import { makeLinePool } from './line-pool.ts';
import { makeLineScanner, makeScanPlan, marksOf } from './line-scanner.ts';
import { type LineScore, NOTHING, scoreLine, stronger } from './line-score.ts';
import { HEAD_READ, LINE_KEPT, shortened, TAIL_READ, withoutFirstWord, withoutLastWord } from './long-line.ts';
import type { PassingLines } from './passing-lines.ts';
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
  /** What a passing run of the same job printed: what is new against it weighs more. */
  readonly passing?: Pick<PassingLines, 'has'>;
}

const ALARM = 1;
const SECRET = 2;
const DRESSED = 4;
/** One pass over the log finds the few lines that need a closer look. */
const PLAN = makeScanPlan([ALARMING, SECRET_LITERALS, DRESSING], 2);

const NO_REDACTION: Pick<Redactor, 'line' | 'isInsideKey'> = { line: (text) => text, isInsideKey: false };

/** Makes an excerpter for one log. */
export function makeExcerpter(options: ExcerptOptions): Excerpter {
  const redactor = options.redactor ?? NO_REDACTION;
  const pool = makeLinePool();
  let totalLines = 0;
  let cutLines = 0;
  /** Cleaned and redacted, with its score. */
  const read = (raw: string, rawMarks: number): { clean: string; score: LineScore; isKnown: boolean } => {
    const cleaned = cleanLine(raw);
    // What dressed it may have stood inside a literal.
    const marks = (rawMarks & DRESSED) === 0 ? rawMarks : marksOf(PLAN, cleaned);
    const clean = (marks & SECRET) !== 0 || redactor.isInsideKey ? redactor.line(cleaned) : cleaned;
    const score = (marks & ALARM) === 0 ? NOTHING : scoreLine(clean);
    return { clean, score, isKnown: options.passing?.has(cleaned) ?? false };
  };
  const lookAt = (number: number, raw: string, marks: number): Candidate => {
    const { clean, score, isKnown } = read(raw, marks);
    if (clean.length > LINE_KEPT) cutLines += 1;
    const text = clean.length > LINE_KEPT ? shortened(clean) : clean;
    return candidateOf({ number, text, at: timestampOf(raw) }, score, isKnown);
  };
  const lookAtEnds = (number: number, raw: string, tail: string, marks: number): Candidate => {
    cutLines += 1;
    const head = read(withoutLastWord(raw), marks);
    const end = read(withoutFirstWord(tail), marks);
    const text = shortened(head.clean, end.clean);
    return candidateOf(
      { number, text, at: timestampOf(raw) },
      stronger(head.score, end.score),
      head.isKnown && end.isKnown,
    );
  };
  const scanner = makeLineScanner(PLAN, { head: HEAD_READ, tail: TAIL_READ }, (raw, marks, tail) => {
    totalLines += 1;
    const number = totalLines;
    const isQuiet = marks === 0 && tail === null && raw.length <= LINE_KEPT && !redactor.isInsideKey;
    if (isQuiet) pool.add(null, () => lookAt(number, raw, 0));
    else pool.add(tail === null ? lookAt(number, raw, marks) : lookAtEnds(number, raw, tail, marks));
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
