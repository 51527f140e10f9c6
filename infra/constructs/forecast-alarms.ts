import { Duration } from 'aws-cdk-lib';
import { Alarm, ComparisonOperator, Metric, Stats, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import { Construct } from 'constructs';
import { forecastCounter } from '#shared/domain/capacity/capacity-settings.ts';
import type { Service } from '#shared/domain/configuration/configuration.ts';
import type { LambdaFunction } from './lambda-function.ts';

/**
 * The alarms that owners configured for capacity forecasts. They mail nobody: Selfheal receives them like any other alarm of a service and applies
 * the same guardrails. Missing data leaves an alarm in its state, because an unreadable metric is no evidence either way.
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
            // Two rounds, so that a late round changes nothing.
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
