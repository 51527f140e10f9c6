import { type Column, WILDCARD } from './message-pieces.ts';

/** The lines of one template. */
export interface Cluster {
  readonly id: number;
  /** The template, one part per column. */
  display: readonly string[];
  lines: number;
  /** Number of its last line. */
  lastLine: number;
}

export interface ClusterState {
  readonly nextId: number;
  readonly clusters: readonly (readonly [id: number, lines: number, lastLine: number, display: readonly string[]])[];
  readonly merged: readonly (readonly [from: number, into: number])[];
}

/** Share of the clusters that is dropped when there are too many. */
const DROPPED_SHARE = 0.1;

function generalised(display: readonly string[], other: readonly string[]): readonly string[] {
  return display.map((part, at) => (part === other[at] ? part : WILDCARD));
}

/** Makes every part that varies a plain wildcard; its details do not hold for messages with another number of columns. */
function withoutDetails(display: readonly string[]): readonly string[] {
  return display.map((part) => (part.includes(WILDCARD) ? WILDCARD : part));
}

/** The template's parts for a message; parts that differ from the message become wildcards. */
export function displayFor(display: readonly string[], columns: readonly Column[]): readonly string[] {
  if (display.length !== columns.length) return columns.map((column) => column.display);
  const differs = columns.some((column, at) => display[at] !== WILDCARD && display[at] !== column.display);
  if (!differs) return display;
  return display.map((part, at) => (part === columns[at]?.display ? part : WILDCARD));
}

/** Clusters by id. Merged clusters keep the older id, and the other id leads to it. */
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

    /** Opens a cluster; `dropped` is true when old clusters were dropped to make room. */
    open(columns: readonly Column[], line: number): { id: number; dropped: boolean } {
      const dropped = clusters.size >= maxClusters;
      if (dropped) dropUnseen();
      const id = nextId;
      nextId += 1;
      clusters.set(id, { id, display: columns.map(({ display }) => display), lines: 0, lastLine: line });
      return { id, dropped };
    },

    /** Merges two clusters. The template is that of `general`, with wildcards where they differ. */
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

    /** Counts a line whose columns are known to equal the template. */
    countEqual(cluster: Cluster, line: number): void {
      cluster.lines += 1;
      cluster.lastLine = line;
    },

    /** Counts a line of the cluster; columns that differ from earlier lines become wildcards. */
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
