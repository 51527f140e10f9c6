import type { ImportPhase } from './source-facts.ts';

/** One file imports another; of several imports between two files, the earliest phase counts. */
export interface ImportEdge {
  readonly from: string;
  readonly to: string;
  readonly phase: ImportPhase;
}

/** Files and the imports between them, both in alphabetical order. */
interface ImportGraph {
  readonly files: readonly string[];
  readonly edges: readonly ImportEdge[];
}

/** A circle of imports. */
export interface ImportCycle {
  /** `load`: the files need each other while they load; `late`: a part of the way is a type or a deferred import. */
  readonly kind: 'load' | 'late';
  /** All files that reach each other, in alphabetical order. */
  readonly files: readonly string[];
  /** The files of the shortest way round; the last one imports the first. */
  readonly shortest: readonly string[];
}

const EARLIEST: Readonly<Record<ImportPhase, number>> = { load: 0, deferred: 1, types: 2 };

/** Joins imports to a graph. Imports of files that are not among `files`, and of a file by itself, are left out. */
export function makeImportGraph(files: Iterable<string>, imports: Iterable<ImportEdge>): ImportGraph {
  const known = new Set(files);
  const edges = new Map<string, ImportEdge>();
  for (const one of imports) {
    if (one.from === one.to || !known.has(one.from) || !known.has(one.to)) continue;
    const key = `${one.from}\0${one.to}`;
    const before = edges.get(key);
    if (before === undefined || EARLIEST[one.phase] < EARLIEST[before.phase]) edges.set(key, one);
  }
  const sorted = [...edges].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, edge]) => edge);
  return { files: [...known].sort(), edges: sorted };
}

/**
 * The cycles of a graph, largest first. Files that need each other while loading are one cycle; files that only reach each other through types or
 * deferred imports are reported where no such cycle is among them.
 */
export function findCycles({ files, edges }: ImportGraph): ImportCycle[] {
  const indexes = new Map(files.map((file, index) => [file, index]));
  const loading = adjacency(
    edges.filter(({ phase }) => phase === 'load'),
    indexes,
  );
  const all = adjacency(edges, indexes);
  const name = (index: number): string => files[index] ?? '';
  const describe = (kind: ImportCycle['kind'], members: readonly number[], graph: Adjacency): ImportCycle => ({
    kind,
    files: members.map(name).sort(),
    shortest: shortestCycle(members, graph).map(name),
  });
  const early = stronglyConnected(loading);
  const inEarly = new Set(early.flat());
  const late = stronglyConnected(all).filter((members) => !members.some((member) => inEarly.has(member)));
  return [
    ...early.map((members) => describe('load', members, loading)),
    ...late.map((members) => describe('late', members, all)),
  ].sort(
    (a, b) =>
      Number(a.kind === 'late') - Number(b.kind === 'late') ||
      b.files.length - a.files.length ||
      ((a.files[0] ?? '') < (b.files[0] ?? '') ? -1 : 1),
  );
}

/** For each node the nodes that it points to, ascending. */
export type Adjacency = readonly (readonly number[])[];

function adjacency(edges: readonly ImportEdge[], indexes: ReadonlyMap<string, number>): Adjacency {
  const graph: number[][] = Array.from(indexes, () => []);
  for (const { from, to } of edges) graph[indexes.get(from) ?? -1]?.push(indexes.get(to) ?? -1);
  return graph;
}

/**
 * Strongly connected components with at least two nodes: R. Tarjan, "Depth-First Search and Linear Graph Algorithms", SIAM J. Comput. 1(2), 1972.
 * Iterates, because a chain of imports can be longer than a stack.
 */
export function stronglyConnected(graph: Adjacency): number[][] {
  const order = new Int32Array(graph.length).fill(-1);
  const low = new Int32Array(graph.length);
  const open: number[] = [];
  const isOpen = new Uint8Array(graph.length);
  const components: number[][] = [];
  let count = 0;
  const enter = (node: number): { node: number; next: number } => {
    order[node] = count;
    low[node] = count;
    count += 1;
    open.push(node);
    isOpen[node] = 1;
    return { node, next: 0 };
  };
  const close = (node: number): void => {
    if (low[node] !== order[node]) return;
    const members = open.splice(open.lastIndexOf(node));
    for (const member of members) isOpen[member] = 0;
    if (members.length > 1) components.push(members.sort((a, b) => a - b));
  };
  for (let start = 0; start < graph.length; start += 1) {
    if (order[start] !== -1) continue;
    const path = [enter(start)];
    for (let top = path.at(-1); top !== undefined; top = path.at(-1)) {
      const to = graph[top.node]?.[top.next];
      top.next += 1;
      if (to === undefined) {
        path.pop();
        close(top.node);
        const above = path.at(-1)?.node;
        if (above !== undefined) low[above] = Math.min(low[above] ?? 0, low[top.node] ?? 0);
      } else if (order[to] === -1) path.push(enter(to));
      else if (isOpen[to] === 1) low[top.node] = Math.min(low[top.node] ?? 0, order[to] ?? 0);
    }
  }
  return components;
}

/** The shortest way round among the members of a component: a breadth-first search from each, no deeper than the best so far. */
export function shortestCycle(members: readonly number[], graph: Adjacency): number[] {
  const inside = new Set(members);
  let best: number[] = [];
  for (const start of members) {
    const cameFrom = new Map<number, number>([[start, -1]]);
    let frontier = [start];
    for (let length = 1; frontier.length > 0 && (best.length === 0 || length < best.length); length += 1) {
      const next: number[] = [];
      for (const node of frontier) {
        for (const to of graph[node] ?? []) {
          if (to === start && (best.length === 0 || length < best.length)) best = wayTo(node, cameFrom);
          if (!inside.has(to) || cameFrom.has(to)) continue;
          cameFrom.set(to, node);
          next.push(to);
        }
      }
      frontier = next;
    }
    if (best.length === 2) break;
  }
  return best;
}

function wayTo(end: number, cameFrom: ReadonlyMap<number, number>): number[] {
  const way: number[] = [];
  for (let at = end; at !== -1; at = cameFrom.get(at) ?? -1) way.unshift(at);
  return way;
}
