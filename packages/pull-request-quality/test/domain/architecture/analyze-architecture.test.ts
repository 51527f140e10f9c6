import { describe, expect, it } from 'vitest';
import {
  analyzeArchitecture,
  type ScannedFile,
  type ScannedTree,
  summarizeArchitecture,
} from '../../../src/domain/architecture/analyze-architecture.ts';
import { ArchitectureAnalysis, ArchitectureSummary } from '../../../src/domain/architecture/architecture-analysis.ts';
import { scoreHealth } from '../../../src/domain/architecture/health-score.ts';
import { refactoringPriorities } from '../../../src/domain/architecture/refactoring-priorities.ts';
import type { MeasuredFunction } from '../../../src/domain/architecture/source-facts.ts';

const aFunction = (changes: Partial<MeasuredFunction> = {}): MeasuredFunction => ({
  name: 'f',
  line: 1,
  lines: 10,
  complexity: 1,
  ...changes,
});

function aFile(file: string, facts: Partial<ScannedFile['facts']> = {}): ScannedFile {
  return {
    file,
    language: file.endsWith('.py') ? 'python' : 'typescript',
    lines: 100,
    facts: { imports: [], computedImports: [], functions: [], abstract: 0, concrete: 1, ...facts },
  };
}

/** `from>to` for each import. */
function aTree(
  files: readonly (ScannedFile | string)[],
  imports = '',
  changes: Partial<ScannedTree> = {},
): ScannedTree {
  return {
    commit: null,
    files: files.map((one) => (typeof one === 'string' ? aFile(one) : one)),
    imports: imports
      .split(' ')
      .filter(Boolean)
      .map((one) => ({ from: one.split('>')[0] ?? '', to: one.split('>')[1] ?? '', phase: 'load' })),
    unresolved: [],
    skipped: new Map(),
    history: null,
    findings: null,
    ...changes,
  };
}

const analyze = (tree: ScannedTree, baseline: ArchitectureAnalysis | null = null): ArchitectureAnalysis =>
  ArchitectureAnalysis.parse(analyzeArchitecture(tree, baseline));
const history = (...commits: string[][]) => ({ days: 365, commits, complete: true });

describe('the measures of a folder', () => {
  it('[B73] [B75] are afferent and efferent coupling, instability, abstractness and distance', () => {
    const port = aFile('port/p.ts', { abstract: 3, concrete: 1 });
    const { folders } = analyze(
      aTree(
        ['app/a.ts', 'app/b.ts', port, 'core/c.ts', 'alone/d.ts'],
        'app/a.ts>port/p.ts app/b.ts>port/p.ts app/a.ts>core/c.ts app/a.ts>app/b.ts port/p.ts>core/c.ts',
      ),
    );
    expect(folders).toEqual([
      {
        folder: 'alone',
        files: 1,
        lines: 100,
        afferent: 0,
        efferent: 0,
        instability: null,
        abstractness: 0,
        distance: null,
      },
      { folder: 'app', files: 2, lines: 200, afferent: 0, efferent: 2, instability: 1, abstractness: 0, distance: 0 },
      { folder: 'core', files: 1, lines: 100, afferent: 2, efferent: 0, instability: 0, abstractness: 0, distance: 1 },
      {
        folder: 'port',
        files: 1,
        lines: 100,
        afferent: 2,
        efferent: 1,
        instability: 0.333,
        abstractness: 0.75,
        distance: 0.083,
      },
    ]);
  });

  it('[B75] leave out tests, which everything would seem to hang on', () => {
    const { folders, files } = analyze(
      aTree(['app/a.ts', 'app/a.test.ts', 'test/b.ts', 'tests/test_c.py'], 'app/a.test.ts>app/a.ts test/b.ts>app/a.ts'),
    );
    expect(files.tests).toBe(3);
    expect(folders).toMatchObject([{ folder: 'app', files: 1, afferent: 0 }]);
  });
});

describe('tight coupling', () => {
  it('[B75] is two folders that import each other, with the imports against the main direction', () => {
    const { coupling, score } = analyze(
      aTree(['a/1.ts', 'a/2.ts', 'b/1.ts', 'b/2.ts'], 'a/1.ts>b/1.ts a/2.ts>b/1.ts a/2.ts>b/2.ts b/2.ts>a/1.ts'),
    );
    expect(coupling.mutualFolders).toEqual([
      { folders: ['a', 'b'], imports: [3, 1], against: [{ from: 'b/2.ts', to: 'a/1.ts' }] },
    ]);
    expect(score.parts.find(({ part }) => part === 'coupling')).toMatchObject({ measured: 0.25, lost: 2 });
  });

  it('is not a folder and one inside it', () => {
    expect(analyze(aTree(['a/1.ts', 'a/b/1.ts'], 'a/1.ts>a/b/1.ts a/b/1.ts>a/1.ts')).coupling.mutualFolders).toEqual(
      [],
    );
  });

  it('[B75] is also two files of different folders that change together without an import', () => {
    const together = Array.from({ length: 8 }, () => ['a/1.ts', 'b/1.ts', 'c/1.ts', 'a/2.ts']);
    const found = analyze(
      aTree(['a/1.ts', 'a/2.ts', 'b/1.ts', 'c/1.ts'], 'c/1.ts>a/1.ts c/1.ts>a/2.ts b/1.ts>c/1.ts', {
        history: history(...together, ['a/2.ts']),
      }),
    ).coupling.changedTogether;
    expect(found).toEqual([
      { files: ['a/1.ts', 'b/1.ts'], commits: 8, share: 1 },
      { files: ['a/2.ts', 'b/1.ts'], commits: 8, share: 1 },
    ]);
  });

  it('[B75] is a hub that ten import and that imports ten', () => {
    const around = Array.from({ length: 10 }, (_, at) => `x/${at}.ts`);
    const imports = around.flatMap((file) => [`${file}>hub.ts`, `hub.ts>${file}`]).join(' ');
    expect(analyze(aTree(['hub.ts', ...around], imports)).coupling.hubs).toEqual([
      { file: 'hub.ts', afferent: 10, efferent: 10 },
    ]);
  });
});

