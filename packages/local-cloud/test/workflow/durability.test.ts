import { appendFileSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it, vi } from 'vitest';
import { anEngine, failing, only, removeFolders, TASK } from './harness.ts';
import { files, journalOf, never, restart, task } from './restart.ts';

afterAll(removeFolders);

describe('after a restart', () => {
  it('a step with a recorded result does not run again, one without does', async () => {
    const ran: unknown[] = [];
    const definition = {
      StartAt: 'One',
      States: {
        One: task({ Arguments: 1, Assign: { v: '{% $states.result %}' }, End: false, Next: 'Two' }),
        Two: task({ Arguments: { two: '{% $v + 1 %}' } }),
      },
    };
    const first = await anEngine({
      definition,
      runTask: async (_machine, _resource, args) => {
        ran.push(args);
        return args === 1 ? 10 : never();
      },
    });
    const arn = await first.start();
    await vi.waitUntil(() => ran.length === 2);
    const next = await restart(first, {
      definition,
      runTask: async (_machine, _resource, args) => {
        ran.push(args);
        return 'done';
      },
    });
    expect(await next.ended(arn)).toMatchObject({ status: 'SUCCEEDED', output: '"done"' });
    expect(ran).toEqual([1, { two: 11 }, { two: 11 }]);
    expect(next.events[0]).toMatchObject({ type: 'ExecutionResumed', executionArn: arn });
    await next.step.stop();
  });

  it('a wait ends when it would have ended', async () => {
    const options = { definition: only({ Type: 'Wait', Seconds: 400, End: true }) };
    const first = await anEngine(options);
    const arn = await first.start();
    const { at } = await first.seen((event) => event.type === 'StateEntered');
    await new Promise((resolve) => setTimeout(resolve, 250));
    const next = await restart(first, options);
    await next.ended(arn);
    const over = next.events.find((event) => event.type === 'StateExited');
    expect(over!.at - at).toBeGreaterThanOrEqual(399);
    // A wait that began anew would take 650 ms.
    expect(over!.at - at).toBeLessThan(600);
    await next.step.stop();
  });

  it.each([
    ["a task's", only(task({ TimeoutSeconds: 100 })), { status: 'FAILED', error: 'States.Timeout' }],
    ["a machine's", { ...only(task()), TimeoutSeconds: 100 }, { status: 'TIMED_OUT' }],
  ])('%s timeout that passed meanwhile counts', async (_whose, definition, wanted) => {
    const first = await anEngine({ definition, runTask: never });
    const arn = await first.start();
    await first.seen((event) => event.type === 'TaskScheduled');
    await first.step.stop();
    await new Promise((resolve) => setTimeout(resolve, 120));
    const next = await restart(first, { definition, runTask: never });
    expect(await next.ended(arn)).toMatchObject(wanted);
    await next.step.stop();
  });

  it('retries that were used up stay used up', async () => {
    const definition = only(task({ Retry: [{ ErrorEquals: ['Bad'], MaxAttempts: 2, IntervalSeconds: 30 }] }));
    let calls = 0;
    const runTask = async () => {
      calls += 1;
      throw failing('Bad');
    };
    let engine = await anEngine({ definition, runTask });
    const arn = await engine.start();
    for (const attempt of [1, 2]) {
      await engine.seen(
        (event) => event.type === 'TaskRetried' && (event.detail as { attempt: number }).attempt === attempt,
      );
      engine = await restart(engine, { definition, runTask });
    }
    expect(await engine.ended(arn)).toMatchObject({ status: 'FAILED', error: 'Bad' });
    expect(calls).toBe(3);
    await engine.step.stop();
  });

  it('a waiting token is answered once, also before resume() and never by a second call', async () => {
    const definition = only(task({ Resource: `${TASK}.waitForTaskToken` }));
    let token = '';
    let calls = 0;
    const runTask = async (
      _machine: unknown,
      _resource: unknown,
      _args: unknown,
      context: { taskToken: string | null },
    ) => {
      calls += 1;
      token = context.taskToken ?? '';
    };
    const first = await anEngine({ definition, runTask });
    const arn = await first.start();
    await first.seen((event) => event.type === 'TaskSubmitted');
    await first.step.stop();
    const next = await anEngine({ definition, runTask, dataDir: first.dataDir });
    const answer = { taskToken: token, output: '"yes"' };
    await next.step.handle('SendTaskSuccess', answer);
    await expect(next.step.handle('SendTaskSuccess', answer)).rejects.toMatchObject({ name: 'TaskTimedOut' });
    await next.step.resume();
    expect(await next.ended(arn)).toMatchObject({ output: '"yes"' });
    expect(calls).toBe(1);
    await next.step.stop();
  });

  it('each branch and each iteration goes on from its own place', async () => {
    const branch = (name: string) => ({
      StartAt: `${name}1`,
      States: {
        [`${name}1`]: task({ Arguments: `${name}1`, End: false, Next: `${name}2` }),
        [`${name}2`]: task({ Arguments: `${name}2` }),
      },
    });
    const definition = only({ Type: 'Parallel', Branches: ['a', 'b', 'c'].map(branch), End: true });
    const finished = ['a1', 'b1', 'b2'];
    const ran: unknown[] = [];
    const first = await anEngine({
      definition,
      runTask: (_machine, _resource, args) => (finished.includes(String(args)) ? Promise.resolve(args) : never()),
    });
    const arn = await first.start();
    await Promise.all(
      ['a2', 'b2'].map((name) => first.seen((event) => event.state === name && event.type.startsWith('Task'))),
    );
    await first.seen((event) => event.type === 'StateExited' && event.state === 'b2');
    const next = await restart(first, {
      definition,
      runTask: async (_machine, _resource, args) => {
        ran.push(args);
        return args;
      },
    });
    expect(await next.ended(arn)).toMatchObject({ output: '["a2","b2","c2"]' });
    expect(ran.sort()).toEqual(['a2', 'c1', 'c2']);
    await next.step.stop();
  });

  it('an execution keeps the definition it began with', async () => {
    const first = await anEngine({ definition: only(task({ Output: 'old' })), runTask: never });
    const arn = await first.start();
    await first.seen((event) => event.type === 'TaskScheduled');
    const next = await restart(first, { definition: { StartAt: 'New', States: { New: { Type: 'Succeed' } } } });
    expect(await next.ended(arn)).toMatchObject({ output: '"old"' });
    await next.step.stop();
  });

  it('ended executions are remembered: their names stay taken, their history can be read', async () => {
    const options = { definition: only({ Type: 'Pass', End: true }) };
    const first = await anEngine(options);
    const arn = await first.start({ a: 1 }, 'one');
    const described = await first.ended(arn);
    const history = await first.history(arn);
    const next = await restart(first, options);
    await expect(next.start({ a: 1 }, 'one')).rejects.toMatchObject({ name: 'ExecutionAlreadyExists' });
    expect(await next.ended(arn)).toEqual(described);
    expect(await next.history(arn)).toEqual(history);
    expect(next.step.list()).toEqual(first.step.list());
    expect(next.events).toEqual([]);
    expect([files(next, 'running').length, files(next, 'ended').length]).toEqual([0, 1]);
    await next.step.stop();
  });

  it('an end that was recorded but not yet archived is taken over', async () => {
    const options = { definition: only({ Type: 'Wait', Seconds: 9_000_000, End: true }) };
    const first = await anEngine(options);
    const arn = await first.start();
    await first.step.stop();
    appendFileSync(journalOf(first), `${JSON.stringify({ type: 'ended', at: 5, status: 'SUCCEEDED', output: 7 })}\n`);
    const next = await restart(first, options);
    expect(await next.ended(arn)).toMatchObject({ status: 'SUCCEEDED', output: '7' });
    await next.step.stop();
    expect([files(next, 'running').length, files(next, 'ended').length]).toEqual([0, 1]);
  });
});

