import { afterAll, describe, expect, it } from 'vitest';
import type { StepFunctionsOptions } from '../../src/workflow/index.ts';
import { anEngine, failing, only, removeFolders, TASK } from './harness.ts';

afterAll(removeFolders);

type Event = { type: string; id: number; previousEventId: number } & Record<string, unknown>;

interface Played {
  readonly events: readonly Event[];
  /** `type < previousEventId`, one event a line. */
  readonly shape: string;
}

async function play(
  definition: object,
  runTask?: StepFunctionsOptions['runTask'],
  input: unknown = {},
): Promise<Played> {
  const engine = await anEngine({ definition, ...(runTask ? { runTask } : {}) });
  const arn = await engine.start(input);
  await engine.ended(arn);
  const events = (await engine.history(arn)) as Event[];
  await engine.step.stop();
  expect(events.map(({ id }) => id)).toEqual(events.map((_event, index) => index + 1));
  return { events, shape: events.map(({ type, previousEventId }) => `${type} < ${previousEventId}`).join('\n') };
}

const lines = (...each: string[]) => each.join('\n');
const pass = (more: object = {}) => ({ Type: 'Pass', End: true, ...more });
const scope = (states: object) => ({ StartAt: Object.keys(states)[0], States: states });
const boom = { Type: 'Fail', Error: 'Boom', Cause: 'why' };
const missing = pass({ Output: { v: '{% $states.input.none %}' } });
const toDone = (more: object = {}) => [{ ErrorEquals: ['States.ALL'], Next: 'Done', ...more }];
const causeAt = (state: string, id: number, what: string) =>
  `An error occurred while executing the state '${state}' (entered at the event id #${id}). ${what}`;
const nothing = (field: string) =>
  `The JSONata expression '$states.input.none' specified for the field '${field}' returned nothing (undefined).`;

const parallel = (state: object, more: object = { End: true }) => ({
  Type: 'Parallel',
  Branches: [scope({ Inner: state })],
  ...more,
});
const map = (state: object, more: object) => ({
  Type: 'Map',
  ItemProcessor: scope({ Inner: state }),
  End: true,
  ...more,
});

