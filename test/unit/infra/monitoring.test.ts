import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Template } from 'aws-cdk-lib/assertions';
import { beforeAll, expect, it } from 'vitest';
import { FUNCTIONS } from '#infra/functions.ts';
import { functionOf, nameOf, type Part, resourcesOf, templatesFor, words } from './assembly.ts';

let selfheal: Template;
let alarms: Part[];

beforeAll(() => {
  ({ selfheal } = templatesFor());
  alarms = resourcesOf(selfheal, 'AWS::CloudWatch::Alarm').map(([, { Properties }]) => Properties);
});

/** `metric of namespace on what`, for every alarm that fits. */
const watched = (metricName: string) =>
  alarms
    .filter(({ MetricName }) => String(MetricName) === metricName)
    .map(({ Dimensions }) => words((Dimensions as unknown as { Value: unknown }[])[0]?.Value))
    .sort();

it('raises an alarm for each dead-letter queue', () => {
  expect(watched('ApproximateNumberOfMessagesVisible')).toEqual([
    'IntakeDeadLetters.QueueName',
    'IntakeEventDeadLetters.QueueName',
    'SchedulesDeadLetters.QueueName',
  ]);
});

it.each(['ExecutionsFailed', 'ExecutionsTimedOut', 'ExecutionThrottled'])('raises an alarm for %s', (metric) => {
  expect(watched(metric)).toEqual(['WorkflowMachine']);
});

it('[D234] raises an alarm for the errors of each function', () => {
  expect(watched('Errors')).toEqual(FUNCTIONS.map(({ name }) => nameOf(functionOf(selfheal, name)[0])).sort());
});

it('[D234] raises one alarm for the throttles of all functions, billed for one metric', () => {
  const throttled = alarms.filter(({ MetricName }) => String(MetricName) === 'Throttles');
  expect(throttled).toHaveLength(1);
  expect(throttled[0]).toMatchObject({ Namespace: 'AWS/Lambda', Statistic: 'Sum', Threshold: 0 });
  expect(throttled[0]).not.toHaveProperty('Dimensions');
  // Each metric of an expression is billed like an alarm of its own.
  for (const alarm of alarms) expect(alarm).not.toHaveProperty('Metrics');
});

it('has as many alarms as the page about costs says', () => {
  const page = readFileSync(join(import.meta.dirname, '../../../docs/guide/costs.md'), 'utf8');
  expect(page).toContain(`${alarms.length} CloudWatch alarms`);
});

it('[E56] raises an alarm when the HTTP API answers 5xx', () => {
  expect(watched('5xx')).toEqual(['Api']);
});

it('raises an alarm for answers that got worse, of which the function that counts them mails itself', () => {
  const [alarm, ...more] = alarms.filter(({ MetricName }) => String(MetricName) === 'quality-degraded');
  expect(more).toEqual([]);
  expect(alarm).toMatchObject({
    Namespace: 'Selfheal',
    Dimensions: [{ Name: 'service', Value: 'answers' }],
    Statistic: 'Maximum',
    Threshold: 0,
  });
  expect(alarm).not.toHaveProperty('AlarmActions');
});

it('mails every other alarm, and is quiet while there is nothing to count', () => {
  for (const { AlarmActions, TreatMissingData, MetricName } of alarms) {
    if (String(MetricName) !== 'quality-degraded')
      expect((AlarmActions as unknown as unknown[]).map(words)).toEqual(['EscalationTopic']);
    expect(TreatMissingData).toBe('notBreaching');
  }
});

it('names for every alarm a section that the runbook has', () => {
  const runbook = readFileSync(join(import.meta.dirname, '../../../docs/runbook.md'), 'utf8');
  const sections = [...runbook.matchAll(/^## (.+)$/gm)].map(([, title = '']) =>
    title.toLowerCase().replaceAll(' ', '-'),
  );
  for (const { AlarmDescription } of alarms) {
    const [, section] = /See docs\/runbook\.md#([a-z-]+)$/.exec(String(AlarmDescription)) ?? [];
    expect(sections, String(AlarmDescription)).toContain(section);
  }
});
