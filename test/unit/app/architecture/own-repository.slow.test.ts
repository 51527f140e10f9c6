import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { makeTreeSitter } from '@selfheal/patch-guard/tree-sitter.ts';
import { makeModuleResolver } from '@selfheal/pull-request-quality/adapters/architecture/module-resolver.ts';
import { openSourceTree } from '@selfheal/pull-request-quality/adapters/architecture/source-tree.ts';
import { scanArchitecture } from '@selfheal/pull-request-quality/app/architecture/scan-architecture.ts';
import { cruise, type ICruiseOptions, type ICruiseResult } from 'dependency-cruiser';
import extractTSConfig from 'dependency-cruiser/config-utl/extract-ts-config';
import { describe, expect, it } from 'vitest';
import { runGit } from '#apps/workbench/input/git.ts';

const ROOT = join(import.meta.dirname, '../../../..');
const FOLDERS = ['shared', 'functions', 'infra', 'statemachines', 'apps', 'packages', 'lab', 'tools', 'test'];

describe('the scan of this repository', () => {
  it('[B72] [B74] finds the imports that dependency-cruiser finds, and no circle', async () => {
    const tree = await openSourceTree(ROOT, runGit);
    const resolver = makeModuleResolver(tree.files, (file) => readFileSync(join(ROOT, file), 'utf8'));
    const scan = { tree, parser: makeTreeSitter(), resolver, findings: null, baseline: null };
    const { modules, imports, cycles, unresolved } = await scanArchitecture(scan);
    const known = new Set(modules.map(({ file }) => file));
    const inFolders = (file: string): boolean => FOLDERS.some((folder) => file.startsWith(`${folder}/`));
    const own = imports.filter(({ from }) => inFolders(from)).map(({ from, to }) => `${from} -> ${to}`);
    const theirs = (await cruised())
      .flatMap(({ source, dependencies }) => dependencies.map(({ resolved }) => [source, resolved] as const))
      .filter(([from, to]) => from !== to && known.has(from) && known.has(to))
      .map(([from, to]) => `${from} -> ${to}`);
    expect(own.length).toBeGreaterThan(9_000);
    expect(own.sort()).toEqual([...new Set(theirs)].sort());
    expect(cycles).toEqual([]);
    expect(unresolved).toEqual([]);
  });
});

async function cruised(): Promise<ICruiseResult['modules']> {
  const { options } = createRequire(import.meta.url)(join(ROOT, '.dependency-cruiser.cjs')) as {
    options: ICruiseOptions;
  };
  const tsConfig = extractTSConfig(join(ROOT, 'tsconfig.json'));
  const { output } = await cruise(FOLDERS, { ...options, baseDir: ROOT }, options.enhancedResolveOptions as never, {
    tsConfig,
  });
  return (output as ICruiseResult).modules;
}
