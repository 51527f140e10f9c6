import { lazy } from '@selfheal/kernel/lazy.ts';
import { remembered } from '@selfheal/kernel/remembered.ts';
import { makeScanPlan, marksOf } from '@selfheal/redaction/line-scanner.ts';
import {
  ALARMING,
  ANCHORS,
  CODE_LISTING,
  HARMLESS,
  NONE_OF,
  RUNNER_NOISE,
  SOME_OF,
  WORDINGS,
} from './failure-keywords.ts';
import { NOISE } from './noise-patterns.ts';
import { makePatternSet } from './pattern-set.ts';
import { readStructuredLine } from './structured-line.ts';

/** How likely a line by itself is the failure, and whether it ends the failing step. */
export interface LineScore {
  readonly score: number;
  readonly anchor: boolean;
}

const NOTHING: LineScore = { score: 0, anchor: false };
/** The score of a line without any of `ALARMING`, which was not looked at; none of its parts has one. */
export const UNALARMING: LineScore = { score: 0, anchor: false };
/** Minimum or maximum weight of a structured line, by its own level. */
const MIN_ERROR_SCORE = 8;
const MAX_WARNING_SCORE = 4;
const MAX_INFO_SCORE = 1;

/** What the Lambda platform prints around every request, whatever its result. */
const PLATFORM_NOISE = /^(?:(?:START|END|REPORT) RequestId: |INIT_START |INIT_REPORT |XRAY TraceId: )/;
const PLATFORM_ALARM = /\bStatus: (?:timeout|error)\b/;

/** Whether the platform prints the line for every request, so that it explains nothing. */
export function isPlatformNoise(text: string): boolean {
  return PLATFORM_NOISE.test(text) && !PLATFORM_ALARM.test(text);
}

const setOf = (patterns: readonly RegExp[]) => lazy(() => makePatternSet(patterns.map((pattern) => ({ pattern }))));
const noise = setOf(NOISE);
const anchors = setOf(ANCHORS);
const wordings = setOf(WORDINGS.map(([, pattern]) => pattern));

/** Whether the line reports success, or is what a tool prints after any failure. */
export function other(text: string): boolean {
  return noise().first(text) >= 0;
}

const alarmPlan = lazy(() => makeScanPlan([ALARMING], 0));

/** Lines whose score is kept: about the evidence of one incident. */
const MAX_REMEMBERED = 512;

/** Scores one cleaned line by its text alone. */
export const scoreLine: (text: string) => LineScore = remembered(
  (text) => (marksOf(alarmPlan(), text) === 0 ? UNALARMING : scoreAlarmingLine(text)),
  MAX_REMEMBERED,
);

/** The same for a line that is known to have one of `ALARMING`. */
export function scoreAlarmingLine(text: string): LineScore {
  const structured = readStructuredLine(text);
  if (structured === null) return scoreWording(text);
  const { score } = scoreWording(structured.message);
  switch (structured.level) {
    case 'error':
      return { score: Math.max(score, MIN_ERROR_SCORE), anchor: false };
    case 'warn':
      return { score: Math.min(Math.max(score, 1), MAX_WARNING_SCORE), anchor: false };
    case 'info':
    case 'debug':
      return { score: Math.min(score, MAX_INFO_SCORE), anchor: false };
    case null:
      return { score, anchor: false };
    default:
      return structured.level satisfies never;
  }
}

/** Characters of a line's head, and of a longer line's end, that are examined. */
const LOOKED_AT = 600;

function scoreWording(text: string): LineScore {
  if (isPlatformNoise(text)) return NOTHING;
  if (text.length <= LOOKED_AT) return scorePart(text);
  return stronger(
    scorePart(text.slice(0, LOOKED_AT)),
    scorePart(text.slice(Math.max(LOOKED_AT, text.length - LOOKED_AT))),
  );
}

/** Combined score of two parts of one line. */
export function stronger(a: LineScore, b: LineScore): LineScore {
  return { score: Math.max(a.score, b.score), anchor: a.anchor || b.anchor };
}

function scorePart(head: string): LineScore {
  if (RUNNER_NOISE.test(head)) return NOTHING;
  const anchor = anchors().first(head) >= 0;
  const weight = WORDINGS[wordings().first(head)]?.[0] ?? 0;
  if (weight === 0) return anchor ? { score: 4, anchor } : NOTHING;
  const harmless = !anchor && weight < 9 && isHarmless(head);
  return { score: harmless ? weight * 0.15 : weight, anchor };
}

function isHarmless(text: string): boolean {
  return HARMLESS.test(text) || CODE_LISTING.test(text) || (NONE_OF.test(text) && !SOME_OF.test(text));
}

/**
 * Prefixes that tools put before every line of what they run: a level, a build step with its clock, a container's name.
 */
const PREFIX = /^(?:\[(?:info|warn|debug)\]\s|#\d{1,4} (?:\d+\.\d+ )?|[\w.-]{1,40}\s{0,20}\| )/;

/** Lines that continue an error: traces, quoted source, diffs, carets, expected and actual values. */
const CONTINUATION =
  /^(?:\s{2,}\S|\t|\s*at |\s*\||\s*\^|\s*~|\s*-->|\s*\d{1,6} \||[+-] ?\S|\s*File "|> |\s*\.\.\. \d|\s*# |Caused by|E {2}|\s*in |\s*from |npm ERR!|\[ERROR\]|\s*(?:Expected|Actual|expected|actual|got|want|note|help|hint)\b)/;

export function isContinuation(text: string): boolean {
  return CONTINUATION.test(text.replace(PREFIX, ''));
}
