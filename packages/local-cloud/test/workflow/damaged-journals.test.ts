import { appendFileSync, mkdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { anEngine, only, removeFolders } from './harness.ts';
import { files, journalOf, restart, task } from './restart.ts';

afterAll(removeFolders);

describe('damaged journals', () => {
  const waiting = { definition: only({ Type: 'Wait', Seconds: 9_000_000, End: true }) };

  it('an execution whose first line is torn never began', async () => {
    const first = await anEngine(waiting);
    await first.start();
    await first.step.stop();
    truncateSync(journalOf(first), 20);
    const next = await restart(first, waiting);
    expect(next.step.list()).toEqual([]);
    expect(files(next, 'running')).toEqual([]);
    await next.step.stop();
  });

  it('a torn last line is cut off before anything is added', async () => {
    const first = await anEngine({ definition: only({ Type: 'Wait', Seconds: 100, End: true }) });
    const arn = await first.start();
    await first.seen((event) => event.type === 'StateEntered');
    await first.step.stop();
    appendFileSync(journalOf(first), '{"type":"exited","sco\u00e9');
    const next = await restart(first, waiting);
    expect(await next.ended(arn)).toMatchObject({ status: 'SUCCEEDED' });
    await next.step.stop();
  });

  it('the list of ended executions is named with what to do when a line of it is broken', async () => {
    const first = await anEngine(waiting);
    await first.step.stop();
    const file = join(first.dataDir, 'ended.jsonl');
    writeFileSync(file, 'not json\n');
    await expect(restart(first, waiting)).rejects.toThrow(`The file ${file} in the state folder is damaged`);
    await expect(restart(first, waiting)).rejects.toThrow('Delete it to go on without the list of executions');
  });

  it.each(['gone', 'damaged'])(
    'a definition that is %s fails the executions that began with it, and no other',
    async (how) => {
      const first = await anEngine(waiting);
      const broken = await first.start({}, 'broken');
      await first.step.stop();
      const folder = join(first.dataDir, 'definitions');
      for (const name of files(first, 'definitions'))
        if (how === 'gone') rmSync(join(folder, name));
        else writeFileSync(join(folder, name), '{"StartAt":');
      // Another definition is deployed by now.
      const next = await restart(first, { definition: only({ Type: 'Wait', Seconds: 8_000_000, End: true }) });
      expect(await next.step.handle('DescribeExecution', { executionArn: broken })).toMatchObject({ status: 'FAILED' });
      await next.step.stop();
    },
  );

  it.each([
    ['a broken line in the middle', 'not json\n'],
    ['an entry of an unknown scope', '{"type":"heartbeat","scope":"/9.9.9","at":1}\n'],
    ['a second beginning', '{"type":"started","at":1}\n'],
  ])('%s fails that execution and no other, and is kept for a look', async (_what, line) => {
    const first = await anEngine(waiting);
    const broken = await first.start({}, 'broken');
    await first.step.stop();
    const text = readFileSync(journalOf(first), 'utf8').split('\n');
    writeFileSync(journalOf(first), `${text[0]}\n${line}${text.slice(1).join('\n')}`);
    const next = await restart(first, waiting);
    await next.start({}, 'sound');
    expect(
      next.step
        .list()
        .map((one) => [one.name, one.status])
        .sort(),
    ).toEqual([
      ['broken', 'FAILED'],
      ['sound', 'RUNNING'],
    ]);
    expect(next.events).toContainEqual(
      expect.objectContaining({ type: 'ExecutionFailed', executionArn: broken, detail: expect.anything() }),
    );
    expect(await next.step.handle('DescribeExecution', { executionArn: broken })).toMatchObject({
      status: 'FAILED',
      error: 'States.Runtime',
    });
    expect(files(next, 'corrupt')).toHaveLength(1);
    const third = await restart(next, waiting);
    expect(third.step.list()).toHaveLength(2);
    await third.step.stop();
  });

  it('a torn line of the list of ended executions is cut off', async () => {
    const options = { definition: only({ Type: 'Pass', End: true }) };
    const first = await anEngine(options);
    await first.ended(await first.start());
    await first.step.stop();
    appendFileSync(join(first.dataDir, 'ended.jsonl'), '{"exec');
    const next = await restart(first, options);
    await next.ended(await next.start());
    const third = await restart(next, options);
    expect(third.step.list()).toHaveLength(2);
    await third.step.stop();
  });

  it('an end that cannot be listed now is listed after the next start', async () => {
    const options = { definition: only({ Type: 'Pass', End: true }) };
    const first = await anEngine(options);
    const list = join(first.dataDir, 'ended.jsonl');
    mkdirSync(list);
    const arn = await first.start();
    expect(await first.ended(arn)).toMatchObject({ status: 'SUCCEEDED' });
    await first.step.stop();
    rmSync(list, { recursive: true });
    const next = await restart(first, options);
    expect(next.step.list()).toMatchObject([{ executionArn: arn, status: 'SUCCEEDED' }]);
    expect(await next.ended(arn)).toMatchObject({ status: 'SUCCEEDED' });
    await next.step.stop();
    expect([files(next, 'running').length, files(next, 'ended').length]).toEqual([0, 1]);
  });

  it('an execution whose journal cannot be written stands still, and goes on after a restart', async () => {
    const release = Promise.withResolvers<string>();
    const definition = only(task());
    const engine = await anEngine({ definition, runTask: () => release.promise });
    const arn = await engine.start();
    await engine.seen((event) => event.type === 'TaskScheduled');
    const file = journalOf(engine);
    const kept = readFileSync(file);
    rmSync(file);
    mkdirSync(file);
    release.resolve('lost');
    await engine.seen((event) => event.type === 'ExecutionHalted');
    expect(engine.step.list()).toMatchObject([{ status: 'RUNNING' }]);
    await engine.step.stop();
    rmSync(file, { recursive: true });
    writeFileSync(file, kept);
    const next = await restart(engine, { definition, runTask: async () => 'again' });
    expect(await next.ended(arn)).toMatchObject({ output: '"again"' });
    await next.step.stop();
  });
});
