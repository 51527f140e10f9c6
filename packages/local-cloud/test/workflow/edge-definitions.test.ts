import { createRequire } from 'node:module';
import { afterAll, describe, expect, it } from 'vitest';
import { parseDefinition } from '../../src/workflow/parse-definition.ts';
import { aMachine, anEngine, failing, only, removeFolders, run, TASK } from './harness.ts';

afterAll(removeFolders);

const validate = createRequire(import.meta.url)('asl-validator') as (definition: unknown) => { isValid: boolean };
const definitionOf = (definition: object) => aMachine(definition).definition as object;
const pass = { Type: 'Pass', End: true };
const circle = { StartAt: 'B', States: { B: { Type: 'Pass', Next: 'C' }, C: { Type: 'Pass', Next: 'B' } } };
const task = (more: object) => ({ Type: 'Task', Resource: TASK, End: true, ...more });

describe('a list of retriers or catchers that is empty', () => {
  const empty = only(task({ Retry: [], Catch: [] }));

  it('is a valid definition, as it is on AWS', () => {
    expect(validate(definitionOf(empty)).isValid).toBe(true);
    expect(parseDefinition('heal', definitionOf(empty)).states.get('Only')).toMatchObject({
      retriers: [],
      catchers: [],
    });
  });

  it('repeats nothing and catches nothing', async () => {
    let calls = 0;
    const runTask = async () => {
      calls += 1;
      throw failing('Broken', 'It broke.');
    };
    expect(await run({ definition: empty, runTask })).toMatchObject({ status: 'FAILED', error: 'Broken' });
    expect(calls).toBe(1);
  });

  it('leaves the retriers of another list as they are', async () => {
    let calls = 0;
    const definition = only(task({ Retry: [{ ErrorEquals: ['States.ALL'], MaxAttempts: 2 }], Catch: [] }));
    const runTask = async () => {
      calls += 1;
      throw failing('Broken');
    };
    expect(await run({ definition, runTask })).toMatchObject({ status: 'FAILED', error: 'Broken' });
    expect(calls).toBe(3);
  });

  it.each(['Parallel', 'Map'])('is taken in a %s state, too', (type) => {
    const inner = { StartAt: 'B', States: { B: pass } };
    const body = type === 'Map' ? { ItemProcessor: inner, Items: '{% [1] %}' } : { Branches: [inner] };
    const definition = definitionOf(only({ Type: type, ...body, Retry: [], Catch: [], End: true }));
    expect(parseDefinition('heal', definition).states.size).toBe(1);
  });

  it('is no excuse for a retrier without its errors', () => {
    const definition = definitionOf(only(task({ Retry: [{}] })));
    expect(() => parseDefinition('heal', definition)).toThrow('Retry[0].ErrorEquals');
  });
});

describe('a machine without a terminal state', () => {
  it('is invalid for asl-validator, too', () => {
    expect(validate(definitionOf(circle)).isValid).toBe(false);
  });

  it.each([
    ['two states in a circle', circle],
    ['one state that follows itself', { StartAt: 'B', States: { B: { Type: 'Wait', Seconds: 1, Next: 'B' } } }],
    [
      'a choice that leads nowhere else',
      {
        StartAt: 'B',
        States: {
          B: { Type: 'Pass', Next: 'C' },
          C: { Type: 'Choice', Choices: [{ Condition: '{% true %}', Next: 'B' }], Default: 'B' },
        },
      },
    ],
    ['a circle in a branch', only({ Type: 'Parallel', Branches: [circle], End: true })],
    ['a circle in a map', only({ Type: 'Map', Items: '{% [1] %}', ItemProcessor: circle, End: true })],
  ])('is refused: %s', async (_what, definition) => {
    expect(() => parseDefinition('heal', definitionOf(definition))).toThrow('there is no terminal state');
    await expect(anEngine({ definition })).rejects.toMatchObject({ name: 'InvalidDefinition' });
  });

  it.each([
    ['Succeed', { Type: 'Succeed' }],
    ['Fail', { Type: 'Fail', Error: 'E' }],
    ['End', pass],
  ])('%s is one', (_what, end) => {
    const definition = definitionOf({ StartAt: 'A', States: { A: { Type: 'Pass', Next: 'Z' }, Z: end } });
    expect(parseDefinition('heal', definition).states.size).toBe(2);
  });

  it('a circle that can be left by a catcher is none', () => {
    const definition = definitionOf({
      StartAt: 'A',
      States: {
        A: { Type: 'Task', Resource: TASK, Next: 'A', Catch: [{ ErrorEquals: ['States.ALL'], Next: 'Z' }] },
        Z: { Type: 'Fail', Error: 'E' },
      },
    });
    expect(parseDefinition('heal', definition).states.size).toBe(2);
  });
});
