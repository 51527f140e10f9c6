import type { Severity } from '../logs/severity.ts';
import { type IsolationForest, isolationForestDefaults, makeIsolationForest } from './isolation-forest.ts';
import { makeTailModel } from './tail-model.ts';
import { makeWindowCounts } from './window-counts.ts';

/** A log line as its template: equal clusters are equal templates. Lines come in ascending order. */
export interface TemplatedLine {
  /** 1-based. */
  readonly line: number;
  readonly cluster: number | string;
  /** How bad such lines say they are; `info` when it is not known. Bad news is surprising sooner. */
  readonly severity?: Severity;
}

export type LogReason = 'none' | 'new-template' | 'rare-template' | 'rate-jump' | 'unusual-mix';

export interface LogAnomaly {
  readonly line: number;
  /** 0 to 1; 0.5 and more is anomalous. */
  readonly score: number;
  readonly anomalous: boolean;
  readonly reason: LogReason;
}

export interface LogAnomalyDetectorOptions {
  /** Lines in a window. */
  readonly windowLines: number;
  /** Past windows the forest is grown on. */
  readonly windows: number;
  /** Surprise at which a line is anomalous, decades. */
  readonly threshold: number;
  readonly seed: number;
}

export const logAnomalyDefaults: LogAnomalyDetectorOptions = { windowLines: 50, windows: 256, threshold: 3, seed: 1 };

/** Judges lines window by window: a line's answer comes with the end of its window and uses nothing after it. */
export interface LogAnomalyDetector {
  /** The answers that became due, in order: none, or those of a whole window. */
  next(line: TemplatedLine): readonly LogAnomaly[];
  /** The answers of the last, shorter window. */
  end(): readonly LogAnomaly[];
}

const warmUpLines = 100;
const regrowEvery = 32;
const leastWindows = 8;
const scoreMemory = 1000;
/** Decades that a severity adds to what is surprising by itself. */
const severityDecades = { critical: 1, error: 0.7, warning: 0.2, info: 0, debug: -0.5 } as const;
const leastSurprise = 1;
/** A template never seen is news by itself; a window is 50 lines, so what is said of windows is said more seldom. */
const newDecades = 1;
const windowDecades = 1;

/**
 * An isolation forest over template counts in windows of lines says which windows are an unusual mix; how seldom a template was seen
 * before says which lines are strange in themselves (one never seen: by how seldom new ones came of late); how much more often one comes than
 * it used to says where its rate jumps (Chernoff's bound of the Poisson tail, 1952). All are decades of surprise over the past alone.
 * Memory is bounded: `windows` windows and the templates `window-counts.ts` keeps.
 */
export function makeLogAnomalyDetector(options: Partial<LogAnomalyDetectorOptions> = {}): LogAnomalyDetector {
  const { windowLines, windows, threshold, seed } = { ...logAnomalyDefaults, ...options };
  const counts = makeWindowCounts();
  const mixes = makeMixSurprise(windows, seed);
  const jumps = makeTailModel(scoreMemory, 0.01);
  let pending: PendingLine[] = [];
  let linesSeen = 0;

  function close(whole: boolean): LogAnomaly[] {
    // A shorter window would be unusual for its length alone.
    const jump = whole ? counts.strongestJump() : null;
    // Improbable by the rate, and more so than in the windows before: rates of many logs jump all the time.
    const jumped = whole ? Math.min(jump?.decades ?? 0, jumps.next(jump?.decades ?? 0) + windowDecades) : 0;
    const mix = whole ? mixes.next(counts.closeWindow()) + windowDecades : 0;
    // The mix speaks through the line that is strangest in it, unless what is strange in it was told already.
    const strangest = pending.reduce((most, one) => Math.max(most, one.surprise), 0);
    let spoken = false;
    let toldJump = false;
    let ofJump = 0;
    const answers = pending.map(({ line, cluster, surprise, reason }) => {
      if (jump?.cluster === cluster) ofJump += 1;
      // It jumps where there are more than usual, not where the template comes first.
      if (!toldJump && jump !== null && ofJump > jump.usual && jumped >= threshold && jumped > surprise) {
        toldJump = true;
        return answer(line, jumped, 'rate-jump', threshold);
      }
      const speaks = mix >= threshold && strangest < threshold && surprise === strangest && !spoken && !toldJump;
      spoken ||= speaks;
      return answer(line, speaks ? mix : surprise, speaks ? 'unusual-mix' : reason, threshold);
    });
    pending = [];
    return answers;
  }

  return {
    next({ line, cluster, severity = 'info' }) {
      const { seenBefore, decades } = counts.add(cluster);
      linesSeen += 1;
      const own = seenBefore === 0 ? decades + newDecades : decades;
      const said = decades < leastSurprise ? decades : own + severityDecades[severity];
      const surprise = linesSeen <= warmUpLines ? 0 : said;
      pending.push({ line, cluster, surprise, reason: seenBefore === 0 ? 'new-template' : 'rare-template' });
      return pending.length >= windowLines ? close(true) : [];
    },
    end: () => close(false),
  };
}

interface PendingLine {
  readonly line: number;
  readonly cluster: number | string;
  readonly surprise: number;
  readonly reason: LogReason;
}

function answer(line: number, surprise: number, reason: LogReason, threshold: number): LogAnomaly {
  const anomalous = surprise >= threshold;
  return { line, score: 1 / (1 + 10 ** (threshold - surprise)), anomalous, reason: anomalous ? reason : 'none' };
}

/** Surprise of a window's counts among the windows before it. The forest grows anew on each doubling, then every 32 windows. */
function makeMixSurprise(windows: number, seed: number): { next(counts: readonly number[]): number } {
  const past: (readonly number[])[] = [];
  const tail = makeTailModel(scoreMemory, 0.01);
  let forest: IsolationForest | undefined;
  let seen = 0;
  return {
    next(counts) {
      const surprise = forest === undefined ? 0 : tail.next(forest.score(counts));
      past.push(counts);
      if (past.length > windows) past.shift();
      seen += 1;
      const due = seen >= leastWindows && (seen % regrowEvery === 0 || Number.isInteger(Math.log2(seen)));
      if (due) forest = makeIsolationForest(past, { ...isolationForestDefaults, seed });
      return surprise;
    },
  };
}
