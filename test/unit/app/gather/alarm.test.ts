import { describe, expect, it } from 'vitest';
import { Refused, Retryable } from '#shared/kernel/errors.ts';
import { aLambdaDeployment, anAlarmTarget, anIncident, aService } from '#test/builders/index.ts';
import { aGatherRig } from '../gather-rig.ts';

describe('gathering an alarm', () => {
  const incident = anIncident({
    target: anAlarmTarget(),
    tainted: { title: 'checkout-errors', branch: null, reason: 'Threshold crossed.' },
  });

  it('reads the alarm, the deployment and the log of its service from 15 minutes before', async () => {
    const world = await aGatherRig({ incident });
    world.alarms.program({ read: async () => ({ state: 'ALARM', since: '2026-11-21T11:58:00.000Z' }) });
    world.deployments.program({ read: async () => aLambdaDeployment() });
    world.serviceLogs.program({ recent: async () => [{ at: '2026-11-21T11:57:00.000Z', text: 'ERROR it broke' }] });
    expect(await world.run()).toMatchObject({ sources: 2, notes: [] });
    expect(world.serviceLogs.calls[0]?.args.slice(0, 2)).toEqual([
      '/aws/lambda/checkout',
      new Date('2026-11-21T11:43:00.000Z'),
    ]);
    expect((await world.evidence.getTelemetry(incident.id))?.facts).toMatchObject({
      state: 'ALARM',
      serviceId: 'checkout',
      deployment: { currentVersion: '8', previousVersion: '7' },
    });
  });

  it('goes on without deployment and logs and says so', async () => {
    const world = await aGatherRig({ incident });
    world.alarms.program({ read: async () => ({ state: 'ALARM', since: null }) });
    world.deployments.program({ read: async () => Promise.reject(new Refused('AccessDenied')) });
    world.serviceLogs.program({ recent: async () => Promise.reject(new Retryable('throttled')) });
    await expect(world.run()).rejects.toMatchObject({ name: 'Retryable' });
    const { notes } = await world.run(true);
    expect(notes.join('\n')).toMatch(/deployment of the service[\s\S]*log of the service/);
  });

  it('takes an answer from before the alarm rang for none: OK it is only since then', async () => {
    const { changedAt } = anAlarmTarget();
    const ago = (seconds: number) => new Date(Date.parse(changedAt) - seconds * 1000).toISOString();
    const world = await aGatherRig({ incident });
    world.deployments.program({ read: async () => aLambdaDeployment() });
    world.serviceLogs.program({ recent: async () => [] });
    const facts = async () => (await world.evidence.getTelemetry(incident.id))?.facts;
    world.alarms.program({ read: async () => ({ state: 'OK', since: ago(60) }) });
    await expect(world.run()).rejects.toMatchObject({ name: 'Retryable' });
    expect((await world.run(true)).notes).toContain('CloudWatch never showed the alarm as ALARM; its event was used.');
    expect(await facts()).toMatchObject({ state: 'ALARM', stateSince: changedAt });
    world.alarms.program({ read: async () => ({ state: 'OK', since: ago(-1) }) });
    await world.run();
    expect(await facts()).toMatchObject({ state: 'OK' });
  });

  it('handles an alarm nobody listed', async () => {
    const unknown = anIncident({ target: anAlarmTarget({ alarmName: 'unlisted' }) });
    const world = await aGatherRig({ incident: unknown });
    world.alarms.program({ read: async () => null });
    expect((await world.run()).notes).toEqual([
      'The alarm no longer exists.',
      'No service of the catalogue lists this alarm.',
    ]);
    expect((await world.evidence.getTelemetry(unknown.id))?.facts).toMatchObject({ serviceId: null, deployment: null });
  });
});

describe('gathering what remedies change', () => {
  const incident = anIncident({ target: anAlarmTarget() });
  const reboot = { action: 'reboot-rds-instance' as const, alarms: ['checkout-errors'], instance: 'db' };
  const state = { kind: 'rds-instance', instance: 'db', status: 'available', restartedAt: null } as const;
  const gathered = async (read: () => Promise<typeof state>) => {
    const world = await aGatherRig({
      incident,
      service: aService({ deployment: null, logGroup: null, remedies: [reboot] }),
    });
    world.alarms.program({ read: async () => ({ state: 'ALARM', since: '2026-11-21T11:58:00.000Z' }) });
    world.resources.program({ read });
    const { notes } = await world.run();
    return { notes, facts: (await world.evidence.getTelemetry(incident.id))?.facts };
  };

  it('reads it beside the alarm', async () => {
    expect(await gathered(async () => state)).toMatchObject({ facts: { resources: [state] } });
  });

  it('leaves out and notes what may not be read', async () => {
    const { notes, facts } = await gathered(async () => Promise.reject(new Refused('AccessDenied')));
    expect(facts).toMatchObject({ resources: [] });
    expect(notes).toContain('The state of what a remedy changes could not be read (Refused).');
  });
});
