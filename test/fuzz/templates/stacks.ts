import * as fc from 'fast-check';
import { type TextExpression, type ValueExpression, written, writtenValue } from './expressions.ts';
import { type Names, textExpression, valueExpression } from './random-expressions.ts';

export const PLACE = { account: '111122223333', region: 'eu-west-1' };

export type ConditionExpression =
  | { kind: 'equals'; left: TextExpression; right: TextExpression }
  | { kind: 'and' | 'or'; of: readonly ConditionExpression[] }
  | { kind: 'not'; of: ConditionExpression }
  | { kind: 'named'; name: string };

export interface SampleResource {
  readonly id: string;
  readonly type: keyof typeof TYPES;
  readonly name: TextExpression | null;
  readonly condition: string | null;
  readonly properties: readonly (readonly [string, ValueExpression])[];
}

/** A stack whose conditions and names only build on earlier ones. */
export interface SampleStack {
  readonly name: string;
  readonly conditions: readonly (readonly [string, ConditionExpression])[];
  readonly resources: readonly SampleResource[];
  readonly outputs: readonly { id: string; value: TextExpression; exported: string; condition: string | null }[];
}

/** How AWS names these: the resource reference of each type in the CloudFormation user guide. */
export const TYPES = {
  'AWS::SQS::Queue': { property: 'QueueName', arn: 'arn:aws:sqs:R:A:N', attributes: ['Arn', 'QueueName'], ref: 'url' },
  'AWS::SNS::Topic': {
    property: 'TopicName',
    arn: 'arn:aws:sns:R:A:N',
    attributes: ['TopicArn', 'TopicName'],
    ref: 'arn',
  },
  'AWS::DynamoDB::Table': {
    property: 'TableName',
    arn: 'arn:aws:dynamodb:R:A:table/N',
    attributes: ['Arn'],
    ref: 'name',
  },
  'AWS::S3::Bucket': { property: 'BucketName', arn: 'arn:aws:s3:::N', attributes: ['Arn'], ref: 'name' },
  'AWS::Lambda::Function': {
    property: 'FunctionName',
    arn: 'arn:aws:lambda:R:A:function:N',
    attributes: ['Arn'],
    ref: 'name',
  },
} as const;

export const PARAMETERS = {
  Stage: { Type: 'String', Default: 'test' },
  Size: { Type: 'Number', Default: 7 },
  Zones: { Type: 'CommaDelimitedList', Default: 'a,b,c' },
};
export const MAPPINGS = {
  Regions: { 'eu-west-1': { short: 'ew1', long: 'Ireland' }, other: { short: 'o', long: 'Other' } },
};
const MAPPED = [
  ['Regions', 'eu-west-1', 'short'],
  ['Regions', 'other', 'long'],
] as const;
const TEXT_REFS = [
  'Stage',
  'Size',
  'AWS::Region',
  'AWS::AccountId',
  'AWS::Partition',
  'AWS::StackName',
  'AWS::URLSuffix',
];

const attributesOf = ({ id, type }: Pick<SampleResource, 'id' | 'type'>) =>
  TYPES[type].attributes.map((attribute) => [id, attribute] as const);
/** `Ref` of a queue is its address, which depends on where it runs; it is left to the queues' own tests. */
const hasTextRef = ({ type }: Pick<SampleResource, 'type'>) => TYPES[type].ref !== 'url';

function condition(earlier: readonly string[]): fc.Arbitrary<ConditionExpression> {
  const names: Names = { refs: TEXT_REFS, attributes: [], conditions: [], maps: MAPPED, exports: [] };
  const text = textExpression(names);
  const equal = fc
    .tuple(text, fc.option(text, { nil: null }))
    .map(([left, right]) => ({ kind: 'equals', left, right: right ?? left }) as const);
  return fc.letrec<{ node: ConditionExpression }>((tie) => ({
    node: fc.oneof(
      { maxDepth: 2 },
      equal,
      ...earlier.map((name) => fc.constant({ kind: 'named', name } as const)),
      fc.record({
        kind: fc.constantFrom('and' as const, 'or' as const),
        of: fc.array(tie('node'), { minLength: 2, maxLength: 3 }),
      }),
      tie('node').map((of) => ({ kind: 'not', of }) as const),
    ),
  })).node;
}