describe('a history follows AWS event by event', () => {
  it('for a task: what it was given, how long it may take, and what came of it', async () => {
    const task = { Type: 'Task', Resource: TASK, Arguments: { a: 1 }, TimeoutSeconds: 60, HeartbeatSeconds: 30 };
    const { events, shape } = await play(only({ ...task, Assign: { b: 1, a: 2 }, End: true }));
    expect(shape).toBe(
      lines(
        'ExecutionStarted < 0',
        'TaskStateEntered < 0',
        'TaskScheduled < 2',
        'TaskStarted < 3',
        'TaskSucceeded < 4',
        'TaskStateExited < 5',
        'ExecutionSucceeded < 6',
      ),
    );
    const whole = { truncated: false };
    expect(events.map(({ id: _id, previousEventId: _previous, timestamp: _at, type: _type, ...rest }) => rest)).toEqual(
      [
        {
          executionStartedEventDetails: {
            input: '{}',
            inputDetails: whole,
            roleArn: 'arn:aws:iam::123456789012:role/sample',
          },
        },
        { stateEnteredEventDetails: { name: 'Only', input: '{}', inputDetails: whole } },
        {
          taskScheduledEventDetails: {
            resourceType: 'lambda',
            resource: 'invoke',
            region: 'eu-west-1',
            parameters: '{"a":1}',
            timeoutInSeconds: 60,
            heartbeatInSeconds: 30,
          },
        },
        { taskStartedEventDetails: { resourceType: 'lambda', resource: 'invoke' } },
        {
          taskSucceededEventDetails: {
            resourceType: 'lambda',
            resource: 'invoke',
            output: '{"a":1}',
            outputDetails: whole,
          },
        },
        {
          stateExitedEventDetails: {
            name: 'Only',
            output: '{"a":1}',
            outputDetails: whole,
            assignedVariables: { a: '2', b: '1' },
            assignedVariablesDetails: whole,
          },
        },
        { executionSucceededEventDetails: { output: '{"a":1}', outputDetails: whole } },
      ],
    );
  });

  it('for branches: each is a chain of its own, and the state goes on from the last event of any', async () => {
    const branch = (name: string) => scope({ [`${name}1`]: { Type: 'Pass', Next: `${name}2` }, [`${name}2`]: pass() });
    const { events } = await play({
      StartAt: 'P',
      States: { P: { Type: 'Parallel', Branches: [branch('A'), branch('B')], Next: 'After' }, After: pass() },
    });
    const at = (type: string, name?: string) =>
      events.find((event) => event.type === type && (!name || JSON.stringify(event).includes(`"name":"${name}"`)));
    for (const name of ['A', 'B']) {
      const chain = [
        at('ParallelStateStarted'),
        at('PassStateEntered', `${name}1`),
        at('PassStateExited', `${name}1`),
        at('PassStateEntered', `${name}2`),
        at('PassStateExited', `${name}2`),
      ];
      expect(chain.slice(1).map((event) => event?.previousEventId)).toEqual(
        chain.slice(0, -1).map((event) => event?.id),
      );
    }
    expect(events.slice(11).map(({ type, previousEventId }) => [type, previousEventId])).toEqual([
      ['ParallelStateSucceeded', 11],
      ['ParallelStateExited', 11],
      ['PassStateEntered', 13],
      ['PassStateExited', 14],
      ['ExecutionSucceeded', 15],
    ]);
  });

  it('for iterations one after another: the next begins from the last state of the one before', async () => {
    const { shape } = await play(only(map(pass(), { Items: [1, 2], MaxConcurrency: 1 })));
    expect(shape).toBe(
      lines(
        'ExecutionStarted < 0',
        'MapStateEntered < 0',
        'MapStateStarted < 2',
        'MapIterationStarted < 3',
        'PassStateEntered < 4',
        'PassStateExited < 5',
        'MapIterationSucceeded < 6',
        'MapIterationStarted < 6',
        'PassStateEntered < 8',
        'PassStateExited < 9',
        'MapIterationSucceeded < 10',
        'MapStateSucceeded < 11',
        'MapStateExited < 11',
        'ExecutionSucceeded < 13',
      ),
    );
  });

  it('for iterations side by side: all begin from the start of the Map', async () => {
    const { events } = await play(only(map(pass(), { Items: [1, 2, 3] })));
    const begun = events.filter(({ type }) => type === 'MapIterationStarted');
    expect(begun.map(({ previousEventId }) => previousEventId)).toEqual([3, 3, 3]);
  });

  it('for a Map over nothing', async () => {
    const { shape } = await play(only(map(pass(), { Items: [] })));
    expect(shape).toBe(
      lines(
        'ExecutionStarted < 0',
        'MapStateEntered < 0',
        'MapStateStarted < 2',
        'MapStateSucceeded < 3',
        'MapStateExited < 3',
        'ExecutionSucceeded < 5',
      ),
    );
  });
});

