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

export interface Surprise {
  /** -log10 of the tail probability: 3 is what one row in a thousand shows. */
  readonly surprise: number;
  /** The detector with the highest score. */
  readonly reason: MetricReason;
}

interface Detector {
  readonly reason: MetricReason;
  readonly score: (value: number) => number;
  readonly tail: TailModel;
}

const aloneWeight = 0.4;
/** Sections this many rows apart are compared where no season is known. */
const stretchStride = 8;

/**
 * All detectors over one series, made comparable by a tail model each. The first five are combined by the root mean
 * square of their scores: one certain detector outweighs four uncertain ones, several half-certain ones add up. Drift
 * and flat line are separate, with a lower weight, because they stay high long after the cause.
 */
export function makeScorers(options: { lags: number; memory: number }): { next(value: number): Surprise } {
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
  const detector = (reason: MetricReason, score: (value: number) => number, minScale?: number): Detector => ({
    reason,
    score,
    tail: makeTailModel(memory, minScale),
  });
  const together = [
    detector('level-shift', makeLevelShift(history, 24)),
    detector('variance', makeSpread(history, 48)),
    detector('unseen-shape', () => nearest.nearestSection(3)),
    detector('out-of-season', pointInSeason),
    detector('season-shape', stretchInSeason),
  ];
  const alone = [detector('flat-line', makeFlatLine(4, 50), 1), detector('drift', makeDrift(1000, 0.5, 200), 5)];
  return {
    next(value) {
      history.push(value);
      season.next(value);
      nearest.update();
      let squares = 0;
      let most = 0;
      let reason: MetricReason = 'unseen-shape';
      for (const one of together) {
        const surprise = one.tail.next(one.score(value));
        squares += surprise * surprise;
        if (surprise > most) {
          most = surprise;
          reason = one.reason;
        }
      }
      let loudest = Math.sqrt(squares / together.length);
      for (const one of alone) {
        const surprise = aloneWeight * one.tail.next(one.score(value));
        if (surprise > loudest) {
          loudest = surprise;
          reason = one.reason;
        }
      }
      // Without a season, a value that is out of it is one unlike any before.
      if (reason === 'out-of-season' && season.period() === undefined) reason = 'spike';
      return { surprise: loudest, reason };
    },
  };
}
