import type { RawText } from '@selfheal/kernel/text/raw-text.ts';
import { phrase, type RedactedText } from '@selfheal/kernel/text/redacted-text.ts';
import { cleanLine, timestampOf } from '@selfheal/redaction/clean-line.ts';
import { marksOf, type ScanPlan } from '@selfheal/redaction/line-scanner.ts';
import { LINE_KEPT, shortened, withoutFirstWord, withoutLastWord } from '@selfheal/redaction/long-line.ts';
import { detachedText } from '@selfheal/redaction/placeholder.ts';
import { endsInLongWord, type Redactor } from '@selfheal/redaction/redact.ts';
import { makeCarrierReader, timeIn } from './carrier-prefix.ts';
import { type Candidate, rankCandidates } from './excerpt-ranking.ts';
import { type HeldLine, makeLastLines } from './last-lines.ts';
import {
  cleanedMarks,
  cleanMarked,
  isInOrder,
  type LineReader,
  MARK,
  makeMarkedLines,
  markPlan,
} from './line-marks.ts';
import { type LinePool, type LookAtLine, makeLinePool } from './line-pool.ts';
import { type LineRanker, shippedRanker } from './line-ranker.ts';
import type { LineRules } from './line-rules.ts';
import { type LineScore, scoreAlarmingLine, stronger, UNALARMING } from './line-score.ts';
import { saysOutputIsMissing } from './missing-output.ts';
import type { PassingLines } from './passing-lines.ts';
import { makeStepSections, type StepSections } from './step-sections.ts';
import { makeUnwrapper } from './wrapped-lines.ts';

/** A kept line: 1-based LF line number in the source, cleaned text, relevance (higher is better). */
export interface ExcerptLine {
  readonly number: number;
  readonly text: RedactedText;
  readonly score: number;
  /** When it was written, by the log's own timestamp. */
  readonly at?: string;
  /** What carried it (container, host, stage); not part of `text`. */
  readonly prefix?: RedactedText;
}

export interface Excerpt {
  readonly totalLines: number;
  /** In source order, at most `maxLines`. */
  readonly lines: readonly ExcerptLine[];
  /** What was cut, as sentences. */
  readonly notes: readonly RedactedText[];
}

/** Takes a log's text in chunks of any size and keeps the lines that explain the failure. Memory does not grow with the log. */
export interface Excerpter {
  push(chunk: RawText | string): void;
  finish(): Excerpt;
}

export interface ExcerptOptions {
  readonly maxLines: number;
  /** Sees every line that may contain a secret, in order and before it is cut, so that no secret is kept. */
  readonly redactor: Pick<Redactor, 'line' | 'apart' | 'isInsideSecret'>;
  /** What a passing run of the same job printed; lines that are new against it weigh more. */
  readonly passing?: Pick<PassingLines, 'has'>;
  /** What the configuration leaves out. */
  readonly rules?: LineRules | null;
  /** Orders the lines; the shipped one by default. */
  readonly ranker?: LineRanker;
  /** Gets every line, too, as it stands in the log. */
  readonly beside?: LineReader;
}

/** So many lines are ranked, and so many for each line of the excerpt: more cost time and are not better (recall of marked lines, sources left out). */
const MIN_RANKED = 600;
const RANKED_SHARE = 3;
/** Share of its keywords' score that a line keeps when a passing run prints it too. */
const KNOWN_SHARE = 0.3;
/** Marks of a line that has to be read at once. */
const LOUD = MARK.alarm | MARK.secret | MARK.dressed;

interface ReadLine {
  /** Cleaned and redacted. */
  readonly clean: RedactedText;
  readonly score: LineScore;
  readonly isKnown: boolean;
}

/** Reads lines or their parts in order; what was marked in the raw line decides what is looked for. */
function makeReader({ redactor, passing }: ExcerptOptions, plan: ScanPlan): (raw: string, marks: number) => ReadLine {
  return (raw, rawMarks) => {
    const cleaned = cleanMarked(raw, rawMarks);
    const marks = cleanedMarks(plan, cleaned, rawMarks);
    const clean = isInOrder(redactor, cleaned, marks) ? redactor.line(cleaned) : redactor.apart(cleaned);
    const score = (marks & MARK.alarm) === 0 ? UNALARMING : scoreAlarmingLine(clean);
    return { clean, score, isKnown: passing?.has(cleaned) ?? false };
  };
}

interface LineTaker {
  take(line: HeldLine): void;
  /** Reads a line without keeping it: it may begin or end a key that spans the following lines. */
  leaveOut(line: HeldLine): void;
  /** What was cut or left out so far. */
  notes(): RedactedText[];
}

/** Makes candidates of the lines that a pool keeps. */
function makeLook({ redactor, passing }: ExcerptOptions): LookAtLine {
  return ({ number, raw, prefix }, section, seen) => {
    // A quiet line is read when later lines have already passed the redactor.
    const cleaned = seen === null ? cleanLine(raw) : '';
    const time = timeOf(raw, prefix);
    const at = time === undefined ? time : detachedText(time);
    const carrier = prefix === undefined ? prefix : detachedText(redactor.apart(cleanLine(prefix)));
    const text = detachedText(seen === null ? redactor.apart(cleaned) : seen.text);
    const isKnown = seen === null ? (passing?.has(cleaned) ?? false) : seen.isKnown;
    return {
      number,
      section,
      at,
      prefix: carrier,
      text,
      score: seen?.score ?? UNALARMING,
      base: seen?.base ?? 0,
      isKnown,
    };
  };
}

