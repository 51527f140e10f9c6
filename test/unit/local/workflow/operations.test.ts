import * as fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { fuzzOptions } from '#test/fuzz/seed.ts';
import {
  anEngine,
  type Engine,
  failing,
  MACHINE_ARN,
  only,
  removeFolders,
  TASK,
} from '../../../../packages/local-cloud/test/workflow/harness.ts';

afterAll(removeFolders);

const EXECUTION = MACHINE_ARN.replace('stateMachine', 'execution');
const passing = only({ Type: 'Pass', End: true });
/** Runs until it is stopped. */
const hanging = { definition: only({ Type: 'Wait', Seconds: 9_000_000, End: true }) };
const start = (engine: Engine, more: object = {}) =>
  engine.step.handle('StartExecution', { stateMachineArn: MACHINE_ARN, ...more }) as Promise<{
    executionArn: string;
    startDate: number;
  }>;

describe('StartExecution', () => {
  it.each([
    ['the machine', '', {}],
    ['a version', ':1', { stateMachineVersionArn: `${MACHINE_ARN}:1` }],
    ['an alias', ':live', { stateMachineAliasArn: `${MACHINE_ARN}:live`, stateMachineVersionArn: `${MACHINE_ARN}:1` }],
  ])('starts by the ARN of %s', async (_what, suffix, wanted) => {
    const engine = await anEngine({ definition: passing });
    const { executionArn, startDate } = await start(engine, { stateMachineArn: MACHINE_ARN + suffix, name: 'one' });
    expect(executionArn).toBe(`${EXECUTION}:one`);
    expect(Math.abs(startDate - Date.now() / 1000)).toBeLessThan(10);
    expect(await engine.ended(executionArn)).toMatchObject({ stateMachineArn: MACHINE_ARN, input: '{}', ...wanted });
    await engine.step.stop();
  });

  it('is idempotent while the execution runs, and says so when the input differs or it has ended', async () => {
    const engine = await anEngine(hanging);
    const first = await start(engine, { name: 'one', input: '{"a":1}' });
    expect(await start(engine, { name: 'one', input: '{ "a": 1 }' })).toEqual(first);
    await expect(start(engine, { name: 'one', input: '{"a":2}' })).rejects.toMatchObject({
      name: 'ExecutionAlreadyExists',
      statusCode: 400,
    });
    await engine.step.handle('StopExecution', { executionArn: first.executionArn });
    await expect(start(engine, { name: 'one', input: '{"a":1}' })).rejects.toMatchObject({
      name: 'ExecutionAlreadyExists',
    });
    await engine.step.stop();
  });

  it('at the same time a hundred times starts one', async () => {
    const engine = await anEngine(hanging);
    const started = await Promise.all(Array.from({ length: 100 }, () => start(engine, { name: 'one' })));
    expect(new Set(started.map((one) => one.executionArn)).size).toBe(1);
    expect(engine.step.list()).toHaveLength(1);
    expect(engine.events.filter((event) => event.type === 'ExecutionStarted')).toHaveLength(1);
    await engine.step.stop();
  });

  it.each([
    ['an unknown machine', { stateMachineArn: `${MACHINE_ARN}-other` }, 'StateMachineDoesNotExist'],
    ['an ARN that is none', { stateMachineArn: 'sample' }, 'InvalidArn'],
    ['a missing ARN', { stateMachineArn: undefined }, 'ValidationException'],
    ['input that is not JSON', { input: '{' }, 'InvalidExecutionInput'],
    ['input over 256 KiB', { input: JSON.stringify('x'.repeat(262_144)) }, 'InvalidExecutionInput'],
    ['input nested without end', { input: '['.repeat(100_000) + ']'.repeat(100_000) }, 'InvalidExecutionInput'],
    ['an empty name', { name: '' }, 'InvalidName'],
    ['a name of 81 characters', { name: 'x'.repeat(81) }, 'InvalidName'],
    ['a name with a blank', { name: 'a b' }, 'InvalidName'],
    ['a name with a path', { name: '../x' }, 'InvalidName'],
    ['a name with a control character', { name: 'a\u0000' }, 'InvalidName'],
    ['a name with a lone surrogate', { name: 'a\ud800' }, 'InvalidName'],
  ])('refuses %s', async (_what, more, name) => {
    const engine = await anEngine({ definition: passing });
    await expect(start(engine, more)).rejects.toMatchObject({ name });
    expect(engine.step.list()).toEqual([]);
    await engine.step.stop();
  });

  it('names that differ only in case, or only beyond ASCII, are different executions', async () => {
    const engine = await anEngine(hanging);
    const names = ['a', 'A', '\u00e4', '\u00c4', 'a.b', 'a_b'];
    for (const name of names) await start(engine, { name, input: JSON.stringify(name) });
    await engine.step.stop();
    const next = await anEngine({ ...hanging, dataDir: engine.dataDir });
    expect(
      next.step
        .list()
        .map((one) => one.name)
        .sort(),
    ).toEqual([...names].sort());
    await next.step.stop();
  });
});

