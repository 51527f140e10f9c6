import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Entry } from '@selfheal/local-cloud/workflow/entries.ts';
import * as fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import { aFolder, removeFolders } from '../../packages/local-cloud/test/workflow/harness.ts';
import { fuzzOptions } from './seed.ts';
import type { ChildResult } from './workflow/child.ts';
import { attemptsIn, readJournals } from './workflow/journals.ts';

afterEach(removeFolders);

/** A round starts up to nine processes one after the other and takes seconds: 20 rounds, some 60 kills and more, of 2,000. */
const ROUNDS_SHARE = 0.01;
const CHILD = fileURLToPath(new URL('./workflow/child.ts', import.meta.url));
/** A process that hangs fails the test instead of holding it up; a healthy one ends within seconds. */
const STUCK_AFTER_MS = 120_000;
const NAMES = ['a3', 'b2', 'm1', 'm2', 'm3', 'm4'];

/** Runs the child; with a delay, kills it that many milliseconds after it is ready. Gives its last line, or null. */
function runChild(dataDir: string, effects: string, killAfterMs: number | null): Promise<string | null> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', CHILD, dataDir, effects]);
    let output = '';
    let errors = '';
    let timer: NodeJS.Timeout | undefined;
    child.stderr.on('data', (chunk) => {
      errors += String(chunk);
    });
    child.stdout.on('data', (chunk) => {
      output += String(chunk);
      if (killAfterMs !== null && timer === undefined && output.includes('ready')) {
        timer = setTimeout(() => child.kill('SIGKILL'), killAfterMs);
      }
    });
    const stuck = setTimeout(() => {
      child.kill('SIGKILL');
      reject(new Error(`the child did not end: ${errors}`));
    }, STUCK_AFTER_MS);
    child.on('error', reject);
    child.on('close', (code, signal) => {
      clearTimeout(timer);
      clearTimeout(stuck);
      if (signal === 'SIGKILL') resolve(null);
      else if (code === 0) resolve(output.trim().split('\n').at(-1) ?? '');
      else reject(new Error(`the child ended with ${code}: ${errors}`));
    });
  });
}

const linesOf = (file: string) => (existsSync(file) ? readFileSync(file, 'utf8').split('\n').slice(0, -1) : []);

/** Attempts with a recorded outcome in any journal, as the child names them. */
function recorded(dataDir: string): string[] {
  return readJournals(dataDir).flatMap((lines) => {
    const first = JSON.parse(lines[0] ?? '{}') as Partial<Extract<Entry, { type: 'started' }>>;
    return [...attemptsIn(lines).settled].map((attempt) => `${first.header?.name} ${attempt}`);
  });
}

describe('a process killed at random', () => {
  it('loses nothing, and repeats no step whose result was recorded', async () => {
    const moments = fc.array(fc.integer({ min: 0, max: 120 }), { minLength: 2, maxLength: 4 });
    await fc.assert(
      fc.asyncProperty(moments, async (delays) => {
        const dataDir = aFolder();
        const effects = join(dataDir, 'effects');
        for (const delay of delays) {
          await runChild(dataDir, effects, delay);
          const settled = new Set(recorded(dataDir));
          const before = linesOf(effects).length;
          await runChild(dataDir, effects, 5);
          for (const line of linesOf(effects).slice(before)) expect(settled).not.toContain(line);
        }
        const last = await runChild(dataDir, effects, null);
        const executions = JSON.parse(last ?? '[]') as ChildResult[];
        expect(executions).toHaveLength(8);
        for (const { status, output } of executions) {
          expect(status).toBe('SUCCEEDED');
          expect(JSON.parse(output)).toEqual([NAMES.slice(0, 2), NAMES.slice(2)].flat());
        }
        removeFolders();
      }),
      fuzzOptions(1, ROUNDS_SHARE),
    );
  }, 3_600_000);
});
