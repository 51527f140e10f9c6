import * as fc from 'fast-check';

type Template = Record<string, unknown>;

/** A change that makes a template impossible to serve, and what the refusal has to name. */
export interface Fault {
  readonly change: (template: Template) => Template;
  /** `Stack/LogicalId` of the culprit. */
  readonly named: string;
  readonly words: readonly string[];
}

const unknownIntrinsic = fc.constantFrom(
  ...['Fn::Transform', 'Fn::Cidr', 'Fn::ToJsonString', 'Fn::Length', 'Fn::ForEach::Each', 'Fn::', 'Fn::join'],
  ...['Fn::And', 'Fn::constructor', 'Fn::__proto__'],
);

/** Values that cannot be worked out, each with a word of what is missing. */
const impossibleValue: fc.Arbitrary<readonly [unknown, string]> = fc.oneof(
  unknownIntrinsic.map((name) => [{ [name]: ['a', 'b'] }, name] as const),
  fc.constantFrom<readonly [unknown, string]>(
    [{ Ref: 'Missing' }, 'Missing'],
    [{ Ref: 'constructor' }, 'constructor'],
    [{ Ref: 'AWS::Nothing' }, 'AWS::Nothing'],
    [{ Ref: 'Stage', Other: 1 }, 'Ref'],
    [{ 'Fn::GetAtt': ['Missing', 'Arn'] }, 'Missing'],
    [{ 'Fn::GetAtt': ['Victim', 'Nope'] }, 'Nope'],
    [{ 'Fn::GetAtt': 'Victim.toString' }, 'toString'],
    [{ 'Fn::Sub': '$' + '{Missing}' }, 'Missing'],
    [{ 'Fn::Sub': '$' + '{Victim.Nope}' }, 'Nope'],
    [{ 'Fn::Sub': ['$' + '{Own}', { Own: { Ref: 'Missing' } }] }, 'Missing'],
    [{ 'Fn::Sub': '{{resolve:secretsmanager:$' + '{AWS::StackName}}}' }, '{{resolve:'],
    [{ 'Fn::Join': ['', ['{{resolve:ssm:', 'x', '}}']] }, '{{resolve:'],
    [{ 'Fn::Join': ['e', ['{{r', 'solv', ':ssm:x}}']] }, '{{resolve:'],
    ['{{resolve:ssm:/a/b}}', '{{resolve:'],
    [{ 'Fn::Join': ['', { Ref: 'Stage' }] }, 'Fn::Join'],
    [{ 'Fn::Join': ['', [{ Ref: 'Zones' }]] }, 'Fn::Join'],
    [{ 'Fn::Select': [9, ['a', 'b']] }, 'Fn::Select'],
    [{ 'Fn::Select': ['length', ['a', 'b']] }, 'Fn::Select'],
    [{ 'Fn::Split': [','] }, 'Fn::Split'],
    [{ 'Fn::If': ['Missing', 'a', 'b'] }, 'Missing'],
    [{ 'Fn::FindInMap': ['Regions', 'eu-west-1', 'missing'] }, 'missing'],
    [{ 'Fn::FindInMap': ['Missing', 'a', 'b'] }, 'Missing'],
    [{ 'Fn::FindInMap': ['constructor', 'name', 'length'] }, 'constructor'],
    [{ 'Fn::FindInMap': ['Regions', 'toString', 'name'] }, 'toString'],
    [{ 'Fn::ImportValue': 'nobody:exports:this' }, 'nobody:exports:this'],
    [{ 'Fn::Base64': { Ref: 'Zones' } }, 'Fn::Base64'],
  ),
);

/** Puts a value somewhere into a property. */
const wrapping = fc.constantFrom<(value: unknown) => unknown>(
  (value) => value,
  (value) => [value],
  (value) => ({ Deep: [{ Deeper: value }, 'x'] }),
  (value) => ({ 'Fn::Select': [0, [value]] }),
  (value) => ({ 'Fn::If': ['Always', value, 'x'] }),
  (value) => ({ 'Fn::If': ['Never', 'x', { Key: value }] }),
);

function withResource(template: Template, id: string, resource: unknown): Template {
  const Conditions = {
    ...(template.Conditions as object),
    Always: { 'Fn::Equals': ['a', 'a'] },
    Never: { 'Fn::Equals': ['a', 'b'] },
  };
  return { ...template, Conditions, Resources: { ...(template.Resources as object), [id]: resource } };
}

const impossibleProperty: fc.Arbitrary<Fault> = fc.tuple(impossibleValue, wrapping).map(([[value, word], wrap]) => ({
  change: (template) =>
    withResource(template, 'Victim', { Type: 'AWS::SQS::Queue', Properties: { Odd: wrap(value), Tags: [] } }),
  named: 'App/Victim',
  words: [word],
}));

const unknownType: fc.Arbitrary<Fault> = fc
  .tuple(
    fc.constantFrom(
      ...[
        'AWS::EC2::Instance',
        'Custom::Thing',
        'AWS::SQS::queue',
        'constructor',
        '__proto__',
        'AWS::CloudFormation::Stack',
      ],
    ),
    fc.boolean(),
  )
  .map(([type, referenced]) => ({
    change: (template) => {
      const odd = withResource(template, 'Victim', { Type: type, Properties: {} });
      const referrer = { Type: 'AWS::SQS::Queue', Properties: { Odd: { Ref: 'Victim' } } };
      const { Alpha, ...rest } = odd.Resources as Record<string, unknown>;
      return referenced ? { ...odd, Resources: { Referrer: referrer, Alpha, ...rest } } : odd;
    },
    named: 'Victim',
    words: ['App/', type],
  }));

const impossibleCondition: fc.Arbitrary<Fault> = fc
  .constantFrom<readonly [unknown, string]>(
    [{ 'Fn::Contains': [['a'], 'a'] }, 'Fn::Contains'],
    [{ 'Fn::Equals': [{ Ref: 'Missing' }, 'a'] }, 'Missing'],
    [{ Condition: 'Missing' }, 'Missing'],
    [{}, 'Odd'],
    [{ 'Fn::Not': [{ 'Fn::Nope': [] }] }, 'Fn::Nope'],
  )
  .map(([expression, word]) => ({
    change: (template) => {
      const odd = withResource(template, 'Victim', { Type: 'AWS::SQS::Queue', Condition: 'Odd', Properties: {} });
      return { ...odd, Conditions: { ...(odd.Conditions as object), Odd: expression } };
    },
    named: 'App/Conditions/',
    words: [word],
  }));

/** One thing in the stack `App` that the local runtime cannot do. */
export const fault: fc.Arbitrary<Fault> = fc.oneof(
  { weight: 6, arbitrary: impossibleProperty },
  { weight: 1, arbitrary: unknownType },
  { weight: 1, arbitrary: impossibleCondition },
);
