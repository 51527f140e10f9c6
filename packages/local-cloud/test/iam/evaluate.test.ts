import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Context } from '../../src/iam/conditions.ts';
import { evaluate, type Verdict } from '../../src/iam/evaluate.ts';
import { type Principal, parsePolicy } from '../../src/iam/policy.ts';
import { placeholder } from '../test-assembly.ts';

const ROLE: Principal = { kind: 'role', arn: 'arn:aws:iam::1:role/worker', accountId: '1' };
const TABLE = 'arn:aws:dynamodb:eu-west-1:1:table/incidents';
const EVENTS: Principal = { kind: 'service', name: 'events.amazonaws.com' };

function verdict(
  statements: object[],
  { action = 'dynamodb:GetItem', resource = TABLE, context = {} as Context } = {},
): Verdict {
  return evaluate({ principal: ROLE, action, resource, context }, [parsePolicy({ Statement: statements }, 'test')], []);
}
const allow = (rest: object = {}) => ({ Effect: 'Allow', Action: 'dynamodb:GetItem', Resource: TABLE, ...rest });
const deny = (rest: object = {}) => ({ ...allow(rest), Effect: 'Deny' });
const when = (Condition: object) => [allow({ Condition })];

describe('identity policies', () => {
  it.each<[string, Verdict, object[]]>([
    ['nothing is said', 'implicit-deny', []],
    ['the action is allowed', 'allowed', [allow()]],
    ['the action is written in other case', 'allowed', [allow({ Action: 'DynamoDB:getitem' })]],
    ['a wildcard covers the action', 'allowed', [allow({ Action: 'dynamodb:Get*' })]],
    ['another action is allowed', 'implicit-deny', [allow({ Action: 'dynamodb:PutItem' })]],
    ['a deny stands beside an allow', 'explicit-deny', [allow(), deny()]],
    ['the deny is for another resource', 'allowed', [allow(), deny({ Resource: `${TABLE}/index/open` })]],
    ['the resource has one more part', 'implicit-deny', [allow({ Resource: `${TABLE}/index/*` })]],
    ['NotAction leaves the action in', 'allowed', [{ Effect: 'Allow', NotAction: 'dynamodb:Put*', Resource: '*' }]],
    ['NotAction takes the action out', 'implicit-deny', [{ Effect: 'Allow', NotAction: 'dynamodb:*', Resource: '*' }]],
    ['NotResource takes the resource out', 'implicit-deny', [{ Effect: 'Allow', Action: '*', NotResource: TABLE }]],
    ['a question mark stands for one character', 'allowed', [allow({ Resource: TABLE.replace(/s$/, '?') })]],
    [
      'a full stop is only a full stop',
      'implicit-deny',
      [allow({ Resource: TABLE.replace('incidents', 'incident.') })],
    ],
  ])('when %s it is %s', (_name, expected, statements) => {
    expect(verdict(statements)).toBe(expected);
  });

  it.each<[string, boolean, object, Context]>([
    ['StringEquals', true, { StringEquals: { 'aws:x': ['a', 'b'] } }, { 'AWS:X': 'b' }],
    ['StringEquals, missing key', false, { StringEquals: { 'aws:x': 'a' } }, {}],
    ['StringEqualsIfExists, missing key', true, { StringEqualsIfExists: { 'aws:x': 'a' } }, {}],
    ['StringNotEquals', false, { StringNotEquals: { 'aws:x': ['a', 'b'] } }, { 'aws:x': 'b' }],
    ['StringNotEquals, missing key', true, { StringNotEquals: { 'aws:x': 'a' } }, {}],
    ['StringLike', true, { StringLike: { 'aws:x': 'a*' } }, { 'aws:x': 'abc' }],
    ['ArnLike', true, { ArnLike: { 'aws:x': 'arn:aws:events:*:1:rule/*' } }, { 'aws:x': 'arn:aws:events:r:1:rule/n' }],
    [
      'ArnLike never crosses a colon',
      false,
      { ArnLike: { 'aws:x': 'arn:aws:l*:1:log-group:*' } },
      { 'aws:x': 'arn:aws:logs:r:1:log-group:x' },
    ],
    ['Bool', true, { Bool: { 'aws:x': true } }, { 'aws:x': 'true' }],
    ['Null, present', false, { Null: { 'aws:x': 'true' } }, { 'aws:x': '1' }],
    ['Null, absent', true, { Null: { 'aws:x': 'true' } }, {}],
    ['NumericLessThan', true, { NumericLessThan: { 'aws:x': '10' } }, { 'aws:x': '9' }],
    [
      'DateGreaterThan',
      true,
      { DateGreaterThan: { 'aws:x': '2026-01-01T00:00:00Z' } },
      { 'aws:x': '2026-02-01T00:00:00Z' },
    ],
    ['ForAllValues, all of them', true, { 'ForAllValues:StringEquals': { k: ['a', 'b'] } }, { k: ['a'] }],
    ['ForAllValues, one too many', false, { 'ForAllValues:StringEquals': { k: ['a'] } }, { k: ['a', 'c'] }],
    ['ForAllValues, none', true, { 'ForAllValues:StringEquals': { k: ['a'] } }, {}],
    ['ForAnyValue, one of them', true, { 'ForAnyValue:StringEquals': { k: ['a'] } }, { k: ['c', 'a'] }],
    ['ForAnyValue, none', false, { 'ForAnyValue:StringEquals': { k: ['a'] } }, {}],
    [
      'a policy variable',
      true,
      { StringEquals: { k: placeholder('aws:PrincipalArn') } },
      { k: 'me', 'aws:PrincipalArn': 'me' },
    ],
  ])('condition %s: %s', (_name, expected, condition, context) => {
    expect(verdict(when(condition), { context })).toBe(expected ? 'allowed' : 'implicit-deny');
  });

  it('refuses an operator it does not know instead of ignoring it', () => {
    expect(() =>
      verdict(when({ IpAddress: { 'aws:SourceIp': '10.0.0.0/8' } }), { context: { 'aws:SourceIp': '1' } }),
    ).toThrow(/IpAddress/);
  });

  it('refuses a policy element it does not know', () => {
    expect(() => parsePolicy({ Statement: [{ ...allow(), NotPrincipal: '*' }] }, 'the source')).toThrow(
      /the source.*NotPrincipal/,
    );
  });

  it('never allows what is denied, whatever else is allowed', () => {
    const action = fc.constantFrom('dynamodb:GetItem', 'dynamodb:*', '*', 'dynamodb:Get*', 's3:GetObject');
    const resource = fc.constantFrom(TABLE, '*', 'arn:aws:dynamodb:*:*:table/*', 'arn:aws:s3:::x');
    const statement = fc.record({ Effect: fc.constant('Allow'), Action: action, Resource: resource });
    fc.assert(
      fc.property(fc.array(statement), fc.nat(5), (allows, at) => {
        const statements: object[] = [...allows];
        statements.splice(at, 0, deny());
        expect(verdict(statements)).toBe('explicit-deny');
      }),
    );
  });
});

