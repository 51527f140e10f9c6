import { HOUR, medianOf, type Reading } from '../anomaly/reading.ts';

const DAY = 24 * HOUR;
/** Days of history that a cycle of a day is told from. */
const LEAST_DAYS = 3;
/** What remains without the cycle may be this share of what was there, else there is none. */
const MOST_LEFT = 0.7;

/** How far a metric usually lies above or below its own day, by the hour (UTC). */
export interface DailyCycle {
  above(at: number): number;
}

/**
 * The cycle of a day: for each hour the median, over the days, of how far readings lie from the mean of the day around them, so that a trend
 * makes none (the classical decomposition of a time series, with medians). Null when fewer than three days were seen, when hours are missing,
 * or when it explains little. Weeks are not looked at. Readings in the order of time.
 */
export function dailyCycleOf(readings: readonly Reading[]): DailyCycle | null {
  const first = readings[0]?.at ?? 0;
  const last = readings.at(-1)?.at ?? 0;
  if (last - first < LEAST_DAYS * DAY) return null;
  const away = distancesFromDay(readings);
  const hours = Map.groupBy(away, ({ at }) => hourOf(at));
  if (hours.size < 24) return null;
  const usual = Array.from({ length: 24 }, (_, hour) => medianOf((hours.get(hour) ?? []).map(({ value }) => value)));
  const above = (at: number): number => usual[hourOf(at)] ?? 0;
  const before = medianOf(away.map(({ value }) => Math.abs(value)));
  const after = medianOf(away.map(({ at, value }) => Math.abs(value - above(at))));
  return after <= MOST_LEFT * before && before > 0 ? { above } : null;
}

const hourOf = (at: number): number => Math.floor((at % DAY) / HOUR);

/** Each reading that has half a day on both sides, as its distance from their mean. */
function distancesFromDay(readings: readonly Reading[]): Reading[] {
  const first = readings[0]?.at ?? 0;
  const last = readings.at(-1)?.at ?? 0;
  let sum = 0;
  let from = 0;
  let to = 0;
  return readings.flatMap(({ at, value }) => {
    for (; to < readings.length && (readings[to]?.at ?? 0) < at + DAY / 2; to += 1) sum += readings[to]?.value ?? 0;
    for (; (readings[from]?.at ?? 0) < at - DAY / 2; from += 1) sum -= readings[from]?.value ?? 0;
    const whole = at - first >= DAY / 2 && last - at >= DAY / 2;
    return whole ? [{ at, value: value - sum / (to - from) }] : [];
  });
}
