import { arnOf, dependency, lambda, placeholder, role, withPlaceholders } from './test-assembly.ts';

const API = {
  Api: { Type: 'AWS::ApiGatewayV2::Api', Properties: { ProtocolType: 'HTTP', Name: 'api' } },
  Stage: {
    Type: 'AWS::ApiGatewayV2::Stage',
    Properties: { ApiId: { Ref: 'Api' }, StageName: '$default', AutoDeploy: true },
  },
  Integration: {
    Type: 'AWS::ApiGatewayV2::Integration',
    Properties: {
      ApiId: { Ref: 'Api' },
      IntegrationType: 'AWS_PROXY',
      PayloadFormatVersion: '2.0',
      IntegrationUri: arnOf('Hook'),
    },
  },
  Route: {
    Type: 'AWS::ApiGatewayV2::Route',
    Properties: {
      ApiId: { Ref: 'Api' },
      RouteKey: 'POST /webhooks/{source}',
      Target: { 'Fn::Join': ['', ['integrations/', { Ref: 'Integration' }]] },
    },
  },
  HookPermission: {
    Type: 'AWS::Lambda::Permission',
    Properties: {
      Action: 'lambda:InvokeFunction',
      FunctionName: arnOf('Hook'),
      Principal: 'apigateway.amazonaws.com',
      SourceArn: {
        'Fn::Sub': withPlaceholders(
          'arn:<AWS::Partition>:execute-api:<AWS::Region>:<AWS::AccountId>:<Api>/*/*/webhooks/{source}',
        ),
      },
    },
  },
};

/** A table, a queue with its dead letters, a bucket, a secret and a topic, all exported. */
export const STATE_STACK = {
  Resources: {
    Table: {
      Type: 'AWS::DynamoDB::GlobalTable',
      Properties: {
        KeySchema: [
          { AttributeName: 'pk', KeyType: 'HASH' },
          { AttributeName: 'sk', KeyType: 'RANGE' },
        ],
        AttributeDefinitions: [
          { AttributeName: 'pk', AttributeType: 'S' },
          { AttributeName: 'sk', AttributeType: 'S' },
        ],
        BillingMode: 'PAY_PER_REQUEST',
      },
    },
    Intake: {
      Type: 'AWS::SQS::Queue',
      Properties: {
        VisibilityTimeout: 30,
        RedrivePolicy: { deadLetterTargetArn: arnOf('IntakeDlq'), maxReceiveCount: 2 },
      },
    },
    IntakeDlq: { Type: 'AWS::SQS::Queue' },
    Bucket: { Type: 'AWS::S3::Bucket' },
    Secret: {
      Type: 'AWS::SecretsManager::Secret',
      Properties: { GenerateSecretString: { SecretStringTemplate: '{}', GenerateStringKey: 'current' } },
    },
    Topic: { Type: 'AWS::SNS::Topic' },
    Mail: {
      Type: 'AWS::SNS::Subscription',
      Properties: { TopicArn: { Ref: 'Topic' }, Protocol: 'email', Endpoint: 'on-call@example.com' },
    },
  },
  Outputs: {
    Queue: { Value: { Ref: 'Intake' }, Export: { Name: 'State:Queue' } },
    QueueArn: { Value: arnOf('Intake'), Export: { Name: 'State:QueueArn' } },
    TableName: { Value: { Ref: 'Table' }, Export: { Name: 'State:Table' } },
    TableArn: { Value: arnOf('Table'), Export: { Name: 'State:TableArn' } },
    TopicArn: { Value: { Ref: 'Topic' }, Export: { Name: 'State:Topic' } },
    BucketName: { Value: { Ref: 'Bucket' }, Export: { Name: 'State:Bucket' } },
    SecretArn: { Value: { Ref: 'Secret' }, Export: { Name: 'State:Secret' } },
  },
};

const imported = (name: string) => ({ 'Fn::ImportValue': `State:${name}` });

