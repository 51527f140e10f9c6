/**
 * The scorer of the Numenta Anomaly Benchmark (Lavin and Ahmad, "Evaluating Real-Time Anomaly Detection Algorithms",
 * ICMLA 2015). A window counts once, by its earliest detection; a detection outside of windows costs more the further away it is.
 */

/** First and last row of a labelled window, both inclusive. */
export interface RowWindow {
  readonly first: number;
  readonly last: number;
}

/** Input of the scorer: the anomaly score of each row, and the labelled windows in ascending order. */
export interface ScoredSeries {
  readonly scores: readonly number[];
  readonly windows: readonly RowWindow[];
}

/** Weights of an application profile: for the best true positive, a missed window, a false positive. */
interface ProfileWeights {
  readonly truePositive: number;
  readonly missed: number;
  readonly falsePositive: number;
}

const standardProfile: ProfileWeights = { truePositive: 1, missed: 1, falsePositive: 0.11 };

/** Rows at the start of a series that are not scored: 15%, but at most 750 rows. */
export function probationRows(rows: number): number {
  return Math.min(Math.floor(0.15 * rows), 0.15 * 5000);
}

function scaledSigmoid(position: number): number {
  return position > 3 ? -1 : 2 / (1 + Math.exp(5 * position)) - 1;
}

const bestDetection = scaledSigmoid(-1);

/** The weighted value of a detection at each row, before later detections in the same window are dropped. */
function rowWorth(
  rows: number,
  windows: readonly RowWindow[],
  weights: ProfileWeights,
): { worth: Float64Array; window: Int32Array } {
  const worth = new Float64Array(rows);
  const window = new Int32Array(rows).fill(-1);
  let previous: RowWindow | undefined;
  let next = 0;
  for (let row = 0; row < rows; row += 1) {
    const current = windows[next];
    if (current !== undefined && row >= current.first) {
      const width = current.last - current.first + 1;
      worth[row] = (scaledSigmoid(-(current.last - row + 1) / width) * weights.truePositive) / bestDetection;
      window[row] = next;
      if (row === current.last) {
        previous = current;
        next += 1;
      }
      continue;
    }
    const past = previous === undefined ? Infinity : (row - previous.last) / (previous.last - previous.first);
    worth[row] = scaledSigmoid(past) * weights.falsePositive;
  }
  return { worth, window };
}

export interface SeriesScore {
  /** Sum over windows of the best detection, plus the costs of all false positives. */
  readonly raw: number;
  readonly windows: number;
  readonly found: number;
  readonly falsePositives: number;
}

/** Scores one series. A row is a detection if its score is at least `threshold`. */
export function scoreSeries(series: ScoredSeries, threshold: number, weights = standardProfile): SeriesScore {
  const { worth, window } = rowWorth(series.scores.length, series.windows, weights);
  const best = new Map(series.windows.map((_, index) => [index, -weights.missed]));
  let falseCost = 0;
  let falsePositives = 0;
  for (let row = Math.ceil(probationRows(series.scores.length)); row < series.scores.length; row += 1) {
    if ((series.scores[row] ?? 0) < threshold) continue;
    const index = window[row] ?? -1;
    if (index < 0) {
      falseCost += worth[row] ?? 0;
      falsePositives += 1;
    } else {
      best.set(index, Math.max(best.get(index) ?? 0, worth[row] ?? 0));
    }
  }
  const found = [...best.values()].filter((value) => value > -weights.missed).length;
  const raw = falseCost + [...best.values()].reduce((sum, value) => sum + value, 0);
  return { raw, windows: series.windows.length, found, falsePositives };
}

/** The normalised score: 0 for a detector that never fires, 100 for one that finds every window at its first row and nothing else. NaN without windows. */
export function normalisedScore(scores: readonly SeriesScore[]): number {
  const raw = scores.reduce((sum, score) => sum + score.raw, 0);
  const windows = scores.reduce((sum, score) => sum + score.windows, 0);
  return windows === 0 ? Number.NaN : (100 * (raw + windows)) / (2 * windows);
}

/** The threshold with the highest total score over `series`; of equal ones the strictest. */
export function bestThreshold(series: readonly ScoredSeries[], weights = standardProfile): number {
  const candidates = [...new Set(series.flatMap((one) => [...one.scores]))].sort((a, b) => b - a);
  const totals = new Float64Array(candidates.length);
  const position = new Map(candidates.map((score, index) => [score, index]));
  for (const one of series) addGains(one, position, totals, weights);
  let total = 0;
  let best = { threshold: Infinity, total: 0 };
  candidates.forEach((threshold, index) => {
    total += totals[index] ?? 0;
    if (total > best.total + 1e-12) best = { threshold, total };
  });
  return best.threshold;
}

/** Adds to `totals`, for each candidate threshold, the change of this series' raw score when the threshold is lowered to it. */
function addGains(
  one: ScoredSeries,
  position: ReadonlyMap<number, number>,
  totals: Float64Array,
  weights: ProfileWeights,
): void {
  const { worth, window } = rowWorth(one.scores.length, one.windows, weights);
  const best = one.windows.map(() => -weights.missed);
  const rows = one.scores.map((_, row) => row).slice(Math.ceil(probationRows(one.scores.length)));
  rows.sort((a, b) => (one.scores[b] ?? 0) - (one.scores[a] ?? 0));
  for (const row of rows) {
    const index = window[row] ?? -1;
    const at = position.get(one.scores[row] ?? 0) ?? 0;
    const value = worth[row] ?? 0;
    const before = best[index];
    if (before === undefined) totals[at] = (totals[at] ?? 0) + value;
    else if (value > before) {
      totals[at] = (totals[at] ?? 0) + value - before;
      best[index] = value;
    }
  }
}
