import { type MetricReason, makeScorers } from './anomaly-score.ts';
import { makeWhiteNoiseTest } from './white-noise.ts';

export interface MetricAnomaly {
  /** Likelihood that an anomaly begins in this row: 0 to 1; from 0.5 on an alarm is raised. */
  readonly score: number;
  /** True only in the first row of an episode; later rows are silent during the cool-down. */
  readonly anomalous: boolean;
  /** What is anomalous about the row; `none` below the threshold. */
  readonly reason: MetricReason | 'none';
}

/** A detector for one series. It knows the order of rows, and only those it was given. */
export interface MetricDetector {
  /** Scores a value by the earlier rows, then learns it. A value that is not finite is skipped: score 0. */
  next(value: number): MetricAnomaly;
}

export interface MetricDetectorOptions {
  /** Score at which an alarm is raised, in -log10 beyond what chance shows in a series of 1000 rows. */
  readonly threshold: number;
  /** How far back shapes and seasons are searched, in rows. */
  readonly lags: number;
  /** Values that the tail model of each detector keeps. */
  readonly memory: number;
  /** Rows of cool-down after an alarm: this share of the rows seen, within the bounds. */
  readonly coolDown: { readonly share: number; readonly least: number; readonly most: number };
  /** How much worse (-log10) an anomaly must be to break the cool-down of an uncertain one. */
  readonly escalation: number;
}

/**
 * Chosen on the development series of the suite `nab`, all groups considered, from the middle of a plateau; the same
 * for every series.
 */
const metricDetectorDefaults: MetricDetectorOptions = {
  threshold: 1.5,
  lags: 2100,
  memory: 6000,
  coolDown: { share: 0.03, least: 20, most: 200 },
  escalation: 2,
};

/** Until then the detectors of sections compare with nothing. */
const warmUpRows = 120;
/** What rows that are independent of each other show by chance, they show again and again: decades that an alarm needs there besides. */
const noiseDecades = 3;
/** Until then no season of a day can be known, and a wave looks like an anomaly to these detectors: decades that an alarm needs besides. */
const seasonRows = 600;
const unknownSeasonDecades: Readonly<Partial<Record<MetricReason, number>>> = {
  'level-shift': 4,
  drift: 3,
  variance: 3,
  'season-shape': 3,
  'unseen-shape': 3,
};
/** An alarm as surprising as this is not noise; whatever is worse in the same episode belongs to it. */
const certainSurprise = 2;
/** Unless its value is that many times as far away as those of the episode are from each other. */
const farOutside = 3;
/** An episode goes on while rows are anomalous, this many cool-downs apart at most and up to this many rows. */
const gapInEpisode = 2;
const longestEpisode = 600;
const quietShare = 0.4;
const decadesPerTenfold = 0.7;
const youngestRows = 500;
/** Squares of larger values would not be finite. */
const largest = 1e100;
const none: MetricAnomaly = { score: 0, anomalous: false, reason: 'none' };

/**
 * Anomalies of a metric, row by row: the scores of several detectors (`anomaly-score.ts`) against a threshold. The
 * longer a stream, the higher a score must be, because chance had more rows: online false discovery control, in spirit
 * (Javanmard and Montanari, "Online rules for control of false discovery rate", Annals of Statistics 46, 2018).
 * Strictly causal; memory is bounded by `lags` and `memory`.
 */
export function makeMetricDetector(options: Partial<MetricDetectorOptions> = {}): MetricDetector {
  const settings = { ...metricDetectorDefaults, ...options };
  const scorers = makeScorers(settings);
  const alarms = makeAlarms(settings);
  const noise = makeWhiteNoiseTest(settings.lags);
  let rows = 0;
  return {
    next(value) {
      if (!Number.isFinite(value)) return none;
      rows += 1;
      const bounded = Math.max(-largest, Math.min(largest, value));
      const { surprise, reason } = scorers.next(bounded);
      const period = scorers.period();
      const chance =
        // Noise does not stay equal.
        (noise.isNoise() && reason !== 'flat-line' ? noiseDecades : 0) +
        (rows < seasonRows && period === undefined ? (unknownSeasonDecades[reason] ?? 0) : 0);
      noise.next(bounded, period);
      if (rows <= warmUpRows) return none;
      const rowsByChance = decadesPerTenfold * Math.log10(Math.max(rows, youngestRows) / 1000);
      return alarms(rows, { value: bounded, surprise: surprise - rowsByChance, chance, reason });
    },
  };
}

/** `chance`: the decades that the surprise must be greater than elsewhere. */
type Alarms = (
  rows: number,
  row: { readonly value: number; readonly surprise: number; readonly chance: number; readonly reason: MetricReason },
) => MetricAnomaly;

function makeAlarms({ threshold, coolDown, escalation }: MetricDetectorOptions): Alarms {
  let last = { row: Number.NEGATIVE_INFINITY, surprise: 0 };
  /** The latest anomalous row of the episode, and the greatest surprise in it. */
  let latest = Number.NEGATIVE_INFINITY;
  let greatest = 0;
  /** The values from the row before the episode on. */
  let low = Number.NaN;
  let high = Number.NaN;
  let before = Number.NaN;
  return (rows, { value, surprise, chance, reason }) => {
    const isFarOutside = Math.max(value - high, low - value) > farOutside * (high - low);
    low = Math.min(low, value);
    high = Math.max(high, value);
    const previous = before;
    before = value;
    const score = 1 / (1 + 10 ** (threshold + chance - surprise));
    if (surprise < threshold + chance) return { score, anomalous: false, reason: 'none' };
    const quietRows = Math.min(coolDown.most, Math.max(coolDown.least, coolDown.share * rows));
    const goesOn =
      rows - last.row <= quietRows || (rows - latest <= gapInEpisode * quietRows && rows - last.row <= longestEpisode);
    latest = rows;
    if (goesOn && (surprise <= greatest + escalation || (last.surprise >= certainSurprise && !isFarOutside))) {
      greatest = Math.max(greatest, surprise);
      return { score: score * quietShare, anomalous: false, reason };
    }
    last = { row: rows, surprise };
    greatest = surprise;
    [low, high] = [Math.min(previous, value), Math.max(previous, value)];
    return { score, anomalous: true, reason };
  };
}
