import { setTimeout } from 'node:timers/promises';
import { describe, expect, it, onTestFinished } from 'vitest';
import { startRuntime } from '../src/runtime.ts';
import { parseSchedule } from '../src/schedules/expression.ts';
import { writeAssembly } from './test-assembly.ts';

const from = Date.UTC(2026, 1, 27, 23, 59, 30);
const next = (expression: string) => {
  const at = parseSchedule(expression)(from);
  return at === null ? null : new Date(at).toISOString();
};

describe('schedule expressions', () => {
  it.each([
    ['rate(5 minutes)', '2026-02-28T00:04:30.000Z'],
    ['rate(1 day)', '2026-02-28T23:59:30.000Z'],
    ['cron(0 12 * * ? *)', '2026-02-28T12:00:00.000Z'],
    ['cron(0/15 * * * ? *)', '2026-02-28T00:00:00.000Z'],
    ['cron(30 8 ? * MON-FRI *)', '2026-03-02T08:30:00.000Z'],
    ['cron(0 0 29 2 ? *)', '2028-02-29T00:00:00.000Z'],
    ['cron(0 0 1 1,JUL ? *)', '2026-07-01T00:00:00.000Z'],
    ['at(2026-03-01T10:00:00)', '2026-03-01T10:00:00.000Z'],
    ['at(2020-03-01T10:00:00)', null],
  ])('%s comes next at %s', (expression, expected) => {
    expect(next(expression)).toBe(expected);
  });

  it.each(['rate(0 minutes)', 'rate(5 weeks)', 'cron(61 * * * ? *)', 'cron(* * *)', 'every day', 'cron(x * * * ? *)'])(
    'refuses %s',
    (expression) => {
      expect(() => parseSchedule(expression)).toThrow(expression);
    },
  );
});

const TICKS = {
  Resources: {
    Ticks: { Type: 'AWS::SQS::Queue' },
    Policy: {
      Type: 'AWS::SQS::QueuePolicy',
      Properties: {
        Queues: [{ Ref: 'Ticks' }],
        PolicyDocument: {
          Statement: [
            {
              Effect: 'Allow',
              Principal: { Service: 'events.amazonaws.com' },
              Action: 'sqs:SendMessage',
              Resource: { 'Fn::GetAtt': ['Ticks', 'Arn'] },
            },
          ],
        },
      },
    },
    EveryMinute: {
      Type: 'AWS::Events::Rule',
      Properties: {
        ScheduleExpression: 'rate(1 minute)',
        Targets: [{ Id: 'ticks', Arn: { 'Fn::GetAtt': ['Ticks', 'Arn'] } }],
      },
    },
  },
};

/** A runtime whose minute is a millisecond, and how often its schedule has fired. */
async function aClock(schedules?: 'by-clock' | 'on-demand') {
  const assembly = writeAssembly({ Main: TICKS });
  const runtime = await startRuntime({
    ...assembly,
    awsWorldUrl: null,
    githubApiUrl: null,
    timeScale: 1 / 60_000,
    ...(schedules === undefined ? {} : { schedules }),
  });
  onTestFinished(async () => {
    await runtime.stop();
    assembly.remove();
  });
  const sent = () => Object.entries(runtime.requestCounts()).filter(([name]) => name.endsWith(' sqs:SendMessage'));
  return { runtime, fired: () => sent().reduce((sum, [, count]) => sum + count, 0) };
}

describe('schedules of a runtime', () => {
  it('fire by the clock', async () => {
    const { fired } = await aClock();
    await expect.poll(fired).toBeGreaterThan(5);
  });

  it('fire on demand alone where the runtime is told so', async () => {
    const { runtime, fired } = await aClock('on-demand');
    await setTimeout(200);
    expect(fired()).toBe(0);
    await runtime.schedules.trigger('EveryMinute');
    await expect.poll(fired).toBe(1);
  });
});
