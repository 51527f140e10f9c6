import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { forecastCounter } from '#shared/domain/capacity/capacity-settings.ts';
import { resourcesOf, templatesFor } from './assembly.ts';

const EXAMPLE = join(import.meta.dirname, '../../../config/selfheal.example.json');

it('[D37] makes the alarm that an owner gave a forecast: it enters like every alarm of the service, and mails nobody', () => {
  const { selfheal } = templatesFor(JSON.parse(readFileSync(EXAMPLE, 'utf8')));
  const alarms = resourcesOf(selfheal, 'AWS::CloudWatch::Alarm').map(([, { Properties }]) => Properties);
  const named = alarms.filter(({ AlarmName }) => AlarmName !== undefined);
  expect(named).toMatchObject([
    {
      AlarmName: 'orders-memory-soon',
      Namespace: 'Selfheal',
      MetricName: forecastCounter('orders-memory-soon'),
      Dimensions: [{ Name: 'service', Value: 'forecast' }],
      Period: 600,
      TreatMissingData: 'ignore',
    },
  ]);
  expect(named[0]).not.toHaveProperty('AlarmActions');
});
