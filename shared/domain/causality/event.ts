import { readFailedTests } from '../failure/failed-tests.ts';
import { templateOf } from '../failure/fingerprint.ts';
import type { Evidence, EvidenceLine, EvidenceSource } from '../logs/evidence.ts';
import { isCalm, isContinuation, isPlatformNoise, scoreLine } from '../logs/line-score.ts';
import { isAtLeast, type Severity, severityOf, worst } from '../logs/severity.ts';
import { spokenLine } from '../logs/structured-line.ts';
import { type Entity, entitiesOf } from './entities.ts';
import { instantOfLine } from './instant.ts';
import { type Stage, stageOf } from './stage.ts';
import { joinsTracebacks } from './wrapping.ts';

/** Something that the logs or the telemetry say happened. Texts are tainted. */
export interface Event {
  /** Of an evidence line, or null for what an API told. */
  readonly ref: string | null;
  readonly source: string;
  readonly number: number;
  readonly text: string;
  /** Milliseconds since the epoch, or null. */
  readonly at: number | null;
  readonly severity: Severity;
  readonly stage: Stage | null;
  /** Of the line and those that continue it, times left out. */
  readonly entities: readonly Entity[];
  /** 0 to 1: how much the line matters in its log. */
  readonly relevance: number;
  /** 0 to 1: how much its own words speak of a failure. */
  readonly wording: number;
  /** It heads the report of a failed test. */
  readonly isTest: boolean;
  /** Equal for events of equal wording. */
  readonly template: string;
  /** The line and what continues it. */
  readonly block: readonly EvidenceLine[];
  /** The log itself says that the event before it in its log made it. */
  readonly follows: boolean;
}

