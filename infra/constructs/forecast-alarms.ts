import { Duration } from 'aws-cdk-lib';
import { Alarm, ComparisonOperator, Metric, Stats, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import { Construct } from 'constructs';
import { forecastCounter } from '#shared/domain/capacity/capacity-settings.ts';
import type { Service } from '#shared/domain/configuration/configuration.ts';
import type { LambdaFunction } from './lambda-function.ts';

/**
 * Alarms that owners gave their forecasts. They mail nobody: they enter as every alarm of a service does, and what is done about them keeps the
 * same guards. Without a value they stay as they are, because a metric that nobody could read says nothing.
 */
export class ForecastAlarms extends Construct {
  constructor(scope: Construct, id: string, { forecaster, services }: ForecastAlarmsProps) {
    super(scope, id);
    const { name, trigger } = forecaster.config;
    if (trigger.kind !== 'schedule') throw new Error(`Function ${name} needs a schedule trigger, not ${trigger.kind}.`);
    for (const service of services) {
      for (const { alarm, kind, withinHours } of service.capacity) {
        if (alarm === null) continue;
        new Alarm(this, alarm, {
          alarmName: alarm,
          alarmDescription: `${service.id}: ${kind} is used up, or will be within ${withinHours} hours.`,
          metric: new Metric({
            namespace: 'Selfheal',
            metricName: forecastCounter(alarm),
            dimensionsMap: { service: name },
            // Two rounds, so that one that is late changes nothing.
            period: Duration.minutes(2 * trigger.everyMinutes),
            statistic: Stats.MAXIMUM,
          }),
          threshold: 0,
          comparisonOperator: ComparisonOperator.GREATER_THAN_THRESHOLD,
          evaluationPeriods: 1,
          treatMissingData: TreatMissingData.IGNORE,
        });
      }
    }
  }
}

interface ForecastAlarmsProps {
  readonly forecaster: LambdaFunction;
  readonly services: readonly Service[];
}