describe('resource policies', () => {
  const QUEUE = 'arn:aws:sqs:eu-west-1:1:intake';
  const RULE = 'arn:aws:events:eu-west-1:1:rule/alarms';
  const statement = (rest: object) => ({ Effect: 'Allow', Action: 'sqs:SendMessage', Resource: QUEUE, ...rest });
  const ask = (principal: Principal, statements: object[], context: Context = {}) =>
    evaluate(
      { principal, action: 'sqs:SendMessage', resource: QUEUE, context },
      [],
      [parsePolicy({ Statement: statements }, 'test')],
    );
  const forEvents = statement({
    Principal: { Service: 'events.amazonaws.com' },
    Condition: { ArnEquals: { 'aws:SourceArn': RULE } },
  });

  it('lets a service in for the named source only', () => {
    expect(ask(EVENTS, [forEvents], { 'aws:SourceArn': RULE })).toBe('allowed');
    expect(ask(EVENTS, [forEvents], { 'aws:SourceArn': `${RULE}2` })).toBe('implicit-deny');
    expect(ask({ kind: 'service', name: 'sns.amazonaws.com' }, [forEvents], { 'aws:SourceArn': RULE })).toBe(
      'implicit-deny',
    );
  });

  it('lets a role in that is named, but leaves a named account to its own policies', () => {
    expect(ask(ROLE, [statement({ Principal: { AWS: ROLE.kind === 'role' ? ROLE.arn : '' } })])).toBe('allowed');
    expect(ask(ROLE, [statement({ Principal: { AWS: 'arn:aws:iam::1:root' } })])).toBe('implicit-deny');
  });

  it('denies everyone when it says so', () => {
    const tls = {
      ...statement({ Principal: '*', Condition: { Bool: { 'aws:SecureTransport': 'false' } } }),
      Effect: 'Deny',
    };
    expect(ask(EVENTS, [forEvents, tls], { 'aws:SourceArn': RULE, 'aws:SecureTransport': 'false' })).toBe(
      'explicit-deny',
    );
    expect(ask(EVENTS, [forEvents, tls], { 'aws:SourceArn': RULE, 'aws:SecureTransport': 'true' })).toBe('allowed');
  });

  it('ignores a statement of an identity policy kind, which names nobody', () => {
    expect(ask(ROLE, [statement({})])).toBe('implicit-deny');
  });
});
