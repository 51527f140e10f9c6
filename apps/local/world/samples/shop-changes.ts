import type { FileChange } from '@selfheal/fake-github/state.ts';
import type { FailureKind } from './shop-jobs.ts';
import { SHOP_FILES } from './shop-sources.ts';

const GOOD: Readonly<Record<string, string>> = SHOP_FILES.good;
/** The change under test in a transient failure, which does not cause it. */
const NOTES = { 'docs/notes.md': '# Notes\n\nTotals are rounded per line.\n' };
/** Context lines of a diff. */
const AROUND = 3;

/** The changes in the commit of a failed run: the edit of the shop's sources that causes the failure. */
export function changesOf(kind: FailureKind): FileChange[] {
  const files: Readonly<Record<string, string>> = kind === 'transient' ? NOTES : SHOP_FILES[kind];
  return Object.entries(files).map(([path, content]) => changeOf(path, GOOD[path], content));
}

/** The commit that adds the shop's files. */
export function firstFiles(): FileChange[] {
  return Object.entries(GOOD).map(([path, content]) => changeOf(path, undefined, content));
}

/** The failure that the shop's workflow has with these files, recognised by the lines that cause it; null if it passes. */
export function failureOf(files: Readonly<Record<string, string>>): Exclude<FailureKind, 'transient'> | null {
  const kinds = ['regression', 'compile', 'unknown'] as const;
  const isThere = (kind: (typeof kinds)[number]): boolean =>
    Object.entries<string>(SHOP_FILES[kind]).some(([path, broken]) => {
      const good = linesOf(GOOD[path] ?? '');
      const culprits = linesOf(broken).filter((line) => !good.includes(line));
      return linesOf(files[path] ?? '').some((line) => culprits.includes(line));
    });
  return kinds.find(isThere) ?? null;
}

const linesOf = (text: string): string[] => text.replace(/\n$/, '').split('\n');

function changeOf(path: string, before: string | undefined, after: string): FileChange {
  const [old, now] = [before === undefined ? [] : linesOf(before), linesOf(after)];
  let start = 0;
  while (start < old.length && start < now.length && old[start] === now[start]) start += 1;
  let end = 0;
  while (end < old.length - start && end < now.length - start && old.at(-1 - end) === now.at(-1 - end)) end += 1;
  const removed = old.slice(start, old.length - end);
  const added = now.slice(start, now.length - end);
  const lead = now.slice(Math.max(0, start - AROUND), start);
  const tail = now.slice(now.length - end, now.length - end + AROUND);
  const at = start - lead.length + 1;
  const span = (own: readonly string[]) => lead.length + own.length + tail.length;
  const head =
    before === undefined ? `@@ -0,0 +1,${now.length} @@` : `@@ -${at},${span(removed)} +${at},${span(added)} @@`;
  const body = [
    ...lead.map((line) => ` ${line}`),
    ...removed.map((line) => `-${line}`),
    ...added.map((line) => `+${line}`),
    ...tail.map((line) => ` ${line}`),
  ];
  return {
    path,
    status: before === undefined ? 'added' : 'modified',
    additions: added.length,
    deletions: removed.length,
    patch: [head, ...body].join('\n'),
    content: after,
  };
}
