import { Duration } from 'aws-cdk-lib';
import { Alarm, ComparisonOperator, type IMetric, Metric, Stats, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import { Function as LambdaHandler } from 'aws-cdk-lib/aws-lambda';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import type { Api } from './api.ts';
import type { LambdaFunction } from './lambda-function.ts';
import type { Workflow } from './workflow.ts';

/** Sections of `docs/runbook.md`; every alarm links the one that says what to do. */
const RUNBOOK = {
  intakeDeadLetters: 'intake-dead-letters',
  eventDeadLetters: 'event-dead-letters',
  asynchronousDeadLetters: 'asynchronous-dead-letters',
  executionsFailed: 'executions-failed',
  executionsTimedOut: 'executions-timed-out',
  throttles: 'throttles',
  functionErrors: 'function-errors',
  apiErrors: 'api-errors',
  qualityDegraded: 'answers-got-worse',
} as const;
type Section = keyof typeof RUNBOOK;

const PERIOD = { period: Duration.minutes(5), statistic: Stats.SUM };
/** Errors tolerated in five minutes: Lambda and Step Functions retry a few errors by themselves. */
const MAX_ERRORS = 4;

/** Alarms on Selfheal itself. Each mails what is wrong to the escalation topic and links the section of the runbook. */
export class Monitoring extends Construct {
  private readonly action: SnsAction;

  constructor(scope: Construct, id: string, { topic }: { topic: ITopic }) {
    super(scope, id);
    this.action = new SnsAction(topic);
  }

  watchDeadLetters(id: string, queue: Queue, section: Section): void {
    const metric = queue.metricApproximateNumberOfMessagesVisible({ ...PERIOD, statistic: Stats.MAXIMUM });
    this.alarm(id, metric, section, 'There are messages in a dead-letter queue.');
  }

  watchWorkflow({ machine }: Workflow): void {
    this.alarm('ExecutionsFailed', machine.metricFailed(PERIOD), 'executionsFailed', 'A healing workflow failed.');
    this.alarm(
      'ExecutionsTimedOut',
      machine.metricTimedOut(PERIOD),
      'executionsTimedOut',
      'A healing workflow timed out.',
    );
    this.alarm(
      'ExecutionsThrottled',
      machine.metricThrottled(PERIOD),
      'throttles',
      'Steps of workflows were throttled.',
    );
  }

  /**
   * An alarm for the errors of each function, because each has its own cause, and one for the throttles of all: they share the limit of the account. It
   * reads Lambda's metric over all functions of the region, which is billed as one; a sum of the functions' own metrics would be billed for each.
   */
  watchFunctions(functions: readonly LambdaFunction[]): void {
    for (const { config, handler } of functions) {
      const what = `The function ${config.name} fails.`;
      this.alarm(`Errors-${config.name}`, handler.metricErrors(PERIOD), 'functionErrors', what, MAX_ERRORS);
    }
    this.alarm(
      'Throttles',
      LambdaHandler.metricAllThrottles(PERIOD),
      'throttles',
      'Functions of this account and region were throttled.',
    );
  }

  watchApi({ api }: Api): void {
    this.alarm('ApiErrors', api.metricServerError(PERIOD), 'apiErrors', 'The HTTP API answered 5xx.');
  }

  /** This alarm sends no mail: the function that publishes the metric sends a more detailed one. */
  watchAnswers({ config: { name, trigger } }: LambdaFunction): void {
    if (trigger.kind !== 'schedule') return;
    const metric = new Metric({
      namespace: 'Selfheal',
      metricName: 'quality-degraded',
      dimensionsMap: { service: name },
      // Two rounds, so that a late round does not end the alarm.
      period: Duration.minutes(2 * trigger.everyMinutes),
      statistic: Stats.MAXIMUM,
    });
    this.makeAlarm('QualityDegraded', metric, 'qualityDegraded', 'Answers are right less often than expected.', 0);
  }

  private alarm(id: string, metric: IMetric, section: Section, what: string, threshold = 0): void {
    this.makeAlarm(id, metric, section, what, threshold).addAlarmAction(this.action);
  }

  private makeAlarm(id: string, metric: IMetric, section: Section, what: string, threshold: number): Alarm {
    return new Alarm(this, id, {
      metric,
      alarmDescription: `${what} See docs/runbook.md#${RUNBOOK[section]}`,
      threshold,
      comparisonOperator: ComparisonOperator.GREATER_THAN_THRESHOLD,
      evaluationPeriods: 1,
      treatMissingData: TreatMissingData.NOT_BREACHING,
    });
  }
}
