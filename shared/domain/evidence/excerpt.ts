import { cleanLine, timestampOf } from './clean-line.ts';
import { type Candidate, rankCandidates } from './excerpt-ranking.ts';
import { scoreLine } from './line-score.ts';

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
  /** Called for every line in order, before it is kept or cut: give `makeRedactor().line` so that nothing secret is kept. */
  readonly redactLine?: (line: string) => string;
}

/** What is read of one line; the rest of it is counted but not seen. */
const LINE_READ = 32_768;
/** What is kept of one line. */
const LINE_KEPT = 2_000;
/** Lines before and after an alarming line that are kept with it. */
const BEFORE = 12;
const AFTER = 30;
const HOT = 3;
const TAIL = 500;
const POOL = 8_000;

/** No secret that redaction knows is longer. */
const LONGEST_SECRET = 4_096;

/** A line's head without its last word, which may be the first half of a secret that nobody can tell by its half. */
function withoutLastWord(head: string): string {
  let end = head.length;
  while (end > 0 && head.length - end < LONGEST_SECRET && !/\s/.test(head.charAt(end - 1))) end -= 1;
  return head.slice(0, end);
}

/** Splits chunks into lines; of a line longer than `LINE_READ` only the head is held. */
function makeLineSplitter(take: (line: string, full: boolean) => void): { push(chunk: string): void; end(): void } {
  let parts: string[] = [];
  let held = 0;
  let cut = false;
  const add = (piece: string): void => {
    const room = LINE_READ - held;
    if (piece.length > room) cut = true;
    if (room <= 0 || piece === '') return;
    parts.push(piece.length > room ? piece.slice(0, room) : piece);
    held += Math.min(piece.length, room);
  };
  const flush = (): void => {
    take(parts.length === 1 ? (parts[0] ?? '') : parts.join(''), !cut);
    parts = [];
    held = 0;
    cut = false;
  };
  return {
    push(chunk) {
      let from = 0;
      for (let at = chunk.indexOf('\n'); at >= 0; at = chunk.indexOf('\n', from)) {
        add(chunk.slice(from, at));
        flush();
        from = at + 1;
      }
      if (from < chunk.length) add(from === 0 ? chunk : chunk.slice(from));
    },
    end() {
      if (held > 0 || cut) flush();
    },
  };
}

/** Keeps the newest lines and the surroundings of alarming ones; the least alarming surroundings are given up first. */
class Pool {
  #kept: Candidate[] = [];
  #recent: Candidate[] = [];
  #after = 0;

  add(candidate: Candidate): void {
    this.#recent.push(candidate);
    if (candidate.base >= HOT || candidate.anchor) {
      this.#keepBefore();
      this.#after = AFTER;
    } else if (this.#after > 0) {
      this.#after -= 1;
      candidate.kept = true;
    }
    if (this.#recent.length >= TAIL * 2) this.#age();
  }

  #keepBefore(): void {
    for (const candidate of this.#recent.slice(-BEFORE - 1)) candidate.kept = true;
  }

  #age(): void {
    const old = this.#recent.slice(0, -TAIL);
    this.#recent = this.#recent.slice(-TAIL);
    this.#kept.push(...old.filter((candidate) => candidate.kept));
    if (this.#kept.length > POOL) this.#prune();
  }

  /** Gives up half: lines far from strongly alarming ones, older first. */
  #prune(): void {
    const ranked = rankCandidates(this.#kept, Number.POSITIVE_INFINITY).slice(0, POOL / 2);
    const numbers = new Set(ranked.map((line) => line.number));
    this.#kept = this.#kept.filter((candidate) => numbers.has(candidate.number));
  }

  all(): readonly Candidate[] {
    return [...this.#kept, ...this.#recent];
  }
}

/** Makes an excerpter for one log. */
export function makeExcerpter(options: ExcerptOptions): Excerpter {
  const redactLine = options.redactLine ?? ((line: string) => line);
  const pool = new Pool();
  let totalLines = 0;
  let cutLines = 0;
  const splitter = makeLineSplitter((raw, full) => {
    totalLines += 1;
    const clean = redactLine(cleanLine(full ? raw : withoutLastWord(raw)));
    const isCut = !full || clean.length > LINE_KEPT;
    if (isCut) cutLines += 1;
    const { score, anchor } = scoreLine(clean);
    const text = isCut ? `${clean.slice(0, LINE_KEPT)} [line cut]` : clean;
    pool.add({ number: totalLines, text, at: timestampOf(raw), base: score, anchor, kept: false });
  });
  return {
    push: (chunk) => splitter.push(chunk),
    finish() {
      splitter.end();
      const lines = rankCandidates(pool.all(), totalLines)
        .slice(0, Math.max(0, options.maxLines))
        .sort((a, b) => a.number - b.number);
      const notes = cutLines > 0 ? [`${cutLines} ${cutLines === 1 ? 'line was' : 'lines were'} too long and cut.`] : [];
      return { totalLines, lines, notes };
    },
  };
}
