import type { Retrier } from '@selfheal/local-cloud/workflow/definition.ts';
import { matchesError, retryDelaySeconds } from '@selfheal/local-cloud/workflow/error-matching.ts';
import * as fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { fuzzOptions } from '#test/fuzz/seed.ts';
import {
  anEngine,
  failing,
  removeFolders,
  run,
  script,
  TASK,
} from '../../../../packages/local-cloud/test/workflow/harness.ts';

afterAll(removeFolders);

describe('which errors a retrier or catcher matches', () => {
  const errors = ['Mine', 'States.Timeout', 'States.HeartbeatTimeout', 'States.TaskFailed', 'States.DataLimitExceeded'];
  const more = ['States.QueryEvaluationError', 'States.Runtime', ''];
  it.each([
    ['States.ALL', [true, true, true, true, false, true, false, true]],
    ['States.TaskFailed', [true, false, true, true, false, true, false, true]],
    ['States.Timeout', [false, true, true, false, false, false, false, false]],
    ['States.HeartbeatTimeout', [false, false, true, false, false, false, false, false]],
    ['States.DataLimitExceeded', [false, false, false, false, true, false, false, false]],
    ['States.Runtime', [false, false, false, false, false, false, false, false]],
    ['Mine', [true, false, false, false, false, false, false, false]],
    ['mine', [false, false, false, false, false, false, false, false]],
  ])('%s', (name, wanted) => {
    expect([...errors, ...more].map((error) => matchesError([name], error))).toEqual(wanted);
  });

  it('any name of the list suffices, and no list matches nothing', () => {
    expect(matchesError(['Other', 'Mine'], 'Mine')).toBe(true);
    expect(matchesError([], 'Mine')).toBe(false);
  });
});

describe('how long to wait before a retry', () => {
  const retrier = (more: Partial<Retrier>): Retrier => ({
    errorEquals: ['X'],
    intervalSeconds: 1,
    backoffRate: 2,
    maxAttempts: 3,
    maxDelaySeconds: null,
    fullJitter: false,
    ...more,
  });

  it.each([
    [{}, [1, 2, 4, 8]],
    [{ intervalSeconds: 3, backoffRate: 1 }, [3, 3, 3, 3]],
    [{ backoffRate: 1.5, intervalSeconds: 2 }, [2, 3, 4.5, 6.75]],
    [{ maxDelaySeconds: 5 }, [1, 2, 4, 5]],
  ])('%o waits %o', (more, wanted) => {
    expect([0, 1, 2, 3].map((used) => retryDelaySeconds(retrier(more), used, () => 0.5))).toEqual(wanted);
  });

  it('full jitter stays between nothing and the plain delay', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 60 }), fc.double({ min: 0, max: 0.999, noNaN: true }), (used, random) => {
        const plain = retryDelaySeconds(retrier({ maxDelaySeconds: 100 }), used, () => 0);
        const jittered = retryDelaySeconds(retrier({ maxDelaySeconds: 100, fullJitter: true }), used, () => random);
        expect(jittered).toBeGreaterThanOrEqual(0);
        expect(jittered).toBeLessThanOrEqual(plain);
      }),
      fuzzOptions(100),
    );
  });
});

