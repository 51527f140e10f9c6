import { Duration, Stack } from 'aws-cdk-lib';
import { Match, Rule } from 'aws-cdk-lib/aws-events';
import { SqsQueue } from 'aws-cdk-lib/aws-events-targets';
import { SqsEventSource } from 'aws-cdk-lib/aws-lambda-event-sources';
import { Queue, QueueEncryption, type QueueProps } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import type { EventSource } from '#shared/plugins/sources/contract.ts';
import { acknowledge } from './acknowledge.ts';
import type { LambdaFunction } from './lambda-function.ts';

/** AWS recommends a visibility timeout of six times the function's timeout: https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html */
const VISIBILITY_FACTOR = 6;
const CONCURRENT_BATCHES = 10;

export interface IntakeProps {
  /** Seconds the intake function may take for a batch. */
  readonly functionTimeoutSeconds: number;
  readonly eventSources: readonly EventSource[];
}

/** The intake queue: signals of webhooks and events of the bus wait here until the intake function has processed them. */
export class Intake extends Construct {
  readonly queue: Queue;
  readonly deadLetters: Queue;
  /** Events that EventBridge could not deliver to the queue. */
  readonly eventDeadLetters: Queue;

  constructor(scope: Construct, id: string, props: IntakeProps) {
    super(scope, id);
    this.deadLetters = makeDeadLetterQueue(this, 'DeadLetters');
    this.eventDeadLetters = makeDeadLetterQueue(this, 'EventDeadLetters');
    acknowledge(this.eventDeadLetters, 'SQS3', 'This is the dead-letter queue of the event rules.');
    this.queue = makeQueue(this, 'Queue', {
      visibilityTimeout: Duration.seconds(VISIBILITY_FACTOR * props.functionTimeoutSeconds),
      retentionPeriod: Duration.days(4),
      deadLetterQueue: { queue: this.deadLetters, maxReceiveCount: 5 },
    });
    for (const source of props.eventSources) this.addRule(source);
  }

  /** Excludes Selfheal's own alarms: they go to the topic, and as signals they would start the very workflow that is failing. */
  private addRule({ id, title, pattern }: EventSource): void {
    const rule = new Rule(this, `From-${id}`, {
      description: title,
      eventPattern: {
        source: [...pattern.source],
        detailType: [...pattern.detailType],
        ...(pattern.source.includes('aws.cloudwatch')
          ? { detail: { alarmName: Match.anythingButPrefix(`${Stack.of(this).stackName}-`) } }
          : pattern.detail === undefined
            ? {}
            : { detail: pattern.detail }),
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

  /** Messages of a batch fail one by one: only the failed one is retried and finally moved to the dead letters. */
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

/** An encrypted queue that accepts only TLS. */
function makeQueue(scope: Construct, id: string, props: QueueProps): Queue {
  return new Queue(scope, id, { encryption: QueueEncryption.SQS_MANAGED, enforceSSL: true, ...props });
}

/** Dead-letter queue that keeps messages for 14 days, the maximum of SQS. */
export function makeDeadLetterQueue(scope: Construct, id: string): Queue {
  return makeQueue(scope, id, { retentionPeriod: Duration.days(14) });
}
