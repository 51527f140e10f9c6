import { Refused } from '@selfheal/kernel/errors.ts';
import { describe, expect, it } from 'vitest';
import { watchMetricAlerts } from '#shared/app/upkeep/watch-metric-alerts.ts';
import { crossing, MetricAlert } from '#shared/domain/capacity/metric-alert.ts';
import { PolicyOverlay } from '#shared/domain/configuration/overlay.ts';
import type { Signal } from '#shared/domain/incident/signal.ts';
import { ACTIONS } from '#shared/plugins/actions/registry.ts';
import { NOTIFIERS } from '#shared/plugins/notifiers/registry.ts';
import type { MetricReader } from '#shared/ports/metric-reader.ts';
import { aConfiguration, aService, HOME } from '#test/builders/index.ts';
import {
  fakeClock,
  makeMemoryControlStore,
  makeMemoryMailer,
  makeRecordingLog,
  makeRecordingMeter,
} from '#test/fakes/index.ts';

const NOW = new Date('2026-11-20T12:00:00.000Z');
const MINUTES = 60_000;

const anOwner = (change: Parameters<typeof aService>[0] = {}) =>
  aService({
    id: 'orders',
    mode: 'act',
    alarms: ['orders-memory'],
    deployment: { kind: 'ecs-service', cluster: 'shop', service: 'orders', taskDefinitionFamily: 'orders' },
    remedies: [{ action: 'scale-ecs-service', alarms: ['orders-memory'], maxDesiredCount: 8, onRequest: true }],
    ...change,
  });
const anAlert = (change: Partial<MetricAlert> = {}) =>
  MetricAlert.parse({ service: 'orders', metric: 'memory', limit: 85, action: 'scale', ...change });

function setUp(values: readonly number[] | Error, { alert = anAlert(), service = anOwner() } = {}) {
  const clock = fakeClock(NOW);
  const asked: unknown[] = [];
  const sent: Signal[] = [];
  let now: readonly number[] | Error = values;
  const metrics: MetricReader = {
    read: async (ref) => {
      asked.push(ref);
      if (now instanceof Error) throw now;
      const last = clock.now().getTime();
      return [...now.entries()].map(([at, value]) => ({
        at: new Date(last - (values instanceof Error ? 0 : (now as number[]).length - at) * 5 * MINUTES).toISOString(),
        value,
      }));
    },
  };
  const overlay = PolicyOverlay.parse({
    version: 1,
    revision: 1,
    settings: { metricAlerts: { 'orders-memory': alert } },
    change: 'changed',
    reason: 'test',
    changedBy: { kind: 'person', id: 'ada', name: 'ada@example.com' },
    changedAt: NOW.toISOString(),
  });
  const deps = {
    actions: ACTIONS,
    configuration: { ...aConfiguration(), services: [service], home: HOME },
    metrics,
    control: makeMemoryControlStore(clock),
    mailer: makeMemoryMailer(),
    notifiers: NOTIFIERS,
    policy: { current: async () => ({ kind: 'stored', overlay }) as const },
    alarms: { read: async () => ({ state: 'OK', since: '2026-11-01T00:00:00.000Z' }) },
    queue: { send: async (signal: Signal) => void sent.push(signal) },
    clock,
    meter: makeRecordingMeter(),
    log: makeRecordingLog(),
  };
  const watch = async (next?: readonly number[]) => {
    if (next !== undefined) now = next;
    await watchMetricAlerts(deps as never);
  };
  return { ...deps, asked, sent, watch, mails: () => deps.mailer.mails };
}

describe('alerts on metrics', () => {
  it('[D154] mails once when the limit is crossed, and asks for the remedy that makes room', async () => {
    const { watch, mails, sent, asked, clock } = setUp([60, 70, 80, 91]);
    await watch();
    clock.advance(5 * MINUTES);
    await watch([60, 70, 80, 91, 92]);
    expect(asked[0]).toMatchObject({ namespace: 'AWS/ECS', name: 'MemoryUtilization' });
    expect(mails()).toHaveLength(1);
    expect(mails()[0]?.subject).toBe('[Selfheal] orders: memory is above 85');
    expect(mails()[0]?.message.replaceAll('\n', ' ')).toMatch(
      /is at 91; its limit is 85\..*- run more tasks.*The alert asked for scale-ecs-service\. It is done only after a person approves it/,
    );
    expect(sent).toMatchObject([
      {
        kind: 'action-requested',
        target: {
          kind: 'alarm',
          alarmArn: expect.stringMatching(/:alarm:orders-memory$/),
          changedAt: '2026-11-01T00:00:00.000Z',
        },
        request: { actionId: 'scale-ecs-service', by: 'the alert orders-memory', alert: 'orders-memory' },
      },
    ]);
  });

  it('says nothing below the limit, and again when it is crossed anew after half an hour within it', async () => {
    const { watch, mails, clock } = setUp([60, 70, 80]);
    await watch();
    expect(mails()).toEqual([]);
    await watch([80, 91]);
    clock.advance(60 * MINUTES);
    await watch([91, 60, 60, 60, 60, 60, 60, 60, 60, 60, 60, 60, 92]);
    expect(mails()).toHaveLength(2);
  });

  it.each<[string, Partial<MetricAlert>, Parameters<typeof aService>[0], number, number]>([
    ['only mails for notify', { action: 'notify' }, {}, 1, 0],
    ['asks for nothing where the mode is suggest', {}, { mode: 'suggest' }, 1, 0],
    ['is silent where the mode is observe', {}, { mode: 'observe' }, 0, 0],
    ['is silent where the mode is off', {}, { mode: 'off' }, 0, 0],
    ['asks for no remedy that needs a ringing alarm', {}, { remedies: [] }, 1, 0],
    ['does nothing about a service without the metric', { metric: 'disk' }, {}, 0, 0],
  ])('%s', async (_what, alert, service, mailed, requested) => {
    const { watch, mails, sent } = setUp([91, 92], { alert: anAlert(alert), service: anOwner(service) });
    await watch();
    expect([mails().length, sent.length]).toEqual([mailed, requested]);
  });

  it('counts a metric that cannot be read, and does not take it for calm', async () => {
    const { watch, meter, mails } = setUp(new Refused('AccessDenied'));
    await watch();
    expect(mails()).toEqual([]);
    expect(meter.counts).toMatchObject({ 'forecast-unreadable': 1 });
  });

  it('a crossing begins with its first reading, whatever flutters around the limit', () => {
    const readings = [90, 60, 90, 84, 90].map((value, at) => ({ at, value }));
    expect(crossing(readings, { side: 'above', limit: 85 })).toEqual({ since: 0, value: 90 });
    expect(crossing(readings, { side: 'below', limit: 85 })).toBeNull();
    expect(crossing([{ at: 0, value: Number.NaN }], { side: 'above', limit: 85 })).toBeNull();
  });
});
