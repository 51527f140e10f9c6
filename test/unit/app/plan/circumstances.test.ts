import { Refused, Retryable } from '@selfheal/kernel/errors.ts';
import { describe, expect, it } from 'vitest';
import { gatherCircumstances } from '#shared/app/plan/circumstances.ts';
import { makePlan } from '#shared/app/plan/plan.ts';
import type { MetricPoint } from '#shared/ports/metric-reader.ts';
import {
  aLambdaDeployment,
  anAlarmTarget,
  aPastIncident,
  aService,
  aTelemetry,
  someAlarmFacts,
} from '#test/builders/index.ts';
import { aRemedyRig } from '../remedy-rig.ts';

const metric = { namespace: 'Shop', name: 'Requests', dimensions: { Service: 'checkout' }, statistic: 'Sum' as const };
const scope = `alarm#${anAlarmTarget().alarmArn}`;
const id = (nth: number) => `cw-${String(nth).padStart(24, '0')}`;

/** A rig about a service whose load is told by a metric; the clock begins on a Saturday at 12:00 UTC. */
async function aBusyRig(points: MetricPoint[] | Error = []) {
  const rig = await aRemedyRig({
    family: 'lambda',
    configure: (configuration) => ({
      ...configuration,
      services: [aService({ load: { metric, low: 10, high: 100 } })],
    }),
  });
  const read = async () => {
    if (points instanceof Error) throw points;
    return points;
  };
  rig.deps.metrics.program({ read });
  const around = () => gatherCircumstances(rig.incident, rig.context.telemetry, rig.deps);
  return { ...rig, around };
}
const at = (value: number): MetricPoint => ({ at: '2026-11-21T11:55:00.000Z', value });

describe('the load of a service', () => {
  it.each([
    [[at(3), at(9.9)], 'low'],
    [[at(500), at(9.9)], 'high'],
    [[at(10)], 'normal'],
    [[at(99)], 'normal'],
    [[at(0), at(100)], 'high'],
    [[], 'unknown'],
    [new Refused('not allowed'), 'unknown'],
  ] as const)(
    '[D35] is the highest value of its metric in the last quarter of an hour, between the bounds: %j is %s',
    async (points, load) => {
      const { around } = await aBusyRig(points instanceof Error ? points : [...points]);
      expect((await around()).load).toBe(load);
    },
  );

  it('is asked of the metric that the owner names', async () => {
    const { around, deps } = await aBusyRig([at(10)]);
    await around();
    expect(deps.metrics.calls).toEqual([
      {
        method: 'read',
        args: [{ kind: 'named', ...metric }, new Date('2026-11-21T11:45:00Z'), new Date('2026-11-21T12:00:00Z'), 300],
      },
    ]);
  });

  it('is not guessed while the metric cannot be read for now: the step is repeated', async () => {
    const { around } = await aBusyRig(new Retryable('busy'));
    await expect(around()).rejects.toThrow(Retryable);
  });

  it('is not asked for where no metric is named, nor for a run', async () => {
    for (const family of ['lambda', 'github'] as const) {
      const { incident, context, deps } = await aRemedyRig({ family });
      expect((await gatherCircumstances(incident, context.telemetry, deps)).load).toBe('unknown');
      expect(deps.metrics.calls).toEqual([]);
    }
  });
});

describe('the incidents of a day', () => {
  it('[D35] are those of the same place that ended within it, each once, without the incident itself', async () => {
    const { around, deps, incident } = await aBusyRig();
    const ended = (nth: number, endedAt: string) => aPastIncident({ id: id(nth), endedAt });
    const past = [
      ended(1, '2026-11-21T11:59:00.000Z'),
      ended(1, '2026-11-21T10:00:00.000Z'),
      ended(2, '2026-11-20T12:00:00.001Z'),
      ended(3, '2026-11-20T11:59:59.999Z'),
      aPastIncident({ id: incident.id, endedAt: '2026-11-21T11:00:00.000Z' }),
    ];
    for (const one of past) await deps.knowledge.remember(one, scope);
    await deps.knowledge.remember(ended(4, '2026-11-21T11:00:00.000Z'), 'alarm#another');
    expect((await around()).incidentsInDay).toBe(2);
  });

  it('are counted up to 25', async () => {
    const { around, deps } = await aBusyRig();
    for (let nth = 0; nth < 40; nth++) {
      await deps.knowledge.remember(aPastIncident({ id: id(nth), endedAt: '2026-11-21T11:00:00.000Z' }), scope);
    }
    expect((await around()).incidentsInDay).toBe(25);
  });
});

describe('the deployments of a day', () => {
  const facts = (otherDeployments?: readonly string[]) =>
    aTelemetry({
      facts: someAlarmFacts({
        deployment: aLambdaDeployment({
          deployedAt: '2026-11-21T11:48:00.000Z',
          ...(otherDeployments ? { otherDeployments: [...otherDeployments] } : {}),
        }),
      }),
    });

  it.each([
    [undefined, 1],
    [['2026-11-21T11:48:00.000Z'], 1],
    [['2026-11-21T06:00:00.000Z', '2026-11-01T06:00:00.000Z'], 2],
  ])('[D35] are those that AWS reports: beside the newest %j makes %d', async (others, count) => {
    const { incident, deps } = await aBusyRig();
    const { recentDeployments, minutesSinceDeployment } = await gatherCircumstances(incident, facts(others), deps);
    expect({ recentDeployments, minutesSinceDeployment }).toEqual({
      recentDeployments: count,
      minutesSinceDeployment: 12,
    });
  });

  it('are not known of a run', async () => {
    const { incident, context, deps } = await aRemedyRig();
    expect((await gatherCircumstances(incident, context.telemetry, deps)).recentDeployments).toBeNull();
  });
});

it('[D35] the circumstances of a plan are in its record and its audit entry, whoever asks later', async () => {
  const { incident, deps } = await aBusyRig([at(100)]);
  await makePlan({ incidentId: incident.id, tried: [], held: false }, deps);
  const [entry] = await deps.incidents.auditTrail(incident.id);
  const circumstances = {
    partOfWeek: 'weekend',
    load: 'high',
    recentDeployments: 1,
    minutesSinceDeployment: 60,
    incidentsInDay: 0,
  };
  expect(entry?.facts).toMatchObject(circumstances);
  expect((await deps.incidents.listPlans(incident.id)).at(-1)?.circumstances).toEqual(circumstances);
});
