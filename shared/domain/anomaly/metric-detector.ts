import { type MetricReason, makeStrangenesses } from './anomaly-score.ts';

export interface MetricAnomaly {
  /** Likelihood that something new begins in this row: 0 to 1, 0.5 and more where an alarm is raised. */
  readonly score: number;
  /** True in the first row of an episode only: what goes on stays quiet for the cool-down. */
  readonly anomalous: boolean;
  /** What is strange about the row; `none` while its surprise is below the threshold. */
  readonly reason: MetricReason | 'none';
}

/** A detector of one series. It knows rows by their order, and only those it was given. */
export interface MetricDetector {
  /** Judges a value by the rows before it, then learns it. A value that is not finite is passed over: score 0. */
  next(value: number): MetricAnomaly;
}

export interface MetricDetectorOptions {
  /** Surprise at which an alarm is raised, in decades beyond what chance shows in a series of 1000 rows. */
  readonly threshold: number;
  /** How far back shapes and seasons are sought, rows. */
  readonly lags: number;
  /** How many values of each detector its tail model keeps. */
  readonly memory: number;
  /** Rows of quiet after an alarm: this share of the rows seen, within the bounds. */
  readonly coolDown: { readonly share: number; readonly least: number; readonly most: number };
  /** Decades above the alarm at which a worse anomaly breaks the cool-down. */
  readonly escalation: number;
}

/** Chosen on the development series of the suite `nab`, all groups in view, from the middle of a plateau; the same for every series. */
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
/** Squares of what is larger would not be finite. */
const largest = 1e100;
const none: MetricAnomaly = { score: 0, anomalous: false, reason: 'none' };

/**
 * Anomalies of a metric, row by row: the surprise of several detectors (`strangeness.ts`) against a fixed threshold. The
 * longer a stream, the more a row must surprise, since chance has had more rows to do so: online false discovery control, in
 * spirit (Javanmard and Montanari, "Online rules for control of false discovery rate", Annals of Statistics 46, 2018).
 * Strictly causal; memory is bounded by `lags` and `memory`.
 */
export function makeMetricDetector(options: Partial<MetricDetectorOptions> = {}): MetricDetector {
  const settings = { ...metricDetectorDefaults, ...options };
  const strangenesses = makeStrangenesses(settings);
  const alarms = makeAlarms(settings);
  let rows = 0;
  return {
    next(value) {
      if (!Number.isFinite(value)) return none;
      rows += 1;
      const { surprise, reason } = strangenesses.next(Math.max(-largest, Math.min(largest, value)));
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