/** A webhook that queues, a function that starts a machine for each message, and the machine: it works, then tells. */
export const FLOW_STACK = {
  Resources: {
    ...API,
    ...lambda('Hook', [{ Effect: 'Allow', Action: 'sqs:SendMessage', Resource: imported('QueueArn') }], {
      Environment: { Variables: { QUEUE: imported('Queue') } },
    }),
    ...lambda(
      'Intake',
      [
        {
          Effect: 'Allow',
          Action: ['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes'],
          Resource: imported('QueueArn'),
        },
        { Effect: 'Allow', Action: 'states:StartExecution', Resource: { Ref: 'Machine' } },
      ],
      { Environment: { Variables: { MACHINE: { Ref: 'Machine' } } } },
    ),
    Source: {
      Type: 'AWS::Lambda::EventSourceMapping',
      Properties: {
        EventSourceArn: imported('QueueArn'),
        FunctionName: { Ref: 'Intake' },
        BatchSize: 10,
        FunctionResponseTypes: ['ReportBatchItemFailures'],
      },
    },
    ...lambda(
      'Work',
      [
        { Effect: 'Allow', Action: 'dynamodb:PutItem', Resource: imported('TableArn') },
        { Effect: 'Allow', Action: 's3:PutObject', Resource: { 'Fn::Sub': 'arn:aws:s3:::*/*' } },
        { Effect: 'Allow', Action: 'secretsmanager:GetSecretValue', Resource: imported('Secret') },
      ],
      {
        Environment: {
          Variables: { TABLE: imported('Table'), BUCKET: imported('Bucket'), SECRET: imported('Secret') },
        },
      },
    ),
    MachineRole: role(
      'states.amazonaws.com',
      { Effect: 'Allow', Action: 'lambda:InvokeFunction', Resource: arnOf('Work') },
      { Effect: 'Allow', Action: 'sns:Publish', Resource: imported('Topic') },
    ),
    Machine: {
      Type: 'AWS::StepFunctions::StateMachine',
      Properties: {
        RoleArn: arnOf('MachineRole'),
        DefinitionString: JSON.stringify({
          QueryLanguage: 'JSONata',
          StartAt: 'Work',
          States: {
            Work: {
              Type: 'Task',
              Resource: 'arn:aws:states:::lambda:invoke',
              Arguments: { FunctionName: placeholder('Work'), Payload: '{% $states.input %}' },
              Output: '{% $states.result.Payload %}',
              Next: 'Tell',
            },
            Tell: {
              Type: 'Task',
              Resource: 'arn:aws:states:::sns:publish',
              Arguments: {
                TopicArn: placeholder('Topic'),
                Subject: 'Done',
                Message: "{% 'worked on ' & $states.input.id %}",
              },
              End: true,
            },
          },
        }),
        DefinitionSubstitutions: { Work: arnOf('Work'), Topic: imported('Topic') },
      },
    },
  },
  Outputs: { ApiUrl: { Value: { 'Fn::GetAtt': ['Api', 'ApiEndpoint'] } } },
};

const sdk = (name: string) => JSON.stringify(dependency(`@aws-sdk/client-${name}`));
/** The code of the functions, by their logical ids. */
export const BUNDLES = {
  Hook: `
import { SQSClient, SendMessageCommand } from ${sdk('sqs')};
const client = new SQSClient({});
export const handler = async (event) => {
  await client.send(new SendMessageCommand({ QueueUrl: process.env.QUEUE, MessageBody: event.body }));
  return { statusCode: 202, body: JSON.stringify({ source: event.pathParameters.source }) };
};`,
  Intake: `
import { SFNClient, StartExecutionCommand } from ${sdk('sfn')};
const client = new SFNClient({});
export const handler = async (event) => {
  const batchItemFailures = [];
  for (const { body, messageId } of event.Records) {
    const { id } = JSON.parse(body);
    if (id === 'poison') batchItemFailures.push({ itemIdentifier: messageId });
    else await client.send(new StartExecutionCommand({ stateMachineArn: process.env.MACHINE, name: id, input: body }));
  }
  return { batchItemFailures };
};`,
  Work: `
import { DynamoDBClient, PutItemCommand } from ${sdk('dynamodb')};
import { S3Client, PutObjectCommand } from ${sdk('s3')};
import { SecretsManagerClient, GetSecretValueCommand } from ${sdk('secrets-manager')};
const [tables, objects, secrets] = [new DynamoDBClient({}), new S3Client({}), new SecretsManagerClient({})];
export const handler = async ({ id }) => {
  console.log('working on ' + id);
  await tables.send(new PutItemCommand({ TableName: process.env.TABLE, Item: { pk: { S: id }, sk: { S: 'x' } } }));
  await objects.send(new PutObjectCommand({ Bucket: process.env.BUCKET, Key: id + '/log', Body: 'text' }));
  const { SecretString } = await secrets.send(new GetSecretValueCommand({ SecretId: process.env.SECRET }));
  return { id, secretLength: JSON.parse(SecretString).current.length };
};`,
};
