import type { Figure } from '@selfheal/cli-kit/figures/figures.ts';
import { proportion } from '@selfheal/cli-kit/figures/figures.ts';
import { numbersFrom } from '@selfheal/kernel/numbers/seeded-numbers.ts';
import { makeLogJudge } from '#shared/app/triage/log-judge.ts';

/** The lines of a log, and its name. */
export interface NamedLog {
  readonly name: string;
  readonly lines: readonly string[];
}

/** Where anomalies are planted, as shares of the log: not at its beginning, which the detector needs to learn the log. */
const FROM = 0.4;
const TO = 0.95;
const TRIALS = 12;
const BURST = 40;
/** A planted burst counts as found if the window in which it begins, or the next one, is reported. */
const MAX_DELAY_LINES = 100;

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
 * Plants anomalies into real logs (a line of another system, a burst of one of the log's own lines) and measures the shares that are found. Real
 * anomalies are not labelled, so the alarm rate on the unchanged logs includes right and wrong alarms. Seeded, so the figures are repeatable.
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
      bursts.push(isReported(answersOf(burst), at + 1, at + MAX_DELAY_LINES));
    }
  }
  const hits = (found: readonly boolean[]): number => found.filter(Boolean).length;
  return [
    ...proportion('anomalies: planted foreign line found', hits(foreign), foreign.length),
    ...proportion('anomalies: planted burst found', hits(bursts), bursts.length),
    ...(judged === 0
      ? []
      : [{ name: 'anomalies: alarms per 1,000 lines', value: (1000 * alarms) / judged, cases: judged }]),
  ];
}
