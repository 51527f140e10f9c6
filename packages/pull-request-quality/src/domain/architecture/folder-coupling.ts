import type { ImportEdge } from './import-graph.ts';

/** What the coupling measures need of a file. */
interface CoupledFile {
  readonly file: string;
  readonly lines: number;
  readonly abstract: number;
  readonly concrete: number;
}

/** A folder with the measures of R. C. Martin, "Agile Software Development", 2002, chapter 20; its sub-folders count for themselves. */
interface FolderMeasures {
  readonly folder: string;
  readonly files: number;
  readonly lines: number;
  /** Ca: files outside that import a file of the folder. */
  readonly afferent: number;
  /** Ce: files outside that a file of the folder imports. */
  readonly efferent: number;
  /** I = Ce / (Ca + Ce): 0 for a folder that imports nothing, 1 for one that nobody imports; null without imports. */
  readonly instability: number | null;
  /** A: share of interfaces, types, protocols and abstract classes among the declarations. */
  readonly abstractness: number;
  /** D = |A + I - 1|: 0 on the main sequence, 1 farthest from it; null without imports. */
  readonly distance: number | null;
}

/** Two folders that import each other. */
interface MutualFolders {
  readonly folders: readonly [string, string];
  /** Imports from the first to the second and back. */
  readonly imports: readonly [number, number];
  /** The imports in the direction with fewer of them: those to turn round. */
  readonly against: readonly { readonly from: string; readonly to: string }[];
}

/** A file that many import and that imports many. */
interface Hub {
  readonly file: string;
  readonly afferent: number;
  readonly efferent: number;
}

export const folderOf = (file: string): string => file.slice(0, Math.max(0, file.lastIndexOf('/'))) || '.';

/** Measures of every folder that holds a file, in alphabetical order. */
export function measureFolders(files: readonly CoupledFile[], edges: readonly ImportEdge[]): FolderMeasures[] {
  const importers = new Map<string, Set<string>>();
  const imported = new Map<string, Set<string>>();
  for (const { from, to } of edges) {
    const [here, there] = [folderOf(from), folderOf(to)];
    if (here === there) continue;
    into(importers, there).add(from);
    into(imported, here).add(to);
  }
  const byFolder = Map.groupBy(files, ({ file }) => folderOf(file));
  return [...byFolder]
    .map(([folder, members]) => {
      const afferent = importers.get(folder)?.size ?? 0;
      const efferent = imported.get(folder)?.size ?? 0;
      const abstract = sum(members.map((one) => one.abstract));
      const declared = abstract + sum(members.map((one) => one.concrete));
      const abstractness = declared === 0 ? 0 : rounded(abstract / declared);
      const instability = afferent + efferent === 0 ? null : rounded(efferent / (afferent + efferent));
      return {
        folder,
        files: members.length,
        lines: sum(members.map((one) => one.lines)),
        afferent,
        efferent,
        instability,
        abstractness,
        distance: instability === null ? null : rounded(Math.abs(abstractness + instability - 1)),
      };
    })
    .sort((a, b) => (a.folder < b.folder ? -1 : 1));
}

/** Folders that import each other, those with most imports against the main direction first. A folder and one inside it are one thing. */
export function mutualFolders(edges: readonly ImportEdge[]): MutualFolders[] {
  const between = Map.groupBy(
    edges.filter(({ from, to }) => apart(folderOf(from), folderOf(to))),
    ({ from, to }) => `${folderOf(from)}\0${folderOf(to)}`,
  );
  const pairs: MutualFolders[] = [];
  for (const [key, there] of between) {
    const [one = '', other = ''] = key.split('\0');
    const back = between.get(`${other}\0${one}`);
    if (back === undefined || one > other) continue;
    const fewer = there.length <= back.length ? there : back;
    pairs.push({
      folders: [one, other],
      imports: [there.length, back.length],
      against: fewer.map(({ from, to }) => ({ from, to })),
    });
  }
  return pairs.sort((a, b) => b.against.length - a.against.length || (a.folders.join() < b.folders.join() ? -1 : 1));
}

/** Whether neither folder holds the other. */
const apart = (one: string, other: string): boolean =>
  one !== other &&
  one !== '.' &&
  other !== '.' &&
  !`${one}/`.startsWith(`${other}/`) &&
  !`${other}/`.startsWith(`${one}/`);

/** Imports between folders that neither holds the other. */
export const importsBetweenFolders = (edges: readonly ImportEdge[]): number =>
  edges.filter(({ from, to }) => apart(folderOf(from), folderOf(to))).length;

const MIN_HUB_IMPORTS = 10;

/** Files that at least ten import and that import at least ten, busiest first: a change in them, or below them, spreads. */
export function findHubs(files: readonly string[], edges: readonly ImportEdge[]): Hub[] {
  const degrees = degreesOf(files, edges);
  return [...degrees]
    .map(([file, degree]) => ({ file, ...degree }))
    .filter(({ afferent, efferent }) => Math.min(afferent, efferent) >= MIN_HUB_IMPORTS)
    .sort((a, b) => b.afferent * b.efferent - a.afferent * a.efferent || (a.file < b.file ? -1 : 1));
}

/** How many files import each file, and how many it imports. */
export function degreesOf(
  files: readonly string[],
  edges: readonly ImportEdge[],
): Map<string, { afferent: number; efferent: number }> {
  const degrees = new Map(files.map((file) => [file, { afferent: 0, efferent: 0 }]));
  for (const { from, to } of edges) {
    const [importer, imported] = [degrees.get(from), degrees.get(to)];
    if (importer !== undefined) importer.efferent += 1;
    if (imported !== undefined) imported.afferent += 1;
  }
  return degrees;
}

export const sum = (numbers: readonly number[]): number => numbers.reduce((total, one) => total + one, 0);
/** With three decimals, so that equal trees give equal documents on every machine. */
export const rounded = (value: number): number => Math.round(value * 1000) / 1000;

function into(map: Map<string, Set<string>>, key: string): Set<string> {
  const set = map.get(key) ?? new Set();
  map.set(key, set);
  return set;
}