describe('the other operations', () => {
  it('GetExecutionHistory tells what happened, in order, page by page and backwards', async () => {
    const engine = await anEngine({
      definition: {
        StartAt: 'Try',
        States: {
          Try: {
            Type: 'Task',
            Resource: TASK,
            Arguments: { a: 1 },
            Retry: [{ ErrorEquals: ['Again'] }],
            Assign: { v: 1 },
            Next: 'Each',
          },
          Each: {
            Type: 'Map',
            Items: [1],
            ItemProcessor: { StartAt: 'In', States: { In: { Type: 'Pass', End: true } } },
            End: true,
          },
        },
      },
      runTask: async (_machine, _resource, _args, { attempt }) => {
        if (attempt === 0) throw failing('Again');
        return 'ok';
      },
    });
    const arn = await engine.start();
    await engine.ended(arn);
    const history = await engine.history(arn);
    expect(history.map((event) => event.type)).toEqual([
      'ExecutionStarted',
      'TaskStateEntered',
      ...['TaskScheduled', 'TaskStarted', 'TaskFailed'],
      ...['TaskScheduled', 'TaskStarted', 'TaskSucceeded'],
      'TaskStateExited',
      'MapStateEntered',
      'MapStateStarted',
      'MapIterationStarted',
      'PassStateEntered',
      'PassStateExited',
      'MapIterationSucceeded',
      'MapStateSucceeded',
      'MapStateExited',
      'ExecutionSucceeded',
    ]);
    expect(history.map((event) => event.id)).toEqual(history.map((_event, index) => index + 1));
    expect(history.every((event) => event.previousEventId < event.id)).toBe(true);
    expect(history[1]).toMatchObject({ stateEnteredEventDetails: { name: 'Try', input: '{}' } });
    expect(history[2]).toMatchObject({
      taskScheduledEventDetails: { resourceType: 'lambda', resource: 'invoke', parameters: '{"a":1}' },
    });
    expect(history[8]).toMatchObject({
      stateExitedEventDetails: { name: 'Try', output: '"ok"', assignedVariables: { v: '1' } },
    });
    const paged: unknown[] = [];
    let nextToken: string | undefined;
    do {
      const body = { executionArn: arn, maxResults: 5, reverseOrder: true, ...(nextToken ? { nextToken } : {}) };
      const page = (await engine.step.handle('GetExecutionHistory', body)) as { events: []; nextToken?: string };
      paged.push(...page.events);
      nextToken = page.nextToken;
    } while (nextToken);
    expect(paged).toEqual([...history].reverse());
    await engine.step.stop();
  });

  it('StopExecution aborts, once, and stopping again changes nothing', async () => {
    const engine = await anEngine(hanging);
    const arn = await engine.start();
    const stop = { executionArn: arn, error: 'Enough', cause: 'a human' };
    const first = (await engine.step.handle('StopExecution', stop)) as { stopDate: number };
    expect(await engine.ended(arn)).toMatchObject({ status: 'ABORTED', error: 'Enough', cause: 'a human' });
    expect(await engine.step.handle('StopExecution', stop)).toEqual(first);
    expect(engine.events.filter((event) => event.type === 'ExecutionAborted')).toHaveLength(1);
    await engine.step.stop();
  });

  it('ListExecutions filters by status and gives the newest first', async () => {
    const engine = await anEngine(hanging);
    const arns = [];
    for (const name of ['a', 'b', 'c']) arns.push((await start(engine, { name })).executionArn);
    await engine.step.handle('StopExecution', { executionArn: arns[1] });
    const list = async (more: object) => {
      const answer = await engine.step.handle('ListExecutions', { stateMachineArn: MACHINE_ARN, ...more });
      return (answer as { executions: { name: string }[] }).executions.map((one) => one.name).sort();
    };
    expect(await list({})).toEqual(['a', 'b', 'c']);
    expect(await list({ statusFilter: 'RUNNING' })).toEqual(['a', 'c']);
    expect(await list({ statusFilter: 'ABORTED' })).toEqual(['b']);
    expect(await list({ maxResults: 1 })).toHaveLength(1);
    await engine.step.stop();
  });

  it('DescribeStateMachine gives the definition', async () => {
    const engine = await anEngine({ definition: passing });
    const answer = await engine.step.handle('DescribeStateMachine', { stateMachineArn: `${MACHINE_ARN}:live` });
    expect(answer).toMatchObject({ name: 'sample', status: 'ACTIVE', type: 'STANDARD' });
    expect(JSON.parse((answer as { definition: string }).definition)).toMatchObject({ StartAt: 'Only' });
    await engine.step.stop();
  });

  it.each([
    ['DescribeExecution', { executionArn: `${EXECUTION}:none` }, 'ExecutionDoesNotExist'],
    ['DescribeExecution', { executionArn: 'none' }, 'InvalidArn'],
    ['GetExecutionHistory', { executionArn: `${EXECUTION}:none` }, 'ExecutionDoesNotExist'],
    ['StopExecution', { executionArn: `${EXECUTION}:none` }, 'ExecutionDoesNotExist'],
    ['ListExecutions', { stateMachineArn: `${MACHINE_ARN}-other` }, 'StateMachineDoesNotExist'],
    ['ListExecutions', { stateMachineArn: MACHINE_ARN, nextToken: 'x' }, 'InvalidToken'],
    ['ListExecutions', { stateMachineArn: MACHINE_ARN, statusFilter: 'DONE' }, 'ValidationException'],
    ['DescribeStateMachine', { stateMachineArn: `${MACHINE_ARN}-other` }, 'StateMachineDoesNotExist'],
    ['CreateActivity', {}, 'UnknownOperationException'],
    ['toString', {}, 'UnknownOperationException'],
  ])('%s %o is %s', async (operation, body, name) => {
    const engine = await anEngine({ definition: passing });
    await expect(engine.step.handle(operation, body)).rejects.toMatchObject({ name, statusCode: 400 });
    await engine.step.stop();
  });

  it('any body at all is answered or refused by name, never broken', async () => {
    const engine = await anEngine({ definition: passing });
    const operations = ['StartExecution', 'DescribeExecution', 'SendTaskSuccess', 'GetExecutionHistory'] as const;
    const body = fc.record(
      {
        stateMachineArn: fc.oneof(fc.constant(MACHINE_ARN), fc.jsonValue()),
        executionArn: fc.jsonValue(),
        taskToken: fc.oneof(fc.base64String(), fc.jsonValue()),
        output: fc.oneof(fc.json(), fc.jsonValue()),
        name: fc.oneof(fc.string({ unit: 'binary' }), fc.jsonValue()),
        input: fc.oneof(fc.json(), fc.jsonValue()),
      },
      { requiredKeys: [] },
    );
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...operations), fc.oneof(body, fc.jsonValue()), async (operation, sent) => {
        const refusal = await engine.step.handle(operation, sent).then(
          () => null,
          (error: unknown) => error,
        );
        if (refusal !== null) expect(refusal).toMatchObject({ statusCode: 400 });
      }),
      fuzzOptions(150),
    );
    await engine.step.stop();
  });
});
