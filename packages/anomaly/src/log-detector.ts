import type { Severity } from '@selfheal/log-reading/logs/severity.ts';
import { type IsolationForest, isolationForestDefaults, makeIsolationForest } from './isolation-forest.ts';
import { makeTailModel } from './tail-model.ts';
import { makeWindowCounts } from './window-counts.ts';

/** A log line as its template: equal clusters are equal templates. Lines are in ascending order. */
interface TemplatedLine {
  /** 1-based. */
  readonly line: number;
  readonly cluster: number | string;
  /** Severity of such lines; `info` when unknown. Severe lines count as anomalous sooner. */
  readonly severity?: Severity;
}

type LogReason = 'none' | 'new-template' | 'rare-template' | 'rate-jump' | 'unusual-mix';

export interface LogAnomaly {
  readonly line: number;
  /** 0 to 1; 0.5 and more is anomalous. */
  readonly score: number;
  readonly anomalous: boolean;
  readonly reason: LogReason;
}

export interface LogAnomalyDetectorOptions {
  /** Lines per window. */
  readonly windowLines: number;
  /** Past windows the forest is built on. */
  readonly windows: number;
  /** Score at which a line is anomalous, -log10. */
  readonly threshold: number;
  readonly seed: number;
}

const logAnomalyDefaults: LogAnomalyDetectorOptions = { windowLines: 50, windows: 256, threshold: 3, seed: 1 };

/** Scores lines window by window: a line's result comes at the end of its window and uses nothing after it. */
export interface LogAnomalyDetector {
  /** The results that became available, in order: none, or those of a whole window. */
  next(line: TemplatedLine): readonly LogAnomaly[];
  /** The results of the last, shorter window. */
  end(): readonly LogAnomaly[];
}

const warmUpLines = 100;
const regrowEvery = 32;
const minWindows = 8;
const scoreMemory = 1000;
/** Added to the score by severity, -log10. */
const severityDecades = { critical: 1, error: 0.7, warning: 0.2, info: 0, debug: -0.5 } as const;
const minSurprise = 1;
/** A new template is anomalous by itself; a window has 50 lines, so anomalies of windows are reported more rarely. */
const newDecades = 1;
const windowDecades = 1;

/**
 * An isolation forest over template counts per window finds unusual mixes; the rarity of a template so far finds lines
 * that are anomalous in themselves (for a new one, the rate of new ones lately); the increase of its rate finds jumps
 * (Chernoff's bound of the Poisson tail, 1952). All are -log10 probabilities over the past alone. Memory is bounded:
 * `windows` windows and the templates `window-counts.ts` keeps.
 */
export function makeLogAnomalyDetector(options: Partial<LogAnomalyDetectorOptions> = {}): LogAnomalyDetector {
  const { windowLines, windows, threshold, seed } = { ...logAnomalyDefaults, ...options };
  const counts = makeWindowCounts();
  const mixes = makeMixSurprise(windows, seed);
  const jumps = makeTailModel(scoreMemory, 0.01);
  let pending: PendingLine[] = [];
  let linesSeen = 0;

  function close(whole: boolean): LogAnomaly[] {
    // A shorter window would be unusual because of its length alone.
    const jump = whole ? counts.strongestJump() : null;
    // Improbable by the rate, and more so than in earlier windows: rates of many logs jump all the time.
    const jumped = whole ? Math.min(jump?.decades ?? 0, jumps.next(jump?.decades ?? 0) + windowDecades) : 0;
    const mix = whole ? mixes.next(counts.closeWindow()) + windowDecades : 0;
    // An unusual mix is reported at its most anomalous line, unless that was reported already.
    const strangest = pending.reduce((most, one) => Math.max(most, one.surprise), 0);
    let spoken = false;
    let toldJump = false;
    let ofJump = 0;
    const answers = pending.map(({ line, cluster, surprise, reason }) => {
      if (jump?.cluster === cluster) ofJump += 1;
      // A jump is reported where the count exceeds the usual, not at the template's first line.
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
      const said = decades < minSurprise ? decades : own + severityDecades[severity];
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

/** Score of a window's counts among earlier windows. The forest is rebuilt on each doubling, then every 32 windows. */
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
      const due = seen >= minWindows && (seen % regrowEvery === 0 || Number.isInteger(Math.log2(seen)));
      if (due) forest = makeIsolationForest(past, { ...isolationForestDefaults, seed });
      return surprise;
    },
  };
}
