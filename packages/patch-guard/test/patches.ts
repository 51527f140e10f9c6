import type { SourceTree } from '../src/apply-patch.ts';
import { judgePatch } from '../src/judge-patch.ts';
import type { ProposedPatch } from '../src/patch-limits.ts';
import { PROJECTS } from './projects.ts';

const CONTEXT = 3;

/** A repository of the given files; paths in `modes` have another mode than a plain file's, and need no content. */
export function aTree(
  files: Readonly<Record<string, string>>,
  modes: Readonly<Record<string, string>> = {},
): SourceTree {
  return {
    modes: new Map([...Object.keys(files).map((path) => [path, '100644'] as const), ...Object.entries(modes)]),
    contentOf: (path) => files[path] ?? null,
  };
}

/** All sample projects in one repository, with what usually stands beside them. */
export const REPOSITORY: Readonly<Record<string, string>> = {
  ...Object.fromEntries(
    Object.values(PROJECTS).flatMap(({ source, test }) => [
      [source.path, source.text],
      [test.path, test.text],
    ]),
  ),
  '.github/workflows/ci.yml': 'on: push\n',
  'package.json': '{}\n',
  'README.md': '# Shop\n',
};

/** The unified diff of one file, as Git writes it, in one hunk. */
export function diffOf(path: string, before: string | null, after: string): string {
  const [a, b] = [linesOf(before ?? ''), linesOf(after)];
  let head = 0;
  while (head < a.length && head < b.length && a[head] === b[head]) head += 1;
  let tail = 0;
  while (tail < Math.min(a.length, b.length) - head && a.at(-1 - tail) === b.at(-1 - tail)) tail += 1;
  const from = Math.max(0, head - CONTEXT);
  const rest = Math.max(0, tail - CONTEXT);
  const [aEnd, bEnd] = [a.length - rest, b.length - rest];
  const body = [
    ...a.slice(from, head).map((line) => ` ${line}`),
    ...a.slice(head, a.length - tail).map((line) => `-${line}`),
    ...b.slice(head, b.length - tail).map((line) => `+${line}`),
    ...a.slice(a.length - tail, aEnd).map((line) => ` ${line}`),
  ];
  const at = (count: number) => (count === 0 ? from : from + 1);
  const names =
    before === null ? ['new file mode 100644', '--- /dev/null'] : ['index 1111111..2222222 100644', `--- a/${path}`];
  const hunk = `@@ -${at(aEnd - from)},${aEnd - from} +${at(bEnd - from)},${bEnd - from} @@`;
  return [`diff --git a/${path} b/${path}`, ...names, `+++ b/${path}`, hunk, ...body, ''].join('\n');
}

function linesOf(text: string): string[] {
  const lines = text.split('\n');
  if (lines.at(-1) === '') lines.pop();
  return lines;
}

/** Replaces exactly one occurrence; throws when there is none, so that a table cannot go stale. */
export function edited(text: string, ...edits: readonly (readonly [string, string])[]): string {
  return edits.reduce((current, [from, to]) => {
    if (!current.includes(from)) throw new Error(`There is no ${JSON.stringify(from)} to edit.`);
    return current.replace(from, () => to);
  }, text);
}

/** The same change as a diff and as a whole file. */
export function bothForms(path: string, after: string): readonly ProposedPatch[] {
  const before = REPOSITORY[path] ?? null;
  return [
    { kind: 'diff', text: diffOf(path, before, after) },
    { kind: 'replace', files: [{ path, content: after }] },
  ];
}

/** `accepted`, or the rules by which the patch is refused in the sample repository. */
export function verdictOn(patch: ProposedPatch, tree: SourceTree = aTree(REPOSITORY)): string[] {
  const judged = judgePatch(patch, tree);
  if (judged.kind === 'accepted') return ['accepted'];
  return [...new Set(judged.findings.filter(({ severity }) => severity === 'refused').map(({ rule }) => rule))];
}
