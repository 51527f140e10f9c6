import { lazy } from '@selfheal/kernel/lazy.ts';
import { withoutAddressed } from '@selfheal/log-reading/logs/addressed-line.ts';
import type { Evidence, EvidenceLine, EvidenceSource } from '@selfheal/log-reading/logs/evidence.ts';
import { instantOfLine } from '@selfheal/log-reading/logs/instant.ts';
import {
  isContinuation,
  isPlatformNoise,
  other as otherLine,
  scoreLine,
} from '@selfheal/log-reading/logs/line-score.ts';
import { messageOf } from '@selfheal/log-reading/logs/line-words.ts';
import {
  isAtLeast,
  isForDebugging,
  type Severity,
  severityOf,
  statesError,
  worst,
} from '@selfheal/log-reading/logs/severity.ts';
import { spokenLine } from '@selfheal/log-reading/logs/structured-line.ts';
import { readFailedTests } from '../failure/failed-tests.ts';
import { templateOf } from '../failure/fingerprint.ts';
import { type Entity, entitiesOf } from './entities.ts';
import { type Stage, stageOf } from './stage.ts';
import { joinsTracebacks } from './wrapping.ts';

/** Something that the logs or the telemetry say happened. Texts are tainted. */
export interface Event {
  /** Of an evidence line; null for facts from an API. */
  readonly ref: string | null;
  readonly source: string;
  readonly number: number;
  readonly text: string;
  /** Milliseconds since the epoch, or null. */
  readonly at: number | null;
  readonly severity: Severity;
  readonly stage: Stage | null;
  /** Of the line and those that continue it, without times. */
  readonly entities: readonly Entity[];
  /** 0 to 1: how relevant the line is in its log. */
  readonly relevance: number;
  /** 0 to 1: how strongly its own words indicate a failure. */
  readonly wording: number;
  /** It heads the report of a failed test. */
  readonly isTest: boolean;
  /** Equal for events with equal wording. */
  readonly template: string;
  /** The line and those that continue it. */
  readonly block: readonly EvidenceLine[];
  /** The log itself says that the previous event in it caused this one. */
  readonly follows: boolean;
}