/** Takes lines, in order, into a pool. */
function makeLineTaker(options: ExcerptOptions, plan: ScanPlan, pool: LinePool, sections: StepSections): LineTaker {
  const { redactor, rules = null } = options;
  const read = makeReader(options, plan);
  let cutLines = 0;
  let leftOut = 0;
  const add = (line: HeldLine, text: RedactedText, score: LineScore, isKnown: boolean): void => {
    const { anchor } = score;
    const base = isKnown && !anchor ? score.score * KNOWN_SHARE : score.score;
    const section = sections.current;
    sections.judge(text, anchor);
    pool.add(line, section, { text, score, base, isKnown });
  };
  const addWhole = (line: HeldLine): void => {
    const { clean, score, isKnown } = read(line.raw, line.marks);
    if (clean.length > LINE_KEPT) cutLines += 1;
    add(line, clean.length > LINE_KEPT ? shortened(clean) : clean, score, isKnown);
  };
  const addEnds = (line: HeldLine, tail: string): void => {
    cutLines += 1;
    const head = read(withoutLastWord(line.raw), line.marks);
    const end = read(withoutFirstWord(tail), line.marks);
    add(line, shortened(head.clean, end.clean), stronger(head.score, end.score), head.isKnown && end.isKnown);
  };
  const leaveOut = ({ raw, marks, tail }: HeldLine): void => {
    leftOut += 1;
    read(raw, marks);
    if (tail !== null) read(tail, marks);
  };
  const isQuiet = ({ raw, marks }: HeldLine): boolean =>
    (marks & LOUD) === 0 && raw.length <= LINE_KEPT && !redactor.isInsideSecret && !endsInLongWord(raw);
  const take = (line: HeldLine): void => {
    const { raw, tail } = line;
    sections.enter(raw, line.prefix, (line.marks & MARK.opensStep) !== 0);
    if (rules?.skips(cleanLine(raw))) leaveOut(line);
    else if (tail !== null) addEnds(line, tail);
    else if (isQuiet(line)) pool.add(line, sections.current, null);
    else addWhole(line);
  };
  return { take, leaveOut, notes: () => notesOf(cutLines, leftOut) };
}

/** When a line was written, by its own timestamp or by that of what carried it. */
function timeOf(raw: string, prefix: string | undefined): string | undefined {
  return timestampOf(raw) ?? (prefix === undefined ? undefined : timeIn(prefix));
}

/** What the log lacks: a part of it, or everything but what carried it. */
function gapsOf(candidates: readonly Candidate[]): RedactedText[] {
  const missing = candidates.find(({ text }) => saysOutputIsMissing(text));
  if (missing !== undefined)
    return [phrase`Line ${missing.number} says that a part of the log is missing; the cause may be in it.`];
  const isBare =
    candidates.some(({ prefix }) => prefix !== undefined) && candidates.every(({ text }) => text.trim() === '');
  return isBare ? [phrase`Its lines have times, jobs or containers in front, and nothing behind them.`] : [];
}

function notesOf(cutLines: number, leftOut: number): RedactedText[] {
  const lines = (count: number) => (count === 1 ? phrase`${count} line was` : phrase`${count} lines were`);
  return [
    ...(cutLines > 0 ? [phrase`${lines(cutLines)} too long and cut.`] : []),
    ...(leftOut > 0 ? [phrase`${lines(leftOut)} not read, as configured.`] : []),
  ];
}

/** Creates an excerpter for one log. */
export function makeExcerpter(options: ExcerptOptions): Excerpter {
  const { maxLines, rules = null, beside } = options;
  const plan = beside?.plan ?? markPlan();
  const pool = makeLinePool(makeLook(options));
  const sections = makeStepSections();
  const { take, leaveOut, notes } = makeLineTaker(options, plan, pool, sections);
  const last = rules?.cut ? makeLastLines(rules.cut, leaveOut) : null;
  const carried = makeCarrierReader<HeldLine>((given, prefix) => {
    const line = prefix === '' ? given : { ...given, raw: given.raw.slice(prefix.length), prefix };
    if (last === null) take(line);
    else last.push(line);
  });
  const whole = makeUnwrapper<HeldLine>(
    (first, raw) => ({ ...first, raw, marks: marksOf(plan, raw) }),
    (line) => carried.push(line),
  );
  let totalLines = 0;
  const scanner = makeMarkedLines(plan, (raw, marks, tail) => {
    totalLines += 1;
    whole.push({ number: totalLines, raw, marks, tail });
    beside?.take(raw, marks, tail);
  });
  const finish = (): Excerpt => {
    scanner.end();
    whole.end();
    carried.end();
    for (const line of last?.end() ?? []) take(line);
    const candidates = pool.best(Math.max(MIN_RANKED, RANKED_SHARE * maxLines));
    const ranked = rankCandidates(candidates, options.ranker ?? shippedRanker(), sections.failed);
    const best = ranked.slice(0, Math.max(0, maxLines));
    return { totalLines, lines: best.sort((a, b) => a.number - b.number), notes: [...notes(), ...gapsOf(candidates)] };
  };
  return { push: (chunk) => scanner.push(chunk), finish };
}
