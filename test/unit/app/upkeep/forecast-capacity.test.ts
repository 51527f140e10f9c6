import { OutcomeUnknown, Refused } from '@selfheal/kernel/errors.ts';
import { describe, expect, it } from 'vitest';
import { forecastCapacity } from '#shared/app/upkeep/forecast-capacity.ts';
import { Configuration } from '#shared/domain/configuration/configuration.ts';
import { ACTIONS } from '#shared/plugins/actions/registry.ts';
import { NOTIFIERS } from '#shared/plugins/notifiers/registry.ts';
import type { MetricPoint, MetricReader } from '#shared/ports/metric-reader.ts';
import { aConfiguration, aService } from '#test/builders/index.ts';
import {
  fakeClock,
  makeMemoryControlStore,
  makeMemoryMailer,
  makeRecordingLog,
  makeRecordingMeter,
} from '#test/fakes/index.ts';
import { noisy } from '../../../../packages/anomaly/test/series.ts';

const NOW = new Date('2026-11-20T12:00:00.000Z');
const HOURS = 60 * 60 * 1000;

/** A day of five minutes that ends now. */
function pointsOf(values: readonly number[], end = NOW): MetricPoint[] {
  return values.map((value, index) => ({
    at: new Date(end.getTime() - (values.length - index) * 300_000).toISOString(),
    value,
  }));
}

const LEAK = noisy(288, 1, (row) => 40 + 0.1 * row);
const QUIET = noisy(288, 2, () => 60);
const METRIC = { namespace: 'AWS/ECS', name: 'MemoryUtilization', dimensions: { ServiceName: 'orders' } };
const MEMORY = { kind: 'memory' as const, metric: METRIC, limit: 85 };

const anOwner = (change: Parameters<typeof aService>[0] = {}) =>
  aService({
    id: 'orders',
    mode: 'act',
    alarms: ['orders-memory-soon'],
    deployment: { kind: 'ecs-service', cluster: 'shop', service: 'orders', taskDefinitionFamily: 'orders' },
    remedies: [{ action: 'scale-ecs-service', alarms: ['orders-memory-soon'], step: 2, maxDesiredCount: 8 }],
    capacity: [{ ...MEMORY, alarm: 'orders-memory-soon' }],
    ...change,
  });

function setUp(points: readonly MetricPoint[] | Error, services = [anOwner()]) {
  const clock = fakeClock(NOW);
  const metrics: MetricReader = {
    read: () => (points instanceof Error ? Promise.reject(points) : Promise.resolve([...points])),
  };
  return {
    actions: ACTIONS,
    configuration: { ...aConfiguration(), services },
    metrics,
    control: makeMemoryControlStore(clock),
    mailer: makeMemoryMailer(),
    notifiers: NOTIFIERS,
    clock,
    meter: makeRecordingMeter(),
    log: makeRecordingLog(),
  };
}

