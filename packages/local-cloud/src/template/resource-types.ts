import { shortHash } from './physical-names.ts';

export interface Place {
  readonly account: string;
  readonly region: string;
  /** `http://127.0.0.1:<port>`: the one address of every local service. */
  readonly endpoint: string;
}

/** Inputs for a resource's names. `property` resolves one of its properties to text. */
export interface NamingInput extends Place {
  readonly stack: string;
  readonly logicalId: string;
  readonly name: string;
  property(name: string): string | undefined;
}

type Naming = (input: NamingInput) => string;

export interface ResourceType {
  /** The property that holds the physical name. */
  readonly nameProperty?: string;
  readonly arn?: Naming;
  /** The value of `Ref`; the physical name when absent. */
  readonly ref?: Naming | 'arn';
  /** The values of `Fn::GetAtt`. */
  readonly attributes?: Readonly<Record<string, Naming | 'arn' | 'name'>>;
}

const arnOf =
  (service: string, before = '', after = ''): Naming =>
  ({ region, account, name }) =>
    `arn:aws:${service}:${region}:${account}:${before}${name}${after}`;
const named = (nameProperty: string, arn: Naming, attributes: ResourceType['attributes'] = {}): ResourceType => ({
  nameProperty,
  arn,
  attributes: { Arn: 'arn', ...attributes },
});
const id =
  (length: number): Naming =>
  ({ stack, logicalId }) =>
    shortHash(`${stack}/${logicalId}`, length);
const plain: ResourceType = {};

const table = named('TableName', arnOf('dynamodb', 'table/'), { TableId: id(32) });
const lambdaFunction = named('FunctionName', arnOf('lambda', 'function:'));
const child =
  (parent: string, suffix: (input: NamingInput) => string): Naming =>
  (input) =>
    `${input.property(parent) ?? ''}:${suffix(input)}`;
const functionArn = (input: NamingInput): string => {
  const given = input.property('FunctionName') ?? '';
  return given.startsWith('arn:') ? given : `arn:aws:lambda:${input.region}:${input.account}:function:${given}`;
};
const poolId: Naming = ({ region, ...input }) => `${region}_${id(9)({ region, ...input })}`;
const secretArn: Naming = (input) => `${arnOf('secretsmanager', 'secret:')(input)}-${id(6)(input)}`;
const queueUrl: Naming = ({ endpoint, account, name }) => `${endpoint}/${account}/${name}`;
const ruleArn: Naming = (input) => {
  const bus = input.property('EventBusName')?.split('/').pop() ?? 'default';
  return arnOf('events', bus === 'default' ? 'rule/' : `rule/${bus}/`)(input);
};

const distributionId: Naming = (input) => `E${id(13)(input).toUpperCase()}`;

