import { Duration } from 'aws-cdk-lib';
import { Queue, QueueEncryption, type QueueProps } from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';

/** An encrypted queue that only talks TLS. */
export function makeQueue(scope: Construct, id: string, props: QueueProps): Queue {
  return new Queue(scope, id, { encryption: QueueEncryption.SQS_MANAGED, enforceSSL: true, ...props });
}

/** Where messages wait for a human, for as long as SQS keeps any. */
export function makeDeadLetterQueue(scope: Construct, id: string): Queue {
  return makeQueue(scope, id, { retentionPeriod: Duration.days(14) });
}