describe('forecasting the capacity of services', () => {
  it('[C80] [D31] [D37] mails the time, the interval and what the catalogue allows before it happens, once a day', async () => {
    const deps = setUp(pointsOf(LEAK));
    await forecastCapacity(deps);
    deps.clock.advance(HOURS / 12);
    await forecastCapacity(deps);
    expect(deps.mailer.mails).toHaveLength(1);
    const [mail] = deps.mailer.mails;
    expect(mail?.subject).toBe('[Selfheal] orders: memory runs out soon');
    expect(mail?.message.replaceAll('\n', ' ')).toMatch(
      /limit, 85, at about 21 Nov 2026, \d\d:\d\d UTC \(earliest 2\d Nov 2026, .*, latest 2\d Nov 2026, .*\)/,
    );
    expect(mail?.message).toContain('- run more tasks (2 at a time, at most 8)');
    expect(mail?.message).toContain('The alarm orders-memory-soon is in ALARM');
  });

  it.each(['disk', 'memory', 'connections', 'cpu'] as const)(
    '[D248] foresees when %s runs out, tells people, and counts it for the alarm that opens an incident',
    async (kind) => {
      const deps = setUp(pointsOf(LEAK), [anOwner({ capacity: [{ ...MEMORY, kind, alarm: 'orders-memory-soon' }] })]);
      await forecastCapacity(deps);
      expect(deps.mailer.mails.map(({ subject }) => subject)).toEqual([
        expect.stringMatching(/^\[Selfheal\] orders: .* soon$/),
      ]);
      expect(deps.meter.counts).toMatchObject({ 'exhaustion-expected-orders-memory-soon': 1 });
    },
  );

  it('mails again the next day', async () => {
    const deps = setUp(pointsOf(LEAK));
    await forecastCapacity(deps);
    const next = new Date(NOW.getTime() + 24 * HOURS);
    deps.clock.advance(24 * HOURS);
    await forecastCapacity({
      ...deps,
      metrics: {
        read: async () =>
          pointsOf(
            LEAK.map((value) => value + 40),
            next,
          ),
      },
    });
    expect(deps.mailer.mails.map(({ subject }) => subject)).toEqual([
      '[Selfheal] orders: memory runs out soon',
      '[Selfheal] orders: memory is at its limit',
    ]);
  });

  it('[D37] counts for the alarm what is expected and what is not', async () => {
    const soon = setUp(pointsOf(LEAK));
    await forecastCapacity(soon);
    expect(soon.meter.counts).toMatchObject({ 'exhaustion-expected-orders-memory-soon': 1 });
    const quiet = setUp(pointsOf(QUIET));
    await forecastCapacity(quiet);
    expect(quiet.meter.counts).toEqual({ 'exhaustion-expected-orders-memory-soon': 0 });
    expect(quiet.mailer.mails).toEqual([]);
  });

  it('is quiet when it comes later than people want to know', async () => {
    const deps = setUp(pointsOf(LEAK), [anOwner({ capacity: [{ ...MEMORY, withinHours: 3 }] })]);
    await forecastCapacity(deps);
    expect(deps.mailer.mails).toEqual([]);
  });

  it.each([
    ['cannot be read', new Refused('No.'), 'forecast-unreadable'],
    ['is silent', pointsOf(LEAK, new Date(NOW.getTime() - 2 * HOURS)), 'forecast-silent'],
    ['has no points', [], 'forecast-silent'],
  ])('says nothing, to the alarm neither, of a metric that %s', async (_, points, counter) => {
    const deps = setUp(points);
    await forecastCapacity(deps);
    expect(deps.meter.counts).toEqual({ [counter]: 1 });
    expect(deps.mailer.mails).toEqual([]);
  });

  it('keeps to the mode of the service', async () => {
    const observing = setUp(pointsOf(LEAK), [anOwner({ mode: 'observe' })]);
    await forecastCapacity(observing);
    expect([observing.mailer.mails.length, observing.meter.counts['exhaustion-expected']]).toEqual([0, 1]);
    const off = setUp(new Error('must not be read'), [anOwner({ mode: 'off' })]);
    await forecastCapacity(off);
    const suggesting = setUp(pointsOf(LEAK), [anOwner({ mode: 'suggest' })]);
    await forecastCapacity(suggesting);
    expect(suggesting.mailer.mails[0]?.message).toContain('mode is suggest');
  });

  it('says that nothing is allowed where nothing is, and that Selfheal does nothing without an alarm', async () => {
    const deps = setUp(pointsOf(LEAK), [anOwner({ remedies: [], capacity: [MEMORY] })]);
    await forecastCapacity(deps);
    expect(deps.mailer.mails[0]?.message).toContain('a person has to act');
    expect(deps.mailer.mails[0]?.message).toContain('does not act on this by itself');
  });

  it('mails again when it is not known whether the mail went out', async () => {
    const deps = setUp(pointsOf(LEAK));
    const lost = { publish: () => Promise.reject(new OutcomeUnknown('Lost.')) };
    await expect(forecastCapacity({ ...deps, mailer: lost })).rejects.toMatchObject({ name: 'Retryable' });
    await forecastCapacity(deps);
    expect(deps.mailer.mails).toHaveLength(1);
  });

  it.each([
    [[{ ...MEMORY, alarm: 'foreign' }], /foreign is not among the alarms/],
    [[MEMORY, MEMORY], /listed twice/],
  ])('refuses a configuration whose capacities contradict it', (capacity, problem) => {
    const configuration = { version: 1, services: [{ id: 'orders', alarms: ['a'], capacity }] };
    expect(String(Configuration.safeParse(configuration).error)).toMatch(problem);
  });
});
