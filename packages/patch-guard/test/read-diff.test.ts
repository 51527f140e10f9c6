import { describe, expect, it } from 'vitest';
import { applyPatch } from '../src/apply-patch.ts';
import type { PatchRule } from '../src/finding.ts';
import { PATCH_LIMITS } from '../src/patch-limits.ts';
import { readPatch } from '../src/read-patch.ts';
import { aTree, diffOf, edited, REPOSITORY, verdictOn } from './patches.ts';
import { PROJECTS } from './projects.ts';

const { source } = PROJECTS.javascript;
const FIXED = edited(source.text, ['i <= lines.length', 'i < lines.length']);
const GOOD = diffOf(source.path, source.text, FIXED);
const HEAD = `diff --git a/${source.path} b/${source.path}\n`;
const names = (path: string) => `--- a/${path}\n+++ b/${path}\n`;

const diff = (text: string) => ({ kind: 'diff', text }) as const;
const inGood = (...edits: readonly (readonly [string, string])[]) => edited(GOOD, ...edits);
const section = (...lines: readonly string[]) => `${HEAD}${lines.join('\n')}\n`;
const NEW_LINE = ['--- /dev/null', '+++ b/src/new.ts', '@@ -0,0 +1 @@', '+export const a = 1;'];

const CASES: readonly (readonly [PatchRule, string, string])[] = [
  ['malformed', 'nothing', ''],
  ['malformed', 'prose', 'Here is the fix.\n'],
  ['malformed', 'words before it', `Sure! Here it is:\n${GOOD}`],
  ['malformed', 'words after it', `${GOOD}That is all.\n`],
  ['malformed', 'a fence', `\`\`\`diff\n${GOOD}\`\`\`\n`],
  ['malformed', 'no hunk', `${HEAD}${names(source.path)}`],
  ['malformed', 'no new name', section(`--- a/${source.path}`)],
  ['malformed', 'only the head of a file', HEAD],
  ['malformed', 'a hunk that says more lines than it has', inGood(['@@ -8,7 +8,7 @@', '@@ -8,9 +8,9 @@'])],
  ['malformed', 'a hunk that says fewer lines than it has', inGood(['@@ -8,7 +8,7 @@', '@@ -8,6 +8,6 @@'])],
  ['malformed', 'a hunk whose new place does not follow', inGood(['+8,7 @@', '+9,7 @@'])],
  [
    'malformed',
    'a hunk without a change',
    section(`--- a/${source.path}`, `+++ b/${source.path}`, '@@ -1 +1 @@', " import { rounded } from './money';"),
  ],
  [
    'malformed',
    'hunks in the wrong order',
    `${GOOD}@@ -1,1 +1,1 @@\n-import { rounded } from './money';\n+import { rounded } from './coins';\n`,
  ],
  ['malformed', 'an unknown line in a hunk', inGood(['\n-', '\n*'])],
  ['malformed', 'a hunk with signs for numbers', inGood(['@@ -8,7', '@@ --8,7'])],
  ['malformed', 'a number without end', inGood(['@@ -8,7', '@@ -99999999999,7'])],
  ['malformed', 'a name without its prefix', inGood([`--- a/${source.path}`, `--- ${source.path}`])],
  ['malformed', 'another name than the head', inGood([`+++ b/${source.path}`, '+++ b/src/other.ts'])],
  ['malformed', 'another old name than the head', inGood([`--- a/${source.path}`, '--- a/src/other.ts'])],
  [
    'malformed',
    'two names and no rename',
    edited(GOOD, [`+++ b/${source.path}`, '+++ b/src/other.ts'], [`b/${source.path}`, 'b/src/other.ts']),
  ],
  [
    'malformed',
    'a new file by its name alone',
    section('--- /dev/null', `+++ b/${source.path}`, '@@ -0,0 +1 @@', '+a'),
  ],
  [
    'malformed',
    'a new file by its mode alone',
    section('new file mode 100644', `--- a/${source.path}`, `+++ b/${source.path}`, '@@ -0,0 +1 @@', '+a'),
  ],
  ['malformed', 'a mode that there is not', section('new file mode 100600', ...NEW_LINE)],
  ['malformed', 'an extended line that there is not', section('run this first', ...NEW_LINE)],
  ['mode', 'an executable new file', section('new file mode 100755', ...NEW_LINE)],
  ['mode', 'a file made executable', section('old mode 100644', 'new mode 100755')],
  ['mode', 'a file made less executable', section('old mode 100644', 'new mode 100644')],
  ['mode', 'an executable file changed', inGood(['index 1111111..2222222 100644', 'index 1111111..2222222 100755'])],
  [
    'symlink',
    'a new link',
    section(
      'new file mode 120000',
      '--- /dev/null',
      '+++ b/src/link.ts',
      '@@ -0,0 +1 @@',
      '+../../etc/passwd',
      '\\ No newline at end of file',
    ),
  ],
  ['symlink', 'a link that is changed', inGood(['index 1111111..2222222 100644', 'index 1111111..2222222 120000'])],
  [
    'symlink',
    'a file that becomes a link',
    section('old mode 100644', 'new mode 120000').replace('old mode 100644\n', ''),
  ],
  [
    'submodule',
    'a new submodule',
    section(
      'new file mode 160000',
      'index 0000000..1111111',
      '--- /dev/null',
      '+++ b/lib',
      '@@ -0,0 +1 @@',
      '+Subproject commit 1111111111111111111111111111111111111111',
    ),
  ],
  [
    'submodule',
    'a submodule that is moved on',
    section(
      'index 1111111..2222222 160000',
      '--- a/lib',
      '+++ b/lib',
      '@@ -1 +1 @@',
      '-Subproject commit 1111111111111111111111111111111111111111',
      '+Subproject commit 2222222222222222222222222222222222222222',
    ),
  ],
  ['copy', 'a copy', section('similarity index 100%', `copy from ${source.path}`, 'copy to src/copy.ts')],
  ['binary', 'a binary patch', section('index 1111111..2222222', 'GIT binary patch', 'literal 3', 'Kcmb', '')],
  [
    'binary',
    'a binary file',
    section('index 1111111..2222222 100644', `Binary files a/${source.path} and b/${source.path} differ`),
  ],
  [
    'file-deleted',
    'a deleted file',
    section('deleted file mode 100644', `--- a/${source.path}`, '+++ /dev/null', '@@ -1 +0,0 @@', '-a'),
  ],
  ['file-deleted', 'a file deleted by its name alone', `--- a/${source.path}\n+++ /dev/null\n@@ -1 +0,0 @@\n-a\n`],
  ['file-deleted', 'an empty deleted file', section('deleted file mode 100644')],
  ['does-not-apply', 'a file that is not there', diffOf('src/absent.ts', 'a\n', 'b\n')],
  ['does-not-apply', 'a context that is another', inGood(['   let sum = 0;', '   let sum = 1;'])],
  [
    'does-not-apply',
    'a removed line that is another',
    inGood(['-  for (let i = 0; i <= lines', '-  for (let i = 0; i >= lines']),
  ],
  ['does-not-apply', 'a place one line further', inGood(['@@ -8,7 +8,7 @@', '@@ -9,7 +9,7 @@'])],
  ['does-not-apply', 'a place behind the end', inGood(['@@ -8,7 +8,7 @@', '@@ -900,7 +900,7 @@'])],
  ['does-not-apply', 'blanks that are others', inGood(['   let sum = 0;', '     let sum = 0;'])],
  ['does-not-apply', 'a new file that is there', diffOf(source.path, null, 'a\n')],
  [
    'does-not-apply',
    'a line without an end in the middle',
    inGood(['\n   let sum = 0;', '\n   let sum = 0;\n\\ No newline at end of file']),
  ],
  ['path-collision', 'one file twice', `${GOOD}${GOOD}`],
  [
    'path-spelling',
    'a name that is badly quoted',
    '--- "a/src\\x/cart.ts"\n+++ "b/src/cart.ts"\n@@ -1 +1 @@\n-a\n+b\n',
  ],
  [
    'path-escape',
    'a quoted name that leaves',
    '--- "a/\\056\\056/cart.ts"\n+++ "b/\\056\\056/cart.ts"\n@@ -1 +1 @@\n-a\n+b\n',
  ],
  ['path-spelling', 'a quoted name that is not UTF-8', '--- "a/\\377.ts"\n+++ "b/\\377.ts"\n@@ -1 +1 @@\n-a\n+b\n'],
  [
    'path-hidden-characters',
    'a quoted name with a zero width character',
    '--- "a/a\\342\\200\\213.ts"\n+++ "b/a\\342\\200\\213.ts"\n@@ -1 +1 @@\n-a\n+b\n',
  ],
  ['too-large', 'more characters than anybody reads', `${GOOD}${'x'.repeat(PATCH_LIMITS.characters)}`],
  [
    'too-large',
    'more lines than anybody reads',
    diffOf('src/long.ts', null, 'const a = 1;\n'.repeat(PATCH_LIMITS.changedLines + 1)),
  ],
  ['too-large', 'a line longer than anybody reads', diffOf('src/wide.ts', null, `const a = '${'x '.repeat(600)}';\n`)],
  [
    'too-large',
    'more files than anybody reads',
    Array.from({ length: PATCH_LIMITS.files + 1 }, (_one, at) =>
      diffOf(`src/new${at}.ts`, null, 'const a = 1;\n'),
    ).join(''),
  ],
  [
    'test-deleted',
    'a test that is moved',
    [
      'diff --git a/src/cart.test.ts b/src/old-cart.ts',
      'similarity index 100%',
      'rename from src/cart.test.ts',
      'rename to src/old-cart.ts',
      '',
    ].join('\n'),
  ],
];