function resource(id: string, earlier: readonly { id: string; type: keyof typeof TYPES }[], names: Names) {
  const known: Names = {
    ...names,
    refs: [...TEXT_REFS, ...earlier.filter(hasTextRef).map((each) => each.id)],
    attributes: earlier.flatMap(attributesOf),
  };
  const value = valueExpression(known);
  const types = Object.keys(TYPES) as (keyof typeof TYPES)[];
  return fc.record<SampleResource>({
    id: fc.constant(id),
    type: fc.constantFrom(...types),
    name: fc.option(textExpression(known), { nil: null }),
    condition: fc.option(fc.constantFrom(...names.conditions), { nil: null }),
    properties: fc.uniqueArray(fc.tuple(fc.constantFrom('One', 'Two', 'Three', 'Four'), value), {
      maxLength: 4,
      selector: ([key]) => key,
    }),
  });
}

/** A stack that imports what `exports` names, and exports something of its own. */
export function sampleStack(name: string, exports: readonly string[]): fc.Arbitrary<SampleStack> {
  const conditionNames = ['IsOne', 'IsTwo', 'IsThree'];
  const conditions = fc.tuple(...conditionNames.map((_, index) => condition(conditionNames.slice(0, index))));
  const names: Names = { refs: TEXT_REFS, attributes: [], conditions: conditionNames, maps: MAPPED, exports };
  const ids = ['Alpha', 'Beta', 'Gamma'];
  const resources = ids.reduce<fc.Arbitrary<SampleResource[]>>(
    (before, id) => before.chain((earlier) => resource(id, earlier, names).map((next) => [...earlier, next])),
    fc.constant([]),
  );
  return fc.tuple(conditions, resources).chain(([made, all]) => {
    const known: Names = {
      ...names,
      refs: [...TEXT_REFS, ...all.filter(hasTextRef).map((each) => each.id)],
      attributes: all.flatMap(attributesOf),
    };
    return textExpression(known).map((value) => ({
      name,
      conditions: conditionNames.map((each, index) => [each, made[index]!] as const),
      resources: all,
      outputs: [{ id: 'Out', value, exported: `${name}:out`, condition: null }],
    }));
  });
}

function writtenCondition(expression: ConditionExpression): unknown {
  switch (expression.kind) {
    case 'equals':
      return { 'Fn::Equals': [written(expression.left), written(expression.right)] };
    case 'and':
    case 'or':
      return { [expression.kind === 'and' ? 'Fn::And' : 'Fn::Or']: expression.of.map(writtenCondition) };
    case 'not':
      return { 'Fn::Not': [writtenCondition(expression.of)] };
    case 'named':
      return { Condition: expression.name };
  }
}

/** The stack as CloudFormation template. */
export function templateOf(stack: SampleStack): Record<string, unknown> {
  const resources = stack.resources.map(({ id, type, name, condition: when, properties }) => {
    const named = name === null ? {} : { [TYPES[type].property]: written(name) };
    const Properties = {
      ...Object.fromEntries(properties.map(([key, value]) => [key, writtenValue(value)])),
      ...named,
    };
    return [id, { Type: type, Properties, ...(when === null ? {} : { Condition: when }) }] as const;
  });
  const outputs = stack.outputs.map(({ id, value, exported }) => [
    id,
    { Value: written(value), Export: { Name: exported } },
  ]);
  return {
    Parameters: PARAMETERS,
    Mappings: MAPPINGS,
    Conditions: Object.fromEntries(stack.conditions.map(([name, expression]) => [name, writtenCondition(expression)])),
    Resources: Object.fromEntries(resources),
    Outputs: Object.fromEntries(outputs),
  };
}
