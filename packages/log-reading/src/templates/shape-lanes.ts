import { HOLE } from './message-positions.ts';
import type { Shape } from './shape-groups.ts';
import { generalised, withoutNames } from './template-text.ts';

/** A shape that was seen. */
export interface StoredShape extends Shape {
  /** Its number, for caches. */
  slot: number;
  shown: readonly string[];
  lastLine: number;
  group: Group;
}

/** Shapes with as many positions that have one template. */
export interface Group {
  cluster: Cluster;
  shapes: StoredShape[];
  /** The keys that all shapes share, with holes where they differ. */
  pattern: readonly string[];
  /** What the template shows: as `pattern`, but identifiers are as written while they do not differ. */
  shown: readonly string[];
  /** Whether shapes differ at a position. */
  varies: readonly boolean[];
}

/** The groups of one template; several when lists in it have different lengths. */
export interface Cluster {
  readonly id: number;
  groups: Group[];
  template: string | undefined;
}

export interface Bucket {
  shapes: StoredShape[];
  pending: number;
}

/** Shapes with as many positions. */
export interface Lane {
  shapes: StoredShape[];
  /** Shapes that are new since the last grouping. */
  pending: number;
  /** Shapes by their first text, which most templates share. */
  buckets: Map<string, Bucket>;
  /** Groups with positions that vary, by their first constant position and its key. */
  varying: Map<number, Map<string, Group[]>>;
}

/** The texts that stand for both; what differs becomes a hole. */
export function folded(
  texts: readonly string[],
  others: readonly string[],
  both: (one: string, other: string, at: number) => string = generalised,
): readonly string[] {
  let changed: string[] | undefined;
  for (let at = 0; at < texts.length; at += 1) {
    const one = texts[at] as string;
    const other = others[at] as string;
    if (one === other || one === HOLE) continue;
    const text = both(one, other, at);
    if (text === one) continue;
    changed ??= [...texts];
    changed[at] = text;
  }
  return changed ?? texts;
}

function holesIn(text: string): number {
  return text.split(HOLE).length;
}

/** As `folded`, for what is shown of a pattern. Values in different units, or in lists of different lengths, are plain values. */
export function shownFor(
  pattern: readonly string[],
  shown: readonly string[],
  others: readonly string[],
): readonly string[] {
  return folded(shown, others, (one, other, at) => {
    const text = generalised(one, other);
    const plain = withoutNames(pattern[at] as string);
    return holesIn(text) > holesIn(plain) ? plain : text;
  });
}

function fits({ pattern, varies }: Group, keys: readonly string[]): boolean {
  for (let at = 0; at < keys.length; at += 1) {
    const own = pattern[at] as string;
    const key = keys[at] as string;
    if (own === key) continue;
    if (varies[at] !== true || (own !== HOLE && generalised(own, key) !== own)) return false;
  }
  return true;
}

export function makeLane(): Lane {
  return { shapes: [], pending: 0, buckets: new Map(), varying: new Map() };
}

export function bucketOf(lane: Lane, { keys }: StoredShape): Bucket {
  const first = keys.find((key) => key !== HOLE) ?? HOLE;
  const known = lane.buckets.get(first);
  if (known !== undefined) return known;
  const bucket = { shapes: [], pending: 0 };
  lane.buckets.set(first, bucket);
  return bucket;
}

/** Keeps the shapes of a lane that pass the test. */
export function filterLane(lane: Lane, test: (shape: StoredShape) => boolean): void {
  lane.shapes = lane.shapes.filter(test);
  for (const [first, bucket] of lane.buckets) {
    bucket.shapes = bucket.shapes.filter(test);
    if (bucket.shapes.length === 0) lane.buckets.delete(first);
  }
}

export function indexLane(lane: Lane): void {
  lane.varying.clear();
  for (const group of new Set(lane.shapes.map((shape) => shape.group))) {
    if (!group.varies.includes(true)) continue;
    const at = group.pattern.findIndex((text, position) => group.varies[position] !== true && text !== HOLE);
    if (at < 0) continue;
    const texts = lane.varying.get(at) ?? new Map<string, Group[]>();
    lane.varying.set(at, texts);
    const text = group.pattern[at] as string;
    texts.set(text, [...(texts.get(text) ?? []), group]);
  }
}

/** The group whose varying positions take in a message with these keys. */
export function fitting(lane: Lane, keys: readonly string[]): Group | undefined {
  for (const [at, texts] of lane.varying) {
    const found = texts.get(keys[at] as string)?.find((group) => fits(group, keys));
    if (found !== undefined) return found;
  }
  return undefined;
}
