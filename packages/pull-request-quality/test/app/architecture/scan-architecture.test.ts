import { makeTreeSitter } from '@selfheal/patch-guard/tree-sitter.ts';
import { expect, it } from 'vitest';
import { makeModuleResolver } from '../../../src/adapters/architecture/module-resolver.ts';
import { scanArchitecture } from '../../../src/app/architecture/scan-architecture.ts';
import type { SourceTree } from '../../../src/ports/source-tree.ts';

const treeOf = (files: Readonly<Record<string, string>>): SourceTree => ({
  commit: null,
  files: Object.keys(files),
  skipped: new Map(),
  read: async (file) => ({ text: files[file] ?? '' }),
  history: async () => null,
});

it('a file that takes too long is named, and the next one is read from its beginning', async () => {
  const files = { 'a.ts': `${'class A{\n'.repeat(2_000)}`, 'b.ts': "import './c.ts';\n", 'c.ts': '' };
  const resolver = makeModuleResolver(Object.keys(files), () => null);
  const scan = { tree: treeOf(files), resolver, findings: null, baseline: null };
  const hasty = await scanArchitecture({ ...scan, parser: makeTreeSitter({ maxSeconds: 0.000_001 }) });
  expect(hasty.skipped).toEqual([{ reason: 'slow', files: expect.arrayContaining(['a.ts']) }]);
  const patient = await scanArchitecture({ ...scan, parser: makeTreeSitter({ maxSeconds: 1_000 }) });
  expect(patient.skipped).toEqual([{ reason: 'partly', files: ['a.ts'] }]);
  const parser = makeTreeSitter({ maxSeconds: 0.000_001 });
  await expect(parser.parse('typescript', files['a.ts'])).rejects.toThrow('took more than');
  expect((await parser.parse('typescript', files['b.ts'])).root.text).toBe(files['b.ts']);
});