describe('a history of what fails', () => {
  it('a Fail state in a branch: ParallelStateFailed, without details', async () => {
    const { events, shape } = await play(only(parallel(boom)));
    expect(shape).toBe(
      lines(
        'ExecutionStarted < 0',
        'ParallelStateEntered < 0',
        'ParallelStateStarted < 2',
        'FailStateEntered < 3',
        'ParallelStateFailed < 4',
        'ExecutionFailed < 5',
      ),
    );
    expect(Object.keys(events[4] ?? {}).filter((key) => key.endsWith('Details'))).toEqual([]);
    expect(events[5]).toMatchObject({ executionFailedEventDetails: { error: 'Boom', cause: 'why' } });
  });

  it('a Fail state in an iteration: MapIterationFailed stands aside, MapStateFailed follows what it follows', async () => {
    const { events, shape } = await play(only(map(boom, { Items: [1], MaxConcurrency: 1 })));
    expect(shape).toBe(
      lines(
        'ExecutionStarted < 0',
        'MapStateEntered < 0',
        'MapStateStarted < 2',
        'MapIterationStarted < 3',
        'FailStateEntered < 4',
        'MapIterationFailed < 5',
        'MapStateFailed < 5',
        'ExecutionFailed < 7',
      ),
    );
    expect(events[5]).toMatchObject({ mapIterationFailedEventDetails: { name: 'Only', index: 0 } });
  });

  it('a branch that is tried again starts the Parallel anew, and fails it once', async () => {
    const Retry = [{ ErrorEquals: ['States.ALL'], MaxAttempts: 1 }];
    const { shape } = await play(only(parallel(boom, { Retry, End: true })));
    expect(shape).toBe(
      lines(
        'ExecutionStarted < 0',
        'ParallelStateEntered < 0',
        'ParallelStateStarted < 2',
        'FailStateEntered < 3',
        'ParallelStateStarted < 4',
        'FailStateEntered < 5',
        'ParallelStateFailed < 6',
        'ExecutionFailed < 7',
      ),
    );
  });

  it('an expression in a branch: the cause names the expression, the field, the state and its event', async () => {
    const definition = {
      StartAt: 'P',
      States: { P: parallel(missing, { Catch: toDone(), End: true }), Done: pass() },
    };
    const { events, shape } = await play(definition);
    expect(shape).toBe(
      lines(
        'ExecutionStarted < 0',
        'ParallelStateEntered < 0',
        'ParallelStateStarted < 2',
        'PassStateEntered < 3',
        'EvaluationFailed < 4',
        'ParallelStateFailed < 5',
        'ParallelStateExited < 6',
        'PassStateEntered < 7',
        'PassStateExited < 8',
        'ExecutionSucceeded < 9',
      ),
    );
    const cause = causeAt('Inner', 4, nothing('Output/v'));
    const error = 'States.QueryEvaluationError';
    expect(events[4]?.evaluationFailedEventDetails).toEqual({ error, cause, location: 'Output/v', state: 'Inner' });
    expect(events[6]).toMatchObject({
      stateExitedEventDetails: { output: JSON.stringify({ Error: error, Cause: cause }) },
    });
  });

  it('the items of a Map: it fails before it started', async () => {
    const { events, shape } = await play(only(map(pass(), { Items: '{% $states.input.none %}' })));
    expect(shape).toBe(
      lines(
        'ExecutionStarted < 0',
        'MapStateEntered < 0',
        'EvaluationFailed < 2',
        'MapStateFailed < 3',
        'ExecutionFailed < 4',
      ),
    );
    expect(events[2]).toMatchObject({ evaluationFailedEventDetails: { location: 'Items', state: 'Only' } });
  });

  it('a catcher: it is evaluated from before the failure, and the state fails again', async () => {
    const Catch = [{ ErrorEquals: ['Other'], Next: 'Done' }, ...toDone({ Output: { v: '{% $states.input.none %}' } })];
    const { events, shape } = await play({
      StartAt: 'P',
      States: { P: parallel(boom, { Catch, End: true }), Done: pass() },
    });
    expect(shape).toBe(
      lines(
        'ExecutionStarted < 0',
        'ParallelStateEntered < 0',
        'ParallelStateStarted < 2',
        'FailStateEntered < 3',
        'ParallelStateFailed < 4',
        'EvaluationFailed < 4',
        'ParallelStateFailed < 6',
        'ExecutionFailed < 7',
      ),
    );
    expect(events[7]?.executionFailedEventDetails).toEqual({
      error: 'States.QueryEvaluationError',
      cause: causeAt('P', 2, nothing('Catch[1]/Output/v')),
    });
  });

  it('each attempt whose arguments cannot be evaluated', async () => {
    const Retry = [{ ErrorEquals: ['States.ALL'], MaxAttempts: 1 }];
    const Arguments = { body: ['{% $states.input.none %}'] };
    const { events, shape } = await play(only({ Type: 'Task', Resource: TASK, Arguments, Retry, End: true }));
    expect(shape).toBe(
      lines(
        'ExecutionStarted < 0',
        'TaskStateEntered < 0',
        'EvaluationFailed < 2',
        'EvaluationFailed < 3',
        'ExecutionFailed < 4',
      ),
    );
    expect(events[3]).toMatchObject({ evaluationFailedEventDetails: { location: 'Arguments/body[0]' } });
  });

  it('a task that ends its branch is told to be aborted, and takes the running siblings with it', async () => {
    const hang = { Type: 'Wait', Seconds: 90_000, End: true };
    const task = { Type: 'Task', Resource: TASK, End: true };
    const { events, shape } = await play(
      {
        StartAt: 'P',
        States: {
          P: { Type: 'Parallel', Branches: [scope({ Hang: hang }), scope({ Try: task })], Catch: toDone(), End: true },
          Done: pass(),
        },
      },
      async () => {
        throw failing('Bad', 'broken');
      },
    );
    expect(events.slice(5).map(({ type, previousEventId }) => `${type} < ${previousEventId}`)).toEqual([
      'TaskScheduled < 5',
      'TaskStarted < 6',
      'TaskFailed < 7',
      'TaskStateAborted < 8',
      'WaitStateAborted < 8',
      'ParallelStateFailed < 8',
      'ParallelStateExited < 11',
      'PassStateEntered < 12',
      'PassStateExited < 13',
      'ExecutionSucceeded < 14',
    ]);
    expect(shape).toContain('WaitStateEntered < 3');
    expect(events[7]).toMatchObject({
      taskFailedEventDetails: { resourceType: 'lambda', resource: 'invoke', error: 'Bad', cause: 'broken' },
    });
  });

  it('an error of the engine itself ends the execution and nothing between', async () => {
    const choice = { Type: 'Choice', Choices: [{ Condition: false, Next: 'Out' }] };
    const { events, shape } = await play(
      only({ Type: 'Parallel', Branches: [scope({ Which: choice, Out: pass() })], Catch: [], End: true }),
    );
    expect(shape).toBe(
      lines(
        'ExecutionStarted < 0',
        'ParallelStateEntered < 0',
        'ParallelStateStarted < 2',
        'ChoiceStateEntered < 3',
        'ExecutionFailed < 4',
      ),
    );
    const cause = causeAt(
      'Which',
      4,
      'Failed to transition out of the state. The state does not point to a next state.',
    );
    expect(events[4]?.executionFailedEventDetails).toEqual({ error: 'States.Runtime', cause });
  });

  it('a Fail state without a cause leaves the cause out', async () => {
    const { events } = await play(only({ Type: 'Fail', Error: 'Boom' }));
    expect(events.at(-1)?.executionFailedEventDetails).toEqual({ error: 'Boom' });
  });

  it.each([
    ['TimeoutSeconds', { TimeoutSeconds: 10 }],
    ['HeartbeatSeconds', { HeartbeatSeconds: 10, TimeoutSeconds: 90_000 }],
  ])('a task over its %s timed out, without a cause', async (_field, more) => {
    const { events } = await play(
      only({ Type: 'Task', Resource: `${TASK}.waitForTaskToken`, End: true, ...more }),
      async () => 'handed over',
    );
    expect(events.map(({ type }) => type).slice(-3)).toEqual(['TaskSubmitted', 'TaskTimedOut', 'ExecutionFailed']);
    const resource = { resourceType: 'lambda', resource: 'invoke.waitForTaskToken' };
    expect(events.at(-2)?.taskTimedOutEventDetails).toEqual({ ...resource, error: 'States.Timeout' });
    expect(events.at(-1)?.executionFailedEventDetails).toEqual({ error: 'States.Timeout' });
  });

  it('an execution over its TimeoutSeconds follows nothing, and its description has neither error nor cause', async () => {
    const engine = await anEngine({
      definition: only({ Type: 'Wait', Seconds: 90_000, End: true }, { TimeoutSeconds: 20 }),
    });
    const arn = await engine.start();
    const described = await engine.ended(arn);
    expect(described).toMatchObject({ status: 'TIMED_OUT', redriveStatus: 'REDRIVABLE', redriveCount: 0 });
    expect(described).not.toHaveProperty('error');
    expect(described).not.toHaveProperty('cause');
    expect((await engine.history(arn)).at(-1)).toMatchObject({
      type: 'ExecutionTimedOut',
      previousEventId: 0,
      executionTimedOutEventDetails: { error: 'States.Timeout' },
    });
    await engine.step.stop();
  });
});

