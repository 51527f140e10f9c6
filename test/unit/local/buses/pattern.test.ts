import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { matchesPattern, validatePattern } from '#apps/local/buses/pattern.ts';
import { targetInput } from '#apps/local/buses/transform.ts';

const ALARM = {
  source: 'aws.cloudwatch',
  'detail-type': 'CloudWatch Alarm State Change',
  region: 'eu-west-1',
  resources: ['arn:aws:cloudwatch:eu-west-1:1:alarm:errors'],
  detail: { alarmName: 'Errors-High', state: { value: 'ALARM' }, count: 7, tags: ['a', 'b'], address: '10.1.2.3' },
};

describe('event patterns', () => {
  it.each<[string, boolean, Record<string, unknown>]>([
    ['equal values', true, { source: ['aws.cloudwatch'], detail: { state: { value: ['ALARM', 'OK'] } } }],
    ['another value', false, { detail: { state: { value: ['OK'] } } }],
    ['an item of a list', true, { detail: { tags: ['b'] } }],
    ['prefix', true, { detail: { alarmName: [{ prefix: 'Err' }] } }],
    ['suffix', true, { detail: { alarmName: [{ suffix: 'High' }] } }],
    ['prefix in any case', true, { detail: { alarmName: [{ prefix: { 'equals-ignore-case': 'err' } }] } }],
    ['equals-ignore-case', true, { detail: { alarmName: [{ 'equals-ignore-case': 'errors-high' }] } }],
    ['wildcard', true, { resources: [{ wildcard: 'arn:*:alarm:*' }] }],
    ['a wildcard that is escaped', false, { resources: [{ wildcard: 'arn:\\*' }] }],
    ['numeric range', true, { detail: { count: [{ numeric: ['>', 5, '<=', 7] }] } }],
    ['numeric range, outside', false, { detail: { count: [{ numeric: ['>', 7] }] } }],
    ['anything-but', false, { detail: { state: { value: [{ 'anything-but': ['ALARM'] }] } } }],
    ['anything-but a prefix', true, { detail: { alarmName: [{ 'anything-but': { prefix: 'X' } }] } }],
    ['exists', true, { detail: { count: [{ exists: true }] } }],
    ['exists false, but it does', false, { detail: { count: [{ exists: false }] } }],
    ['exists false', true, { detail: { nothing: [{ exists: false }] } }],
    ['exists false below what is missing', true, { none: { nothing: [{ exists: false }] } }],
    ['cidr', true, { detail: { address: [{ cidr: '10.1.0.0/16' }] } }],
    ['one of two alternatives', true, { $or: [{ source: ['other'] }, { region: ['eu-west-1'] }] }],
    ['a field the event lacks', false, { account: ['1'] }],
    ['a name every object has', false, { constructor: [{ exists: true }] }],
  ])('%s: %s', (_name, expected, pattern) => {
    validatePattern(pattern);
    expect(matchesPattern(ALARM, pattern)).toBe(expected);
  });

  it.each([
    ['is empty', {}],
    ['has an empty list', { source: [] }],
    ['has a bare value', { source: 'aws.cloudwatch' }],
    ['has an unknown matcher', { source: [{ like: 'x' }] }],
    ['has two matchers in one', { source: [{ prefix: 'a', suffix: 'b' }] }],
    ['compares with a text', { detail: { count: [{ numeric: ['>', '5'] }] } }],
  ])('refuses a pattern that %s', (_name, pattern) => {
    expect(() => validatePattern(pattern)).toThrow(/\$/);
  });

  it('matches every event with a pattern made from its own scalar fields', () => {
    const scalar = fc.oneof(fc.string(), fc.integer(), fc.boolean());
    const name = fc.stringMatching(/^[a-z]{1,5}$/);
    fc.assert(
      fc.property(fc.dictionary(name, scalar, { minKeys: 1 }), (event) => {
        const pattern = Object.fromEntries(Object.entries(event).map(([key, value]) => [key, [value]]));
        expect(matchesPattern(event, pattern)).toBe(true);
      }),
    );
  });
});

describe('what a target receives', () => {
  it.each<[string, object, string]>([
    ['the event', {}, JSON.stringify(ALARM)],
    ['a constant', { Input: '{"a":1}' }, '{"a":1}'],
    ['a part', { InputPath: '$.detail.state' }, '{"value":"ALARM"}'],
    [
      'a template',
      {
        InputTransformer: {
          InputPathsMap: { name: '$.detail.alarmName', state: '$.detail.state', first: '$.resources[0]' },
          InputTemplate: '{"name": <name>, "text": "is <name>", "state": <state>, "first": <first>}',
        },
      },
      `{"name": "Errors-High", "text": "is Errors-High", "state": {"value":"ALARM"}, "first": "${ALARM.resources[0]}"}`,
    ],
  ])('is %s', (_name, target, expected) => {
    expect(targetInput(ALARM, target)).toBe(expected);
  });
});
