import type { Figure } from '#apps/cli/figures/figures.ts';
import { proportion } from '#apps/cli/figures/figures.ts';
import { makeLogJudge } from '#apps/cli/input/log-judge.ts';
import { numbersFrom } from '#shared/kernel/numbers/seeded-numbers.ts';

/** A log's lines with its name. */
export interface NamedLog {
  readonly name: string;
  readonly lines: readonly string[];
}

/** Where something may be planted: the log is known by then. */
const FROM = 0.4;
const TO = 0.95;
const TRIALS = 12;
const BURST = 40;
/** A planted burst is found when the window it begins in, or the next, is reported. */
const LATE = 100;

interface Answer {
  readonly line: number;
  readonly anomalous: boolean;
}

function answersOf(lines: readonly string[]): Answer[] {
  const judge = makeLogJudge();
  return [...lines.flatMap((line, at) => judge.next(at + 1, line)), ...judge.end()];
}

function planted(lines: readonly string[], at: number, inserted: readonly string[]): string[] {
  return [...lines.slice(0, at), ...inserted, ...lines.slice(at)];
}

function isReported(answers: readonly Answer[], first: number, last: number): boolean {
  return answers.some(({ line, anomalous }) => anomalous && line >= first && line <= last);
}

/**
 * Shares of what was planted into real logs and found: a line of another system, and a burst of one of the log's own lines. No labels of
 * real anomalies are at hand; alarms on the logs as they are count all that was told, right or wrong. Repeatable.
 */
export function anomalyFigures(logs: readonly NamedLog[], trials = TRIALS): Figure[] {
  const random = numbersFrom(7);
  const pick = (some: readonly string[]): string => some[Math.floor(random() * some.length)] ?? '';
  let alarms = 0;
  let judged = 0;
  const foreign: boolean[] = [];
  const bursts: boolean[] = [];
  for (const { name, lines } of logs) {
    const others = logs.filter((log) => log.name !== name).flatMap((log) => log.lines);
    alarms += answersOf(lines).filter(({ anomalous }) => anomalous).length;
    judged += lines.length;
    for (let trial = 0; trial < trials && others.length > 0; trial += 1) {
      const at = Math.floor(lines.length * (FROM + random() * (TO - FROM)));
      foreign.push(isReported(answersOf(planted(lines, at, [pick(others)])), at + 1, at + 1));
      const line = pick(lines.slice(0, at));
      const burst = planted(
        lines,
        at,
        Array.from({ length: BURST }, () => line),
      );
      bursts.push(isReported(answersOf(burst), at + 1, at + LATE));
    }
  }
  const hits = (found: readonly boolean[]): number => found.filter(Boolean).length;
  return [
    ...proportion('anomalies: planted foreign line found', hits(foreign), foreign.length),
    ...proportion('anomalies: planted burst found', hits(bursts), bursts.length),
    ...(judged === 0
      ? []
      : [{ name: 'anomalies: told per 1,000 lines', value: (1000 * alarms) / judged, cases: judged }]),
  ];
}
