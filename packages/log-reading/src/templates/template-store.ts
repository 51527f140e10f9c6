import { HOLE, type Positions } from './message-positions.ts';
import { differences, groupShapes, listKey, makeKeyTable, type ValueThresholds } from './shape-groups.ts';
import {
  type Bucket,
  bucketOf,
  type Cluster,
  filterLane,
  fitting,
  folded,
  type Group,
  indexLane,
  type Lane,
  makeLane,
  type StoredShape,
  shownFor,
} from './shape-lanes.ts';
import { templateText } from './template-text.ts';

export interface StoreState {
  readonly nextId: number;
  readonly shapes: readonly (readonly [
    keys: readonly string[],
    shown: readonly string[],
    lines: number,
    lastLine: number,
  ])[];
  readonly clusters: readonly (readonly [
    id: number,
    groups: readonly (readonly [
      pattern: readonly string[],
      shown: readonly string[],
      varies: readonly boolean[],
      shapes: readonly number[],
    ])[],
  ])[];
  readonly merged: readonly (readonly [from: number, into: number])[];
  readonly vocabulary: readonly string[];
  /** Shapes that are new since the last grouping, by number of positions, and by first text among these. */
  readonly pending: readonly (readonly [
    positions: number,
    shapes: number,
    buckets: readonly (readonly [first: string, shapes: number])[],
  ])[];
  readonly unlisted: number;
}

export interface StoreOptions {
  readonly maxClusters: number;
  readonly thresholds: ValueThresholds;
  /** Called when slots are no longer valid. */
  readonly onForget: () => void;
}

/** Shapes kept per template kept. */
const SHAPES_PER_TEMPLATE = 4;
/** A group keeps this many shapes; the lines of others count for its first one. */
const MAX_SHAPES_OF_GROUP = 60;
/** Share that is dropped when there is too much. */
const DROPPED_SHARE = 0.2;
const MAX_VOCABULARY = 5_000;
/** With fewer shapes, grouping is cheap enough for each new one; else it waits until half of them are new. */
const SMALL_BUCKET = 24;

