import { readHunks } from '@selfheal/patch-guard/hunk.ts';
import type { CodeChange } from './job-result.ts';

/** A file that the pull request changes. `patch`: its hunks without file headers; null for binary and very large files. */
export interface DiffFile {
  readonly path: string;
  readonly patch: string | null;
}

/** New line numbers that GitHub shows in the diff, which may be commented: added and unchanged lines, hunk by hunk. */
function shownLines(patch: string): Set<number>[] {
  const lines = patch.split('\n');
  if (lines.at(-1) === '') lines.pop();
  const read = readHunks(lines, 0);
  if (read.kind === 'malformed' || read.next !== lines.length) return [];
  let shift = 0;
  return read.hunks.map(({ start, count, lines: body }) => {
    const fresh = body.filter(({ kind }) => kind !== 'removed').length;
    const first = (count === 0 ? start + 1 : start) + shift;
    shift += fresh - count;
    return new Set(Array.from({ length: fresh }, (_, at) => first + at));
  });
}

export interface PlacedChanges {
  /** Whether all of these lines are in one hunk of the diff: only there GitHub takes a suggestion. */
  readonly inDiff: readonly CodeChange[];
  readonly outside: readonly CodeChange[];
}

export function placeChanges(changes: readonly CodeChange[], files: readonly DiffFile[]): PlacedChanges {
  const hunks = new Map(files.map(({ path, patch }) => [path, patch === null ? [] : shownLines(patch)]));
  const fits = ({ path, lines: { start, end } }: CodeChange): boolean =>
    (hunks.get(path) ?? []).some((shown) => shown.has(start) && shown.has(end));
  return { inDiff: changes.filter(fits), outside: changes.filter((change) => !fits(change)) };
}
