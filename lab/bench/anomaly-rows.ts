import { makeIsolationForest } from '@selfheal/anomaly/isolation-forest.ts';
import { makeMetricDetector } from '@selfheal/anomaly/metric-detector.ts';
import { normalFrom, numbersFrom } from '@selfheal/kernel/numbers/seeded-numbers.ts';
import { perSecond, type Row } from './row.ts';

const MIN_POINTS_PER_SECOND = 400_000;
const POINTS = 20_000;
const AXES = 8;
const MIN_ROWS_PER_SECOND = 300_000;
const METRIC_ROWS = 60_000;
/** Measurements of five minutes in a day. */
const DAY = 288;

/** A metric with noise, a daily course and, now and then, a spike or a new level. */
function metric(rows: number): number[] {
  const random = numbersFrom(7);
  let level = 50;
  return Array.from({ length: rows }, (_, row) => {
    if (random() < 0.0005) level += 20 * normalFrom(random);
    const spike = random() < 0.001 ? 60 : 0;
    return level + 15 * Math.sin((2 * Math.PI * row) / DAY) + 2 * normalFrom(random) + spike;
  });
}

/** Rates of both anomaly detectors on one core. */
export async function anomalyRows(): Promise<Row[]> {
  const values = metric(METRIC_ROWS);
  const rows = perSecond(METRIC_ROWS, () => {
    const detector = makeMetricDetector();
    for (const value of values) detector.next(value);
  });
  const random = numbersFrom(3);
  const points = Array.from({ length: POINTS }, () => Array.from({ length: AXES }, () => normalFrom(random)));
  const forest = makeIsolationForest(points.slice(0, 1000));
  const scored = perSecond(POINTS, () => {
    for (const point of points) forest.score(point);
  });
  return [
    rateRow(`records of a metric of ${METRIC_ROWS}, scored one after the other`, rows, MIN_ROWS_PER_SECOND),
    rateRow(`points of ${AXES} axes, scored by an isolation forest of 100 trees`, scored, MIN_POINTS_PER_SECOND),
  ];
}

function rateRow(measure: string, rate: number, goal: number): Row {
  return {
    measure,
    goal: `${goal.toLocaleString('en')} per second`,
    measured: `${Math.round(rate).toLocaleString('en')} per second`,
    met: rate >= goal,
  };
}
