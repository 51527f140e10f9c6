import { afterAll, describe, expect, it } from 'vitest';
import { failing, only, removeFolders, run, script, TASK } from './harness.ts';
import { BRANCHES } from './state-cases/branches.ts';
import { CHOICES } from './state-cases/choices.ts';
import { ONE_AFTER_ANOTHER } from './state-cases/one-after-another.ts';

afterAll(removeFolders);

describe('states', () => {
  it.each([...ONE_AFTER_ANOTHER, ...CHOICES, ...BRANCHES])('$when', async ({ definition, input, gives }) => {
    expect(await run({ definition }, input)).toMatchObject(gives);
  });
});

describe('variables', () => {
  const set = (assign: object, more: object) => ({ Type: 'Pass', Assign: assign, ...more });

  it('Assign and Output both see the old values', async () => {
    const definition = {
      StartAt: 'First',
      States: {
        First: set({ a: 1, b: 2 }, { Next: 'Swap' }),
        Swap: set({ a: '{% $b %}', b: '{% $a %}' }, { Output: '{% [$a, $b] %}', Next: 'Show' }),
        Show: { Type: 'Pass', Output: { old: '{% $states.input %}', now: '{% [$a, $b] %}' }, End: true },
      },
    };
    expect((await run({ definition })).output).toEqual({ old: [1, 2], now: [2, 1] });
  });

  it('inner scopes read outer variables, and what they assign does not leak', async () => {
    const definition = {
      StartAt: 'First',
      States: {
        First: set({ outer: 5 }, { Next: 'Both' }),
        Both: {
          Type: 'Parallel',
          Branches: ['x', 'y'].map((name) => ({
            StartAt: `Set ${name}`,
            States: {
              [`Set ${name}`]: set({ own: `{% $outer & "${name}" %}` }, { Next: `Get ${name}` }),
              [`Get ${name}`]: { Type: 'Pass', Output: '{% $own %}', End: true },
            },
          })),
          Next: 'Show',
        },
        Show: { Type: 'Pass', Output: { r: '{% $states.input %}', leaked: '{% $exists($own) %}' }, End: true },
      },
    };
    expect((await run({ definition })).output).toEqual({ r: ['5x', '5y'], leaked: false });
  });

  it('a catcher assigns in the outer scope, and a variable keeps its value when the state fails', async () => {
    const { runTask } = script(failing('Bad', 'why'));
    const definition = {
      StartAt: 'First',
      States: {
        First: set({ n: 1 }, { Next: 'Try' }),
        Try: {
          Type: 'Task',
          Resource: TASK,
          Assign: { n: 2 },
          Catch: [{ ErrorEquals: ['States.ALL'], Assign: { seen: '{% $states.errorOutput.Error %}' }, Next: 'Show' }],
          End: true,
        },
        Show: { Type: 'Pass', Output: { n: '{% $n %}', seen: '{% $seen %}', in: '{% $states.input %}' }, End: true },
      },
    };
    expect((await run({ definition, runTask })).output).toEqual({
      n: 1,
      seen: 'Bad',
      in: { Error: 'Bad', Cause: 'why' },
    });
  });
});

describe('limits', () => {
  const large = '{% $join([1..60000].("abcde")) %}';

  it.each([
    ['output', { Type: 'Pass', Output: large, End: true }],
    ['assigned variable', { Type: 'Pass', Assign: { v: large }, Output: 1, End: true }],
    ['argument', { Type: 'Task', Resource: TASK, Arguments: { v: large }, Output: 1, End: true }],
  ])('an %s over 256 KiB is States.DataLimitExceeded', async (_what, state) => {
    expect(await run({ definition: only(state) })).toMatchObject({ error: 'States.DataLimitExceeded' });
  });

  it('a result over 256 KiB is States.DataLimitExceeded, which States.ALL does not catch', async () => {
    const { runTask } = script('x'.repeat(262_200));
    const definition = {
      StartAt: 'Try',
      States: {
        Try: { Type: 'Task', Resource: TASK, Catch: [{ ErrorEquals: ['States.ALL'], Next: 'Saved' }], End: true },
        Saved: { Type: 'Succeed' },
      },
    };
    expect(await run({ definition, runTask })).toMatchObject({ status: 'FAILED', error: 'States.DataLimitExceeded' });
  });

  it('a machine that goes round for ever is ended', async () => {
    const definition = {
      StartAt: 'Round',
      States: {
        Round: { Type: 'Choice', Choices: [{ Condition: '{% true %}', Next: 'Round' }], Default: 'Out' },
        Out: { Type: 'Succeed' },
      },
    };
    const result = await run({ definition });
    expect(result).toMatchObject({ status: 'FAILED', error: 'States.Runtime' });
    expect(result.cause).toContain('25000');
  });
});
