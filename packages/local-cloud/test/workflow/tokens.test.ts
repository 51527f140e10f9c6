import { afterAll, describe, expect, it } from 'vitest';
import type { TaskContext } from '../../src/workflow/index.ts';
import { anEngine, type Engine, failing, only, removeFolders, run, TASK } from './harness.ts';

afterAll(removeFolders);

const waiting = (more: object = {}) => ({
  Type: 'Task',
  Resource: `${TASK}.waitForTaskToken`,
  Arguments: { token: '{% $states.context.Task.Token %}' },
  End: true,
  ...more,
});

/** An engine with one execution that waits for its token. */
async function anApproval(more: object = {}): Promise<{ engine: Engine; arn: string; token: string }> {
  const handed = Promise.withResolvers<TaskContext>();
  const engine = await anEngine({
    definition: only(waiting(more)),
    runTask: async (_machine, resource, args, context) => {
      expect(resource).toBe(TASK);
      expect(args).toEqual({ token: context.taskToken });
      handed.resolve(context);
      return { ignored: true };
    },
  });
  const arn = await engine.start();
  const { taskToken } = await handed.promise;
  return { engine, arn, token: taskToken ?? '' };
}

const success = (token: string, output: unknown) => ({ taskToken: token, output: JSON.stringify(output) });

describe('task tokens', () => {
  it('the answer is the result, and counts once', async () => {
    const { engine, arn, token } = await anApproval();
    await engine.seen((event) => event.type === 'TaskSubmitted');
    expect(await engine.step.handle('SendTaskSuccess', success(token, { by: 'approver@example.com' }))).toEqual({});
    expect(await engine.ended(arn)).toMatchObject({ output: '{"by":"approver@example.com"}' });
    const again = engine.step.handle('SendTaskSuccess', success(token, 2));
    await expect(again).rejects.toMatchObject({ name: 'TaskTimedOut' });
    await engine.step.stop();
  });

  it('two answers at the same time: one counts', async () => {
    const { engine, arn, token } = await anApproval();
    const answers = [1, 2, 3].map((n) => engine.step.handle('SendTaskSuccess', success(token, n)));
    const settled = await Promise.allSettled(answers);
    expect(settled.map((one) => one.status).sort()).toEqual(['fulfilled', 'rejected', 'rejected']);
    expect((await engine.ended(arn)).output).toBe('1');
    await engine.step.stop();
  });

  it('an answer may come before the call that hands out the token is back', async () => {
    const engine: Engine = await anEngine({
      definition: only(waiting()),
      runTask: async (_machine, _resource, _args, { taskToken }) => {
        await engine.step.handle('SendTaskSuccess', success(taskToken ?? '', 'early'));
        throw failing('TooLate');
      },
    });
    expect((await engine.ended(await engine.start())).output).toBe('"early"');
    await engine.step.stop();
  });

  it('a failure can be answered, and the call that hands the token out can fail', async () => {
    const { engine, arn, token } = await anApproval();
    await engine.step.handle('SendTaskFailure', { taskToken: token, error: 'Rejected', cause: 'no' });
    expect(await engine.ended(arn)).toMatchObject({ status: 'FAILED', error: 'Rejected', cause: 'no' });
    await engine.step.stop();
    const runTask = () => Promise.reject(failing('Unsent'));
    expect(await run({ definition: only(waiting()), runTask })).toMatchObject({ error: 'Unsent' });
  });

  it('a retried task gets another token, and the old one is no longer good', async () => {
    const tokens: string[] = [];
    const engine = await anEngine({
      definition: only(waiting({ Retry: [{ ErrorEquals: ['Again'] }] })),
      runTask: async (_machine, _resource, _args, { taskToken }) => {
        tokens.push(taskToken ?? '');
        if (tokens.length === 1) throw failing('Again');
      },
    });
    const arn = await engine.start();
    await engine.seen((event) => event.type === 'TaskSubmitted');
    const old = engine.step.handle('SendTaskSuccess', success(tokens[0]!, 'old'));
    await expect(old).rejects.toMatchObject({ name: 'TaskTimedOut' });
    await engine.step.handle('SendTaskSuccess', success(tokens[1]!, 'new'));
    expect((await engine.ended(arn)).output).toBe('"new"');
    await engine.step.stop();
  });

  it.each([
    ['nonsense', 'InvalidToken'],
    [Buffer.from('["x"]').toString('base64url'), 'InvalidToken'],
    [Buffer.from('["arn:unknown","",1,0,"secret"]').toString('base64url'), 'TaskDoesNotExist'],
  ])('the token %s is refused', async (taskToken, name) => {
    const { engine } = await anApproval();
    for (const operation of ['SendTaskFailure', 'SendTaskHeartbeat']) {
      await expect(engine.step.handle(operation, { taskToken })).rejects.toMatchObject({ name });
    }
    await engine.step.stop();
  });

  it('a token with the right address and another secret is refused', async () => {
    const { engine, arn, token } = await anApproval();
    const content = JSON.parse(Buffer.from(token, 'base64url').toString('utf8')) as unknown[];
    const forged = Buffer.from(JSON.stringify([...content.slice(0, 4), 'guess'])).toString('base64url');
    const answer = engine.step.handle('SendTaskSuccess', success(forged, 1));
    await expect(answer).rejects.toMatchObject({ name: 'TaskTimedOut' });
    expect(engine.step.list()).toMatchObject([{ executionArn: arn, status: 'RUNNING' }]);
    await engine.step.stop();
  });

  it.each([
    ['not JSON', '{'],
    ['over 256 KiB', JSON.stringify('x'.repeat(262_144))],
  ])('an output that is %s is refused', async (_what, output) => {
    const { engine, token } = await anApproval();
    const answer = engine.step.handle('SendTaskSuccess', { taskToken: token, output });
    await expect(answer).rejects.toMatchObject({ name: 'InvalidOutput' });
    await engine.step.stop();
  });
});