describe('retry and catch', () => {
  const task = (more: object) => ({
    StartAt: 'Try',
    States: {
      Try: { Type: 'Task', Resource: TASK, ...more, End: true },
      ...(JSON.stringify(more).includes('"Saved"') ? { Saved: { Type: 'Pass', End: true } } : {}),
    },
  });
  const bad = failing('Bad', 'why');
  const worse = failing('Worse');

  it.each([
    ['three attempts more by default', [{ ErrorEquals: ['Bad'] }], [bad, bad, bad, 'ok'], { output: 'ok' }, 4],
    ['no more than MaxAttempts', [{ ErrorEquals: ['Bad'], MaxAttempts: 1 }], [bad, bad, 'ok'], { error: 'Bad' }, 2],
    ['MaxAttempts 0 never retries', [{ ErrorEquals: ['Bad'], MaxAttempts: 0 }], [bad, 'ok'], { error: 'Bad' }, 1],
    ['another error is not retried', [{ ErrorEquals: ['Other'] }], [bad, 'ok'], { error: 'Bad' }, 1],
    [
      'each retrier counts for itself',
      [
        { ErrorEquals: ['Bad'], MaxAttempts: 1 },
        { ErrorEquals: ['Worse'], MaxAttempts: 1 },
      ],
      [bad, worse, 'ok'],
      { output: 'ok' },
      3,
    ],
    [
      'a retrier that is used up does not hand over to a later one',
      [{ ErrorEquals: ['Bad'], MaxAttempts: 1 }, { ErrorEquals: ['States.ALL'] }],
      [bad, bad, 'ok'],
      { error: 'Bad' },
      2,
    ],
  ])('%s', async (_name, Retry, outcomes, wanted, calls) => {
    const scripted = script(...outcomes);
    expect(await run({ definition: task({ Retry }), runTask: scripted.runTask })).toMatchObject(wanted);
    expect(scripted.calls()).toBe(calls);
  });

  it('retries come before catching, and the catcher gives the error as its output', async () => {
    const scripted = script(bad);
    const definition = task({
      Retry: [{ ErrorEquals: ['Bad'], MaxAttempts: 2, JitterStrategy: 'FULL' }],
      Catch: [
        { ErrorEquals: ['Other'], Next: 'Saved', Output: 'other' },
        { ErrorEquals: ['States.ALL'], Next: 'Saved' },
      ],
    });
    expect((await run({ definition, runTask: scripted.runTask })).output).toEqual({ Error: 'Bad', Cause: 'why' });
    expect(scripted.calls()).toBe(3);
  });

  it('the retry count is in the context, and starts anew in the next state', async () => {
    const seen: unknown[] = [];
    const state = {
      Type: 'Task',
      Resource: TASK,
      Arguments: '{% $states.context.State.RetryCount %}',
      Retry: [{ ErrorEquals: ['Bad'] }],
    };
    const definition = { StartAt: 'A', States: { A: { ...state, Next: 'B' }, B: { ...state, End: true } } };
    await run({
      definition,
      runTask: async (_machine, _resource, args) => {
        seen.push(args);
        if (args === 0) throw bad;
        return 'ok';
      },
    });
    expect(seen).toEqual([0, 1, 0, 1]);
  });

  it.each([
    ['Arguments', { Arguments: '{% $states.input.none %}' }],
    ['Output', { Output: '{% $states.result.none %}' }],
    ['TimeoutSeconds', { TimeoutSeconds: '{% "long" %}' }],
  ])('a failed evaluation of %s can be caught', async (_field, more) => {
    const Catch = [{ ErrorEquals: ['States.QueryEvaluationError'], Output: 'caught', Next: 'Saved' }];
    expect(await run({ definition: task({ ...more, Catch }) })).toMatchObject({ output: 'caught' });
  });

  it('an evaluation that fails in a catcher is not caught by the same state', async () => {
    const Catch = [{ ErrorEquals: ['States.ALL'], Output: '{% $none %}', Next: 'Saved' }];
    const result = await run({ definition: task({ Catch }), runTask: script(bad).runTask });
    expect(result).toMatchObject({ status: 'FAILED', error: 'States.QueryEvaluationError' });
  });

  it.each([
    ['a string', 'boom', { error: 'States.TaskFailed', cause: 'boom' }],
    ['nothing', undefined, { error: 'States.TaskFailed', cause: 'undefined' }],
    ['an object with a name', { name: 'Odd', message: 'm' }, { error: 'Odd', cause: 'm' }],
    ['an object without one', { code: 1 }, { error: 'States.TaskFailed', cause: undefined }],
    ['an endless cause', failing('Long', 'x'.repeat(100_000)), { error: 'Long', cause: 'x'.repeat(32_768) }],
  ])('a task that throws %s', async (_what, thrown, wanted) => {
    const runTask = () => Promise.reject(thrown);
    expect(await run({ definition: task({}), runTask })).toMatchObject({ status: 'FAILED', ...wanted });
  });

  it('a task that throws at once, and one whose result is no JSON, fail like any other', async () => {
    const atOnce = () => {
      throw failing('AtOnce');
    };
    expect(await run({ definition: task({}), runTask: atOnce })).toMatchObject({ error: 'AtOnce' });
    const circular: { self?: unknown } = {};
    circular.self = circular;
    expect(await run({ definition: task({}), runTask: async () => circular })).toMatchObject({ error: 'TypeError' });
    expect(await run({ definition: task({}), runTask: async () => undefined })).toMatchObject({ output: null });
  });

  it('a failed branch stops its siblings: their tasks are aborted and nothing more of them is recorded', async () => {
    let aborted = false;
    const definition = {
      StartAt: 'Both',
      States: {
        Both: {
          Type: 'Parallel',
          Branches: [
            {
              StartAt: 'Long',
              States: {
                Long: { Type: 'Task', Resource: TASK, Arguments: 'long', Next: 'Never' },
                Never: { Type: 'Pass', End: true },
              },
            },
            { StartAt: 'Short', States: { Short: { Type: 'Task', Resource: TASK, Arguments: 'short', End: true } } },
          ],
          End: true,
        },
      },
    };
    let finishLong = (_value: string) => {};
    const engine = await anEngine({
      definition,
      runTask: (_machine, _resource, args, { signal }) => {
        if (args === 'short') return Promise.reject(bad);
        signal.addEventListener('abort', () => {
          aborted = true;
        });
        return new Promise((resolve) => {
          finishLong = resolve;
        });
      },
    });
    expect(await engine.ended(await engine.start())).toMatchObject({ status: 'FAILED', error: 'Bad' });
    expect(aborted).toBe(true);
    finishLong('too late');
    await engine.step.stop();
    expect(engine.events.some((event) => event.state === 'Never')).toBe(false);
  });

  it('a listener that throws stops nothing', async () => {
    const onEvent = () => {
      throw new Error('broken terminal');
    };
    expect(await run({ definition: task({}), onEvent })).toMatchObject({ status: 'SUCCEEDED' });
  });
});
