import { only } from '../harness.ts';
import { end, failed, ok, type StateCase } from './state-case.ts';

const branch = (state: object, name = 'B1') => ({ StartAt: name, States: { [name]: state } });

export const BRANCHES: readonly StateCase[] = [
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