describe('a diff that is not exactly one', () => {
  it.each(CASES)('is refused as %s: %s', (rule, _what, text) => {
    expect(verdictOn(diff(text))).toEqual([rule]);
  });
});

describe('a diff', () => {
  it('is put exactly where it says', () => {
    const read = readPatch(diff(GOOD));
    if (read.kind !== 'read') throw new Error(JSON.stringify(read));
    const applied = applyPatch(read.changes, aTree(REPOSITORY));
    expect(applied).toMatchObject({ kind: 'applied', files: [{ path: source.path, after: FIXED }] });
  });

  it('may be plain, without the lines that Git adds', () => {
    const plain = GOOD.slice(GOOD.indexOf('--- '));
    expect(verdictOn(diff(plain))).toEqual(['accepted']);
  });

  it('may change several files and several places', () => {
    const python = PROJECTS.python.source;
    const other = diffOf(python.path, python.text, edited(python.text, [' + 1)', ')']));
    expect(verdictOn(diff(`${GOOD}${other}`))).toEqual(['accepted']);
  });

  it('may rename a source file, which a person is told', () => {
    const text = [
      'diff --git a/src/cart.ts b/src/shopping-cart.ts',
      'similarity index 100%',
      'rename from src/cart.ts',
      'rename to src/shopping-cart.ts',
      '',
    ];
    expect(verdictOn(diff(text.join('\n')))).toEqual(['accepted']);
  });

  it('keeps a file that ends without a line feed as it is', () => {
    const tree = aTree({ 'src/a.ts': 'const a = 1;\nconst b = 2;' });
    const text =
      '--- a/src/a.ts\n+++ b/src/a.ts\n@@ -1,2 +1,2 @@\n-const a = 1;\n+const a = 3;\n const b = 2;\n\\ No newline at end of file\n';
    const read = readPatch(diff(text));
    const applied = read.kind === 'read' ? applyPatch(read.changes, tree) : read;
    expect(applied).toMatchObject({ kind: 'applied', files: [{ after: 'const a = 3;\nconst b = 2;' }] });
  });

  it('has the same digest wherever in the file it stands, and another one for another change', async () => {
    const { judgePatch } = await import('../src/judge-patch.ts');
    const digestOf = (before: string, after: string) => {
      const judged = judgePatch(
        { kind: 'replace', files: [{ path: source.path, content: after }] },
        aTree({ [source.path]: before }),
      );
      return judged.kind === 'accepted' ? judged.digest : judged.findings;
    };
    const digest = digestOf(source.text, FIXED);
    expect(digest).toMatch(/^[0-9a-f]{64}$/);
    expect(digestOf(`// First.\n${source.text}`, `// First.\n${FIXED}`)).toBe(digest);
    expect(digestOf(source.text, edited(source.text, ['i <= lines.length', 'i !== lines.length']))).not.toBe(digest);
  });
});
