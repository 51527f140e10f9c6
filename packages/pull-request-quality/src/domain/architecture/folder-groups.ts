import type { ArchitectureAnalysis } from './architecture-analysis.ts';
import { type Adjacency, stronglyConnected } from './import-graph.ts';

/** A folder with everything below it, or what a folder holds beside its drawn sub-folders. */
export interface FolderGroup {
  /** The folder; `folder/*` for the files directly in it, `folder/…` for its smaller sub-folders together. */
  readonly name: string;
  readonly files: number;
  readonly hotspots: number;
}

interface GroupEdge {
  /** Indexes of groups. */
  readonly from: number;
  readonly to: number;
  readonly imports: number;
  /** Whether the edge is part of a circle. */
  readonly inCircle: boolean;
}

export interface GroupedImports {
  readonly groups: readonly FolderGroup[];
  /** Without those that follow from others: an import from A to C is implied where A leads to B and B to C. */
  readonly edges: readonly GroupEdge[];
}

/** A picture with more groups cannot be read. */
const MAX_GROUPS = 26;

/** Groups the product's files into at most 26 folders: the largest folder is split as long as there is room for its sub-folders. */
export function groupFolders({ modules, imports, hotspots }: ArchitectureAnalysis): GroupedImports {
  const files = modules.filter(({ test }) => !test).map(({ file }) => file);
  const keys = groupKeys(files);
  const names = [...new Set(keys.values())].sort();
  const indexes = new Map(names.map((name, index) => [name, index]));
  const at = (file: string): number | undefined => indexes.get(keys.get(file) ?? '');
  const counts = new Map<string, number>();
  for (const { from, to } of imports) {
    const [here, there] = [at(from), at(to)];
    if (here === undefined || there === undefined || here === there) continue;
    counts.set(`${here} ${there}`, (counts.get(`${here} ${there}`) ?? 0) + 1);
  }
  const weighted = [...counts].map(([key, count]) => {
    const [from = 0, to = 0] = key.split(' ').map(Number);
    return { from, to, imports: count };
  });
  const groups = names.map((name) => ({
    name,
    files: files.filter((file) => keys.get(file) === name).length,
    hotspots: hotspots.filter(({ file }) => keys.get(file) === name).length,
  }));
  const nested = ({ from, to }: WeightedEdge): boolean =>
    holds(groups[from], groups[to]) || holds(groups[to], groups[from]);
  return { groups, edges: withoutImplied(names.length, weighted, nested) };
}

/** The name of each file's group. */
function groupKeys(files: readonly string[]): Map<string, string> {
  let groups = new Map<string, string[]>([['', [...files]]]);
  const closed = new Set<string>();
  for (;;) {
    const [largest] = [...groups]
      .filter(([name]) => !closed.has(name))
      .sort((a, b) => b[1].length - a[1].length || (a[0] < b[0] ? -1 : 1));
    if (largest === undefined) break;
    const [name, members] = largest;
    const room = MAX_GROUPS - groups.size + 1;
    const parts = roomyParts(name, members, members.length > files.length / 2 ? room : Number.POSITIVE_INFINITY);
    closed.add(name);
    if (parts.size === 1 && parts.has(`${name}/*`)) continue;
    if (parts.size > room) continue;
    groups = new Map([...groups].filter(([other]) => other !== name));
    for (const [part, own] of parts) {
      groups.set(part, own);
      if (/\/[*…]$/.test(part)) closed.add(part);
    }
  }
  return new Map([...groups].flatMap(([name, own]) => own.map((file) => [file, name] as const)));
}

/** The parts of a folder. A folder with most of the files is always split; where it has more parts than `room`, the smaller ones are joined. */
function roomyParts(name: string, members: readonly string[], room: number): Map<string, string[]> {
  const parts = Map.groupBy(members, (file) => childOf(name, file));
  if (parts.size <= room || room < 2) return parts;
  const bySize = [...parts].sort((a, b) => b[1].length - a[1].length || (a[0] < b[0] ? -1 : 1));
  const smaller = bySize.slice(room - 1).flatMap(([, files]) => files);
  return new Map([...bySize.slice(0, room - 1), [`${name === '' ? '.' : name}/…`, smaller]]);
}

function childOf(folder: string, file: string): string {
  const inside = folder === '' ? file : file.slice(folder.length + 1);
  const slash = inside.indexOf('/');
  if (slash === -1) return folder === '' ? './*' : `${folder}/*`;
  return folder === '' ? inside.slice(0, slash) : `${folder}/${inside.slice(0, slash)}`;
}

type WeightedEdge = Omit<GroupEdge, 'inCircle'>;

const holds = (outer: FolderGroup | undefined, inner: FolderGroup | undefined): boolean =>
  outer !== undefined && inner !== undefined && isInside(inner.name, outer.name.replace(/\/[*…]$/, ''));

const isInside = (inner: string, outer: string): boolean => outer === '.' || inner.startsWith(`${outer}/`);

/**
 * Marks edges of circles and leaves out the others that follow from edges which stay (transitive reduction). Between a folder and one inside it, both
 * ways are usual: `nested` edges make no circle.
 */
function withoutImplied(
  count: number,
  edges: readonly WeightedEdge[],
  nested: (edge: WeightedEdge) => boolean,
): GroupEdge[] {
  const graphOf = (some: readonly WeightedEdge[]): number[][] => {
    const graph: number[][] = Array.from({ length: count }, () => []);
    for (const { from, to } of some) graph[from]?.push(to);
    return graph;
  };
  const graph = graphOf(edges);
  const circles = stronglyConnected(graphOf(edges.filter((edge) => !nested(edge))));
  const circleOf = new Map(circles.flatMap((members, at) => members.map((node) => [node, at] as const)));
  const sameCircle = (a: number, b: number): boolean => circleOf.has(a) && circleOf.get(a) === circleOf.get(b);
  return edges
    .filter(({ from, to }) => sameCircle(from, to) || !isImplied(from, to, graph))
    .map((edge) => ({ ...edge, inCircle: sameCircle(edge.from, edge.to) && !nested(edge) }))
    .sort((a, b) => a.from - b.from || a.to - b.to);
}

/** Whether `to` is reached from `from` over another group that does not lead back to `from`. */
function isImplied(from: number, to: number, graph: Adjacency): boolean {
  return (graph[from] ?? []).some(
    (over) => over !== to && reaches(over, to, graph) && !reaches(over, from, graph) && !reaches(to, over, graph),
  );
}

function reaches(from: number, to: number, graph: Adjacency): boolean {
  const seen = new Set([from]);
  const waiting = [from];
  for (let node = waiting.pop(); node !== undefined; node = waiting.pop()) {
    for (const next of graph[node] ?? []) {
      if (next === to) return true;
      if (!seen.has(next)) waiting.push(next);
      seen.add(next);
    }
  }
  return false;
}

/** The label of a group: short names as they are, of long ones the end. */
export const labelOf = ({ name }: FolderGroup): string => (name.length <= 26 ? name : `…${name.slice(-25)}`);
