import type { AccessRequest } from '@selfheal/local-cloud/iam/evaluate.ts';
import * as fc from 'fast-check';

const ROLE_ARN = 'arn:aws:iam::111122223333:role/Healer';

type Conditions = Readonly<Record<string, Readonly<Record<string, string | readonly string[]>>>>;

/** A statement as it stands in a policy document. */
export interface StatementDocument {
  readonly Effect: 'Allow' | 'Deny';
  readonly Action?: readonly string[];
  readonly NotAction?: readonly string[];
  readonly Resource?: readonly string[];
  readonly NotResource?: readonly string[];
  readonly Condition?: Conditions;
  readonly Principal?: '*' | Readonly<Record<string, readonly string[]>>;
}

const ACTIONS = ['s3:GetObject', 's3:PutObject', 'sqs:SendMessage', 'states:StartExecution'];
const ACTION_PATTERNS = [...ACTIONS, '*', 's3:*', 's3:Get*', 'S3:GETOBJECT', 's?s:*', '*:S*', 's3:?etObject'];
const RESOURCES = ['arn:aws:s3:::evidence/a/b', 'arn:aws:s3:::logs/a', 'arn:aws:sqs:eu-west-1:111122223333:intake'];
const RESOURCE_PATTERNS = [
  ...RESOURCES,
  ...['*', 'arn:aws:s3:::*', 'arn:aws:s3:::evidence/*', 'arn:aws:s3:::????/a', 'arn:aws:sqs:*:*:intake'],
  `arn:aws:s3:::$\{aws:PrincipalTag/team}/a`,
];
const VALUES = [
  'logs',
  'evidence',
  'Logs',
  'l*',
  '3',
  '7',
  '2026-11-21T12:00:00Z',
  'true',
  'arn:aws:sns:eu-west-1:1:a',
];
const KEYS = ['aws:PrincipalTag/team', 'aws:SourceArn', 'sqs:Depth', 'AWS:PRINCIPALTAG/TEAM'];

/** Each operator with the one that holds exactly when it does not. */
export const OPPOSITES = [
  ['StringEquals', 'StringNotEquals'],
  ['StringEqualsIgnoreCase', 'StringNotEqualsIgnoreCase'],
  ['StringLike', 'StringNotLike'],
  ['ArnLike', 'ArnNotLike'],
  ['NumericEquals', 'NumericNotEquals'],
  ['DateEquals', 'DateNotEquals'],
] as const;
const OPERATORS = [
  ...OPPOSITES.flat(),
  ...['NumericLessThan', 'NumericGreaterThanEquals', 'DateLessThan', 'DateGreaterThanEquals', 'Bool', 'Null'],
];

export const someValues = fc.subarray(VALUES, { minLength: 1, maxLength: 3 });
export const key = fc.constantFrom(...KEYS);
const operator = fc
  .tuple(
    fc.constantFrom('', '', '', 'ForAllValues:', 'ForAnyValue:'),
    fc.constantFrom(...OPERATORS),
    fc.constantFrom('', '', 'IfExists'),
  )
  .map(([set, base, suffix]) => (base === 'Null' ? base : `${set}${base}${suffix}`));

export const conditions: fc.Arbitrary<Conditions> = fc.dictionary(
  operator,
  fc.dictionary(key, someValues, { minKeys: 1, maxKeys: 2 }),
  {
    maxKeys: 2,
  },
);

const some = (from: readonly string[]) => fc.subarray([...from], { minLength: 1, maxLength: 3 });
const actions = fc.oneof(
  { weight: 5, arbitrary: some(ACTION_PATTERNS).map((Action) => ({ Action })) },
  { weight: 1, arbitrary: some(ACTION_PATTERNS.slice(0, 4)).map((NotAction) => ({ NotAction })) },
);
const resources = fc.oneof(
  { weight: 5, arbitrary: some(RESOURCE_PATTERNS).map((Resource) => ({ Resource })) },
  { weight: 1, arbitrary: some(RESOURCE_PATTERNS.slice(0, 3)).map((NotResource) => ({ NotResource })) },
);
const maybeConditions = fc.oneof(
  fc.constant({}),
  conditions.map((Condition) => (Object.keys(Condition).length === 0 ? {} : { Condition })),
);

/** A statement of a policy that a role carries. */
export const identityStatement: fc.Arbitrary<StatementDocument> = fc
  .tuple(fc.constantFrom('Allow' as const, 'Allow' as const, 'Deny' as const), actions, resources, maybeConditions)
  .map(([Effect, what, where, when]) => ({ Effect, ...what, ...where, ...when }));

const principal = fc.constantFrom<NonNullable<StatementDocument['Principal']>>(
  '*',
  { AWS: ['*'] },
  { AWS: [ROLE_ARN] },
  { AWS: ['111122223333'] },
  { AWS: ['arn:aws:iam::111122223333:root'] },
  { AWS: ['arn:aws:iam::111122223333:role/Other'] },
  { Service: ['events.amazonaws.com'] },
  { Service: ['sns.amazonaws.com'], AWS: [ROLE_ARN] },
);

/** A statement of a policy that a resource carries. */
export const resourceStatement: fc.Arbitrary<StatementDocument> = fc
  .tuple(identityStatement, principal)
  .map(([statement, Principal]) => ({ ...statement, Principal }));

/** Single values only: lists have operators of their own. */
export const singleContext = fc.dictionary(fc.constantFrom(...KEYS.slice(0, 3)), fc.constantFrom(...VALUES), {
  maxKeys: 3,
});
const context = fc.oneof(
  singleContext,
  fc.dictionary(fc.constantFrom(...KEYS.slice(0, 3)), someValues, { maxKeys: 3 }),
);

export const request: fc.Arbitrary<AccessRequest> = fc.record({
  principal: fc.constantFrom<AccessRequest['principal']>(
    { kind: 'role', arn: ROLE_ARN, accountId: '111122223333' },
    { kind: 'role', arn: ROLE_ARN, accountId: '111122223333' },
    { kind: 'service', name: 'events.amazonaws.com' },
  ),
  action: fc.constantFrom(...ACTIONS),
  resource: fc.constantFrom(...RESOURCES),
  context,
});
