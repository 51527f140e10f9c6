import { afterAll, describe, expect, it } from 'vitest';
import { failing, only, type Result, removeFolders, run, script, TASK } from './harness.ts';

afterAll(removeFolders);

const end = { End: true };
const ok = (output: unknown): Partial<Result> => ({ status: 'SUCCEEDED', output });
const failed = (error: string): Partial<Result> => ({ status: 'FAILED', error });

interface Case {
  when: string;
  definition: object;
  input?: unknown;
  gives: Partial<Result>;
}

const cases: Case[] = [
  { when: 'Pass gives its input on', definition: only({ Type: 'Pass', ...end }), input: { a: 1 }, gives: ok({ a: 1 }) },
  {
    when: 'Pass gives its Output, constants and expressions mixed',
    definition: only({ Type: 'Pass', Output: { a: '{% $states.input.n + 1 %}', b: ['x', '{% 2 %}', null] }, ...end }),
    input: { n: 4 },
    gives: ok({ a: 5, b: ['x', 2, null] }),
  },
  {
    when: 'an expression that gives nothing fails the state',
    definition: only({ Type: 'Pass', Output: '{% $states.input.missing %}', ...end }),
    gives: failed('States.QueryEvaluationError'),
  },
  {
    when: 'Succeed ends with its Output',
    definition: only({ Type: 'Succeed', Output: '{% $uppercase($states.input.word) %}' }),
    input: { word: 'done' },
    gives: ok('DONE'),
  },
  {
    when: 'Fail ends with its error and cause',
    definition: only({ Type: 'Fail', Error: 'Broken', Cause: '{% "because of " & $states.input.why %}' }),
    input: { why: 'rain' },
    gives: { status: 'FAILED', error: 'Broken', cause: 'because of rain' },
  },
  {
    when: 'Fail with an error that is no string is an evaluation error',
    definition: only({ Type: 'Fail', Error: '{% 1 %}' }),
    gives: failed('States.QueryEvaluationError'),
  },
  { when: 'Wait gives its input on', definition: only({ Type: 'Wait', Seconds: 1, ...end }), input: 7, gives: ok(7) },
  {
    when: 'Wait takes its seconds from an expression',
    definition: only({ Type: 'Wait', Seconds: '{% $states.input.s %}', Output: 'over', ...end }),
    input: { s: 2 },
    gives: ok('over'),
  },
  {
    when: 'Wait until a time that is past does not wait',
    definition: only({ Type: 'Wait', Timestamp: '2020-01-01T00:00:00Z', ...end }),
    gives: ok({}),
  },
  {
    when: 'Wait refuses seconds that are no whole number',
    definition: only({ Type: 'Wait', Seconds: '{% 1.5 %}', ...end }),
    gives: failed('States.QueryEvaluationError'),
  },
  {
    when: 'Wait refuses a time that is none',
    definition: only({ Type: 'Wait', Timestamp: '{% "soon" %}', ...end }),
    gives: failed('States.QueryEvaluationError'),
  },
  {
    when: 'Task gives its result',
    definition: only({ Type: 'Task', Resource: TASK, Arguments: { n: '{% $states.input.n * 2 %}' }, ...end }),
    input: { n: 21 },
    gives: ok({ n: 42 }),
  },
  {
    when: 'Task without Arguments gets its input',
    definition: only({ Type: 'Task', Resource: TASK, ...end }),
    input: { n: 1 },
    gives: ok({ n: 1 }),
  },
  {
    when: 'Task sees input and result in Output',
    definition: only({
      Type: 'Task',
      Resource: TASK,
      Arguments: { r: 1 },
      Output: { in: '{% $states.input.n %}', out: '{% $states.result.r %}' },
      ...end,
    }),
    input: { n: 5 },
    gives: ok({ in: 5, out: 1 }),
  },
];

const choice = (more: object, rules: object[] = []) => ({
  StartAt: 'Which',
  States: {
    Which: {
      Type: 'Choice',
      Choices: [
        { Condition: '{% $states.input.n > 10 %}', Next: 'Big', Output: 'rule', Assign: { from: 'rule' } },
        ...rules,
        { Condition: '{% $states.input.n > 5 %}', Next: 'Big' },
      ],
      ...more,
    },
    Big: {
      Type: 'Pass',
      Output: { in: '{% $states.input %}', from: '{% $exists($from) ? $from : "none" %}' },
      End: true,
    },
    ...(Object.hasOwn(more, 'Default') ? { Small: { Type: 'Pass', End: true } } : {}),
  },
});

