import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { describe, expect, it } from 'vitest';

const ROOT = join(import.meta.dirname, '../../..');
const { scripts } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { scripts: Record<string, string> };

/** The test files that one of the package's scripts runs. */
function filesOf(script: string): string[] {
  const [command = '', run = '', ...options] = (scripts[script] ?? '').split(' ');
  expect([command, run]).toEqual(['vitest', 'run']);
  const vitest = join(ROOT, 'node_modules/vitest/vitest.mjs');
  const output = execFileSync(process.execPath, [vitest, 'list', '--filesOnly', '--json', ...options], {
    cwd: ROOT,
    encoding: 'utf8',
  });
  return (JSON.parse(output) as { file: string }[]).map(({ file }) => relative(ROOT, file));
}

describe('npm run test:all', () => {
  it('[E50] runs every test file of the repository once: unit, integration, whole system, pages', () => {
    const suites = (scripts['test:all'] ?? '').split(' && ').map((command) => command.replace(/^npm run |^npm /, ''));
    expect(suites).toEqual(['test', 'test:slow', 'test:browser']);
    const run = suites.flatMap(filesOf).sort();
    const kept = execFileSync('git', ['ls-files', '-co', '--exclude-standard', '--', '*.test.ts'], {
      cwd: ROOT,
      encoding: 'utf8',
    });
    expect(run).toEqual([...new Set(kept.trim().split('\n'))].sort());
  });
});
