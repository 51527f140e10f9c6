import { type MetricReason, makeScorers } from './anomaly-score.ts';

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
  /** How much worse (-log10) an anomaly must be to break the cool-down. */
  readonly escalation: number;
}

/**
 * Chosen on the development series of the suite `nab`, all groups considered, from the middle of a plateau; the same
 * for every series.
 */
export const metricDetectorDefaults: MetricDetectorOptions = {
  threshold: 1.5,
  lags: 2100,
  memory: 6000,
  coolDown: { share: 0.03, least: 20, most: 200 },
  escalation: 2,
};

const warmUpRows = 60;
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
  let rows = 0;
  return {
    next(value) {
      if (!Number.isFinite(value)) return none;
      rows += 1;
      const { surprise, reason } = scorers.next(Math.max(-largest, Math.min(largest, value)));
      if (rows <= warmUpRows) return none;
      return alarms(rows, surprise - decadesPerTenfold * Math.log10(Math.max(rows, youngestRows) / 1000), reason);
    },
  };
}

type Alarms = (rows: number, surprise: number, reason: MetricReason) => MetricAnomaly;

function makeAlarms({ threshold, coolDown, escalation }: MetricDetectorOptions): Alarms {
  let last = { row: Number.NEGATIVE_INFINITY, surprise: 0 };
  return (rows, surprise, reason) => {
    const score = 1 / (1 + 10 ** (threshold - surprise));
    if (surprise < threshold) return { score, anomalous: false, reason: 'none' };
    const quietRows = Math.min(coolDown.most, Math.max(coolDown.least, coolDown.share * rows));
    if (rows - last.row <= quietRows && surprise <= last.surprise + escalation) {
      return { score: score * quietShare, anomalous: false, reason };
    }
    last = { row: rows, surprise };
    return { score, anomalous: true, reason };
  };
}
