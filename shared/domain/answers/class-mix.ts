import * as z from 'zod';

/** How often each class was answered; `unknown` is one of them. */
export type ClassCounts = Readonly<Record<string, number>>;

export const ClassMix = z.object({
  /** Population stability index of the recent answers against earlier ones. */
  index: z.number(),
  /** Above it the mix has changed: by chance this happens once in a thousand times. */
  limit: z.number(),
  drifted: z.boolean(),
  /** Largest changes first: share before and share now. */
  changes: z.array(z.object({ class: z.string(), before: z.number(), now: z.number() })).readonly(),
});
export type ClassMix = z.infer<typeof ClassMix>;

const MIN_ANSWERS = 50;
/** Classes with fewer expected answers are merged, because the limit holds for large counts only. */
const MIN_EXPECTED = 5;
const OTHERS = 'others';
/** The normal distribution's 99.9% point. */
const Z999 = 3.090232306167813;

const totalOf = (counts: ClassCounts): number => Object.values(counts).reduce((sum, count) => sum + count, 0);

export function countClasses(classes: readonly string[]): ClassCounts {
  const counts: Record<string, number> = {};
  for (const one of classes) counts[one] = (counts[one] ?? 0) + 1;
  return counts;
}

/** Quantile of the chi-square distribution (E. B. Wilson and M. M. Hilferty, "The distribution of chi-square", 1931). */
function chiSquareLimit(freedom: number): number {
  const part = 2 / (9 * freedom);
  return freedom * (1 - part + Z999 * Math.sqrt(part)) ** 3;
}

function pooled(before: ClassCounts, now: ClassCounts): { names: string[]; group: (name: string) => string } {
  const [all, recent] = [totalOf(before) + totalOf(now), Math.min(totalOf(before), totalOf(now))];
  const expected = (name: string): number => (((before[name] ?? 0) + (now[name] ?? 0)) / all) * recent;
  const names = [...new Set([...Object.keys(before), ...Object.keys(now)])].sort();
  const common = new Set(names.filter((name) => expected(name) >= MIN_EXPECTED));
  const group = (name: string): string => (common.has(name) ? name : OTHERS);
  return { names, group };
}

function grouped(counts: ClassCounts, names: readonly string[], group: (name: string) => string): Map<string, number> {
  const groups = new Map<string, number>();
  for (const name of names) groups.set(group(name), (groups.get(group(name)) ?? 0) + (counts[name] ?? 0));
  return groups;
}

/**
 * Whether the mix of failures has changed. The population stability index, with the limit that chance allows: without a
 * change it is distributed like chi-square with one degree less than classes, times 1/n + 1/m (B. Yurdakul and J.
 * Naranjo, "Statistical properties of the population stability index", 2020). Half an answer is added to each count.
 * Null when either side has too few.
 */
export function classMixOf(before: ClassCounts, now: ClassCounts): ClassMix | null {
  const [n, m] = [totalOf(before), totalOf(now)];
  if (Math.min(n, m) < MIN_ANSWERS) return null;
  const { names, group } = pooled(before, now);
  const [old, recent] = [grouped(before, names, group), grouped(now, names, group)];
  const width = old.size;
  let index = 0;
  const changes = [...old].map(([name, count]) => {
    const p = (count + 0.5) / (n + width / 2);
    const q = ((recent.get(name) ?? 0) + 0.5) / (m + width / 2);
    index += (q - p) * Math.log(q / p);
    return { class: name, before: count / n, now: (recent.get(name) ?? 0) / m };
  });
  const limit = width < 2 ? 0 : chiSquareLimit(width - 1) * (1 / n + 1 / m);
  changes.sort((a, b) => Math.abs(b.now - b.before) - Math.abs(a.now - a.before));
  return { index, limit, drifted: width > 1 && index > limit, changes };
}
