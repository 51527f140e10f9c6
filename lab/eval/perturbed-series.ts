import { normalFrom, numbersFrom } from '@selfheal/kernel/numbers/seeded-numbers.ts';
import type { RowWindow } from './nab-scorer.ts';

interface Series {
  readonly values: readonly number[];
  readonly windows: readonly RowWindow[];
}

interface Change {
  readonly name: string;
  /** `deviation` is that of the values about their mean; `random` gives numbers from 0 to 1. */
  readonly change: (series: Series, deviation: number, random: () => number) => Series;
}

const mapped = (series: Series, value: (value: number, row: number) => number): Series => ({
  windows: series.windows,
  values: series.values.map(value),
});

/** Keeps one row of `every`, made of the rows it stands for. */
function resampled({ values, windows }: Series, every: number, merge: (rows: readonly number[]) => number): Series {
  const length = Math.floor(values.length / every);
  const rowOf = (row: number): number => Math.min(length - 1, Math.floor(row / every));
  return {
    values: Array.from({ length }, (_, row) => merge(values.slice(every * row, every * row + every))),
    windows: windows.map(({ first, last }) => ({ first: rowOf(first), last: rowOf(last) })),
  };
}

const meanOf = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

/**
 * Changes of a series after which an anomaly is still one. A detector whose constants fit the development series alone
 * scores lower on them.
 */
const CHANGES: readonly Change[] = [
  { name: 'scaled and shifted', change: (series) => mapped(series, (value) => 37.3 * value + 1234) },
  { name: 'negated', change: (series) => mapped(series, (value) => -value) },
  {
    name: 'with noise',
    change: (series, deviation, random) => mapped(series, (value) => value + 0.15 * deviation * normalFrom(random)),
  },
  {
    name: 'with another season',
    change(series, deviation, random) {
      const period = 60 + Math.floor(300 * random());
      return mapped(series, (value, row) => value + 0.7 * deviation * Math.sin((2 * Math.PI * row) / period));
    },
  },
  {
    name: 'with a trend',
    change: (series, deviation) => mapped(series, (value, row) => value + (2 * deviation * row) / series.values.length),
  },
  {
    name: 'rounded',
    change: (series, deviation) => mapped(series, (value) => (Math.round((4 * value) / deviation) * deviation) / 4),
  },
  { name: 'at half the rate, averaged', change: (series) => resampled(series, 2, meanOf) },
  { name: 'at a third of the rate', change: (series) => resampled(series, 3, ([first = Number.NaN]) => first) },
];

/** The series after each change, by the name of the change; the same for the same seed. */
export function perturbed(series: Series, seed: number): { readonly name: string; readonly series: Series }[] {
  const finite = series.values.filter(Number.isFinite);
  const mean = meanOf(finite);
  const deviation = Math.sqrt(meanOf(finite.map((value) => (value - mean) ** 2))) || 1;
  return CHANGES.map(({ name, change }) => ({ name, series: change(series, deviation, numbersFrom(seed)) }));
}
