import { ManagedPolicy, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import { acknowledgeWildcard } from './acknowledge.ts';

/** The right to send traces, all that a function's active tracing needs: one policy for all roles, because it says nothing about any. */
export class Tracing extends Construct {
  readonly policy: ManagedPolicy;

  constructor(scope: Construct, id: string) {
    super(scope, id);
    this.policy = new ManagedPolicy(this, 'Policy', {
      description: 'Sends traces to X-Ray.',
      statements: [
        new PolicyStatement({
          actions: ['xray:PutTraceSegments', 'xray:PutTelemetryRecords'],
          resources: ['*'],
        }),
      ],
    });
    acknowledgeWildcard(this.policy, '*', 'AWS X-Ray knows no resources: its actions can only be allowed on *.');
  }
}
