import { HOUR, medianOf, type Reading } from '@selfheal/anomaly/reading.ts';

const DAY = 24 * HOUR;
/** Days of history needed to find a daily cycle. */
const MIN_DAYS = 3;
/** A cycle counts only if at most this share of the variation remains without it. */
const MAX_LEFT_SHARE = 0.7;

/** Usual distance of a metric from its daily mean, by the hour (UTC). */
export interface DailyCycle {
  above(at: number): number;
}

/**
 * The daily cycle: for each hour, the median over the days of the readings' distance from the mean of the surrounding
 * day, so that a trend is not mistaken for a cycle (the classical decomposition of a time series, with medians). Null
 * when fewer than three days were seen, hours are missing, or it explains little. Weekly cycles are ignored. Readings
 * in order of time.
 */
export function dailyCycleOf(readings: readonly Reading[]): DailyCycle | null {
  const first = readings[0]?.at ?? 0;
  const last = readings.at(-1)?.at ?? 0;
  if (last - first < MIN_DAYS * DAY) return null;
  const away = distancesFromDay(readings);
  const hours = Map.groupBy(away, ({ at }) => hourOf(at));
  if (hours.size < 24) return null;
  const usual = Array.from({ length: 24 }, (_, hour) => medianOf((hours.get(hour) ?? []).map(({ value }) => value)));
  const above = (at: number): number => usual[hourOf(at)] ?? 0;
  const before = medianOf(away.map(({ value }) => Math.abs(value)));
  const after = medianOf(away.map(({ at, value }) => Math.abs(value - above(at))));
  return after <= MAX_LEFT_SHARE * before && before > 0 ? { above } : null;
}

const hourOf = (at: number): number => Math.floor((at % DAY) / HOUR);

/** Distance of each reading from the mean of the surrounding day, where half a day exists on both sides. */
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
