import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { REMOVALS } from './guards/removals.ts';

const VITEST = 'node_modules/vitest/vitest.mjs';
/** A short round takes these, each with the tests of its folder; `npm run test:faults` takes all, with all tests of the guards. */
const IN_SHORT: ReadonlyMap<string, string> = new Map([
  ['the kill switch', 'test/unit/app/remediate/'],
  ['the intent before the effect', 'test/unit/app/remediate/'],
]);
const isShort = process.env.FAULT_RUNS === undefined;
const chosen = isShort ? REMOVALS.filter(({ name }) => IN_SHORT.has(name)) : REMOVALS;

/** Says that the machine is slow, and nothing of the guard. */
const TIMED_OUT = /timed out in \d+ms/;

interface Report {
  readonly testResults: readonly {
    assertionResults: readonly { status: string; fullName: string; failureMessages: readonly string[] }[];
  }[];
}

/** The tests that fail without a guard, but for those that took too long. Throws when the tests could not even be read. */
async function failuresWithout(name: string): Promise<string[]> {
  const folder = mkdtempSync(join(tmpdir(), 'guard-removed-'));
  try {
    const report = join(folder, 'report.json');
    const env = { ...process.env, GUARD_REMOVED: name, GUARD_REPORT: report };
    const folders = isShort ? [IN_SHORT.get(name) ?? ''] : [];
    const child = spawn(process.execPath, [VITEST, 'run', '--config', 'vitest.guards.config.ts', ...folders], {
      env,
      stdio: 'ignore',
    });
    await once(child, 'exit');
    const { testResults } = JSON.parse(readFileSync(report, 'utf8')) as Report;
    const results = testResults.flatMap(({ assertionResults }) => assertionResults);
    if (results.length === 0) throw new Error(`Without ${name} nothing could be tested.`);
    return results
      .filter(
        ({ status, failureMessages }) => status === 'failed' && !failureMessages.some((one) => TIMED_OUT.test(one)),
      )
      .map(({ fullName }) => fullName);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

describe('without a guard', () => {
  it.each(REMOVALS)('$name stands where it is taken out', ({ file, guard }) => {
    expect(readFileSync(file, 'utf8').split(guard)).toHaveLength(2);
  });

  it.each(chosen)('a test fails: $name', { timeout: 900_000 }, async ({ name }) => {
    const failures = await failuresWithout(name);
    expect(failures).not.toEqual([]);
    console.log(`without ${name}: ${failures[0]}`);
  });
});
