import { Duration } from 'aws-cdk-lib';
import { Rule, Schedule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction as LambdaTarget } from 'aws-cdk-lib/aws-events-targets';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { makeDeadLetterQueue } from './intake.ts';
import type { LambdaFunction } from './lambda-function.ts';

/** Functions that run by the clock, and where their events go when they fail for good. */
export class Schedules extends Construct {
  readonly deadLetters: Queue;

  constructor(scope: Construct, id: string) {
    super(scope, id);
    this.deadLetters = makeDeadLetterQueue(this, 'DeadLetters');
  }

  run({ config, handler }: LambdaFunction): void {
    if (config.trigger.kind !== 'schedule') return;
    const period = Duration.minutes(config.trigger.everyMinutes);
    const rule = new Rule(this, `Run-${config.name}`, {
      description: config.description,
      schedule: Schedule.rate(period),
    });
    // The next round does the work of a late one.
    rule.addTarget(new LambdaTarget(handler, { deadLetterQueue: this.deadLetters, maxEventAge: period }));
  }
}