const choices: Case[] = [
  {
    when: 'Choice takes the first rule that holds, with its Output and Assign',
    definition: choice({}),
    input: { n: 11 },
    gives: ok({ in: 'rule', from: 'rule' }),
  },
  {
    when: 'Choice: a rule without Output gives the input, whatever the state itself has for its default',
    definition: choice({ Output: 'state', Assign: { from: 'state' }, Default: 'Small' }),
    input: { n: 6 },
    gives: ok({ in: { n: 6 }, from: 'none' }),
  },
  {
    when: "Choice: the default takes the state's Output",
    definition: choice({ Output: 'state', Default: 'Small' }),
    input: { n: 1 },
    gives: ok('state'),
  },
  {
    when: 'Choice without a match and without a default fails',
    definition: choice({}),
    input: { n: 1 },
    gives: failed('States.NoChoiceMatched'),
  },
  {
    when: 'Choice refuses a condition that is not true or false',
    definition: choice({}, [{ Condition: '{% "yes" %}', Next: 'Big' }]),
    input: { n: 1 },
    gives: failed('States.QueryEvaluationError'),
  },
];

const branch = (state: object, name = 'B1') => ({ StartAt: name, States: { [name]: state } });

const inner: Case[] = [
  {
    when: "Parallel gives its branches' outputs in their order",
    definition: only({
      Type: 'Parallel',
      Arguments: { n: 2 },
      Branches: [
        {
          StartAt: 'Slow',
          States: {
            Slow: { Type: 'Wait', Seconds: 20, Next: 'After' },
            After: { Type: 'Pass', Output: '{% $states.input.n * 10 %}', End: true },
          },
        },
        branch({ Type: 'Pass', Output: '{% $states.input.n %}', End: true }),
      ],
      Output: { sum: '{% $sum($states.result) %}' },
      ...end,
    }),
    gives: ok({ sum: 22 }),
  },
  {
    when: 'Parallel fails with the error of a branch',
    definition: only({
      Type: 'Parallel',
      Branches: [branch({ Type: 'Wait', Seconds: 99999, End: true }), branch({ Type: 'Fail', Error: 'Bad' }, 'B2')],
      ...end,
    }),
    gives: failed('Bad'),
  },
  {
    when: 'Parallel catches what its branches do not',
    definition: {
      StartAt: 'Both',
      States: {
        Both: {
          Type: 'Parallel',
          Branches: [branch({ Type: 'Fail', Error: 'Bad', Cause: 'x' })],
          Catch: [{ ErrorEquals: ['Bad'], Output: { got: '{% $states.errorOutput %}' }, Next: 'Saved' }],
          End: true,
        },
        Saved: { Type: 'Pass', End: true },
      },
    },
    gives: ok({ got: { Error: 'Bad', Cause: 'x' } }),
  },
  {
    when: 'Map gives one output per item, in order, and sees index and item',
    definition: only({
      Type: 'Map',
      Items: '{% $states.input.list %}',
      ItemSelector: { i: '{% $states.context.Map.Item.Index %}', v: '{% $states.context.Map.Item.Value %}' },
      MaxConcurrency: 2,
      ItemProcessor: branch({ Type: 'Pass', Output: '{% $states.input.v & "-" & $states.input.i %}', End: true }),
      ...end,
    }),
    input: { list: ['a', 'b', 'c'] },
    gives: ok(['a-0', 'b-1', 'c-2']),
  },
  {
    when: 'Map without Items takes its input',
    definition: only({ Type: 'Map', ItemProcessor: branch({ Type: 'Pass', End: true }), ...end }),
    input: [1, [2], { three: 3 }],
    gives: ok([1, [2], { three: 3 }]),
  },
  {
    when: 'Map over nothing gives an empty list',
    definition: only({ Type: 'Map', Items: [], ItemProcessor: branch({ Type: 'Pass', End: true }), ...end }),
    gives: ok([]),
  },
  {
    when: 'Map refuses items that are no list',
    definition: only({ Type: 'Map', ItemProcessor: branch({ Type: 'Pass', End: true }), ...end }),
    input: { a: 1 },
    gives: failed('States.QueryEvaluationError'),
  },
  {
    when: "Map fails with its selector's error",
    definition: only({
      Type: 'Map',
      Items: [1],
      ItemSelector: '{% $states.input.none %}',
      ItemProcessor: branch({ Type: 'Pass', End: true }),
      ...end,
    }),
    gives: failed('States.QueryEvaluationError'),
  },
];

describe('states', () => {
  it.each([...cases, ...choices, ...inner])('$when', async ({ definition, input, gives }) => {
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

  it('a machine that goes round for ever is ended', { timeout: 60_000 }, async () => {
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
