import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import type { FunctionDefinition } from '../../src/functions/definition.ts';
import { makePool } from '../../src/functions/pool.ts';

/** A function that counts its events; one worker at most. */
function aPool() {
  const directory = mkdtempSync(join(tmpdir(), 'selfheal-pool-'));
  writeFileSync(
    join(directory, 'index.mjs'),
    'let events = 0; export const handler = async ({ wait }) => { events += 1; await new Promise((done) => setTimeout(done, wait)); return events; };',
  );
  const pool = makePool(
    {
      directory,
      handler: 'index.handler',
      name: 'Counting',
      memoryMb: 128,
      timeoutSeconds: 60,
      logGroup: 'none',
    } as FunctionDefinition,
    {
      maxWorkers: 1,
      youngGenerationMb: 4,
      environment: {},
      compileCacheDir: join(directory, 'cache'),
      onOutput: () => undefined,
      makeRoom: () => undefined,
      onIdle: () => undefined,
      mayGrow: () => true,
    },
  );
  onTestFinished(async () => {
    await pool.stop();
    rmSync(directory, { recursive: true, force: true });
  });
  const run = (wait: number, signal?: AbortSignal) => pool.run(JSON.stringify({ wait }), 'arn', signal);
  return { pool, run };
}

it('does not run an event whose caller went away while it waited for a worker, and goes on with the next', async () => {
  const { run } = aPool();
  const caller = new AbortController();
  const first = run(300);
  const left = run(0, caller.signal);
  const next = run(0);
  caller.abort(new Error('The client went away.'));
  await expect(left).rejects.toThrow('The client went away.');
  expect([await first, await next]).toMatchObject([
    { ok: true, payload: '1' },
    { ok: true, payload: '2' },
  ]);
  expect(await run(0)).toMatchObject({ payload: '3' });
});

it('starts no worker for an event that waits when it is stopped', async () => {
  const { pool, run } = aPool();
  const first = run(60_000);
  void run(0);
  await pool.stop();
  expect(await first).toMatchObject({ ok: false, error: { errorType: 'Runtime.ExitError' } });
  await new Promise(setImmediate);
  expect(pool.workers()).toBe(0);
});
