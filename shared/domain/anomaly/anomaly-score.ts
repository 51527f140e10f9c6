import { levelShift, makeDrift, makeFlatLine, makeSpike, spread } from './changes.ts';
import { makeHistory } from './history.ts';
import { type LagDistances, makeLagDistances } from './lag-distances.ts';
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

/**
 * All detectors over one series, made comparable by a tail model each. The first six are combined by the root mean
 * square of their scores: one certain detector outweighs five uncertain ones, several half-certain ones add up. Drift
 * and flat line are separate, with a lower weight, because they stay high long after the cause.
 */
export function makeScorers(options: { lags: number; memory: number }): { next(value: number): Surprise } {
  const { lags, memory } = options;
  const history = makeHistory(lags + 100);
  const season = makeSeasonLearner(lags);
  const point = makeLagDistances(history, 1, lags);
  const brief = makeLagDistances(history, 3, lags);
  const stretch = makeLagDistances(history, 24, lags);
  const inSeason = (distances: LagDistances): number => {
    const period = season.period();
    return period === undefined ? distances.nearest() : distances.nearestInSeason(period);
  };
  const detector = (reason: MetricReason, score: (value: number) => number, minScale?: number): Detector => ({
    reason,
    score,
    tail: makeTailModel(memory, minScale),
  });
  const together = [
    detector('spike', makeSpike(200)),
    detector('level-shift', () => levelShift(history, 24)),
    detector('variance', () => spread(history, 48)),
    detector('unseen-shape', () => brief.nearest()),
    detector('out-of-season', () => inSeason(point)),
    detector('season-shape', () => inSeason(stretch)),
  ];
  const alone = [detector('flat-line', makeFlatLine(4, 50), 1), detector('drift', makeDrift(1000, 0.5, 200), 5)];
  return {
    next(value) {
      history.push(value);
      season.next(value);
      for (const distances of [point, brief, stretch]) distances.update();
      return loudest(meanSquare(together, value), alone, value);
    },
  };
}

function meanSquare(detectors: readonly Detector[], value: number): Surprise {
  let squares = 0;
  let most = 0;
  let reason: MetricReason = 'spike';
  for (const detector of detectors) {
    const surprise = detector.tail.next(detector.score(value));
    squares += surprise * surprise;
    if (surprise > most) {
      most = surprise;
      reason = detector.reason;
    }
  }
  return { surprise: Math.sqrt(squares / detectors.length), reason };
}

function loudest(combined: Surprise, alone: readonly Detector[], value: number): Surprise {
  let result = combined;
  for (const detector of alone) {
    const surprise = aloneWeight * detector.tail.next(detector.score(value));
    if (surprise > result.surprise) result = { surprise, reason: detector.reason };
  }
  return result;
}