/** Maximum lines after an event that still belong to it. */
const MAX_BLOCK_LENGTH = 40;
const GAP = 2;
/** How much earlier than the runner's timestamp the time in the text may be: a container's log shown at the end. */
const OLDEST_MILLISECONDS = 86_400_000;
const SKEW_MILLISECONDS = 2_000;
/** From this score on, an indented line is an event of its own, unless it is a frame or a value of the line above. */
const OWN_EVENT = 6;
const FRAME = /^\s{1,40}(?:at |File "|in |from |\^|\||E {2}|Expected|Actual|expected|actual|got|want)/;
/** Lines that are not warnings by their words may still be events when they stand out or hint at a failure. */
const STANDS_OUT = 0.75;
const MIN_KEYWORD_SCORE = 0.33;
/** Frames of a trace without its heading say where, not what. */
const BARE_FRAME =
  /^(?:\[\w{1,8}\] ?)?\s{0,40}(?:at |from )\S.{0,300}[:(,]\s?(?:\d|\S{0,200}:\d)|^\S{1,300}:\d{1,6}:in [`'<]|^\S{1,300}\.py:\d{1,6}: in |^\s{1,40}at \S/;
/** Also the script of a step, which the runner prints before running it. */
const NOISE =
  /^\s{0,8}(?:echo|printf|exit \d|if \[|fi$|then$|else$|set -\w)|^\+{1,3} (?:echo|printf)\b|^##\[(?:group|endgroup|debug|command)\]|^\[command\]|^shell: |^env:$/;
/** Lines of a cause chain begin no event of their own: they belong to the error above them. */
const PART_OF_ERROR = /^\s{0,12}(?:Caused by:|Wrapped by:|\.\.\. \d{1,4} more|---> |\[cause\]:|\d{1,2}: )/;

/** Time of the event: from its text where that is plausible, otherwise from the runner's timestamp. */
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

/**
 * Times of a source: a line without one gets the time of the line before it; the first lines get the first known time.
 */
function timesOf(lines: readonly EvidenceLine[]): (number | null)[] {
  const own = lines.map(timeOf);
  let current = own.find((time) => time !== null) ?? null;
  return own.map((time) => {
    current = time ?? current;
    return current;
  });
}

function other(text: string): boolean {
  return text.trim() === '' || NOISE.test(text) || isPlatformNoise(text);
}

interface Block {
  /** The line that says what happened; for a Python traceback the last one. */
  head: EvidenceLine;
  readonly at: number | null;
  readonly lines: EvidenceLine[];
  readonly follows: boolean;
}

const TRACEBACK = /^Traceback \(most recent call (?:last|first)\)/;
/** How Python names an exception below its frames; anything else there was printed by another program in between. */
const PYTHON_EXCEPTION = /^\s{0,8}[\w.<>]{1,200}(?::|\s?$)/;

function blocksOf(lines: readonly EvidenceLine[], tests: ReadonlySet<string>): Block[] {
  const times = timesOf(lines);
  const blocks: Block[] = [];
  let joined = false;
  for (const [index, line] of lines.entries()) {
    if (other(line.text)) continue;
    if (joinsTracebacks(line.text)) {
      joined = true;
      continue;
    }
    const open = blocks.at(-1);
    const last = open?.lines.at(-1);
    const isNear = open !== undefined && last !== undefined && open.lines.length < MAX_BLOCK_LENGTH && !joined;
    if (isNear && !tests.has(line.ref) && continues(line, last, tests.has(open.head.ref))) open.lines.push(line);
    else if (isNear && TRACEBACK.test(open.head.text) && line.number - last.number <= GAP) {
      open.lines.push(line);
      if (PYTHON_EXCEPTION.test(messageOf(line.text))) open.head = line;
    } else {
      blocks.push({ head: line, at: times[index] ?? null, lines: [line], follows: joined });
      joined = false;
    }
  }
  return blocks;
}

/** Share of the best score below which a line says nothing: a passing run of the same job prints it, too. */
const MIN_SHARE = 0.002;
/** The highest score of a single line. */
const MAX_SCORE = 9;

function eventsOf(source: EvidenceSource, tests: ReadonlySet<string>, cited: ReadonlySet<string>): Event[] {
  const best = Math.max(1, ...source.lines.map(({ score }) => score));
  const telling = source.lines.filter(({ score }) => score >= best * MIN_SHARE);
  const statesErrors = lazy(() => telling.some(({ text }) => statesError(text)));
  return blocksOf(telling, tests).flatMap(({ head, at, lines: block, follows }) => {
    const isTest = block.some(({ ref }) => tests.has(ref));
    const severity = worst([...block.map((line) => severityOf(line.text)), isTest ? 'error' : 'info']);
    const relevance = Math.max(0, Math.min(1, Math.max(...block.map(({ score }) => score)) / best));
    const wording = Math.max(...block.map((line) => scoreLine(line.text).score)) / MAX_SCORE;
    const isCited = block.some(({ ref }) => cited.has(ref));
    const isQuiet =
      !isCited && !isAtLeast(severity, 'warning') && relevance < STANDS_OUT && wording < MIN_KEYWORD_SCORE;
    const isDebug = !isCited && !isTest && isForDebugging(head.text) && statesErrors();
    if (isQuiet || isDebug || otherLine(head.text) || BARE_FRAME.test(head.text)) return [];
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
 * Events in order: by time where known, otherwise by the order of the log. Logs without any time come last, each in its
 * own order.
 */
export function orderEvents(events: readonly Event[]): Event[] {
  return events
    .map((event, index) => ({ event, index }))
    .sort((a, b) => compareTimes(a.event.at, b.event.at) || a.index - b.index)
    .map(({ event }) => event);
}

/**
 * Every warning, error and crash of the evidence as an event, in order; stack traces and notes stay with their line. `cited`: refs of lines by which
 * the failure was recognised, which are events whatever their words are.
 */
export function eventsIn(evidence: Evidence, cited: readonly string[] = []): Event[] {
  const { sources } = withoutAddressed(evidence);
  const tests = new Set(readFailedTests(evidence).map(({ ref }) => ref));
  const known = new Set(cited);
  return orderEvents(sources.flatMap((source) => eventsOf(source, tests, known)));
}
