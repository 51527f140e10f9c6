import { describe, expect, it } from 'vitest';
import { changedCoverage, changedLinesOf, uncoveredChanges } from '../../../src/domain/gates/changed-lines.ts';

const DIFF = `diff --git a/src/cart.ts b/src/cart.ts
index 1111111..2222222 100644
--- a/src/cart.ts
+++ b/src/cart.ts
@@ -3,2 +3,3 @@ export function total() {
-old
-old too
+one
+two
+--- three
@@ -20 +21,0 @@
-gone
@@ -30,0 +31,2 @@
+++ four
+five
diff --git a/src/old.ts b/src/old.ts
deleted file mode 100644
--- a/src/old.ts
+++ /dev/null
@@ -1,2 +0,0 @@
-a
-b
diff --git a/logo.png b/logo.png
Binary files a/logo.png and b/logo.png differ
diff --git a/with blank.ts b/with blank.ts
--- /dev/null
+++ b/with blank.ts\t
@@ -0,0 +1 @@
+x
\\ No newline at end of file
`;

describe('the lines of a change', () => {
  it('are those that it adds or replaces, by their numbers after it', () => {
    expect([...changedLinesOf(DIFF)]).toEqual([
      [
        'src/cart.ts',
        [
          { start: 3, end: 5 },
          { start: 31, end: 32 },
        ],
      ],
      ['with blank.ts', [{ start: 1, end: 1 }]],
    ]);
  });

  it('are found in a diff with context, too', () => {
    const context = '--- a/a.ts\n+++ b/a.ts\n@@ -1,3 +1,4 @@\n one\n+two\n three\n four\n';
    expect([...changedLinesOf(context)]).toEqual([['a.ts', [{ start: 2, end: 2 }]]]);
  });

  it.each([
    ['"b/src/gr\\303\\274\\303\\237e x.ts"\t', 'src/grüße x.ts'],
    ['"b/a\\\\b\\"c\\t.ts"', 'a\\b"c\t.ts'],
    ['b/with blank.ts\t', 'with blank.ts'],
  ])('reads the name %s as Git means it', (name, path) => {
    expect([...changedLinesOf(`--- /dev/null\n+++ ${name}\n@@ -0,0 +1 @@\n+a\n`)]).toEqual([
      [path, [{ start: 1, end: 1 }]],
    ]);
  });

  it('count as covered or uncovered where a report says so, and not at all elsewhere', () => {
    const files = [
      { path: 'src/cart.ts', covered: [{ start: 1, end: 3 }], uncovered: [{ start: 5, end: 40 }], branches: null },
      { path: 'src/other.ts', covered: [], uncovered: [{ start: 1, end: 9 }], branches: null },
    ];
    const changed = changedLinesOf(DIFF);
    expect(changedCoverage(files, changed)).toEqual({ files: 1, coveredLines: 1, lines: 4, percent: 25 });
    expect(uncoveredChanges(files, changed)).toEqual([
      {
        path: 'src/cart.ts',
        lines: [
          { start: 5, end: 5 },
          { start: 31, end: 32 },
        ],
      },
    ]);
    expect(changedCoverage([], changed).percent).toBeNull();
  });
});
