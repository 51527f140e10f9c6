import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { matchesPattern } from '../../src/buses/pattern.ts';
import { targetInput } from '../../src/buses/transform.ts';
import { validatePattern } from '../../src/buses/validate-pattern.ts';

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
    ['a dotted name', true, { 'detail.state.value': ['ALARM'] }],
    ['a dotted name beside a nested one', true, { detail: { count: [7] }, 'detail.state': { value: ['ALARM'] } }],
    ['a dotted name of another value', false, { 'detail.state.value': ['OK'] }],
    ['anything-but on a field that is missing', false, { detail: { none: [{ 'anything-but': 'a' }] } }],
    ['anything-but a prefix on a number', true, { detail: { count: [{ 'anything-but': { prefix: '7' } }] } }],
    ['a field called $or', false, { $or: [{ prefix: 'a' }, { prefix: 'b' }] }],
    ['a name every object has', false, { constructor: [{ exists: true }] }],
  ])('%s: %s', (_name, expected, pattern) => {
    validatePattern(pattern);
    expect(matchesPattern(ALARM, pattern)).toBe(expected);
  });

  const values = (...each: unknown[]) => ({ detail: { field: each } });

  it.each([
    ['an empty pattern', {}],
    ['an empty object', { detail: {} }],
    ['an empty list', { source: [] }],
    ['a bare text', { source: 'aws.cloudwatch' }],
    ['a bare number', { detail: { count: 42 } }],
    ['a list in a list', values(['a'])],
    ['an empty matcher', values({})],
    ['two matchers in one', values({ prefix: 'a', suffix: 'b' })],
    ['an unknown matcher', values({ like: 'x' })],
    ['a matcher in capitals', values({ EXISTS: true })],
    ['exists with a text', values({ exists: 'true' })],
    ['a prefix that is a number', values({ prefix: 123 })],
    ['a prefix of a list', values({ prefix: ['a'] })],
    ['a suffix that is null', values({ suffix: null })],
    ['a prefix by another matcher', values({ prefix: { suffix: 'a' } })],
    ['a prefix in any case of a number', values({ prefix: { 'equals-ignore-case': 1 } })],
    ['equals-ignore-case with a list', values({ 'equals-ignore-case': ['a'] })],
    ['a wildcard that is a number', values({ wildcard: 1 })],
    ['two wildcards side by side', values({ wildcard: 'a**b' })],
    ['a wildcard after an unknown escape', values({ wildcard: 'a\\b' })],
    ['a wildcard with an escape at its end', values({ wildcard: 'a\\' })],
    ['wildcards that repeat', values({ wildcard: 'Update*.*.*.*' })],
    ['a comparison with a text', values({ numeric: ['>', '5'] })],
    ['a comparison without a list', values({ numeric: 5 })],
    ['a comparison of nothing', values({ numeric: [] })],
    ['a comparison without a value', values({ numeric: ['>'] })],
    ['an unknown comparison', values({ numeric: ['!=', 5] })],
    ['two bounds from below', values({ numeric: ['>', 0, '>', 0] })],
    ['three bounds', values({ numeric: ['>', 0, '<', 5, '<', 6] })],
    ['a value with a bound', values({ numeric: ['=', 0, '<', 5] })],
    ['a range that is empty', values({ numeric: ['>', 5, '<', 5] })],
    ['a number that is too large', values({ numeric: ['=', 5_000_000_001] })],
    ['a network without its bits', values({ cidr: '10.0.0.0' })],
    ['a network of too many bits', values({ cidr: '10.0.0.0/33' })],
    ['a network of negative bits', values({ cidr: '10.0.0.0/-1' })],
    ['a network that is no address', values({ cidr: '300.0.0.0/8' })],
    ['a network of another family', values({ cidr: '2001:db8::/129' })],
    ['a network that is a number', values({ cidr: 10 })],
    ['anything-but null', values({ 'anything-but': null })],
    ['anything-but true', values({ 'anything-but': true })],
    ['anything-but an empty list', values({ 'anything-but': [] })],
    ['anything-but a list with null', values({ 'anything-but': ['a', null] })],
    ['anything-but texts and numbers', values({ 'anything-but': ['a', 1] })],
    ['anything-but an unknown matcher', values({ 'anything-but': { exists: true } })],
    ['anything-but two matchers', values({ 'anything-but': { prefix: 'a', suffix: 'b' } })],
    ['anything-but an empty prefix', values({ 'anything-but': { prefix: '' } })],
    ['anything-but an empty suffix in a list', values({ 'anything-but': { suffix: ['a', ''] } })],
    ['anything-but a prefix that is a number', values({ 'anything-but': { prefix: 1 } })],
    ['anything-but a prefix in any case', values({ 'anything-but': { prefix: { 'equals-ignore-case': 'a' } } })],
    ['anything-but a wildcard that is a number', values({ 'anything-but': { wildcard: [1] } })],
    ['anything-but equals-ignore-case a number', values({ 'anything-but': { 'equals-ignore-case': [1] } })],
    ['what is wrong in an alternative', { $or: [{ source: ['a'] }, { detail: [] }] }],
    ['more than 4096 characters', values('x'.repeat(4096))],
  ])('refuses %s', (_name, pattern) => {
    expect(() => validatePattern(pattern)).toThrow(/\$/);
  });

  it.each([
    ['an empty text', values('')],
    ['null, true and a number', values(null, true, 0)],
    ['an empty prefix', values({ prefix: '' })],
    ['a range from above', values({ numeric: ['<', 5, '>=', 1] })],
    ['a wildcard of its own', values({ wildcard: '*' })],
    ['escapes', values({ wildcard: 'a\\*\\\\*' })],
    ['anything-but an empty wildcard', values({ 'anything-but': { wildcard: '' } })],
    ['anything-but lists', values({ 'anything-but': ['a', 'b'] }, { 'anything-but': [1, 2] }, { 'anything-but': 0 })],
    ['anything-but lists of prefixes', values({ 'anything-but': { prefix: ['a', 'b'] } })],
    ['networks', values({ cidr: '10.0.0.0/0' }, { cidr: '2001:db8::/128' })],
    ['one alternative, which is a field then', { $or: ['a'] }],
  ])('accepts %s', (_name, pattern) => {
    expect(() => validatePattern(pattern)).not.toThrow();
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
