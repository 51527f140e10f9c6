import { medianOf, type Reading } from '@selfheal/anomaly/reading.ts';

/** A fall is a reset when it is this many times the usual step between readings ... */
const USUAL_STEPS = 8;
/** ... and this share of the metric's total rise. */
const SHARE_OF_RANGE = 0.3;
/** Readings on both sides that must agree, so that one outlier is no reset. */
const SIDE = 3;

/**
 * Splits readings where they fell abruptly and stayed down, as after a restart or a log rotation: the teeth of a
 * sawtooth, oldest first, at least one. Readings in order of time.
 */
export function teethOf(readings: readonly Reading[]): (readonly Reading[])[] {
  const values = readings.map(({ value }) => value);
  const steps = values.slice(1).map((value, index) => Math.abs(value - (values[index] ?? value)));
  const lowest = values.reduce((least, value) => Math.min(least, value), Number.POSITIVE_INFINITY);
  const highest = values.reduce((most, value) => Math.max(most, value), Number.NEGATIVE_INFINITY);
  const least = Math.max(USUAL_STEPS * medianOf(steps), SHARE_OF_RANGE * (highest - lowest));
  const teeth: (readonly Reading[])[] = [];
  let start = 0;
  for (let at = SIDE; at + SIDE <= values.length; at += 1) {
    const fell = (values[at - 1] ?? 0) - (values[at] ?? 0);
    if (at - start < SIDE || fell < least || least === 0) continue;
    const stayed = medianOf(values.slice(at - SIDE, at)) - medianOf(values.slice(at, at + SIDE));
    if (stayed < least) continue;
    teeth.push(readings.slice(start, at));
    start = at;
  }
  return [...teeth, readings.slice(start)];
}
