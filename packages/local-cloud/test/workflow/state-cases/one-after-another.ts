import { only, TASK } from '../harness.ts';
import { end, failed, ok, type StateCase } from './state-case.ts';

export const ONE_AFTER_ANOTHER: readonly StateCase[] = [
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
