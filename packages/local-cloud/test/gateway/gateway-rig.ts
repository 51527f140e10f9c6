import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { accessKeyOf } from '../../src/iam/authorizer.ts';
import { type Runtime, startRuntime } from '../../src/runtime.ts';
import { arnOf, lambda, role, withPlaceholders, writeAssembly } from '../test-assembly.ts';

const account = (text: string) => ({
  'Fn::Sub': withPlaceholders(`arn:aws:${text}`.replace('@', '<AWS::Region>:<AWS::AccountId>')),
});
const allow = (Action: string | string[], Resource: unknown) => ({ Effect: 'Allow', Action, Resource });

const TABLE = {
  Type: 'AWS::DynamoDB::Table',
  Properties: {
    KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
    AttributeDefinitions: [
      { AttributeName: 'pk', AttributeType: 'S' },
      { AttributeName: 'open', AttributeType: 'S' },
    ],
    GlobalSecondaryIndexes: [
      {
        IndexName: 'open',
        KeySchema: [{ AttributeName: 'open', KeyType: 'HASH' }],
        Projection: { ProjectionType: 'ALL' },
      },
    ],
    BillingMode: 'PAY_PER_REQUEST',
  },
};

const STACK = {
  Resources: {
    Table: TABLE,
    Queue: { Type: 'AWS::SQS::Queue' },
    Topic: { Type: 'AWS::SNS::Topic' },
    Bucket: { Type: 'AWS::S3::Bucket' },
    Secret: { Type: 'AWS::SecretsManager::Secret', Properties: { SecretString: 'first' } },
    ...lambda('Echo'),
    Worker: role(
      'lambda.amazonaws.com',
      allow(['dynamodb:GetItem', 'dynamodb:PutItem'], arnOf('Table')),
      allow(['sqs:SendMessage', 'sqs:ReceiveMessage', 'sqs:DeleteMessage'], arnOf('Queue')),
      allow('sns:Publish', { Ref: 'Topic' }),
      allow(['s3:GetObject', 's3:PutObject'], { 'Fn::Sub': withPlaceholders('<Bucket.Arn>/mine/*') }),
      allow(['secretsmanager:GetSecretValue', 'secretsmanager:PutSecretValue'], { Ref: 'Secret' }),
      allow('lambda:InvokeFunction', arnOf('Echo')),
      allow('lambda:GetAlias', account('lambda:@:function:orders')),
      allow('events:PutEvents', account('events:@:event-bus/default')),
      allow('bedrock:InvokeModel', { 'Fn::Sub': 'arn:aws:bedrock:*::foundation-model/small' }),
      allow('cloudwatch:DescribeAlarms', account('cloudwatch:@:alarm:errors')),
      allow('logs:FilterLogEvents', account('logs:@:log-group:orders:*')),
      allow('ecs:UpdateService', account('ecs:@:service/main/orders')),
    ),
    Lister: role('lambda.amazonaws.com', allow('s3:ListBucket', arnOf('Bucket')), allow('s3:GetObject', '*')),
    Nobody: role('lambda.amazonaws.com'),
  },
};

/** A request that reached the world. */
interface Seen {
  readonly httpVersion: string;
  readonly url: string;
  readonly body: string;
}

interface Config {
  readonly region: string;
  readonly endpoint: string;
  readonly maxAttempts: number;
  readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string };
}

/** A runtime with resources of its own behind the gateway, and a world that keeps what reaches it. `stop` it afterwards. */
export interface GatewayRig {
  readonly runtime: Runtime;
  readonly seen: readonly Seen[];
  /** A client's settings with the key of a role of the stack: `Worker`, `Lister` or `Nobody`. */
  config(roleId?: string): Config;
  /** The physical name behind a logical id. */
  id(logicalId: string): string;
  stop(): Promise<void>;
}

export async function openGateway(): Promise<GatewayRig> {
  const seen: Seen[] = [];
  const world = await startWorld(seen);
  const assembly = writeAssembly(
    { Main: STACK },
    { Echo: 'export const handler = async (event) => ({ heard: event });' },
  );
  const runtime = await startRuntime({
    assemblyDir: assembly.assemblyDir,
    dataDir: assembly.dataDir,
    awsWorldUrl: `http://127.0.0.1:${(world.address() as AddressInfo).port}`,
    githubApiUrl: null,
    adminAccessKeyId: 'admin',
  });
  return {
    runtime,
    seen,
    config: (roleId = 'Worker') => ({
      region: 'us-east-1',
      endpoint: runtime.endpoint,
      maxAttempts: 1,
      credentials: { accessKeyId: accessKeyOf(`Main/${roleId}`), secretAccessKey: 'local' },
    }),
    id: (logicalId) => runtime.resources()[logicalId] ?? '',
    async stop() {
      await runtime.stop();
      world.close();
      assembly.remove();
    },
  };
}

/** Answers what the tests ask of services that the runtime does not serve itself; anything else is an empty object. */
async function startWorld(seen: Seen[]): Promise<Server> {
  const world = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const body = Buffer.concat(chunks).toString();
      seen.push({ httpVersion: request.httpVersion, url: request.url ?? '', body });
      response.setHeader('content-type', 'application/json');
      response.end(answerTo(request));
    });
  });
  await new Promise<void>((resolve) => world.listen(0, '127.0.0.1', resolve));
  return world;
}

function answerTo({ headers, url }: IncomingMessage): string {
  if (String(headers['x-amz-target'] ?? '').endsWith('DescribeTaskDefinition'))
    return '{"taskDefinition":{"taskRoleArn":"arn:aws:iam::1:role/task"}}';
  if (url?.includes('/converse'))
    return '{"output":{"message":{"role":"assistant","content":[{"text":"hello"}]}},"stopReason":"end_turn"}';
  return '{}';
}
