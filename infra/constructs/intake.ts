import { Duration, Stack } from 'aws-cdk-lib';
import { Match, Rule } from 'aws-cdk-lib/aws-events';
import { SqsQueue } from 'aws-cdk-lib/aws-events-targets';
import { SqsEventSource } from 'aws-cdk-lib/aws-lambda-event-sources';
import { Queue, QueueEncryption, type QueueProps } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import type { EventSource } from '#shared/plugins/sources/contract.ts';
import { acknowledge } from './acknowledge.ts';
import type { LambdaFunction } from './lambda-function.ts';

/** AWS's advice for queues that feed a function: visibility of six times the function's timeout. */
const VISIBILITY_FACTOR = 6;
const CONCURRENT_BATCHES = 10;

export interface IntakeProps {
  /** Seconds the intake function may take for a batch. */
  readonly functionTimeoutSeconds: number;
  readonly eventSources: readonly EventSource[];
}

/** The durable entrance: signals of webhooks and events of the bus wait here until the intake function took them. */
export class Intake extends Construct {
  readonly queue: Queue;
  readonly deadLetters: Queue;
  /** Events that EventBridge could not put on the queue. */
  readonly eventDeadLetters: Queue;

  constructor(scope: Construct, id: string, props: IntakeProps) {
    super(scope, id);
    this.deadLetters = makeDeadLetterQueue(this, 'DeadLetters');
    this.eventDeadLetters = makeDeadLetterQueue(this, 'EventDeadLetters');
    acknowledge(this.eventDeadLetters, 'SQS3', 'It is a dead-letter queue itself: that of the event rules.');
    this.queue = makeQueue(this, 'Queue', {
      visibilityTimeout: Duration.seconds(VISIBILITY_FACTOR * props.functionTimeoutSeconds),
      retentionPeriod: Duration.days(4),
      deadLetterQueue: { queue: this.deadLetters, maxReceiveCount: 5 },
    });
    for (const source of props.eventSources) this.addRule(source);
  }

  /** Selfheal's own alarms go straight to the topic; as signals they would start the workflow they complain about. */
  private addRule({ id, title, pattern }: EventSource): void {
    const rule = new Rule(this, `From-${id}`, {
      description: title,
      eventPattern: {
        source: [...pattern.source],
        detailType: [...pattern.detailType],
        ...(pattern.source.includes('aws.cloudwatch')
          ? { detail: { alarmName: Match.anythingButPrefix(`${Stack.of(this).stackName}-`) } }
          : {}),
      },
    });
    rule.addTarget(
      new SqsQueue(this.queue, {
        deadLetterQueue: this.eventDeadLetters,
        maxEventAge: Duration.hours(24),
        retryAttempts: 185,
      }),
    );
  }

  /** Messages of a batch fail one by one: a bad one comes again alone and ends in the dead letters. */
  feed({ handler }: LambdaFunction): void {
    handler.addEventSource(
      new SqsEventSource(this.queue, {
        batchSize: 10,
        reportBatchItemFailures: true,
        maxConcurrency: CONCURRENT_BATCHES,
      }),
    );
  }
}

/** An encrypted queue that only talks TLS. */
export function makeQueue(scope: Construct, id: string, props: QueueProps): Queue {
  return new Queue(scope, id, { encryption: QueueEncryption.SQS_MANAGED, enforceSSL: true, ...props });
}

/** Where messages wait for a human, for as long as SQS keeps any. */
export function makeDeadLetterQueue(scope: Construct, id: string): Queue {
  return makeQueue(scope, id, { retentionPeriod: Duration.days(14) });
}
