import { execFile } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';

const ROOT = join(import.meta.dirname, '../../..');

it('[D242] npm run test:coverage prints how much of the product the tests run, counting what they never load', async () => {
  const { scripts } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as {
    scripts: Record<string, string>;
  };
  const [command = '', ...args] = (scripts['test:coverage'] ?? '').split(' ');
  expect(command).toBe('vitest');
  const binary = join(ROOT, 'node_modules/vitest/vitest.mjs');
  // Without the reporters of the suites, whose reports of the whole run it would overwrite.
  const one = ['--reporter=default', 'test/unit/kernel/text.test.ts'];
  const { stdout } = await promisify(execFile)(process.execPath, [binary, ...args, ...one], {
    cwd: ROOT,
    maxBuffer: 1 << 26,
  });
  const [, percent = '', hit = '', all = ''] = /^Lines\s*:\s*([\d.]+)% \( (\d+)\/(\d+) \)/m.exec(stdout) ?? [];
  expect(Number(percent)).toBeGreaterThan(0);
  expect(Number(percent)).toBeLessThan(50);
  expect([Number(hit) > 10, Number(all) > 10_000]).toEqual([true, true]);
});

it.each([
  ['units', 'test/unit'],
  ['whole systems', 'test/e2e'],
  ['faults', 'test/faults'],
  ['the trained model', 'test/unit/domain/failure/model'],
  ['language models, over their own wire', 'test/unit/world'],
])('[D242] there are tests of %s', (_what, folder) => {
  expect(existsSync(join(ROOT, folder))).toBe(true);
  const files = readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' });
  expect(files.filter((path) => path.endsWith('.test.ts')).length).toBeGreaterThan(0);
});
