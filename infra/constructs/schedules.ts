import { Duration } from 'aws-cdk-lib';
import { Rule, Schedule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction as LambdaTarget } from 'aws-cdk-lib/aws-events-targets';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import type { Configuration } from '#shared/domain/configuration/configuration.ts';
import { isServing } from '../access.ts';
import { makeDeadLetterQueue } from './intake.ts';
import type { LambdaFunction } from './lambda-function.ts';

/** Schedules of functions, and the dead-letter queue for their failed events. */
export class Schedules extends Construct {
  readonly deadLetters: Queue;

  constructor(scope: Construct, id: string) {
    super(scope, id);
    this.deadLetters = makeDeadLetterQueue(this, 'DeadLetters');
  }

  /** A function that serves a section of the configuration runs only where that section asks for it. */
  run({ config, handler }: LambdaFunction, configuration: Pick<Configuration, 'onCall' | 'notifiers'>): void {
    if (config.trigger.kind !== 'schedule') return;
    const period = Duration.minutes(config.trigger.everyMinutes);
    const rule = new Rule(this, `Run-${config.name}`, {
      description: config.description,
      schedule: Schedule.rate(period),
      enabled: isServing(config, configuration),
    });
    // A late event is dropped after one period: the next round does its work.
    rule.addTarget(new LambdaTarget(handler, { deadLetterQueue: this.deadLetters, maxEventAge: period }));
  }
}
