import { folderOf, rounded } from './folder-coupling.ts';
import type { ImportEdge } from './import-graph.ts';
import type { MeasuredFunction } from './source-facts.ts';

/** How often files changed. */
export interface ChangeHistory {
  /** Days before the newest commit that were read. */
  readonly days: number;
  /** For each commit, the files it changed, as paths of today. */
  readonly commits: readonly (readonly string[])[];
  /** False when the clone or the reading does not reach back that far. */
  readonly complete: boolean;
}

/** A complex function in a file that changes. */
interface Hotspot {
  readonly file: string;
  /** 1-based. */
  readonly line: number;
  readonly function: string;
  readonly complexity: number;
  readonly lines: number;
  /** Commits that changed its file. */
  readonly changes: number;
  /** Complexity times (changes + 1), by which the list is sorted. */
  readonly weight: number;
}

/** Two files in different folders that are often changed by the same commits though neither imports the other. */
interface FilesChangedTogether {
  readonly files: readonly [string, string];
  readonly commits: number;
  /** `commits` as a share of the commits that changed the file which changes less. */
  readonly share: number;
}

/** A function above it is hard to read: the default of SonarSource's rule S3776. */
export const MAX_COMPLEXITY = 15;

/** A commit with more files says little about any two of them: a rename, a format. */
const MAX_FILES_OF_A_COMMIT = 20;
const MIN_COMMITS_TOGETHER = 8;
const MIN_SHARE_TOGETHER = 0.5;

/** Commits that changed each file; of a commit that changed half of all files (a format, a move), nothing is counted. */
export function changesOf(history: ChangeHistory | null, files: number): Map<string, number> {
  const changes = new Map<string, number>();
  for (const commit of history?.commits ?? []) {
    if (commit.length > Math.max(MAX_FILES_OF_A_COMMIT, files / 2)) continue;
    for (const file of commit) changes.set(file, (changes.get(file) ?? 0) + 1);
  }
  return changes;
}

/**
 * Functions whose complexity is above the limit, weighted by how often their file changed: A. Tornhill, "Your Code as a Crime Scene", 2015, chapters 2
 * and 3. Code that nobody touches may stay as it is.
 */
export function findHotspots(
  files: readonly { readonly file: string; readonly functions: readonly MeasuredFunction[] }[],
  changes: ReadonlyMap<string, number>,
): Hotspot[] {
  return files
    .flatMap(({ file, functions }) =>
      functions
        .filter(({ complexity }) => complexity > MAX_COMPLEXITY)
        .map(({ name, line, lines, complexity }) => {
          const changed = changes.get(file) ?? 0;
          return {
            file,
            line,
            function: name,
            complexity,
            lines,
            changes: changed,
            weight: complexity * (changed + 1),
          };
        }),
    )
    .sort((a, b) => b.weight - a.weight || (a.file < b.file ? -1 : a.file > b.file ? 1 : a.line - b.line));
}

/** Hidden coupling: Tornhill, chapter 9. Strongest first. */
export function changedTogether(
  history: ChangeHistory | null,
  files: ReadonlySet<string>,
  edges: readonly ImportEdge[],
): FilesChangedTogether[] {
  const changes = new Map<string, number>();
  const pairs = new Map<string, number>();
  const commits = (history?.commits ?? []).map((commit) => commit.filter((file) => files.has(file)).sort());
  for (const file of commits.flat()) changes.set(file, (changes.get(file) ?? 0) + 1);
  for (const commit of commits) {
    if (commit.length > MAX_FILES_OF_A_COMMIT) continue;
    const own = commit.filter((file) => (changes.get(file) ?? 0) >= MIN_COMMITS_TOGETHER);
    for (const [at, one] of own.entries()) {
      for (const other of own.slice(at + 1)) {
        if (folderOf(one) !== folderOf(other)) pairs.set(`${one}\0${other}`, (pairs.get(`${one}\0${other}`) ?? 0) + 1);
      }
    }
  }
  const linked = new Set(edges.flatMap(({ from, to }) => [`${from}\0${to}`, `${to}\0${from}`]));
  const found: FilesChangedTogether[] = [];
  for (const [key, commits] of pairs) {
    const [one = '', other = ''] = key.split('\0');
    const share = commits / Math.min(changes.get(one) ?? commits, changes.get(other) ?? commits);
    if (commits < MIN_COMMITS_TOGETHER || share < MIN_SHARE_TOGETHER || linked.has(key)) continue;
    found.push({ files: [one, other], commits, share: rounded(share) });
  }
  return found.sort((a, b) => b.commits - a.commits || b.share - a.share || (a.files.join() < b.files.join() ? -1 : 1));
}
