import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { judgePatch } from '../../src/judge-patch.ts';
import { aTree, edited, REPOSITORY } from '../patches.ts';
import { PROJECTS } from '../projects.ts';
import { reasonsFor } from './check.ts';
import { HONEST_FIXES } from './honest-fixes.ts';
import { GO_TOPS, HOSTILE_CHANGES, HOSTILE_LINES } from './hostile-bodies.ts';

/** Where in the source of each language a line can stand. */
const PLACES = {
  javascript: '  let sum = 0;\n',
  python: '    result = 0\n',
  java: '    int sum = 0;\n',
  kotlin: '        var sum = 0\n',
  go: '\tsum := 0\n',
  rust: '    let mut sum = 0;\n',
  ruby: '      sum = 0\n',
  csharp: '        var sum = 0;\n',
  php: '        $sum = 0;\n',
} as const;

const LINES = Object.values(PROJECTS).flatMap(({ language, source: { path, text } }) =>
  Object.entries(HOSTILE_LINES[language]).flatMap(([kind, lines]) =>
    (lines ?? []).map((line) => {
      const place = PLACES[language];
      const indent = /^\s*/.exec(place)?.[0] ?? '';
      return {
        what: `${language}: ${kind}: ${line}`,
        path,
        before: text,
        after: edited(text, [place, `${place}${indent}${line}\n`]),
      };
    }),
  ),
);
const { path: GO, text: GO_TEXT } = PROJECTS.go.source;
const TOPS = GO_TOPS.map((top) => ({
  what: `go: at the top: ${top}`,
  path: GO,
  before: GO_TEXT,
  after: edited(GO_TEXT, ['package cart\n', `package cart\n\n${top}\n`]),
}));
const CHANGES = HOSTILE_CHANGES.flatMap(({ path, before, edits }) =>
  edits.map((edit) => ({ what: `${path}: ${edit[1].trim()}`, path, before, after: edited(before, edit) })),
);
const HOSTILE = [...LINES, ...TOPS, ...CHANGES];

describe('code that a file did not have before', () => {
  it('asks for an approval in each of more than 300 hostile bodies, of ten languages, whatever the rules for patches refuse', async () => {
    const missed: string[] = [];
    for (const { what, path, before, after } of HOSTILE) {
      const reasons = await reasonsFor(path, before, after);
      if (reasons.length === 0) missed.push(what);
      expect(reasons.every(({ line, reason }) => line > 0 && reason.endsWith('.'))).toBe(true);
    }
    expect(missed).toEqual([]);
    expect(new Set(HOSTILE.map(({ path, after }) => `${path}\n${after}`)).size).toBe(HOSTILE.length);
    expect(HOSTILE.length).toBeGreaterThanOrEqual(300);
  });

  it('asks for no approval in nine of ten honest fixes', async () => {
    const asked: string[] = [];
    for (const { what, path, before, after } of HONEST_FIXES) {
      if ((await reasonsFor(path, before, after)).length > 0) asked.push(`${path}: ${what}`);
    }
    console.log(
      `${HOSTILE.length} hostile bodies ask; of ${HONEST_FIXES.length} honest fixes ${asked.length} do: ${asked.join(' | ')}`,
    );
    expect(HONEST_FIXES.length).toBeGreaterThanOrEqual(200);
    expect(asked.length).toBeLessThanOrEqual(HONEST_FIXES.length / 10);
  });

  it('does not depend on the layout, on comments or on where in a function it stands', async () => {
    const { path, text } = PROJECTS.javascript.source;
    const body = (HOSTILE_LINES.javascript.global ?? []).concat(HOSTILE_LINES.javascript.computed ?? []);
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...body),
        fc.constantFrom('', '/* x */ ', '{ ', 'if (lines.length > 1) { ', 'for (const one of lines) { ', '(() => { '),
        fc.constantFrom('  let sum = 0;\n', '  return rounded(sum);\n'),
        async (line, opening, place) => {
          const closing = opening.includes('(() =>') ? ' })();' : opening.includes('{ ') ? ' }' : '';
          const after = edited(text, [place, `${opening}${line}${closing}\n${place}`]);
          expect(await reasonsFor(path, text, after)).not.toEqual([]);
        },
      ),
      { numRuns: 150 },
    );
  });
});

describe('what asks for an approval by itself', () => {
  it.each([
    ['a language without a parser', 'src/Cart.kt', 'fun a() = 1\n', 'fun a() = 2\n', /no parser/],
    ['a kind of file that is not known', 'deploy.sh', 'true\n', 'false\n', /no parser/],
    ['code that cannot be parsed', 'src/a.ts', 'export const a = 1;\n', 'export const a = ;\n', /cannot be parsed/],
    ['code that could not be parsed before', 'src/a.ts', 'const = 1;\n', 'const a = 1;\n', /cannot be parsed/],
    ['a new file that imports', 'src/b.ts', null, "import { a } from './a';\nexport const b = a;\n", /import "a of/],
  ])('%s', async (_what, path, before, after, reason) => {
    const [first] = await reasonsFor(path, before, after);
    expect(first).toEqual({ path, line: 1, reason: expect.stringMatching(reason) });
  });

  it('says the line and the reason in plain words', async () => {
    const before = 'export function f(a) {\n  return a;\n}\n';
    const after = 'export function f(a) {\n  const { env } = process;\n  return a;\n}\n';
    expect(await reasonsFor('src/f.js', before, after)).toEqual([
      { path: 'src/f.js', line: 2, reason: 'It would reach outside through "process".' },
    ]);
  });

  it('takes what a file did before as known, word for word', async () => {
    const before = "import fs from 'node:fs';\nexport const read = (f) => fs.readFileSync(f);\n";
    const moved = "import fs from 'node:fs';\n\nexport function read(f) {\n  return fs.readFileSync(f);\n}\n";
    const more = before.replace('readFileSync(f)', "readFileSync(f, 'utf8')");
    expect(await reasonsFor('src/f.js', before, moved)).toEqual([]);
    expect(await reasonsFor('src/f.js', before, more)).toHaveLength(1);
  });

  it('judges the whole patch as the rules for patches leave it', async () => {
    const { path, text } = PROJECTS.javascript.source;
    const content = edited(text, ['i <= lines.length', 'i < lines.length']);
    const judged = judgePatch({ kind: 'replace', files: [{ path, content }] }, aTree(REPOSITORY));
    expect(judged.kind).toBe('accepted');
    expect(await reasonsFor(path, text, content)).toEqual([]);
  });
});
