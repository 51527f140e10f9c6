import { makeDrift, makeFlatLine, makeLevelShift, makeSpread } from './changes.ts';
import { makeHistory } from './history.ts';
import { everyLag, makeLagDistances, seasonLags } from './lag-distances.ts';
import { makeNearestValues } from './nearest-values.ts';
import { makeSeasonLearner } from './season.ts';
import { makeTailModel, type TailModel } from './tail-model.ts';

/** The detectors, by what they detect. */
export type MetricReason =
  | 'spike'
  | 'level-shift'
  | 'variance'
  | 'drift'
  | 'flat-line'
  | 'unseen-shape'
  | 'out-of-season'
  | 'season-shape';

interface Surprise {
  /** -log10 of the tail probability: 3 is what one row in a thousand shows. */
  readonly surprise: number;
  /** The detector with the highest score. */
  readonly reason: MetricReason;
}

/** All detectors over one series. */
export interface MetricScorers {
  next(value: number): Surprise;
  /** Rows in the season that was learned; undefined while none is clear. */
  period(): number | undefined;
}

/** The detectors, in the order in which they score; the first ones are combined, the others stand alone. */
const REASONS = [
  'level-shift',
  'variance',
  'unseen-shape',
  'out-of-season',
  'season-shape',
  'flat-line',
  'drift',
] as const satisfies readonly MetricReason[];
const TOGETHER = 5;
const minScales: Readonly<Partial<Record<MetricReason, number>>> = { 'flat-line': 1, drift: 5 };
const aloneWeight = 0.4;
/** Sections this many rows apart are compared where no season is known. */
const stretchStride = 8;

/**
 * All detectors over one series, made comparable by a tail model each. The first five are combined by the root mean
 * square of their scores: one certain detector outweighs four uncertain ones, several half-certain ones add up. Drift
 * and flat line are separate, with a lower weight, because they stay high long after the cause.
 */
export function makeScorers(options: { lags: number; memory: number }): MetricScorers {
  const { lags, memory } = options;
  const history = makeHistory(lags + 100);
  const season = makeSeasonLearner(lags);
  const nearest = makeNearestValues(history, lags);
  const point = makeLagDistances(history, 1);
  const stretch = makeLagDistances(history, 24);
  const allLags = everyLag(stretchStride, lags);
  let inSeason = { period: 0, lags: allLags };
  const lagsOfSeason = (): Int32Array | null => {
    const period = season.period();
    if (period === undefined) return null;
    if (period !== inSeason.period) inSeason = { period, lags: seasonLags(period, lags) };
    return inSeason.lags;
  };
  const pointInSeason = (): number => {
    const seasonal = lagsOfSeason();
    return (seasonal && point.nearest(seasonal)) ?? nearest.nearestValue();
  };
  const stretchInSeason = (): number => {
    const seasonal = lagsOfSeason();
    return (seasonal && stretch.nearest(seasonal)) ?? stretch.nearest(allLags) ?? 0;
  };
  const levelShift = makeLevelShift(history, 24);
  const spread = makeSpread(history, 48);
  const flatLine = makeFlatLine(4, 50);
  const drift = makeDrift(1000, 0.5, 200);
  const tails = REASONS.map((reason) => makeTailModel(memory, minScales[reason]));
  const scores = new Float64Array(REASONS.length);
  return {
    period: () => season.period(),
    next(value) {
      history.push(value);
      season.next(value);
      nearest.update();
      // In the order of `REASONS`.
      scores[0] = levelShift();
      scores[1] = spread();
      scores[2] = nearest.nearestSection();
      scores[3] = pointInSeason();
      scores[4] = stretchInSeason();
      scores[5] = flatLine(value);
      scores[6] = drift(value);
      let squares = 0;
      let most = 0;
      let reason: MetricReason = 'unseen-shape';
      for (let at = 0; at < TOGETHER; at += 1) {
        const surprise = (tails[at] as TailModel).next(scores[at] as number);
        squares += surprise * surprise;
        if (surprise > most) {
          most = surprise;
          reason = REASONS[at] as MetricReason;
        }
      }
      let loudest = Math.sqrt(squares / TOGETHER);
      for (let at = TOGETHER; at < REASONS.length; at += 1) {
        const surprise = aloneWeight * (tails[at] as TailModel).next(scores[at] as number);
        if (surprise > loudest) {
          loudest = surprise;
          reason = REASONS[at] as MetricReason;
        }
      }
      // Without a season, a value that is out of it is one unlike any before.
      if (reason === 'out-of-season' && season.period() === undefined) reason = 'spike';
      return { surprise: loudest, reason };
    },
  };
}
