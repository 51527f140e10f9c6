import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { parseDefinition } from '@selfheal/local-cloud/workflow/parse-definition.ts';
import { afterAll, describe, expect, it } from 'vitest';
import {
  aMachine,
  anEngine,
  only,
  removeFolders,
  TASK,
} from '../../../../packages/local-cloud/test/workflow/harness.ts';

afterAll(removeFolders);

// The package has no types that TypeScript can find.
const validate = createRequire(import.meta.url)('asl-validator') as (definition: unknown) => { errorsText(): string };

const compile = (definition: object) => () => parseDefinition('heal', aMachine(definition).definition);
const task = (more: object) => only({ Type: 'Task', Resource: TASK, End: true, ...more });
const branch = (states: object) => ({ StartAt: Object.keys(states)[0], States: states });
const pass = { Type: 'Pass', End: true };

describe('definitions that cannot be run are refused, with machine, state and field', () => {
  it.each([
    ['InputPath', task({ InputPath: '$.x' }), 'belongs to JSONPath'],
    ['ResultPath', task({ ResultPath: '$.x' }), 'belongs to JSONPath'],
    ['Parameters', task({ Parameters: {} }), 'belongs to JSONPath'],
    ['QueryLanguage', task({ QueryLanguage: 'JSONPath' }), 'only JSONata'],
    ['Argument', task({ Argument: {} }), 'is not a field of a Task state'],
    ['Resource', only({ Type: 'Task', End: true }), 'is missing'],
    ['Resource', task({ Resource: 'lambda' }), 'must be an ARN'],
    ['Resource', task({ Resource: 'arn:aws:states:::states:startExecution.sync' }), '.sync is not supported'],
    ['Resource', task({ Resource: 'arn:aws:states:eu-west-1:123456789012:activity:a' }), 'activities'],
    ['TimeoutSeconds', task({ TimeoutSeconds: 0 }), 'at least 1'],
    ['TimeoutSeconds', task({ TimeoutSeconds: 'soon' }), 'an integer'],
    ['HeartbeatSeconds', task({ TimeoutSeconds: 5, HeartbeatSeconds: 5 }), 'less than TimeoutSeconds'],
    ['Arguments', task({ Arguments: '{% 1 + %}' }), "'1 +'"],
    ['Output', task({ Output: { a: ['{% $eval("1") %}'] } }), '$eval is not supported'],
    ['Assign', task({ Assign: { states: 1 } }), 'reserved'],
    ['Assign', task({ Assign: { 'a b': 1 } }), 'not a variable name'],
    ['Assign', task({ Assign: [] }), 'must be an object'],
    ['Retry', task({ Retry: {} }), 'must be a list'],
    ['Retry[0].MaxAttempts', task({ Retry: [{ ErrorEquals: ['a'], MaxAttempts: -1 }] }), 'at least 0'],
    ['Retry[0].BackoffRate', task({ Retry: [{ ErrorEquals: ['a'], BackoffRate: 0.5 }] }), 'at least 1'],
    ['Retry[0].JitterStrategy', task({ Retry: [{ ErrorEquals: ['a'], JitterStrategy: 'full' }] }), 'FULL or NONE'],
    [
      'Retry[0].MaxDelaySeconds',
      task({ Retry: [{ ErrorEquals: ['a'], IntervalSeconds: 5, MaxDelaySeconds: 5 }] }),
      'greater than',
    ],
    ['Retry[0].ErrorEquals', task({ Retry: [{ ErrorEquals: [] }] }), 'not empty'],
    ['Retry[0].ErrorEquals', task({ Retry: [{ ErrorEquals: ['States.ALL', 'a'] }] }), 'stand alone'],
    ['Retry[0].ErrorEquals', task({ Retry: [{ ErrorEquals: ['States.ALL'] }, { ErrorEquals: ['a'] }] }), 'last'],
    ['Catch[0].ResultPath', task({ Catch: [{ ErrorEquals: ['a'], Next: 'Only', ResultPath: '$' }] }), 'JSONPath'],
    ['Catch', task({ Catch: [{ ErrorEquals: ['a'], Next: 'Gone' }] }), 'there is no state "Gone"'],
    ['Next', only({ Type: 'Pass', Next: 'Gone' }), 'there is no state "Gone"'],
    ['Next', only({ Type: 'Pass' }), 'exactly one of Next and End'],
    ['Next', only({ Type: 'Pass', Next: 'Only', End: true }), 'exactly one of Next and End'],
    ['Result', only({ ...pass, Result: 1 }), 'belongs to JSONPath'],
    ['Retry', only({ ...pass, Retry: [{ ErrorEquals: ['a'] }] }), 'is not a field of a Pass state'],
    ['Type', only({ Type: 'Loop' }), 'is not a type of state'],
    ['End', only({ Type: 'Succeed', End: true }), 'is not a field of a Succeed state'],
    ['ErrorPath', only({ Type: 'Fail', ErrorPath: '$.e' }), 'belongs to JSONPath'],
    ['Error', only({ Type: 'Fail', Error: 4 }), 'must be a string'],
    ['Seconds', only({ Type: 'Wait', End: true }), 'exactly one of Seconds and Timestamp'],
    ['Seconds', only({ Type: 'Wait', Seconds: -1, End: true }), 'at least 0'],
    ['Timestamp', only({ Type: 'Wait', Timestamp: 'soon', End: true }), 'RFC 3339'],
    ['Timestamp', only({ Type: 'Wait', Timestamp: '2026-11-22T10:00:00', End: true }), 'zone'],
    ['Output', task({ Output: '{% $states.errorOutput %}' }), 'Catch only'],
    ['Output', task({ Output: { a: ['{% total %}'] } }), "Reference to 'total'"],
    ['Choices', only({ Type: 'Choice', Choices: [] }), 'not empty'],
    ['Choices[0].Condition', only({ Type: 'Choice', Choices: [{ Condition: 'true', Next: 'Only' }] }), 'JSONata'],
    [
      'Choices[0].Variable',
      only({ Type: 'Choice', Choices: [{ Condition: '{% true %}', Variable: '$', Next: 'Only' }] }),
      'belongs to JSONPath',
    ],
    ['Branches', only({ Type: 'Parallel', Branches: [], End: true }), 'not empty'],
    [
      'Branches[0].Extra',
      only({ Type: 'Parallel', Branches: [{ ...branch({ B: pass }), Extra: 1 }], End: true }),
      'a branch',
    ],
    ['ItemProcessor', only({ Type: 'Map', End: true }), 'must be an object'],
    ['ItemReader', only({ Type: 'Map', ItemProcessor: branch({ B: pass }), ItemReader: {}, End: true }), 'distributed'],
    [
      'ItemProcessor.ProcessorConfig.Mode',
      only({
        Type: 'Map',
        ItemProcessor: { ...branch({ B: pass }), ProcessorConfig: { Mode: 'DISTRIBUTED' } },
        End: true,
      }),
      'only INLINE',
    ],
  ])('%s: %j', (field, definition, problem) => {
    expect(compile(definition)).toThrow(`machine "heal", state "Only", field ${field}: `);
    expect(compile(definition)).toThrow(problem);
  });

  it.each([
    ['no StartAt', { States: { A: pass } }, 'machine "heal", field StartAt: is missing'],
    ['a StartAt that leads nowhere', { StartAt: 'B', States: { A: pass } }, 'field StartAt: there is no state "B"'],
    ['no states', { StartAt: 'A', States: {} }, 'field States: must hold at least one state'],
    [
      'a state nothing leads to',
      { StartAt: 'A', States: { A: pass, B: pass } },
      'state "B", field Next: no transition',
    ],
    [
      'an unknown field of the machine',
      { StartAt: 'A', States: { A: pass }, Timeout: 1 },
      'field Timeout: is not a field',
    ],
    ['a state that is no object', { StartAt: 'A', States: { A: 1 } }, 'state "A": must be an object'],
    [
      'a name used twice',
      only({ Type: 'Parallel', Branches: [branch({ Only: pass })], End: true }),
      'state "Only", field name: is used twice',
    ],
    [
      'a transition out of its scope',
      {
        StartAt: 'A',
        States: { A: { Type: 'Parallel', Branches: [branch({ B: { Type: 'Pass', Next: 'C' } })], Next: 'C' }, C: pass },
      },
      'there is no state "C" in this scope',
    ],
    [
      'a variable that an outer scope assigns too',
      only({
        Type: 'Parallel',
        Assign: { v: 1 },
        Branches: [branch({ B: { Type: 'Pass', Assign: { v: 2 }, End: true } })],
        End: true,
      }),
      'variable "v" is already assigned in an outer scope',
    ],
  ])('%s', (_what, definition, message) => {
    expect(compile(definition)).toThrow(message);
  });

  it('a definition without QueryLanguage is JSONPath, and so refused', () => {
    const parse = () => parseDefinition('heal', { StartAt: 'A', States: { A: pass } });
    expect(parse).toThrow('machine "heal", state "A", field QueryLanguage: is JSONPath; only JSONata is supported');
  });

  it('text that is not JSON is refused, and an engine with a broken machine does not start', async () => {
    expect(() => parseDefinition('heal', '{')).toThrow('machine "heal": is not JSON');
    await expect(anEngine({ definition: { StartAt: 'A' } })).rejects.toMatchObject({ name: 'InvalidDefinition' });
  });

  it('a definition with every kind of state compiles, and asl-validator agrees that it is one', () => {
    const definition = aMachine({
      Comment: 'all',
      TimeoutSeconds: 60,
      StartAt: 'Pass',
      States: {
        Pass: { Type: 'Pass', Comment: 'c', Assign: { v: '{% 1 %}' }, Output: '{% 1 %}', Next: 'Wait' },
        Wait: { Type: 'Wait', Seconds: 1, Next: 'Choice' },
        Choice: {
          Type: 'Choice',
          Choices: [{ Condition: '{% $v = 1 %}', Next: 'Task', Assign: { w: 1 } }],
          Default: 'Fail',
        },
        Task: {
          Type: 'Task',
          Resource: TASK,
          Arguments: { FunctionName: 'f' },
          TimeoutSeconds: 5,
          HeartbeatSeconds: 2,
          Retry: [
            {
              ErrorEquals: ['A'],
              IntervalSeconds: 1,
              MaxAttempts: 1,
              BackoffRate: 1.5,
              MaxDelaySeconds: 9,
              JitterStrategy: 'FULL',
            },
          ],
          Catch: [{ ErrorEquals: ['States.ALL'], Next: 'Fail' }],
          Next: 'Both',
        },
        Both: { Type: 'Parallel', Branches: [branch({ B: pass })], Next: 'Each' },
        Each: {
          Type: 'Map',
          Items: '{% [1] %}',
          MaxConcurrency: 2,
          ItemProcessor: { ProcessorConfig: { Mode: 'INLINE' }, ...branch({ C: pass }) },
          Next: 'Succeed',
        },
        Succeed: { Type: 'Succeed' },
        Fail: { Type: 'Fail', Error: 'E', Cause: 'C' },
      },
    }).definition;
    expect(validate(definition).errorsText()).toBe('');
    expect(parseDefinition('all', definition).states.size).toBe(8);
  });

  it('the healing workflow compiles', () => {
    const text = readFileSync(new URL('../../../../statemachines/heal.asl.json', import.meta.url), 'utf8');
    const compiled = parseDefinition('heal', text);
    expect(compiled.states.has(compiled.startAt)).toBe(true);
  });
});
