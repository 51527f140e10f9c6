import { type Finding, refusal } from './finding.ts';
import type { Hunk } from './hunk.ts';
import { lineDiff, type Stretch } from './line-diff.ts';
import { foldedPath } from './normal-path.ts';
import { type FileChange, PATCH_LIMITS } from './patch-limits.ts';

/**
 * The repository at the commit that failed: the modes of all paths (`100644`, `040000`, ...) and the content of those
 * that a patch names.
 */
export interface SourceTree {
  readonly modes: ReadonlyMap<string, string>;
  /** Null when it was not read or is not UTF-8 text. */
  contentOf(path: string): string | null;
}

/** A file after the patch. */
export interface PatchedFile {
  readonly path: string;
  /** Its previous path; null for a new file. */
  readonly previousPath: string | null;
  /** Null for a new file. */
  readonly before: string | null;
  readonly after: string;
  readonly beforeLines: readonly string[];
  readonly afterLines: readonly string[];
  readonly stretches: readonly Stretch[];
}

export type AppliedPatch =
  | { kind: 'applied'; files: readonly PatchedFile[] }
  | { kind: 'refused'; findings: readonly Finding[] };

const REGULAR = '100644';
const DIRECTORY = '040000';

/**
 * Applies a patch to a tree, exactly: no fuzz, no offset. Only regular files change, and no path collides with another
 * one.
 */
export function applyPatch(changes: readonly FileChange[], tree: SourceTree): AppliedPatch {
  const folded = foldedTree(tree);
  const findings = changes.flatMap((change) => placeFindings(change, tree, folded));
  if (findings.length > 0) return { kind: 'refused', findings };
  const applied = changes.map((change) => applyChange(change, tree));
  const failed = applied.flatMap((one) => ('rule' in one ? [one] : []));
  const files = applied.flatMap((one) => ('rule' in one ? [] : [one]));
  const problems = failed.length > 0 ? failed : sizeFindings(files);
  return problems.length > 0 ? { kind: 'refused', findings: problems } : { kind: 'applied', files };
}

/** Every path and every parent directory, by its folded form. */
function foldedTree({ modes }: SourceTree): ReadonlyMap<string, string> {
  const folded = new Map<string, string>();
  for (const path of modes.keys()) {
    for (const one of [path, ...parentsOf(path)]) if (!folded.has(foldedPath(one))) folded.set(foldedPath(one), one);
  }
  return folded;
}

function parentsOf(path: string): string[] {
  const parts = path.split('/');
  return parts.slice(1).map((_part, at) => parts.slice(0, parts.length - 1 - at).join('/'));
}

function placeFindings(change: FileChange, tree: SourceTree, folded: ReadonlyMap<string, string>): Finding[] {
  const { path } = change;
  const source = change.kind === 'hunks' ? change.previousPath : path;
  const mode = tree.modes.get(source);
  const mustExist = change.kind === 'hunks';
  const isNew = change.kind === 'create' || (change.kind === 'hunks' ? path !== source : mode === undefined);
  const problem =
    (mustExist && mode === undefined
      ? modeFinding(undefined, source)
      : mode === undefined
        ? null
        : modeFinding(mode, source)) ??
    (change.kind === 'create' && mode !== undefined
      ? refusal('does-not-apply', 'A file that the patch creates already exists.', { path })
      : null) ??
    (isNew ? newPathFinding(path, source, tree, folded) : null);
  return problem === null ? [] : [problem];
}

function modeFinding(mode: string | undefined, path: string): Finding | null {
  switch (mode) {
    case undefined:
      return refusal('does-not-apply', 'A file that the patch changes does not exist.', { path });
    case REGULAR:
      return null;
    case '120000':
      return refusal('symlink', 'A path of the patch is a symbolic link.', { path });
    case '160000':
      return refusal('submodule', 'A path of the patch is a submodule.', { path });
    case '100755':
      return refusal('mode', 'A file that the patch changes is executable.', { path });
    default:
      return refusal('does-not-apply', 'A path of the patch is not a file.', { path });
  }
}

