import { makeHistory } from './history.ts';

/** Learns online whether the rows of a series are independent of each other, but for a level and a season. */
export interface WhiteNoiseTest {
  /** As the rows so far show. */
  isNoise(): boolean;
  /** `period`: rows in a season; undefined while none is known. */
  next(value: number, period: number | undefined): void;
}

/** Of the mean that a level is: slow, so that what moves in waves is no noise. */
const levelRate = 0.02;
const rate = 0.002;
const leastRows = 20;
/** Correlation of neighbours below which rows are independent. */
const mostCorrelation = 0.2;
/** Kurtosis above which single values stand out: 3 of a normal, 6 of a Laplace, 9 of an exponential distribution. */
const mostKurtosis = 20;
/** Standard deviations to which a value is cut, so that an anomaly does not decide. */
const cut = 6;
/** Rows that are read again when the season changes. */
const readAgain = 600;

/** By the correlation of neighbours, of the distances to the level or, where a season is known, to the value of a season ago. */
export function makeWhiteNoiseTest(longest: number): WhiteNoiseTest {
  const history = makeHistory(longest + readAgain + 2);
  const ofLevel = new Neighbours();
  let ofSeason = new Neighbours();
  let season: number | undefined;
  let level: number | undefined;
  return {
    isNoise: () => ofLevel.isIndependent() || (season !== undefined && ofSeason.isIndependent()),
    next(value, period) {
      level ??= value;
      ofLevel.next(value - level);
      level += Math.max(levelRate, 1 / (history.rows() + 1)) * (value - level);
      if (period !== season) {
        season = period;
        ofSeason = new Neighbours();
        if (season !== undefined)
          for (let lag = Math.min(readAgain, history.length() - season) - 1; lag >= 0; lag -= 1)
            ofSeason.next(history.at(lag) - history.at(lag + season));
      }
      history.push(value);
      if (season !== undefined && history.length() > season) ofSeason.next(value - history.at(season));
    },
  };
}

/** Moments of a stream of distances and of neighbours in it, the older ones forgotten. */
class Neighbours {
  #rows = 0;
  #previous = 0;
  #squares = 0;
  #products = 0;
  #fourths = 0;

  next(distance: number): void {
    const deviation = Math.sqrt(this.#squares) || Math.abs(distance) || 1;
    const value = Math.max(-cut * deviation, Math.min(cut * deviation, distance));
    const weight = Math.max(rate, 1 / (this.#rows + 1));
    this.#squares += weight * (value * value - this.#squares);
    this.#products += weight * (value * this.#previous - this.#products);
    this.#fourths += weight * (value ** 4 - this.#fourths);
    this.#previous = value;
    this.#rows += 1;
  }

  isIndependent(): boolean {
    if (this.#rows < leastRows || this.#squares === 0) return false;
    const correlation = this.#products / this.#squares;
    return Math.abs(correlation) < mostCorrelation && this.#fourths / this.#squares ** 2 < mostKurtosis;
  }
}
