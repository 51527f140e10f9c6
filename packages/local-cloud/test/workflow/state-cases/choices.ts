import { failed, ok, type StateCase } from './state-case.ts';

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

export const CHOICES: readonly StateCase[] = [
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
    gives: {
      ...failed('States.Runtime'),
      cause:
        "An error occurred while executing the state 'Which' (entered at the event id #2). Failed to transition out of the state. The state does not point to a next state.",
    },
  },
  {
    when: 'Choice refuses a condition that is not true or false',
    definition: choice({}, [{ Condition: '{% "yes" %}', Next: 'Big' }]),
    input: { n: 1 },
    gives: failed('States.QueryEvaluationError'),
  },
];