/** A new path must not exist in the tree in any spelling, and all its parents must be directories. */
function newPathFinding(
  path: string,
  source: string,
  tree: SourceTree,
  folded: ReadonlyMap<string, string>,
): Finding | null {
  if (/[^\x20-\x7e]/.test(path))
    return refusal('path-lookalike', 'A new path contains characters outside ASCII.', { path });
  for (const parent of parentsOf(path)) {
    const mode = tree.modes.get(parent);
    if (mode !== undefined && mode !== DIRECTORY) {
      return mode === '120000'
        ? modeFinding(mode, path)
        : refusal(
            mode === '160000' ? 'submodule' : 'path-collision',
            'A file exists where the patch needs a directory.',
            { path },
          );
    }
  }
  for (const one of [path, ...parentsOf(path)]) {
    const known = folded.get(foldedPath(one));
    if (known !== undefined && known !== one && known !== source) {
      return refusal('path-collision', 'A new path differs from an existing one only in case or Unicode composition.', {
        path,
      });
    }
  }
  return tree.modes.has(path) ? refusal('path-collision', 'A new path already exists.', { path }) : null;
}

function applyChange(change: FileChange, tree: SourceTree): PatchedFile | Finding {
  const { path } = change;
  const previousPath = change.kind === 'hunks' ? change.previousPath : tree.modes.has(path) ? path : null;
  const before = previousPath === null ? null : tree.contentOf(previousPath);
  if (previousPath !== null && before === null)
    return refusal('binary', 'A file that the patch changes is not text.', { path });
  const after = change.kind === 'replace' ? change.content : withHunks(before ?? '', change.hunks);
  if (after === null) return refusal('does-not-apply', 'A hunk does not match the file at its position.', { path });
  if (after === before && previousPath === path)
    return refusal('malformed', 'The patch does not change a file that it lists.', { path });
  const [beforeLines, afterLines] = [linesOf(before ?? ''), linesOf(after)];
  if (isTooLong(after, afterLines) || isTooLong(before ?? '', beforeLines)) {
    return refusal('too-large', 'A file of the patch, or a line of it, is too long.', { path });
  }
  return { path, previousPath, before, after, beforeLines, afterLines, stretches: lineDiff(beforeLines, afterLines) };
}

function isTooLong(content: string, lines: readonly string[]): boolean {
  const { fileCharacters, fileLines, keptLineCharacters } = PATCH_LIMITS;
  return (
    content.length > fileCharacters ||
    lines.length > fileLines ||
    lines.some(({ length }) => length > keptLineCharacters)
  );
}

/** Lines without their line endings; the last one counts only when it is not empty. */
function linesOf(content: string): string[] {
  const lines = content.split('\n');
  if (lines.at(-1) === '') lines.pop();
  return lines.map((line) => line.replace(/\r$/, ''));
}

/** Null when a kept or removed line differs from the file's line. */
function withHunks(before: string, hunks: readonly Hunk[]): string | null {
  const lines = before.split(/(?<=\n)/).filter((line) => line !== '');
  const result: string[] = [];
  let at = 0;
  for (const hunk of hunks) {
    const start = hunk.count === 0 ? hunk.start : hunk.start - 1;
    if (start < at || start > lines.length) return null;
    result.push(...lines.slice(at, start));
    at = start;
    for (const { kind, text, newline } of hunk.lines) {
      const line = newline ? `${text}\n` : text;
      if (kind !== 'added' && lines[at++] !== line) return null;
      if (kind !== 'removed') result.push(line);
    }
  }
  result.push(...lines.slice(at));
  // A line without a newline may only be the last one.
  return result.slice(0, -1).every((line) => line.endsWith('\n')) ? result.join('') : null;
}

function sizeFindings(files: readonly PatchedFile[]): Finding[] {
  const changed = files.flatMap(({ stretches }) =>
    stretches.map(({ before, after }) => before[1] - before[0] + after[1] - after[0]),
  );
  const total = changed.reduce((sum, one) => sum + one, 0);
  if (total > PATCH_LIMITS.changedLines)
    return [refusal('too-large', `The patch changes more than ${PATCH_LIMITS.changedLines} lines.`)];
  return files.flatMap((file) =>
    addedLines(file).flatMap(({ text, line }) =>
      text.length > PATCH_LIMITS.lineCharacters
        ? [refusal('too-large', 'An added line is too long to review.', { path: file.path, line })]
        : [],
    ),
  );
}

/** The lines that a file gains, with their 1-based numbers in it. */
export function addedLines({ stretches, afterLines }: PatchedFile): { line: number; text: string }[] {
  return stretches.flatMap(({ after: [start, end] }) =>
    afterLines.slice(start, end).map((text, at) => ({ line: start + at + 1, text })),
  );
}