/** Keeps shapes in groups and clusters. Merged clusters keep the older id. */
export function makeTemplateStore({ maxClusters, thresholds, onForget }: StoreOptions, restored?: StoreState) {
  const slots: (StoredShape | undefined)[] = [undefined];
  const byKey = new Map<string, StoredShape>();
  const lanes = new Map<number, Lane>();
  const clusters = new Map<number, Cluster>();
  const merged = new Map<number, number>(restored?.merged);
  const vocabulary = new Set<string>(restored?.vocabulary);
  const keyTable = makeKeyTable();
  let nextId = restored?.nextId ?? 1;
  /** Shapes that are new since lists were compared last. */
  let unlisted = restored?.unlisted ?? 0;

  function idOf(id: number): number {
    let current = id;
    for (let into = merged.get(current); into !== undefined; into = merged.get(current)) current = into;
    return current;
  }

  function laneOf(positions: number): Lane {
    const known = lanes.get(positions);
    if (known !== undefined) return known;
    const lane = makeLane();
    lanes.set(positions, lane);
    return lane;
  }

  function unite(one: Cluster, other: Cluster): void {
    if (one === other) return;
    const [kept, gone] = one.id < other.id ? [one, other] : [other, one];
    for (const group of gone.groups) group.cluster = kept;
    kept.groups.push(...gone.groups);
    kept.template = undefined;
    clusters.delete(gone.id);
    merged.set(gone.id, kept.id);
  }

  function mergeGroups(kept: Group, gone: Group): void {
    unite(kept.cluster, gone.cluster);
    const { cluster } = kept;
    cluster.groups = cluster.groups.filter((group) => group !== gone);
    cluster.template = undefined;
    kept.varies = kept.varies.map((is, at) => is || gone.varies[at] === true || kept.pattern[at] !== gone.pattern[at]);
    kept.pattern = folded(kept.pattern, gone.pattern);
    kept.shown = shownFor(kept.pattern, kept.shown, gone.shown);
    for (const shape of gone.shapes) shape.group = kept;
    kept.shapes.push(...gone.shapes);
  }

  /** Notes the words that turned out to be values. */
  function noteWords(shapes: readonly StoredShape[]): void {
    const [first] = shapes;
    for (let at = 0; at < (first?.keys.length ?? 0); at += 1) {
      const texts = [...new Set(shapes.map(({ keys }) => keys[at] as string))];
      if (texts.length < 2) continue;
      for (const word of differences(texts).words) if (word !== '' && !word.includes(HOLE)) vocabulary.add(word);
    }
    if (vocabulary.size > MAX_VOCABULARY) vocabulary.clear();
  }

  function dropSurplus(lane: Lane): void {
    const surplus = new Set<StoredShape>();
    for (const { group } of lane.shapes) {
      if (group.shapes.length <= MAX_SHAPES_OF_GROUP) continue;
      const first = group.shapes[0] as StoredShape;
      for (const shape of group.shapes.splice(MAX_SHAPES_OF_GROUP)) {
        first.lines += shape.lines;
        first.lastLine = Math.max(first.lastLine, shape.lastLine);
        byKey.delete(keyOf(shape.keys));
        slots[shape.slot] = first;
        surplus.add(shape);
      }
    }
    if (surplus.size > 0) filterLane(lane, (shape) => !surplus.has(shape));
  }

  /** Groups shapes of a lane: those of a bucket, or all. */
  function regroup(lane: Lane, some: Lane | Bucket): void {
    some.pending = 0;
    let hasChanged = false;
    for (const members of groupShapes(some.shapes, keyTable, vocabulary, thresholds)) {
      const [first] = members;
      if (members.length < 2) continue;
      let changed = false;
      for (const { group } of members) {
        if (first === undefined || group === first.group) continue;
        const [kept, gone] = first.group.cluster.id <= group.cluster.id ? [first.group, group] : [group, first.group];
        mergeGroups(kept, gone);
        changed = true;
      }
      if (changed) noteWords(members);
      hasChanged = hasChanged || changed;
    }
    if (!hasChanged) return;
    dropSurplus(lane);
    indexLane(lane);
  }

  /** Unites clusters that differ in the lengths of lists. */
  function compareLists(): void {
    unlisted = 0;
    const known = new Map<string, Group>();
    for (const { groups } of [...clusters.values()])
      for (const group of groups) {
        const key = listKey(group.pattern, group.varies, vocabulary);
        if (key === null) continue;
        const other = known.get(key);
        if (other === undefined) known.set(key, group);
        else unite(other.cluster, group.cluster);
      }
  }

  function drop(count: number): void {
    const age = ({ groups }: Cluster): number =>
      Math.max(...groups.flatMap(({ shapes }) => shapes.map(({ lastLine }) => lastLine)));
    const oldest = [...clusters.values()]
      .map((cluster) => ({ cluster, age: age(cluster) }))
      .sort((a, b) => a.age - b.age || a.cluster.id - b.cluster.id);
    let left = count;
    const gone = new Set<StoredShape>();
    for (const { cluster } of oldest) {
      if (left <= 0) break;
      clusters.delete(cluster.id);
      for (const { shapes } of cluster.groups)
        for (const shape of shapes) {
          gone.add(shape);
          byKey.delete(keyOf(shape.keys));
        }
      left -= 1;
    }
    for (const [length, lane] of lanes) {
      filterLane(lane, (shape) => !gone.has(shape));
      if (lane.shapes.length === 0) lanes.delete(length);
      else indexLane(lane);
    }
    slots.length = 1;
    keyTable.clear();
    for (const { shapes } of lanes.values())
      for (const shape of shapes) {
        shape.slot = slots.length;
        shape.ids = shape.keys.map(keyTable.idOf);
        slots.push(shape);
      }
    for (const from of [...merged.keys()]) if (!clusters.has(idOf(from))) merged.delete(from);
    onForget();
  }

  function show(group: Group, shown: readonly string[]): void {
    const both = shownFor(group.pattern, group.shown, shown);
    if (both === group.shown) return;
    group.shown = both;
    group.cluster.template = undefined;
  }

  function openShape({ keys, shown }: Positions, line: number, id: number | undefined): StoredShape {
    const cluster: Cluster = { id: id ?? nextId, groups: [], template: undefined };
    if (id === undefined) nextId += 1;
    const group: Group = { cluster, shapes: [], pattern: keys, shown, varies: keys.map(() => false) };
    cluster.groups.push(group);
    clusters.set(cluster.id, cluster);
    return addShape({ slot: slots.length, keys, ids: keys.map(keyTable.idOf), shown, lines: 1, lastLine: line, group });
  }

  function addShape(shape: StoredShape): StoredShape {
    shape.group.shapes.push(shape);
    slots.push(shape);
    byKey.set(keyOf(shape.keys), shape);
    const lane = laneOf(shape.keys.length);
    lane.shapes.push(shape);
    bucketOf(lane, shape).shapes.push(shape);
    return shape;
  }

  /** The known shape that messages with these positions count for. */
  function find({ keys }: Positions): StoredShape | undefined {
    const known = byKey.get(keyOf(keys));
    if (known !== undefined) return known;
    const lane = lanes.get(keys.length);
    return lane === undefined ? undefined : fitting(lane, keys)?.shapes[0];
  }

  if (restored !== undefined) restore(restored);
  function restore(state: StoreState): void {
    const owners = new Map<number, Group>();
    for (const [id, groups] of state.clusters) {
      const cluster: Cluster = { id, groups: [], template: undefined };
      clusters.set(id, cluster);
      for (const [pattern, shown, varies, shapes] of groups) {
        const group: Group = { cluster, shapes: [], pattern, shown, varies };
        cluster.groups.push(group);
        for (const index of shapes) owners.set(index, group);
      }
    }
    const all = state.shapes.map(([keys, shown, lines, lastLine], index) => {
      const group = owners.get(index) as Group;
      return addShape({ slot: slots.length, keys, ids: keys.map(keyTable.idOf), shown, lines, lastLine, group });
    });
    // In the order that they have in their groups.
    for (const [id, groups] of state.clusters)
      for (const [at, [, , , shapes]] of groups.entries()) {
        const group = clusters.get(id)?.groups[at];
        if (group !== undefined) group.shapes = shapes.map((index) => all[index] as StoredShape);
      }
    for (const [length, pending, buckets] of state.pending) {
      const lane = laneOf(length);
      lane.pending = pending;
      for (const [first, own] of buckets) {
        const bucket = lane.buckets.get(first);
        if (bucket !== undefined) bucket.pending = own;
      }
    }
    for (const lane of lanes.values()) indexLane(lane);
  }

  return {
    idOf,
    find,
    shapeAt: (slot: number): StoredShape => slots[slot] as StoredShape,

    /** Counts a message for a shape and returns it; a new one opens a cluster, with this id if one is given. */
    learn(positions: Positions, line: number, id?: number): StoredShape {
      const known = find(positions);
      if (known !== undefined) {
        show(known.group, positions.shown);
        known.lines += 1;
        known.lastLine = line;
        return known;
      }
      const opened = openShape(positions, line, id);
      const lane = laneOf(positions.keys.length);
      lane.pending += 1;
      const bucket = bucketOf(lane, opened);
      bucket.pending += 1;
      unlisted += 1;
      if (lane.pending * 2 > lane.shapes.length) regroup(lane, lane);
      else if (bucket.shapes.length < SMALL_BUCKET || bucket.pending * 2 > bucket.shapes.length) regroup(lane, bucket);
      if (unlisted >= slots.length / 2) compareLists();
      const isFull = slots.length > maxClusters * SHAPES_PER_TEMPLATE;
      if (clusters.size > maxClusters || isFull) drop(Math.ceil(clusters.size * DROPPED_SHARE));
      return opened;
    },

    /** The id and template of the cluster that a shape is in. */
    clusterIdOf: (shape: StoredShape): number => shape.group.cluster.id,
    templateOf({ group: { cluster } }: StoredShape): string {
      cluster.template ??= templateOf(cluster.groups, vocabulary);
      return cluster.template;
    },

    /** Makes an id that was given out lead to another. */
    alias(from: number, into: number): void {
      if (from !== into && !clusters.has(from)) merged.set(from, into);
    },

    /** Forgets all shapes and clusters, but gives no id again. */
    clear(): void {
      slots.length = 1;
      byKey.clear();
      lanes.clear();
      clusters.clear();
      merged.clear();
      vocabulary.clear();
      keyTable.clear();
      unlisted = 0;
    },

    refine(): void {
      for (const lane of lanes.values()) regroup(lane, lane);
      for (const lane of lanes.values()) regroup(lane, lane);
      compareLists();
    },

    all: () =>
      [...clusters.values()]
        .sort((a, b) => a.id - b.id)
        .map(({ id, groups }) => ({
          cluster: id,
          template: templateOf(groups, vocabulary),
          lines: groups.reduce((sum, { shapes }) => shapes.reduce((all, { lines }) => all + lines, sum), 0),
        })),

    state(): StoreState {
      const shapes = [...lanes.values()].flatMap((lane) => lane.shapes);
      const numbers = new Map(shapes.map((shape, index) => [shape, index] as const));
      return {
        nextId,
        shapes: shapes.map(({ keys, shown, lines, lastLine }) => [keys, shown, lines, lastLine]),
        clusters: [...clusters.values()].map(({ id, groups }) => [
          id,
          groups.map(({ pattern, shown, varies, shapes: own }) => [
            pattern,
            shown,
            varies,
            own.map((shape) => numbers.get(shape) ?? 0),
          ]),
        ]),
        merged: [...merged],
        vocabulary: [...vocabulary],
        pending: [...lanes].map(([length, { pending, buckets }]) => [
          length,
          pending,
          [...buckets].map(([first, bucket]) => [first, bucket.pending]),
        ]),
        unlisted,
      };
    },
  };
}

function keyOf(keys: readonly string[]): string {
  return keys.join(' ');
}

/** The template of groups; where they differ in the lengths of lists, a list is one wildcard. */
function templateOf(groups: readonly Group[], vocabulary: ReadonlySet<string>): string {
  const [first] = groups;
  if (first === undefined) return '';
  if (groups.length === 1) return templateText(first.shown);
  const shown: string[] = [];
  for (const text of first.shown) {
    const isComma = text.endsWith(',');
    const bare = isComma ? text.slice(0, -1) : text;
    const isHole = bare.replaceAll(' ', '').replaceAll(',', '') === HOLE || vocabulary.has(bare);
    if (isHole && shown.at(-1) === HOLE) continue;
    shown.push(isHole ? HOLE : text);
  }
  return templateText(shown);
}
