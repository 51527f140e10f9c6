import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { startSuite } from '#lab/simulations/mutants/suite.ts';
import { aFolder } from '../cli/run-command.ts';

const [PRICE, OTHER] = ['test/unit/price.test.ts', 'test/unit/other.test.ts'];
const testOf = (expected: string): string =>
  `import { expect, it } from 'vitest';\nimport { price } from '../../price.ts';\nit('holds', () => expect(price).${expected});\n`;

describe('the suite that mutants are tried on', () => {
  it('reports the tests of one request only, and sees a mutant come and go', async () => {
    const folder = aFolder();
    mkdirSync(join(folder, 'test/unit'), { recursive: true });
    symlinkSync(join(import.meta.dirname, '../../../node_modules'), join(folder, 'node_modules'));
    const write = (price: number): void =>
      writeFileSync(join(folder, 'price.ts'), `export const price: number = ${price};\n`);
    write(2);
    writeFileSync(join(folder, PRICE), testOf('toBe(2)'));
    writeFileSync(join(folder, OTHER), testOf('toBeGreaterThan(0)'));
    const suite = await startSuite(folder, null);
    onTestFinished(() => suite.end());
    const run = async (tests: readonly string[], changed: readonly string[]) => {
      const answer = await suite.run({ tests, changed, untilFailure: true }, 600);
      return { failed: answer?.failed, passed: answer?.passed.toSorted() };
    };

    expect(suite.tests.toSorted()).toEqual([OTHER, PRICE]);
    write(3);
    expect(await run([PRICE], ['price.ts'])).toEqual({ failed: [PRICE], passed: [] });
    write(2);
    expect(await run([OTHER], [])).toEqual({ failed: [], passed: [OTHER] });
    expect(await run([PRICE, OTHER], [])).toEqual({ failed: [], passed: [OTHER, PRICE] });
  });
});