describe('what AWS accepts and refuses while it runs', () => {
  it.each([
    ['a zone', '2020-01-01T00:00:00Z', 'SUCCEEDED'],
    ['an offset', '2020-01-01T00:00:00+02:00', 'SUCCEEDED'],
    ['seven digits of a second', '2020-01-01T00:00:00.0000000Z', 'SUCCEEDED'],
    ['no zone', '2020-01-01T00:00:00', 'FAILED'],
    ['no zone but a fraction', '2020-01-01T00:00:00.000', 'FAILED'],
    ['no time', '2020-01-01', 'FAILED'],
    ['a day that does not exist', '2020-02-30T00:00:00Z', 'FAILED'],
    ['a month that does not exist', '2020-13-01T00:00:00Z', 'FAILED'],
    ['a day and a month that do not exist', '2020-99-99T99:99:99Z', 'FAILED'],
    ['an hour that does not exist', '2020-01-01T25:00:00Z', 'FAILED'],
    ['words', 'tomorrow', 'FAILED'],
  ])('a Wait until a time with %s', async (_what, at, status) => {
    const engine = await anEngine({
      definition: only({ Type: 'Wait', Timestamp: '{% $states.input.at %}', End: true }),
    });
    const described = await engine.ended(await engine.start({ at }));
    expect(described.status).toBe(status);
    if (status === 'FAILED')
      expect(described).toMatchObject({
        error: 'States.QueryEvaluationError',
        cause: expect.stringContaining("specified for the field 'Timestamp'"),
      });
    await engine.step.stop();
  });

  it.each(["{% $toMillis('2026-13-01T00:00:00Z') %}", "{% {'at': [1, $toMillis('2026-99-99')]} %}"])(
    'an output with an impossible date, %s',
    async (output) => {
      const engine = await anEngine({ definition: only(pass({ Output: output, End: true })) });
      expect(await engine.ended(await engine.start())).toMatchObject({
        status: 'FAILED',
        error: 'States.QueryEvaluationError',
      });
      await engine.step.stop();
    },
  );

  it.each([
    ['true', { Choices: [{ Condition: true, Next: 'Yes' }], Default: 'No' }, 'yes'],
    ['false', { Choices: [{ Condition: false, Next: 'Yes' }], Default: 'No' }, 'no'],
  ])('a Condition that is plainly %s', async (_what, choice, output) => {
    const definition = {
      StartAt: 'Which',
      States: { Which: { Type: 'Choice', ...choice }, Yes: pass({ Output: 'yes' }), No: pass({ Output: 'no' }) },
    };
    const engine = await anEngine({ definition });
    expect(await engine.ended(await engine.start())).toMatchObject({ output: JSON.stringify(output) });
    await engine.step.stop();
  });

  it.each([
    [
      'Condition',
      { Type: 'Choice', Choices: [{ Condition: '{% 1 %}', Next: 'Done' }] },
      'Choices[0]/Condition',
      'boolean',
    ],
    ['Seconds', { Type: 'Wait', Seconds: '{% "1" %}', Next: 'Done' }, 'Seconds', 'number'],
    ['Cause', { Type: 'Fail', Cause: '{% 1 %}' }, 'Cause', 'string'],
    ['Items', { ...map(pass(), { Items: '{% 1 %}' }), End: undefined, Next: 'Done' }, 'Items', 'array'],
  ])('a %s of the wrong type names the field and what it wants', async (_what, state, field, wanted) => {
    const states = { Only: state, ...(JSON.stringify(state).includes('"Done"') ? { Done: pass() } : {}) };
    const engine = await anEngine({ definition: JSON.parse(JSON.stringify({ StartAt: 'Only', States: states })) });
    const described = await engine.ended(await engine.start());
    expect(described.error).toBe('States.QueryEvaluationError');
    expect(described.cause).toContain(`specified for the field '${field}' returned an unexpected result type`);
    expect(described.cause).toContain(`Expected '${wanted}'`);
    await engine.step.stop();
  });

  it('the retry count is in the context of states that can be retried only', async () => {
    const definition = only(pass({ Output: '{% $exists($states.context.State.RetryCount) %}' }));
    const engine = await anEngine({ definition });
    expect(await engine.ended(await engine.start())).toMatchObject({ output: 'false' });
    await engine.step.stop();
  });
});
