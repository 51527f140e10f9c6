import { HOUR, medianOf, type Reading } from '@selfheal/anomaly/reading.ts';
import { type DailyCycle, dailyCycleOf } from './daily-cycle.ts';
import { afterStep } from './level-step.ts';
import { teethOf } from './resets.ts';
import { MIN_READINGS, type Trend, trendOf } from './trend.ts';

export interface Limit {
  readonly value: number;
  /** A limit: `above` when the metric rises to it, `below` when it falls to it (free space). */
  readonly side: 'above' | 'below';
}

/**
 * Why nothing is forecast. `too-short`: too few readings since the last reset or change of level; `no-trend`: the
 * slope's interval includes zero or leads away from the limit; `too-far`: later than four times the observed period;
 * `resets-in-time`: it repeatedly fell back by itself in time.
 */
export type NoExhaustion = 'too-short' | 'no-trend' | 'too-far' | 'resets-in-time';

/** When a metric reaches its limit. Instants are milliseconds since the epoch. */
export type Forecast =
  | { readonly kind: 'none'; readonly reason: NoExhaustion }
  | { readonly kind: 'reached'; readonly value: number }
  | {
      readonly kind: 'expected';
      readonly earliest: number;
      readonly likely: number;
      readonly latest: number;
      readonly perHour: number;
      /** The trend began here, or earlier. */
      readonly from: number;
    };

const LATEST_READINGS = 3;
/** Nothing is forecast further ahead than this multiple of the observed period. */
const FARTHEST = 4;
/** Sawtooth peaks needed to form a trend of their own. */
const MIN_PERIOD_READINGS = MIN_READINGS + 1;
/** Beyond this many hours the hour of the day does not matter. */
const STEPPED_HOURS = 2000;

const none = (reason: NoExhaustion): Forecast => ({ kind: 'none', reason });

/**
 * Forecasts when a metric reaches its limit, or why that is unknown: by the trend since the last reset, with the daily
 * cycle removed where there is one. Readings may be unordered and incomplete; values that are not finite are ignored.
 * Prefers no forecast to an uncertain one.
 */
export function forecastExhaustion(given: readonly Reading[], limit: Limit): Forecast {
  const sign = limit.side === 'above' ? 1 : -1;
  const readings = given
    .filter(({ at, value }) => Number.isFinite(at) && Number.isFinite(value))
    .map(({ at, value }) => ({ at, value: sign * value }))
    .sort((a, b) => a.at - b.at);
  if (readings.length < MIN_READINGS) return none('too-short');
  const now = medianOf(readings.slice(-LATEST_READINGS).map(({ value }) => value));
  if (now >= sign * limit.value) return { kind: 'reached', value: sign * now };
  const cycle = dailyCycleOf(readings);
  const plain = cycle === null ? readings : readings.map(({ at, value }) => ({ at, value: value - cycle.above(at) }));
  const forecast = ofTeeth(teethOf(plain), sign * limit.value, cycle);
  return forecast.kind === 'expected' ? { ...forecast, perHour: sign * forecast.perHour } : forecast;
}

/** The peaks of a sawtooth can rise while the last tooth has not yet: garbage is collected, each time a little less. */
function ofTeeth(teeth: readonly (readonly Reading[])[], limit: number, cycle: DailyCycle | null): Forecast {
  const last = teeth.at(-1) ?? [];
  const now = last.at(-1)?.at ?? 0;
  if (teeth.length > MIN_PERIOD_READINGS) {
    const tips = teeth.slice(0, -1).map(tipOf);
    const ofTips = fromTrend(settled(tips), { limit, now, cycle });
    if (ofTips.kind === 'expected') return ofTips;
  }
  const forecast = fromTrend(settled(last), { limit, now, cycle });
  if (forecast.kind !== 'expected') return forecast;
  // The first tooth was not seen from its beginning.
  const lengths = teeth.slice(1, -1).map((tooth) => (tooth.at(-1)?.at ?? 0) - (tooth[0]?.at ?? 0));
  const began = last[0]?.at ?? 0;
  const fallsBack = lengths.length >= 2 && forecast.likely > began + Math.max(...lengths);
  return fallsBack ? none('resets-in-time') : forecast;
}

const tipOf = (tooth: readonly Reading[]): Reading =>
  tooth.reduce((highest, reading) => (reading.value >= highest.value ? reading : highest));

/**
 * The longest period up to now with one trend: half of it is dropped as long as a later part contradicts the whole or
 * rises alone, so that neither an old step nor the quiet time before a leak counts.
 */
function settled(readings: readonly Reading[]): readonly Reading[] {
  const whole = trendOf(readings);
  if (whole === null) return readings;
  for (let part = laterHalf(readings); part.length >= MIN_READINGS; part = laterHalf(part)) {
    const trend = trendOf(part);
    if (trend !== null && (contradicts(trend, whole) || (isRising(trend) && !isRising(whole))))
      return settled(laterHalf(readings));
  }
  const later = whole.narrowInterval[0] > 0 ? afterStep(readings, whole) : null;
  return later === null ? readings : settled(later);
}

const laterHalf = (readings: readonly Reading[]): readonly Reading[] => readings.slice(readings.length >> 1);

const isRising = ({ interval: [low] }: Trend): boolean => low > 0;

const contradicts = (one: Trend, other: Trend): boolean =>
  one.narrowInterval[0] > other.narrowInterval[1] || one.narrowInterval[1] < other.narrowInterval[0];

interface Ahead {
  readonly limit: number;
  readonly now: number;
  readonly cycle: DailyCycle | null;
}

function fromTrend(readings: readonly Reading[], ahead: Ahead): Forecast {
  const trend = trendOf(readings);
  if (trend === null) return none('too-short');
  const [low, high] = trend.interval;
  if (!isRising(trend) || !Number.isFinite(high)) return none('no-trend');
  const from = readings[0]?.at ?? ahead.now;
  const likely = reachedAt(trend, trend.perHour, ahead);
  if (likely - ahead.now > FARTHEST * (ahead.now - from)) return none('too-far');
  const [earliest, latest] = [reachedAt(trend, high, ahead), reachedAt(trend, low, ahead)];
  return { kind: 'expected', earliest, likely, latest, perHour: trend.perHour, from };
}

/** The first instant from now on at which trend plus cycle reach the limit; to the hour where there is a cycle. */
function reachedAt(trend: Trend, perHour: number, { limit, now, cycle }: Ahead): number {
  const level = trend.levelAt(now, perHour);
  const ofTrend = now + Math.max(0, (limit - level) / perHour) * HOUR;
  if (cycle === null || ofTrend > now + STEPPED_HOURS * HOUR) return ofTrend;
  // A day after the trend alone reaches it, the cycle has had its maximum once more.
  const last = ofTrend + 24 * HOUR;
  for (let at = now; at < last; at += HOUR) {
    if (level + (perHour * (at - now)) / HOUR + cycle.above(at) >= limit) return at;
  }
  return last;
}