/** Types that the local cloud serves. */
export const SERVED_TYPES = {
  'AWS::DynamoDB::Table': table,
  'AWS::DynamoDB::GlobalTable': table,
  'AWS::SQS::Queue': { ...named('QueueName', arnOf('sqs'), { QueueName: 'name', QueueUrl: queueUrl }), ref: queueUrl },
  'AWS::SQS::QueuePolicy': plain,
  'AWS::SNS::Topic': { ...named('TopicName', arnOf('sns'), { TopicArn: 'arn', TopicName: 'name' }), ref: 'arn' },
  'AWS::SNS::TopicPolicy': plain,
  'AWS::SNS::Subscription': { arn: child('TopicArn', id(36)), ref: 'arn', attributes: { Arn: 'arn' } },
  'AWS::S3::Bucket': {
    nameProperty: 'BucketName',
    arn: ({ name }) => `arn:aws:s3:::${name}`,
    attributes: {
      Arn: 'arn',
      DomainName: ({ name }) => `${name}.s3.amazonaws.com`,
      RegionalDomainName: ({ name, region }) => `${name}.s3.${region}.amazonaws.com`,
    },
  },
  'AWS::S3::BucketPolicy': plain,
  'Custom::CDKBucketDeployment': plain,
  'AWS::CloudFront::Distribution': {
    ref: distributionId,
    arn: (input) => `arn:aws:cloudfront::${input.account}:distribution/${distributionId(input)}`,
    attributes: { Id: distributionId, DomainName: (input) => `${id(13)(input)}.cloudfront.net` },
  },
  'AWS::CloudFront::Function': {
    nameProperty: 'Name',
    arn: ({ account, name }) => `arn:aws:cloudfront::${account}:function/${name}`,
    ref: 'arn',
    attributes: { FunctionARN: 'arn' },
  },
  'AWS::CloudFront::ResponseHeadersPolicy': { ref: id(36), attributes: { Id: id(36) } },
  'AWS::SecretsManager::Secret': { nameProperty: 'Name', arn: secretArn, ref: 'arn', attributes: { Id: 'arn' } },
  'AWS::SecretsManager::ResourcePolicy': plain,
  'AWS::Lambda::Function': lambdaFunction,
  'AWS::Lambda::Version': {
    arn: (input) => `${functionArn(input)}:1`,
    ref: 'arn',
    attributes: { FunctionArn: 'arn', Version: () => '1' },
  },
  'AWS::Lambda::Alias': {
    nameProperty: 'Name',
    arn: (input) => `${functionArn(input)}:${input.name}`,
    ref: 'arn',
    attributes: { AliasArn: 'arn' },
  },
  'AWS::Lambda::Permission': plain,
  'AWS::Lambda::EventInvokeConfig': plain,
  'AWS::Lambda::EventSourceMapping': { attributes: { Id: 'name' } },
  'AWS::StepFunctions::StateMachine': {
    ...named('StateMachineName', arnOf('states', 'stateMachine:'), { Name: 'name', StateMachineRevisionId: () => '1' }),
    ref: 'arn',
  },
  'AWS::StepFunctions::StateMachineVersion': {
    arn: child('StateMachineArn', () => '1'),
    ref: 'arn',
    attributes: { Arn: 'arn' },
  },
  'AWS::StepFunctions::StateMachineAlias': {
    nameProperty: 'Name',
    arn: aliasArn,
    ref: 'arn',
    attributes: { Arn: 'arn' },
  },
  'AWS::Events::EventBus': named('Name', arnOf('events', 'event-bus/'), { Name: 'name' }),
  'AWS::Events::Rule': named('Name', ruleArn),
  'AWS::Events::EventBusPolicy': plain,
  'AWS::Scheduler::Schedule': named('Name', (input) =>
    arnOf('scheduler', `schedule/${input.property('GroupName') ?? 'default'}/`)(input),
  ),
  'AWS::Scheduler::ScheduleGroup': named('Name', arnOf('scheduler', 'schedule-group/')),
  'AWS::ApiGatewayV2::Api': { ref: id(10), attributes: { ApiId: id(10), ApiEndpoint: ({ endpoint }) => endpoint } },
  'AWS::ApiGatewayV2::Route': { ref: id(7), attributes: { RouteId: id(7) } },
  'AWS::ApiGatewayV2::Integration': { ref: id(7), attributes: { IntegrationId: id(7) } },
  'AWS::ApiGatewayV2::Authorizer': { ref: id(6), attributes: { AuthorizerId: id(6) } },
  'AWS::ApiGatewayV2::Stage': { nameProperty: 'StageName' },
  'AWS::Cognito::UserPool': {
    arn: (input) => `arn:aws:cognito-idp:${input.region}:${input.account}:userpool/${poolId(input)}`,
    ref: poolId,
    attributes: {
      Arn: 'arn',
      UserPoolId: poolId,
      ProviderName: (input) => `cognito-idp.${input.region}.amazonaws.com/${poolId(input)}`,
      ProviderURL: (input) => `https://cognito-idp.${input.region}.amazonaws.com/${poolId(input)}`,
    },
  },
  'AWS::Cognito::UserPoolClient': { ref: id(26), attributes: { ClientId: id(26), Name: 'name' } },
  'AWS::Cognito::UserPoolGroup': { nameProperty: 'GroupName' },
  'AWS::Cognito::UserPoolDomain': { nameProperty: 'Domain' },
  'AWS::IAM::Role': {
    nameProperty: 'RoleName',
    arn: ({ account, name }) => `arn:aws:iam::${account}:role/${name}`,
    attributes: { Arn: 'arn', RoleId: id(21) },
  },
  'AWS::IAM::Policy': { nameProperty: 'PolicyName' },
  'AWS::IAM::ManagedPolicy': {
    nameProperty: 'ManagedPolicyName',
    arn: ({ account, name }) => `arn:aws:iam::${account}:policy/${name}`,
    ref: 'arn',
    attributes: { PolicyArn: 'arn' },
  },
  'AWS::SSM::Document': { nameProperty: 'Name' },
  'AWS::Kinesis::Stream': named('Name', arnOf('kinesis', 'stream/')),
  'AWS::Logs::LogGroup': named('LogGroupName', arnOf('logs', 'log-group:', ':*')),
  'AWS::Logs::SubscriptionFilter': { nameProperty: 'FilterName' },
} as const satisfies Record<string, ResourceType>;

/** Types without behaviour here: they only have names. */
export const PASSIVE_TYPES = {
  'AWS::CDK::Metadata': plain,
  'AWS::CloudFront::OriginAccessControl': { ref: id(13), attributes: { Id: id(13) } },
  'AWS::Lambda::LayerVersion': { arn: (input) => `${arnOf('lambda', 'layer:')(input)}:1`, ref: 'arn' },
  'AWS::CloudWatch::Alarm': named('AlarmName', arnOf('cloudwatch', 'alarm:')),
  'AWS::CloudWatch::CompositeAlarm': named('AlarmName', arnOf('cloudwatch', 'alarm:')),
  'AWS::CloudWatch::Dashboard': { nameProperty: 'DashboardName' },
  'AWS::Logs::MetricFilter': plain,
  'AWS::Logs::QueryDefinition': { attributes: { QueryDefinitionId: id(36) } },
  'AWS::Logs::ResourcePolicy': plain,
  'AWS::KMS::Key': {
    ref: id(36),
    arn: (input) => arnOf('kms', `key/${id(36)(input)}`)({ ...input, name: '' }),
    attributes: { Arn: 'arn', KeyId: id(36) },
  },
  'AWS::KMS::Alias': { nameProperty: 'AliasName' },
  'AWS::SSM::Parameter': {
    nameProperty: 'Name',
    attributes: {
      Type: ({ property }) => property('Type') ?? 'String',
      Value: ({ property }) => property('Value') ?? '',
    },
  },
  'AWS::XRay::Group': { nameProperty: 'GroupName' },
  'AWS::Budgets::Budget': plain,
} as const satisfies Record<string, ResourceType>;

function aliasArn(input: NamingInput): string {
  const routed =
    input.property('DeploymentPreference.StateMachineVersionArn') ??
    input.property('RoutingConfiguration.0.StateMachineVersionArn');
  const machine = (routed ?? '').split(':').slice(0, 7).join(':');
  return `${machine}:${input.name}`;
}

/** Undefined for an unknown type. */
export function resourceType(type: string): ResourceType | undefined {
  const all: Readonly<Record<string, ResourceType>> = { ...SERVED_TYPES, ...PASSIVE_TYPES };
  return Object.hasOwn(all, type) ? all[type] : undefined;
}