describe('timeouts', () => {
  const never = () => new Promise<never>(() => {});

  it.each([
    ['a number', 20],
    ['an expression', '{% $states.input.seconds %}'],
  ])('a task ends with States.Timeout after TimeoutSeconds given as %s', async (_kind, TimeoutSeconds) => {
    let aborted = false;
    const result = await run(
      {
        definition: only({ Type: 'Task', Resource: TASK, TimeoutSeconds, End: true }),
        runTask: (_machine, _resource, _args, { signal }) => {
          signal.addEventListener('abort', () => {
            aborted = true;
          });
          return never();
        },
      },
      { seconds: 20 },
    );
    expect(result).toMatchObject({ status: 'FAILED', error: 'States.Timeout' });
    expect(aborted).toBe(true);
  });

  it('a token is no longer good after the timeout', async () => {
    const { engine, arn, token } = await anApproval({ TimeoutSeconds: 20 });
    expect(await engine.ended(arn)).toMatchObject({ error: 'States.Timeout' });
    const late = engine.step.handle('SendTaskSuccess', success(token, 1));
    await expect(late).rejects.toMatchObject({ name: 'TaskTimedOut' });
    await engine.step.stop();
  });

  it('heartbeats keep a task alive, and the lack of them ends it', async () => {
    const { engine, arn, token } = await anApproval({ HeartbeatSeconds: 400, TimeoutSeconds: 10_000 });
    for (let beat = 0; beat < 10; beat += 1) {
      await new Promise((resolve) => setTimeout(resolve, 50));
      await engine.step.handle('SendTaskHeartbeat', { taskToken: token });
    }
    expect(engine.step.list()).toMatchObject([{ status: 'RUNNING' }]);
    expect(await engine.ended(arn)).toMatchObject({ status: 'FAILED', error: 'States.Timeout' });
    await engine.step.stop();
  });

  it("an execution ends with TIMED_OUT after the machine's TimeoutSeconds, which no state can catch", async () => {
    const definition = {
      StartAt: 'Try',
      TimeoutSeconds: 20,
      States: {
        Try: { Type: 'Task', Resource: TASK, Catch: [{ ErrorEquals: ['States.ALL'], Next: 'Saved' }], End: true },
        Saved: { Type: 'Succeed' },
      },
    };
    expect(await run({ definition, runTask: never })).toMatchObject({ status: 'TIMED_OUT' });
  });
});
