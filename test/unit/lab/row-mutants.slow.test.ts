import { existsSync, mkdirSync, readdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { plantRowMutants } from '#lab/simulations/row-mutants.ts';
import { aGitRepository } from '../cli/git-repository.ts';

const LEDGER = [1, 2, 3, 4, 5, 6, 7].map((at) => `| A${at} | Row ${at} |`).join('\n');
const PRICE = `export function grossPrice(net: number): number {
  if (net < 0) return 0;
  return net * 2;
}
export function discount(net: number): number {
  return net > 10 ? 1 : 0;
}
`;
const TEST = `import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { discount, grossPrice } from '../../shared/price.ts';
it('[A1] adds the tax to the gross price', () => expect([grossPrice(-1), grossPrice(1), grossPrice(0)]).toEqual([0, 2, 0]));
it('[A2] knows a discount', () => expect(discount(20)).toBeDefined());
it('[A3] asks nothing of the product', () => expect(1).toBe(1));
it('[A5] is one of two', () => expect(discount(1)).toBe(0));
it('[A5] is the other', () => expect(discount(11)).toBe(1));
it('[A7] tells how Ollama is served', () => expect(readFileSync('docs/models.md', 'utf8')).toContain('Ollama is served'));
let calls = 0;
it('counts', () => expect((calls += 1)).toBe(1));
it('[A6] needs the test before it', () => expect(calls).toBe(1));
`;

describe('mutants of rows', () => {
  it('tell a test that notices from one that does not, and leave neither the repository nor a copy changed', async () => {
    const { folder, git } = aGitRepository({
      '.gitignore': 'node_modules\n.selfheal\n',
      'docs/requirements.md': `## A.1 Prices\n\n${LEDGER}\n\n## Superseded rows\n\n| A4 | by nothing else, which is enough |\n`,
      'docs/models.md': '# Models\n\nOllama is served here.\n',
      'shared/price.ts': PRICE,
      'test/unit/price.test.ts': TEST,
      'packages/p/package.json': '{}',
    });
    mkdirSync(join(folder, 'node_modules'));
    const installed = join(import.meta.dirname, '../../../node_modules');
    for (const name of readdirSync(installed))
      if (name !== '@selfheal') symlinkSync(join(installed, name), join(folder, 'node_modules', name));
    const orphan = join(folder, '.selfheal/mutants/rows-4194999');
    mkdirSync(orphan, { recursive: true });
    const plant = () =>
      plantRowMutants(
        { root: folder, commit: git('rev-parse', 'HEAD'), seed: 7, sample: 9, suite: 'fast', rows: [], seconds: 600 },
        () => {},
      );

    const figures = await plant();
    const outcomes = Object.fromEntries(figures.tried.map(({ row, outcome }) => [row, outcome]));
    expect(outcomes).toEqual({ A1: 'noticed', A2: 'survived', A3: 'uncovered', A6: 'alone', A7: 'noticed' });
    expect(figures.alone).toEqual({ fast: ['A1', 'A2', 'A3', 'A6', 'A7'], slow: [], browser: [] });
    const { mutant } = figures.tried.find(({ row }) => row === 'A2') ?? {};
    expect(mutant?.place).toBe('shared/price.ts:6');
    expect(mutant?.from).not.toBe(mutant?.to);
    expect(await plant()).toEqual(figures);
    expect(git('status', '--porcelain')).toBe('');
    expect(existsSync(orphan)).toBe(false);
    expect(readdirSync(join(folder, '.selfheal/mutants'))).toEqual([]);
  });
});
