import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { drawFolders } from '../../../src/app/architecture/draw-folders.ts';
import { analyzeArchitecture } from '../../../src/domain/architecture/analyze-architecture.ts';
import { groupFolders, labelOf } from '../../../src/domain/architecture/folder-groups.ts';

/** `from>to` for each import. */
function grouped(files: readonly string[], imports: readonly string[]) {
  return groupFolders(
    analyzeArchitecture(
      {
        commit: null,
        files: files.map((file) => ({
          file,
          language: 'typescript' as const,
          lines: 1,
          facts: { imports: [], computedImports: [], functions: [], abstract: 0, concrete: 0 },
        })),
        imports: imports.map((one) => ({
          from: one.split('>')[0] ?? '',
          to: one.split('>')[1] ?? '',
          phase: 'load' as const,
        })),
        unresolved: [],
        skipped: new Map(),
        history: null,
        findings: null,
      },
      null,
    ),
  );
}
const told = ({ groups, edges }: ReturnType<typeof grouped>) =>
  edges.map(({ from, to, imports, inCircle }) => {
    const name = (at: number) => labelOf(groups[at] ?? { name: '?', files: 0, hotspots: 0 });
    return `${name(from)}>${name(to)} ${imports}${inCircle ? ' circle' : ''}`;
  });

describe('the folders of the drawing', () => {
  it('[B72] leave out what other arrows imply', () => {
    const drawn = grouped(
      ['a/1.ts', 'b/1.ts', 'b/2.ts', 'c/1.ts'],
      ['a/1.ts>b/1.ts', 'a/1.ts>b/2.ts', 'b/1.ts>c/1.ts', 'a/1.ts>c/1.ts'],
    );
    expect(told(drawn)).toEqual(['a>b 2', 'b>c 1']);
  });

  it('keep every arrow of a circle, and mark it', () => {
    const drawn = grouped(
      ['a/1.ts', 'b/1.ts', 'c/1.ts'],
      ['a/1.ts>b/1.ts', 'b/1.ts>c/1.ts', 'c/1.ts>a/1.ts', 'a/1.ts>c/1.ts'],
    );
    expect(told(drawn)).toEqual(['a>b 1 circle', 'a>c 1 circle', 'b>c 1 circle', 'c>a 1 circle']);
  });

  it('take a folder and one inside it for no circle', () => {
    const drawn = grouped(['a/1.ts', 'a/b/1.ts', 'a/c/1.ts'], ['a/1.ts>a/b/1.ts', 'a/b/1.ts>a/1.ts']);
    expect(told(drawn)).toEqual(['a/*>a/b 1', 'a/b>a/* 1']);
  });

  it('are at most 26 of 2,000 files, each file in one of them', () => {
    const files = Array.from({ length: 2000 }, (_, at) => `p${at % 3}/q${at % 5}/r${at % 11}/${at}.ts`);
    const { groups } = grouped(files, []);
    expect(groups.length).toBe(25);
    expect(groups.reduce((sum, one) => sum + one.files, 0)).toBe(2000);
  });
});

describe('a folder with more sub-folders than the drawing has room for', () => {
  const packages = Array.from({ length: 60 }, (_, at) =>
    Array.from({ length: at + 1 }, (_, file) => `packages/p${at}/${file}.ts`),
  ).flat();

  it('is opened when it holds most files: the smaller sub-folders are one', () => {
    const { groups } = grouped(['app/1.ts', ...packages], []);
    expect(groups).toHaveLength(26);
    expect(groups.map(({ name }) => name)).toEqual(
      expect.arrayContaining(['app', 'packages/p59', 'packages/p36', 'packages/…']),
    );
    expect(groups.reduce((sum, one) => sum + one.files, 0)).toBe(packages.length + 1);
  });

  it('stays closed when it does not', () => {
    const other = Array.from({ length: packages.length }, (_, at) => `app/${at}.ts`);
    expect(grouped([...other, ...packages], []).groups.map(({ name }) => name)).toEqual(['app', 'packages']);
  });
});

describe('the drawing', () => {
  it('[B72] [B78] is an SVG of its own, with a box for each folder and an arrow for each edge', () => {
    const drawn = drawFolders(
      grouped(['a/1.ts', 'b/1.ts', 'c/1.ts'], ['a/1.ts>b/1.ts', 'b/1.ts>a/1.ts', 'b/1.ts>c/1.ts']),
    );
    expect(drawn.match(/<g><title>/g)).toHaveLength(3);
    expect(drawn.match(/<path class="circle" d="M[\d.,MLQ -]+" stroke-width/g)).toHaveLength(2);
    expect(drawn.match(/<path class="way" d="M[\d.,MLQ -]+" stroke-width/g)).toHaveLength(1);
    expect(drawn).not.toMatch(/NaN|undefined|href|<script/);
  });

  it('shows names from outside as text', () => {
    const drawn = drawFolders(grouped(['a"<script>&\u0007/1.ts', '\ud800/1.ts'], []));
    expect(drawn).toContain('a&quot;&lt;script&gt;&amp;?');
    for (const one of ['<script', '\u0007', '\ud800']) expect(drawn).not.toContain(one);
  });

  it('can be made of any graph, and is the same each time', () => {
    const folder = fc.constantFrom('a', 'a/b', 'a/b/c', 'd', 'e', 'f', 'g', '.');
    const file = fc
      .tuple(folder, fc.nat({ max: 3 }))
      .map(([name, at]) => (name === '.' ? `${at}.ts` : `${name}/${at}.ts`));
    fc.assert(
      fc.property(fc.array(fc.tuple(file, file), { minLength: 1, maxLength: 60 }), (pairs) => {
        const files = [...new Set(pairs.flat())];
        const imports = pairs.map(([from, to]) => `${from}>${to}`);
        const drawn = drawFolders(grouped(files, imports));
        expect(drawn).not.toMatch(/NaN|undefined/);
        const [, left = '', wide = ''] = /viewBox="(-?\d+) 0 (\d+) /.exec(drawn) ?? [];
        for (const [, path = ''] of drawn.matchAll(/ d="(M\d[^"]+)" stroke-width/g)) {
          for (const [, x] of path.matchAll(/(-?[\d.]+),/g)) {
            expect(Number(x)).toBeGreaterThanOrEqual(Number(left));
            expect(Number(x)).toBeLessThanOrEqual(Number(left) + Number(wide));
          }
        }
        expect(drawFolders(grouped([...files].reverse(), [...imports].reverse()))).toBe(drawn);
      }),
    );
  });
});
