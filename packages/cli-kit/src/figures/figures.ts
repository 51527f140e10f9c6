import { wilsonInterval } from '@selfheal/kernel/numbers/proportion.ts';
import { numbersFrom } from '@selfheal/kernel/numbers/seeded-numbers.ts';
import { present } from '@selfheal/kernel/present.ts';

/** One measured number. Shares lie between 0 and 1. */
export interface Figure {
  readonly name: string;
  /** Never NaN: a figure without cases is omitted. */
  readonly value: number;
  /** Target value: a minimum, or a maximum if `atMost` is true. */
  readonly goal?: number;
  readonly atMost?: boolean;
  /** How many cases the value was measured on. */
  readonly cases: number;
  /** 95% interval: Wilson's for proportions; for means a bootstrap over groups, or over cases when there are fewer than five groups. */
  readonly interval?: readonly [low: number, high: number];
}

/** The figures of one repository, project or system. */
export interface GroupFigures {
  readonly group: string;
  readonly figures: readonly Figure[];
}

export interface FigureReport {
  readonly figures: readonly Figure[];
  readonly byGroup?: readonly GroupFigures[];
}

/** The score of one case, and the repository, project or system that it belongs to. */
export interface ScoredCase {
  readonly group: string;
  readonly value: number;
}

interface Goal {
  readonly goal?: number;
  readonly atMost?: boolean;
}

const RESAMPLES = 2_000;
/** With fewer groups, single cases are resampled instead. */
const MIN_GROUPS = 5;

/** Items by group, in order of first appearance. */
export function groupBy<T>(items: readonly T[], groupOf: (item: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const group = groupOf(item);
    const known = groups.get(group);
    if (known === undefined) groups.set(group, [item]);
    else known.push(item);
  }
  return groups;
}

/**
 * 95% percentile interval of a statistic by cluster bootstrap: resamples whole groups with replacement, 2,000 times (B. Efron, "Bootstrap
 * methods: another look at the jackknife", 1979). Ignores resamples whose statistic is NaN. Undefined with fewer than two groups.
 */
export function groupBootstrap<T>(
  groups: readonly (readonly T[])[],
  statistic: (items: readonly T[]) => number,
): [number, number] | undefined {
  if (groups.length < 2) return undefined;
  const random = numbersFrom(groups.length);
  const values: number[] = [];
  for (let round = 0; round < RESAMPLES; round++) {
    const drawn: T[] = [];
    for (let at = 0; at < groups.length; at++) drawn.push(...(groups[Math.floor(random() * groups.length)] ?? []));
    const value = statistic(drawn);
    if (!Number.isNaN(value)) values.push(value);
  }
  if (values.length === 0) return undefined;
  values.sort((a, b) => a - b);
  const at = (share: number): number => values[Math.floor(share * (values.length - 1))] ?? 0;
  return [at(0.025), at(0.975)];
}

/** The mean; NaN without cases. */
function meanOf(scored: readonly ScoredCase[]): number {
  let sum = 0;
  for (const { value } of scored) sum += value;
  return sum / scored.length;
}

/** The proportion `hits` of `cases` as a figure, with Wilson's interval. Empty without cases. */
export function proportion(name: string, hits: number, cases: number, goal: Goal = {}): Figure[] {
  if (cases === 0) return [];
  return [{ name, value: hits / cases, ...goal, cases, interval: wilsonInterval(hits, cases) }];
}

/** The mean over cases as a figure, with a bootstrap interval over groups. Empty without cases. */
export function meanFigure(name: string, scored: readonly ScoredCase[], goal: Goal = {}): Figure[] {
  return statisticFigure(name, scored, (item) => item.group, meanOf, goal);
}

/**
 * Any statistic over cases as a figure, with a bootstrap interval over groups (over cases when there are fewer than five groups). Empty when
 * the statistic is NaN.
 */
export function statisticFigure<T>(
  name: string,
  items: readonly T[],
  groupOf: (item: T) => string,
  statistic: (items: readonly T[]) => number,
  goal: Goal = {},
): Figure[] {
  const value = statistic(items);
  if (items.length === 0 || Number.isNaN(value)) return [];
  const groups = [...groupBy(items, groupOf).values()];
  const units = groups.length < MIN_GROUPS ? items.map((item) => [item]) : groups;
  const interval = groupBootstrap(units, statistic);
  return [{ name, value, ...goal, cases: items.length, ...present({ interval }) }];
}

/** The same figures for each group, sorted by name. */
export function figuresByGroup<T>(
  items: readonly T[],
  groupOf: (item: T) => string,
  figures: (items: readonly T[]) => readonly Figure[],
): GroupFigures[] {
  return [...groupBy(items, groupOf)]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([group, members]) => ({ group, figures: figures(members) }));
}
