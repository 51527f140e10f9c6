import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { measureHouse } from '../../../tools/house.ts';

const FILES: Readonly<Record<string, string>> = {
  'functions/plan/main.ts': "import { plan } from '#shared/app/plan.ts';\nexport const handler = plan;\n",
  'shared/app/plan.ts': "import type { Work } from '../domain/work.ts';\nexport const plan = 1 as unknown as Work;\n",
  'shared/domain/work.ts': "import type { plan } from '../app/plan.ts';\nexport type Work = typeof plan;\n",
  'shared/domain/unused.ts': 'export const unused = 1;\n'.repeat(30),
  'apps/local/start.ts': "import { ring } from './ring.ts';\nexport const start = ring;\n",
  'apps/local/ring.ts': "import { start } from './start.ts';\nexport const ring = () => start;\n",
  'apps/cli/main.ts': 'export const main = 1;\n',
  'apps/dashboard/src/main.tsx': 'export const main = 2;\n',
  'lab/bench.ts': 'export const bench = 1;\n',
};

describe('npm run house', () => {
  const root = mkdtempSync(join(tmpdir(), 'selfheal-house-'));
  beforeAll(() => {
    for (const [file, text] of Object.entries(FILES)) {
      mkdirSync(dirname(join(root, file)), { recursive: true });
      writeFileSync(join(root, file), text);
    }
  });
  afterAll(() => rmSync(root, { recursive: true, force: true }));

  it('counts the lines of each part, the small files, the two-way ties and the circles, types included', () => {
    const house = measureHouse(root, Object.keys(FILES), { '#shared/': 'shared/' });
    expect(Object.fromEntries(house.lines)).toEqual({
      product: 36,
      'local cloud': 4,
      'command line': 1,
      dashboard: 1,
      lab: 1,
    });
    expect(house.inLambda).toBe(6);
    expect(house.small).toHaveLength(7);
    expect(house.ties).toEqual(['shared/app <-> shared/domain']);
    expect(house.circles).toEqual([
      ['shared/app/plan.ts', 'shared/domain/work.ts'],
      ['apps/local/ring.ts', 'apps/local/start.ts'],
    ]);
  });

  it('takes what a function loads for product, wherever it lies', () => {
    const files = ['functions/plan/main.ts', 'lab/bench.ts'];
    writeFileSync(join(root, 'functions/plan/main.ts'), "export { bench } from '#lab/bench.ts';\n");
    expect(Object.fromEntries(measureHouse(root, files, { '#lab/': 'lab/' }).lines)).toEqual({ product: 2 });
  });
});
