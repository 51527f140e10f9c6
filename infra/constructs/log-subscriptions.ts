import { Aws, Duration, RemovalPolicy } from 'aws-cdk-lib';
import { PolicyDocument, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Stream, StreamEncryption, StreamMode } from 'aws-cdk-lib/aws-kinesis';
import { CfnEventSourceMapping, CfnPermission } from 'aws-cdk-lib/aws-lambda';
import { CfnSubscriptionFilter } from 'aws-cdk-lib/aws-logs';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import type { Configuration } from '#shared/domain/configuration/configuration.ts';
import type { Access } from '../service-access.ts';
import type { LambdaFunction } from './lambda-function.ts';

export interface LogSubscriptionsProps extends Pick<Configuration, 'logSubscriptions'> {
  readonly subscriber: LambdaFunction;
  /** Null where no log group goes through one. */
  readonly stream: LogStream | null;
  /** Is told of records that could not be handled for hours. */
  readonly deadLetters: IQueue;
}

const groupArn = (logGroup: string): string =>
  `arn:${Aws.PARTITION}:logs:${Aws.REGION}:${Aws.ACCOUNT_ID}:log-group:${logGroup}:*`;

/** What Lambda reads a stream with, and no more: nothing else has these rights. */
const READ = [
  'kinesis:DescribeStream',
  'kinesis:DescribeStreamSummary',
  'kinesis:GetRecords',
  'kinesis:GetShardIterator',
  'kinesis:ListShards',
];

/** The stream for log groups with thousands of lines a second: encrypted with the key of AWS for Kinesis, kept for 24 hours. */
export class LogStream extends Construct {
  readonly stream: Stream;
  /** Rights of the one function that reads it. */
  readonly readAccess: Access;

  constructor(scope: Construct, id: string, { shards }: Configuration['logStream']) {
    super(scope, id);
    this.stream = new Stream(this, 'Stream', {
      streamMode: StreamMode.PROVISIONED,
      shardCount: shards,
      retentionPeriod: Duration.hours(24),
      encryption: StreamEncryption.MANAGED,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    this.readAccess = { actions: READ, resources: [this.stream.streamArn] };
  }
}

/**
 * Subscribes the function to the configured log groups, each with a filter that takes every line: with a permission for CloudWatch Logs on behalf of this one
 * group of this account, or through the stream. A log group takes two filters; deployment fails where it has two others.
 */
export class LogSubscriptions extends Construct {
  constructor(scope: Construct, id: string, props: LogSubscriptionsProps) {
    super(scope, id);
    const { stream, logSubscriptions } = props;
    const streamed = logSubscriptions.filter((one) => one.stream).map(({ logGroup }) => logGroup);
    for (const { logGroup, stream: isStreamed } of logSubscriptions) if (!isStreamed) this.subscribe(logGroup, props);
    if (stream !== null) this.subscribeStream(stream, streamed, props);
  }

  private subscribe(logGroup: string, { subscriber }: LogSubscriptionsProps): void {
    const name = logGroup.replaceAll('/', '.');
    const permission = new CfnPermission(this, `Allow-${name}`, {
      action: 'lambda:InvokeFunction',
      functionName: subscriber.handler.functionArn,
      principal: 'logs.amazonaws.com',
      sourceAccount: Aws.ACCOUNT_ID,
      sourceArn: groupArn(logGroup),
    });
    const filter = new CfnSubscriptionFilter(this, `Filter-${name}`, {
      logGroupName: logGroup,
      filterPattern: '',
      destinationArn: subscriber.handler.functionArn,
    });
    filter.addResourceDependency(permission);
  }

  private subscribeStream(
    { stream }: LogStream,
    logGroups: readonly string[],
    { subscriber, deadLetters }: LogSubscriptionsProps,
  ): void {
    const role = new Role(this, 'StreamWriter', {
      description: 'Lets CloudWatch Logs put the lines of subscribed log groups into the stream.',
      assumedBy: new ServicePrincipal('logs.amazonaws.com', {
        conditions: { StringLike: { 'aws:SourceArn': logGroups.map(groupArn) } },
      }),
      inlinePolicies: {
        put: new PolicyDocument({
          statements: [new PolicyStatement({ actions: ['kinesis:PutRecord'], resources: [stream.streamArn] })],
        }),
      },
    });
    for (const logGroup of logGroups) {
      new CfnSubscriptionFilter(this, `Filter-${logGroup.replaceAll('/', '.')}`, {
        logGroupName: logGroup,
        filterPattern: '',
        destinationArn: stream.streamArn,
        roleArn: role.roleArn,
      });
    }
    // Not by CDK's event source, which would give the role rights of its own.
    new CfnEventSourceMapping(this, 'StreamReader', {
      functionName: subscriber.handler.functionArn,
      eventSourceArn: stream.streamArn,
      startingPosition: 'TRIM_HORIZON',
      batchSize: 100,
      maximumBatchingWindowInSeconds: 5,
      parallelizationFactor: 1,
      bisectBatchOnFunctionError: true,
      functionResponseTypes: ['ReportBatchItemFailures'],
      // What cannot be counted now, because a table does not answer, is tried for hours; then the stream goes on behind it.
      maximumRecordAgeInSeconds: Duration.hours(6).toSeconds(),
      destinationConfig: { onFailure: { destination: deadLetters.queueArn } },
    });
  }
}