/** Lines below an event that still belong to it. */
const LONGEST_BLOCK = 40;
const GAP = 2;
/** What the text speaks of may lie this far before the time at which a runner printed it: a container's log shown at the end. */
const OLDEST_MILLISECONDS = 86_400_000;
const SKEW_MILLISECONDS = 2_000;
/** An indented line that speaks this much of a failure is one of its own, unless it is a frame or a value of the one above. */
const OWN_EVENT = 6;
const FRAME = /^\s{1,40}(?:at |File "|in |from |\^|\||E {2}|Expected|Actual|expected|actual|got|want)/;
/** Lines that are no warning by their words may still be events: those that stand out, or speak of a failure a little. */
const STANDS_OUT = 0.75;
const LEAST_WORDING = 0.33;
/** Frames of a trace whose head is not there say where, not what. */
const BARE_FRAME =
  /^(?:\[\w{1,8}\] ?)?\s{0,40}(?:at |from )\S.{0,300}[:(,]\s?(?:\d|\S{0,200}:\d)|^\S{1,300}:\d{1,6}:in [`'<]|^\S{1,300}\.py:\d{1,6}: in |^\s{1,40}at \S/;
/** Also the script of a step as the runner prints it before it runs: what it would say is not said yet. */
const NOISE =
  /^\s{0,8}(?:echo|printf|exit \d|if \[|fi$|then$|else$|set -\w)|^\+{1,3} (?:echo|printf)\b|^##\[(?:group|endgroup|debug|command)\]|^\[command\]|^shell: |^env:$/;
/** Chains of causes begin no event of their own: they belong to the error above them. */
const PART_OF_ERROR = /^\s{0,12}(?:Caused by:|\.\.\. \d{1,4} more|---> |\[cause\]:|\d{1,2}: )/;

/** When the event happened: as its text says where that can be believed, else when the runner wrote it. */
function timeOf({ at, text }: EvidenceLine): number | null {
  const written = at === undefined ? Number.NaN : Date.parse(at);
  const said = instantOfLine(text);
  if (Number.isNaN(written)) {
    return said !== null && (said.precision === 'absolute' || said.precision === 'local') ? said.milliseconds : null;
  }
  if (said?.precision !== 'absolute') return written;
  const age = written - said.milliseconds;
  return age > -SKEW_MILLISECONDS && age < OLDEST_MILLISECONDS ? said.milliseconds : written;
}

function continues(line: EvidenceLine, last: EvidenceLine, isTest: boolean): boolean {
  if (line.number - last.number > GAP) return false;
  if (PART_OF_ERROR.test(line.text)) return true;
  if (!/^\s/.test(line.text) || !isContinuation(line.text)) return false;
  const { score, anchor } = scoreLine(line.text);
  return !anchor && (isTest || score < OWN_EVENT || FRAME.test(line.text));
}

/** Times of a source: a line without its own has that of the line before it; the first lines that of the first that has one. */
function timesOf(lines: readonly EvidenceLine[]): (number | null)[] {
  const own = lines.map(timeOf);
  let current = own.find((time) => time !== null) ?? null;
  return own.map((time) => {
    current = time ?? current;
    return current;
  });
}

function isNoise(text: string): boolean {
  return text.trim() === '' || NOISE.test(text) || isPlatformNoise(text);
}

interface Block {
  /** The line that says what happened: of a Python traceback the last. */
  head: EvidenceLine;
  readonly at: number | null;
  readonly lines: EvidenceLine[];
  readonly follows: boolean;
}

const TRACEBACK = /^Traceback \(most recent call last\)/;

function blocksOf(lines: readonly EvidenceLine[], tests: ReadonlySet<string>): Block[] {
  const times = timesOf(lines);
  const blocks: Block[] = [];
  let joined = false;
  for (const [index, line] of lines.entries()) {
    if (isNoise(line.text)) continue;
    if (joinsTracebacks(line.text)) {
      joined = true;
      continue;
    }
    const open = blocks.at(-1);
    const last = open?.lines.at(-1);
    const isNear = open !== undefined && last !== undefined && open.lines.length < LONGEST_BLOCK && !joined;
    if (isNear && !tests.has(line.ref) && continues(line, last, tests.has(open.head.ref))) open.lines.push(line);
    else if (isNear && TRACEBACK.test(open.head.text) && line.number - last.number <= GAP) {
      open.lines.push(line);
      open.head = line;
    } else {
      blocks.push({ head: line, at: times[index] ?? null, lines: [line], follows: joined });
      joined = false;
    }
  }
  return blocks;
}

/** The strongest score of a single line. */
const MOST_SCORE = 9;

function eventsOf(source: EvidenceSource, tests: ReadonlySet<string>): Event[] {
  const best = Math.max(1, ...source.lines.map(({ score }) => score));
  return blocksOf(source.lines, tests).flatMap(({ head, at, lines: block, follows }) => {
    const isTest = block.some(({ ref }) => tests.has(ref));
    const severity = worst([...block.map((line) => severityOf(line.text)), isTest ? 'error' : 'info']);
    const relevance = Math.max(0, Math.min(1, Math.max(...block.map(({ score }) => score)) / best));
    const wording = Math.max(...block.map((line) => scoreLine(line.text).score)) / MOST_SCORE;
    const isQuiet = !isAtLeast(severity, 'warning') && relevance < STANDS_OUT && wording < LEAST_WORDING;
    if (isQuiet || isCalm(head.text) || BARE_FRAME.test(head.text)) return [];
    const text = spokenLine(head.text) ?? head.text;
    const entities = block.flatMap((one) => entitiesOf(one.text)).filter(({ kind }) => kind !== 'timestamp');
    const own = { ref: head.ref, source: source.id, number: head.number, text, template: templateOf(text) };
    return [{ ...own, at, severity, stage: stageOf(text), entities, relevance, wording, isTest, block, follows }];
  });
}

function compareTimes(a: number | null, b: number | null): number {
  if (a === null || b === null) return Number(a === null) - Number(b === null);
  return a - b;
}

/**
 * What went wrong, in order: by time where it is known, else by the order of the log. Logs without any time come last, each in its own
 * order.
 */
export function orderEvents(events: readonly Event[]): Event[] {
  return events
    .map((event, index) => ({ event, index }))
    .sort((a, b) => compareTimes(a.event.at, b.event.at) || a.index - b.index)
    .map(({ event }) => event);
}

/** Every warning, error and crash of the evidence as an event, stack traces and notes with the line they belong to; in order. */
export function eventsIn(evidence: Evidence): Event[] {
  const tests = new Set(readFailedTests(evidence).map(({ ref }) => ref));
  return orderEvents(evidence.sources.flatMap((source) => eventsOf(source, tests)));
}
