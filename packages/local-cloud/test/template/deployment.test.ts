import { afterEach, describe, expect, it } from 'vitest';
import { type Deployment, loadDeployment } from '../../src/template/deployment.ts';
import { PASSIVE_TYPES, type ResourceType, SERVED_TYPES } from '../../src/template/resource-types.ts';
import { placeholder, type TestAssembly, type TestStack, withPlaceholders, writeAssembly } from '../test-assembly.ts';

const ENDPOINT = 'http://127.0.0.1:4000';
const written: TestAssembly[] = [];
afterEach(() => {
  for (const assembly of written.splice(0)) assembly.remove();
});

function load(stacks: Record<string, TestStack>): Deployment {
  const assembly = writeAssembly(stacks);
  written.push(assembly);
  return loadDeployment(assembly.assemblyDir, ENDPOINT);
}

/** What a value in an output comes to. */
function resolved(value: unknown, rest: Partial<TestStack> = {}): string | undefined {
  const stack = { Resources: { Queue: { Type: 'AWS::SQS::Queue' } }, Outputs: { Value: { Value: value } }, ...rest };
  return load({ Main: stack }).outputs.Value;
}

describe('resource types', () => {
  const all: Record<string, ResourceType> = { ...SERVED_TYPES, ...PASSIVE_TYPES };
  it.each(Object.keys(all))('%s has a reference and every attribute it lists', (type) => {
    const attributes = Object.keys(all[type]?.attributes ?? {});
    const deployment = load({
      Main: {
        Resources: { It: { Type: type } },
        Outputs: Object.fromEntries(attributes.map((name) => [`A${name}`, { Value: { 'Fn::GetAtt': ['It', name] } }])),
      },
    });
    expect(deployment.resources[0]?.ref).toMatch(/\S/);
    expect(Object.keys(deployment.outputs)).toHaveLength(attributes.length * 2);
  });

  it('refuses an unknown type, naming stack, logical id and type', () => {
    const stack = { Resources: { Strange: { Type: 'AWS::Strange::Thing' } } };
    expect(() => load({ Main: stack })).toThrow(/Main\/Strange.*AWS::Strange::Thing/);
  });

  it('refuses a type that is only a name of every object', () => {
    expect(() => load({ Main: { Resources: { It: { Type: 'constructor' } } } })).toThrow(/not supported/);
  });

  it('names what has no name of its own the same on every load', () => {
    const stack = { Resources: { Box: { Type: 'AWS::S3::Bucket' } } };
    const [first, second] = [load({ Main: stack }), load({ Main: stack })];
    expect(first.resources[0]?.name).toBe('main-box');
    expect(second.resources[0]?.name).toBe('main-box');
  });

  it('keeps a made-up name within what AWS takes', () => {
    const logicalId = 'B'.repeat(100);
    const deployment = load({ Main: { Resources: { [logicalId]: { Type: 'AWS::S3::Bucket' } } } });
    expect(deployment.resources[0]?.name).toHaveLength(63);
  });
});

