import { Duration } from 'aws-cdk-lib';
import { Alarm, ComparisonOperator, type IMetric, Metric, Stats, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import type { Api } from './api.ts';
import type { LambdaFunction } from './lambda-function.ts';
import type { Workflow } from './workflow.ts';

/** Sections of `docs/runbook.md`: every alarm names the one that says what to do. */
const RUNBOOK = {
  intakeDeadLetters: 'intake-dead-letters',
  eventDeadLetters: 'event-dead-letters',
  asynchronousDeadLetters: 'asynchronous-dead-letters',
  executionsFailed: 'executions-failed',
  executionsTimedOut: 'executions-timed-out',
  throttles: 'throttles',
  functionErrors: 'function-errors',
  apiErrors: 'api-errors',
  qualityDegraded: 'quality-degraded',
} as const;
type Section = keyof typeof RUNBOOK;

const PERIOD = { period: Duration.minutes(5), statistic: Stats.SUM };
/** A single error is retried and heals; this many in five minutes do not. */
const ERRORS_AT_MOST = 4;

/** Selfheal watches itself: each alarm mails the escalation topic what is wrong and where the runbook speaks of it. */
export class Monitoring extends Construct {
  private readonly action: SnsAction;

  constructor(scope: Construct, id: string, { topic }: { topic: ITopic }) {
    super(scope, id);
    this.action = new SnsAction(topic);
  }

  watchDeadLetters(id: string, queue: Queue, section: Section): void {
    const metric = queue.metricApproximateNumberOfMessagesVisible({ ...PERIOD, statistic: Stats.MAXIMUM });
    this.alarm(id, metric, section, 'Messages wait in a dead-letter queue.');
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

  watchFunction({ config: { name }, handler }: LambdaFunction): void {
    const errors = handler.metricErrors(PERIOD);
    this.alarm(`Errors-${name}`, errors, 'functionErrors', `The function ${name} fails.`, ERRORS_AT_MOST);
    this.alarm(
      `Throttles-${name}`,
      handler.metricThrottles(PERIOD),
      'throttles',
      `The function ${name} was throttled.`,
    );
  }

  watchApi({ api }: Api): void {
    this.alarm('ApiErrors', api.metricServerError(PERIOD), 'apiErrors', 'The HTTP API answered 5xx.');
  }

  /** Without a mail of its own: the function that counts it writes one that says more. */
  watchQuality({ config: { name, trigger } }: LambdaFunction): void {
    if (trigger.kind !== 'schedule') return;
    const metric = new Metric({
      namespace: 'Selfheal',
      metricName: 'quality-degraded',
      dimensionsMap: { service: name },
      // Two rounds, so that one that is late does not end the alarm.
      period: Duration.minutes(2 * trigger.everyMinutes),
      statistic: Stats.MAXIMUM,
    });
    this.makeAlarm('QualityDegraded', metric, 'qualityDegraded', 'Answers are right less often than promised.', 0);
  }

  private alarm(id: string, metric: IMetric, section: Section, what: string, atMost = 0): void {
    this.makeAlarm(id, metric, section, what, atMost).addAlarmAction(this.action);
  }

  private makeAlarm(id: string, metric: IMetric, section: Section, what: string, atMost: number): Alarm {
    return new Alarm(this, id, {
      metric,
      alarmDescription: `${what} See docs/runbook.md#${RUNBOOK[section]}`,
      threshold: atMost,
      comparisonOperator: ComparisonOperator.GREATER_THAN_THRESHOLD,
      evaluationPeriods: 1,
      treatMissingData: TreatMissingData.NOT_BREACHING,
    });
  }
}
