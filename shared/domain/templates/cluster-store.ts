import { type Column, WILDCARD } from './message-pieces.ts';

/** Lines of one template. */
export interface Cluster {
  readonly id: number;
  /** The template in parts, one per column. */
  display: readonly string[];
  lines: number;
  /** Number of the last line that belonged to it. */
  lastLine: number;
}

export interface ClusterState {
  readonly nextId: number;
  readonly clusters: readonly (readonly [id: number, lines: number, lastLine: number, display: readonly string[]])[];
  readonly merged: readonly (readonly [from: number, into: number])[];
}

/** Part of the clusters that goes when there are too many. */
const DROPPED_SHARE = 0.1;

function generalised(display: readonly string[], other: readonly string[]): readonly string[] {
  return display.map((part, at) => (part === other[at] ? part : WILDCARD));
}

/** Parts that vary without what they have in common: columns of another number of parts read otherwise. */
function withoutDetails(display: readonly string[]): readonly string[] {
  return display.map((part) => (part.includes(WILDCARD) ? WILDCARD : part));
}

/** The template in parts as it fits a message: what reads otherwise in the message is a value. */
export function displayFor(display: readonly string[], columns: readonly Column[]): readonly string[] {
  if (display.length !== columns.length) return columns.map((column) => column.display);
  const differs = columns.some((column, at) => display[at] !== WILDCARD && display[at] !== column.display);
  if (!differs) return display;
  return display.map((part, at) => (part === columns[at]?.display ? part : WILDCARD));
}

/** Clusters by id, and which id a merged one has now. A merged cluster keeps the older id. */
export function makeClusterStore(maxClusters: number, restored?: ClusterState) {
  const clusters = new Map<number, Cluster>();
  for (const [id, lines, lastLine, display] of restored?.clusters ?? [])
    clusters.set(id, { id, lines, lastLine, display });
  const merged = new Map<number, number>(restored?.merged);
  let nextId = restored?.nextId ?? 1;

  function idOf(id: number): number {
    let current = id;
    for (let into = merged.get(current); into !== undefined; into = merged.get(current)) current = into;
    return current;
  }

  function dropUnseen(): void {
    const oldest = [...clusters.values()].sort((a, b) => a.lastLine - b.lastLine || a.id - b.id);
    for (const { id } of oldest.slice(0, Math.ceil(maxClusters * DROPPED_SHARE))) clusters.delete(id);
    for (const from of [...merged.keys()]) if (!clusters.has(idOf(from))) merged.delete(from);
  }

  return {
    idOf,
    get: (id: number): Cluster | undefined => clusters.get(idOf(id)),
    all: (): readonly Cluster[] => [...clusters.values()].sort((a, b) => a.id - b.id),

    /** A new cluster's id, and whether others had to go for it. */
    open(columns: readonly Column[], line: number): { id: number; dropped: boolean } {
      const dropped = clusters.size >= maxClusters;
      if (dropped) dropUnseen();
      const id = nextId;
      nextId += 1;
      clusters.set(id, { id, display: columns.map(({ display }) => display), lines: 0, lastLine: line });
      return { id, dropped };
    },

    /** Makes one of two; the template becomes that of `general`, with what differs as values. */
    merge(general: number, special: number): void {
      const one = clusters.get(idOf(general));
      const other = clusters.get(idOf(special));
      if (one === undefined || other === undefined || one === other) return;
      const [kept, gone] = one.id < other.id ? [one, other] : [other, one];
      kept.display =
        one.display.length === other.display.length
          ? generalised(one.display, other.display)
          : withoutDetails(one.display);
      kept.lines += gone.lines;
      kept.lastLine = Math.max(kept.lastLine, gone.lastLine);
      clusters.delete(gone.id);
      merged.set(gone.id, kept.id);
    },

    /** Counts a line that is known to read as the cluster's template. */
    countEqual(cluster: Cluster, line: number): void {
      cluster.lines += 1;
      cluster.lastLine = line;
    },

    /** Counts a line of the cluster; columns that read otherwise than in the lines before become values. */
    count(cluster: Cluster, columns: readonly Column[], line: number): void {
      cluster.lines += 1;
      cluster.lastLine = line;
      if (cluster.display.length !== columns.length) return;
      let changed: string[] | undefined;
      for (let at = 0; at < columns.length; at += 1) {
        const part = cluster.display[at];
        if (part === columns[at]?.display || part === WILDCARD) continue;
        changed ??= [...cluster.display];
        changed[at] = WILDCARD;
      }
      if (changed !== undefined) cluster.display = changed;
    },

    state: (): ClusterState => ({
      nextId,
      clusters: [...clusters.values()].map(({ id, lines, lastLine, display }) => [id, lines, lastLine, display]),
      merged: [...merged],
    }),
  };
}

export type ClusterStore = ReturnType<typeof makeClusterStore>;