describe('complexity hotspots', () => {
  const complex = aFile('a.ts', {
    functions: [aFunction({ name: 'twisted', line: 7, complexity: 16 }), aFunction({ complexity: 15 })],
  });
  const worse = aFile('b.ts', { functions: [aFunction({ name: 'worse', complexity: 30 })] });

  it('[B76] are functions above 15, those in files that change most first', () => {
    const quiet = analyze(aTree([complex, worse])).hotspots;
    expect(quiet.map(({ function: name, weight }) => [name, weight])).toEqual([
      ['worse', 30],
      ['twisted', 16],
    ]);
    const busy = analyze(
      aTree([complex, worse], '', { history: history(['a.ts'], ['a.ts', 'b.ts'], ['a.ts']) }),
    ).hotspots;
    expect(busy).toMatchObject([
      { function: 'twisted', line: 7, changes: 3, weight: 64 },
      { function: 'worse', changes: 1, weight: 60 },
    ]);
  });

  it('do not count a commit that changed half of the files', () => {
    const files = Array.from({ length: 40 }, (_, at) => `x/${at}.ts`);
    const { modules } = analyze(aTree(files, '', { history: history(files, files.slice(0, 21), files.slice(0, 20)) }));
    expect(modules[0]?.changes).toBe(1);
  });
});

describe('the health score', () => {
  it('[B78] is ten for a tree without faults, zero for one with all of them', () => {
    expect(scoreHealth({ cycles: 0, complexity: 0, coupling: 0, distance: 0 }).value).toBe(10);
    expect(scoreHealth({ cycles: 1, complexity: 1, coupling: 1, distance: 1 }).value).toBe(0);
  });

  it('[B78] loses points in proportion, part by part', () => {
    const { value, parts } = scoreHealth({ cycles: 0.05, complexity: 0.1, coupling: 0.02, distance: 0.4 });
    expect(parts.map(({ lost }) => lost)).toEqual([1, 0.75, 0.2, 0.4]);
    expect(value).toBe(7.7);
  });

  it('loses a little for each circle, however large the tree', () => {
    const files = Array.from({ length: 2000 }, (_, at) => `x/${at}.ts`);
    expect(analyze(aTree(files, 'x/0.ts>x/1.ts x/1.ts>x/0.ts')).score.parts[0]).toEqual({
      part: 'cycles',
      measured: 0.01,
      lost: 0.2,
    });
  });
});

describe('against a baseline', () => {
  const two = ['a.ts', 'b.ts', 'c.ts'];
  const before = analyze(aTree(two, 'a.ts>b.ts b.ts>a.ts'));

  it('[B74] a circle is new unless its files were in one circle before', () => {
    expect(analyze(aTree(two, 'a.ts>b.ts b.ts>a.ts'), before).trend?.newCycles).toEqual([]);
    expect(analyze(aTree(two, 'a.ts>b.ts b.ts>c.ts c.ts>a.ts'), before).trend?.newCycles).toMatchObject([
      { files: two },
    ]);
    const wide = analyze(aTree(two, 'a.ts>b.ts b.ts>c.ts c.ts>a.ts'));
    expect(analyze(aTree(two, 'b.ts>c.ts c.ts>b.ts'), wide).trend?.newCycles).toEqual([]);
  });

  it('a circle that is gone is told', () => {
    expect(analyze(aTree(two), before).trend).toMatchObject({
      newCycles: [],
      resolvedCycles: [{ files: ['a.ts', 'b.ts'] }],
    });
  });

  it('the summary for a comment has score, new circles and the worst hotspots', () => {
    const hot = aFile('d.ts', { functions: [aFunction({ name: 'twisted', line: 3, complexity: 20 })] });
    const now = analyze(
      aTree([...two, hot], 'a.ts>b.ts b.ts>a.ts b.ts>c.ts c.ts>b.ts', { history: history(['d.ts']) }),
      before,
    );
    expect(ArchitectureSummary.parse(summarizeArchitecture(now))).toEqual({
      score: now.score.value,
      previousScore: before.score.value,
      newCycles: [['a.ts', 'b.ts']],
      hotspots: [{ file: 'd.ts', line: 3, reason: 'twisted: cognitive complexity 20, its file changed 1 time' }],
    });
    expect(summarizeArchitecture(before)).toMatchObject({ previousScore: null, newCycles: [], hotspots: [] });
  });
});

describe('refactoring priorities', () => {
  it('[B78] begin with what wins most points', () => {
    const hot = aFile('c/d.ts', { functions: [aFunction({ complexity: 20 }), aFunction({ lines: 90 })] });
    const imports = 'a/1.ts>b/1.ts b/1.ts>a/1.ts';
    const [first, second, third] = refactoringPriorities(
      analyze(aTree(['a/1.ts', 'b/1.ts', hot, ...Array.from({ length: 40 }, (_, at) => `x/${at}.ts`)], imports)),
    );
    expect([first?.target.kind, second?.target.kind, third?.target.kind]).toEqual(['folders', 'cycle', 'function']);
    expect([first?.gain, second?.gain, third?.gain].map((gain) => gain?.toFixed(2))).toEqual(['2.00', '0.93', '0.75']);
  });
});
