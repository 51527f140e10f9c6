import type { PatchedFile } from './apply-patch.ts';
import { lineDiff } from './line-diff.ts';

const CONTEXT = 3;

/**
 * The change as a unified diff that `git apply` accepts, with three lines of context. What a person reads is what is
 * written.
 */
export function renderDiff(files: readonly PatchedFile[]): string {
  return files.map(renderFile).join('');
}

function renderFile({ path, previousPath, before, after }: PatchedFile): string {
  const [old, fresh] = [rawLines(before ?? ''), rawLines(after)];
  const from = previousPath ?? path;
  const head = [
    `diff --git a/${from} b/${path}`,
    ...(before === null ? ['new file mode 100644'] : []),
    ...(from === path ? [] : [`rename from ${from}`, `rename to ${path}`]),
    `--- ${before === null ? '/dev/null' : `a/${from}`}`,
    `+++ b/${path}`,
  ];
  return `${head.join('\n')}\n${hunksOf(old, fresh)}`;
}

/** Lines with their endings, so that a changed line ending is visible. */
const rawLines = (text: string): string[] => (text === '' ? [] : text.split(/(?<=\n)/));

function hunksOf(old: readonly string[], fresh: readonly string[]): string {
  const stretches = lineDiff(old, fresh);
  const groups: (typeof stretches)[number][][] = [];
  for (const one of stretches) {
    const last = groups.at(-1)?.at(-1);
    if (last !== undefined && one.before[0] - last.before[1] <= 2 * CONTEXT) groups.at(-1)?.push(one);
    else groups.push([one]);
  }
  return groups
    .map((group) => {
      const [first, last] = [group[0], group.at(-1)];
      if (first === undefined || last === undefined) return '';
      const start = Math.max(0, first.before[0] - CONTEXT);
      const end = Math.min(old.length, last.before[1] + CONTEXT);
      const freshStart = first.after[0] - (first.before[0] - start);
      const freshEnd = last.after[1] + (end - last.before[1]);
      const lines: string[] = [];
      let at = start;
      for (const { before, after } of group) {
        lines.push(...old.slice(at, before[0]).map((line) => ` ${line}`));
        lines.push(...old.slice(before[0], before[1]).map((line) => `-${line}`));
        lines.push(...fresh.slice(after[0], after[1]).map((line) => `+${line}`));
        at = before[1];
      }
      lines.push(...old.slice(at, end).map((line) => ` ${line}`));
      const body = lines.map((line) => (line.endsWith('\n') ? line : `${line}\n\\ No newline at end of file\n`));
      return `@@ -${span(start, end)} +${span(freshStart, freshEnd)} @@\n${body.join('')}`;
    })
    .join('');
}

const span = (start: number, end: number): string => `${end === start ? start : start + 1},${end - start}`;