describe('size', () => {
  it('ended executions leave only a summary behind', async () => {
    const names = Array.from({ length: 12 }, (_, index) => `S${index}`);
    const states = names.map((name, index) => [
      name,
      task({
        Arguments: { id: '{% $states.input.id %}' },
        Assign: { [`v${index}`]: '{% $states.result.id %}' },
        ...(index < 11 ? { End: false, Next: `S${index + 1}` } : {}),
      }),
    ]);
    const engine = await anEngine({ definition: { StartAt: 'S0', States: Object.fromEntries(states) } });
    const runs = 60;
    for (let index = 0; index < runs; index += 1) await engine.ended(await engine.start({ id: `id-${index}` }));
    await engine.step.stop();
    expect(files(engine, 'running')).toEqual([]);
    expect(files(engine, 'ended')).toHaveLength(runs);
  });

  it('StartExecution answers only when the journal is there', async () => {
    const engine = await anEngine({ definition: only(task()), runTask: never });
    await engine.start({ secret: 'input' });
    expect(readFileSync(journalOf(engine), 'utf8')).toContain('"secret":"input"');
    await engine.step.stop();
  });

  it('an execution that cannot be written is not begun', async () => {
    const engine = await anEngine({ definition: only(task()), runTask: never });
    const running = join(engine.dataDir, 'running');
    rmSync(running, { recursive: true });
    await expect(engine.start({}, 'one')).rejects.toMatchObject({ code: 'ENOENT' });
    expect(engine.step.list()).toEqual([]);
    mkdirSync(running);
    await engine.start({}, 'one');
    await engine.step.stop();
  });
});