describe('intrinsics', () => {
  it.each([
    ['Ref of a queue', { Ref: 'Queue' }, `${ENDPOINT}/000000000000/Main-Queue`],
    ['Fn::GetAtt as text', { 'Fn::GetAtt': 'Queue.Arn' }, 'arn:aws:sqs:us-east-1:000000000000:Main-Queue'],
    ['Fn::Join', { 'Fn::Join': ['-', ['a', { Ref: 'AWS::Region' }]] }, 'a-us-east-1'],
    [
      'Fn::Sub',
      { 'Fn::Sub': withPlaceholders('<AWS::StackName>/<Queue.QueueName>/<!kept>') },
      withPlaceholders('Main/Main-Queue/<kept>'),
    ],
    ['Fn::Sub with variables', { 'Fn::Sub': [placeholder('x'), { x: { Ref: 'AWS::AccountId' } }] }, '000000000000'],
    ['Fn::Select and Fn::Split', { 'Fn::Select': [1, { 'Fn::Split': ['/', 'a/b/c'] }] }, 'b'],
    ['Fn::Base64', { 'Fn::Base64': 'text' }, 'dGV4dA=='],
    ['Fn::GetAZs', { 'Fn::Select': ['0', { 'Fn::GetAZs': '' }] }, 'us-east-1a'],
    ['a made-up API address', { 'Fn::Sub': 'https://abc123.execute-api.us-east-1.amazonaws.com/x' }, `${ENDPOINT}/x`],
  ])('works out %s', (_name, value, expected) => {
    expect(resolved(value)).toBe(expected);
  });

  it('looks values up in mappings and takes defaults of parameters', () => {
    const rest = { Mappings: { Sizes: { small: { memory: '128' } } }, Parameters: { Size: { Default: 'small' } } };
    expect(resolved({ 'Fn::FindInMap': ['Sizes', { Ref: 'Size' }, 'memory'] }, rest)).toBe('128');
  });

  it.each([
    ['an unknown intrinsic', { 'Fn::Cidr': ['10.0.0.0/16', 1, 8] }, /Fn::Cidr/],
    ['an unknown attribute', { 'Fn::GetAtt': ['Queue', 'Colour'] }, /Queue\.Colour of a AWS::SQS::Queue/],
    ['an unknown name', { Ref: 'Nobody' }, /Nobody/],
    ['an import nobody exports', { 'Fn::ImportValue': 'nothing' }, /nothing/],
    ['a dynamic reference', '{{resolve:ssm:/name}}', /dynamic reference/],
    ['a parameter without a value', { Ref: 'Needed' }, /no default/],
    ['an index past the end', { 'Fn::Select': [3, ['a']] }, /item 3 of 1/],
  ])('refuses %s', (_name, value, message) => {
    expect(() => resolved(value, { Parameters: { Needed: { Type: 'String' } } })).toThrow(message);
  });

  it('imports what another stack exports', () => {
    const deployment = load({
      Reader: { Resources: {}, Outputs: { Seen: { Value: { 'Fn::ImportValue': 'Shared:Queue' } } } },
      Owner: {
        Resources: { Queue: { Type: 'AWS::SQS::Queue' } },
        Outputs: { Arn: { Value: { 'Fn::GetAtt': ['Queue', 'Arn'] }, Export: { Name: 'Shared:Queue' } } },
      },
    });
    expect(deployment.outputs.Seen).toBe('arn:aws:sqs:us-east-1:000000000000:Owner-Queue');
  });

  it('refuses exports that refer to each other', () => {
    const output = (name: string, other: string) => ({
      Outputs: { It: { Value: { 'Fn::ImportValue': other }, Export: { Name: name } } },
      Resources: {},
    });
    expect(() => load({ One: output('a', 'b'), Two: output('b', 'a') })).toThrow(/refers to itself/);
  });
});

describe('conditions', () => {
  const Conditions = {
    Yes: { 'Fn::Equals': [{ Ref: 'AWS::Region' }, 'us-east-1'] },
    No: { 'Fn::Not': [{ Condition: 'Yes' }] },
    Both: { 'Fn::And': [{ Condition: 'Yes' }, { Condition: 'No' }] },
    Either: { 'Fn::Or': [{ Condition: 'Yes' }, { Condition: 'No' }] },
    Strange: { 'Fn::Contains': [['a'], 'a'] },
    Loop: { Condition: 'Loop' },
  };
  it.each([
    ['Yes', 'then'],
    ['No', 'else'],
    ['Both', 'else'],
    ['Either', 'then'],
  ])('takes the branch of %s', (name, expected) => {
    expect(resolved({ 'Fn::If': [name, 'then', 'else'] }, { Conditions })).toBe(expected);
  });

  it.each([
    ['Strange', /Fn::Contains/],
    ['Loop', /refers to itself/],
    ['Missing', /no such condition/],
  ])('refuses the condition %s', (name, message) => {
    expect(() => resolved({ 'Fn::If': [name, 'a', 'b'] }, { Conditions })).toThrow(message);
  });

  it('leaves out resources and outputs whose condition does not hold', () => {
    const stack = {
      Conditions,
      Resources: {
        In: { Type: 'AWS::SQS::Queue', Condition: 'Yes' },
        Out: { Type: 'AWS::SQS::Queue', Condition: 'No' },
      },
      Outputs: { Out: { Condition: 'No', Value: 'x' } },
    };
    const deployment = load({ Main: stack });
    expect(deployment.resources.map((each) => each.logicalId)).toEqual(['In']);
    expect(deployment.outputs).toEqual({});
  });

  it('drops a property that is AWS::NoValue', () => {
    const none = { 'Fn::If': ['No', 1, { Ref: 'AWS::NoValue' }] };
    const stack = { Conditions, Resources: { It: { Type: 'AWS::SQS::Queue', Properties: { DelaySeconds: none } } } };
    expect(load({ Main: stack }).resources[0]?.properties).toEqual({});
  });
});
