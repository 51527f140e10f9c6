import type { MetricRow } from './metric-row.ts';

/** One measured value of a metric. */
export interface Reading {
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly value: number;
}

export const HOUR = 60 * 60 * 1000;

/**
 * A row of a metric file as a reading; a time without a zone is UTC. Null without a measurement or with an invalid
 * time.
 */
export function readingOf({ timestamp, value }: MetricRow): Reading | null {
  const at = instantOf(timestamp);
  return value === undefined || Number.isNaN(at) ? null : { at, value };
}

/** Unix time has ten digits before the point in seconds, thirteen in milliseconds. */
function instantOf(timestamp: string): number {
  if (/^\d+(?:\.\d+)?$/.test(timestamp)) return Number(timestamp) * (Number(timestamp) < 1e11 ? 1000 : 1);
  const [, date, clock, zone = 'Z'] = /^(\S{10})(?:[T ]([\d:.,]+))? ?(Z|[+-]\d{2}:?\d{2})?$/i.exec(timestamp) ?? [];
  if (clock === undefined) return Date.parse(`${date}`);
  return Date.parse(`${date}T${clock.replace(',', '.')}${zone.toUpperCase().replace(/^(...)(\d\d)$/, '$1:$2')}`);
}

/** The median; NaN for none. */
export function medianOf(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? Number.NaN) + upper) / 2;
}
