import { classify } from '@selfheal/diagnosis/failure/classify.ts';
import { Refused, Retryable } from '@selfheal/kernel/errors.ts';
import { ALARM_STATEMENT } from '@selfheal/log-reading/logs/evidence.ts';
import { describe, expect, it } from 'vitest';
import { loadSignatures } from '#shared/adapters/archive/data-files.ts';
import { loadRe2Engine } from '#shared/adapters/patterns/re2-engine.ts';
import { serviceOf } from '#shared/domain/configuration/scope.ts';
import { alarmArnAt, alarmNameIn } from '#shared/domain/incident/home.ts';
import { aConfiguration, aLambdaDeployment, anAlarmTarget, anIncident, aService, HOME } from '#test/builders/index.ts';
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

describe('gathering a composite alarm', () => {
  const target = anAlarmTarget({ alarmName: 'shop-down' });
  const incident = anIncident({ target, tainted: { title: 'shop-down', branch: null, reason: 'A child rings.' } });
  const elsewhere = alarmArnAt({ ...HOME, account: '999999999999' }, 'checkout-errors');
  const children = [alarmArnAt(HOME, 'checkout-errors'), alarmArnAt(HOME, 'unlisted'), elsewhere];
  const since = '2026-11-21T11:58:00.000Z';

  it('leads to its children: which ring, whose they are, and what their services logged', async () => {
    const world = await aGatherRig({ incident });
    const states: Record<string, 'OK' | 'ALARM'> = { 'checkout-errors': 'ALARM', unlisted: 'OK' };
    world.alarms.program({
      read: async (arn) => {
        const name = alarmNameIn(arn);
        if (name === 'shop-down') return { state: 'ALARM', since, children };
        return { state: states[name] ?? 'OK', since };
      },
    });
    world.serviceLogs.program({ recent: async () => [{ at: since, text: 'ERROR it broke' }] });
    expect((await world.run()).notes).toEqual([
      expect.stringContaining('checkout-errors is an alarm of another account or region, which is not read'),
    ]);
    const { sources = [], found } = (await world.evidence.getEvidence(incident.id)) ?? {};
    // Facts, not gaps: they are no part of what could not be checked.
    expect(found).toEqual([
      `Its child alarm checkout-errors of the service checkout is in the state ALARM since ${since}.`,
      `Its child alarm unlisted is in the state OK since ${since}.`,
    ]);
    expect(sources.map(({ id }) => id)).toEqual([ALARM_STATEMENT, 'service-checkout']);
    expect(sources[0]?.lines.map(({ text }) => text)).toEqual(['A child rings.']);
    expect(world.alarms.calls.map(({ args }) => args[0])).not.toContain(elsewhere);
  });

  it('changes nothing for a child: what the service of a child may change is not offered', async () => {
    expect(serviceOf(aConfiguration({ services: [aService()] }), target)).toBeNull();
  });
});

describe('gathering a log alarm', () => {
  it('says what its query asks the logs, redacted', async () => {
    const target = anAlarmTarget();
    const incident = anIncident({ target, tainted: { title: 'checkout-errors', branch: null, reason: 'Crossed.' } });
    const world = await aGatherRig({ incident });
    const secret = ['AKIA', 'QYLPMN5HFIQR7XYA'].join('');
    const query = `filter @message like /declined ${secret}/`;
    const logQuery = { query, aggregation: 'count(*)', logGroups: ['/shop/checkout'], limit: 'greater than 5' };
    world.alarms.program({ read: async () => ({ state: 'ALARM', since: '2026-11-21T11:58:00.000Z', logQuery }) });
    world.deployments.program({ read: async () => aLambdaDeployment() });
    world.serviceLogs.program({ recent: async () => [] });
    await world.run();
    const { found } = (await world.evidence.getEvidence(incident.id)) ?? {};
    expect(found?.[0]).toMatch(
      /^It works out count\(\*\) of the query "filter @message like \/declined .*" over the log of \/shop\/checkout, and rings when it is greater than 5\.$/,
    );
    expect(found?.[0]).not.toContain(secret);
  });
});

describe('gathering a log alarm that no service lists', () => {
  it('reads the log that it asks where that is the log of a service, and of no other', async () => {
    const target = anAlarmTarget({ alarmName: 'declined' });
    const incident = anIncident({ target, tainted: { title: 'declined', branch: null, reason: 'Crossed.' } });
    const world = await aGatherRig({ incident });
    const logGroup = aService().logGroup ?? '';
    const ask = async (group: string) => {
      const logQuery = { query: 'fields @message', aggregation: 'count(*)', logGroups: [group], limit: null };
      world.alarms.program({ read: async () => ({ state: 'ALARM', since: '2026-11-21T11:58:00.000Z', logQuery }) });
      world.serviceLogs.program({ recent: async () => [{ at: '2026-11-21T11:58:00.000Z', text: 'ERROR it broke' }] });
      await world.run();
      return (await world.evidence.getEvidence(incident.id))?.sources.map(({ id }) => id);
    };
    expect(await ask('/of/nobody')).toEqual([ALARM_STATEMENT]);
    expect(await ask(logGroup)).toEqual([ALARM_STATEMENT, 'service-checkout']);
  });
});

describe("an alarm's reason", () => {
  it.each([
    'Threshold Crossed: 1 out of the last 1 datapoints [64.0 (20/11/26 09:05:00)] was greater than the threshold (5.0).',
    'java.lang.OutOfMemoryError: Java heap space',
    'npm ERR! code ERESOLVE',
  ])('is shown and not read as if it were a log line: %s', async (reason) => {
    const { signatures } = await loadSignatures('shared/data', loadRe2Engine);
    const told = anIncident({ target: anAlarmTarget(), tainted: { title: 'checkout-errors', branch: null, reason } });
    const world = await aGatherRig({ incident: told });
    world.alarms.program({ read: async () => ({ state: 'ALARM', since: null }) });
    world.deployments.program({ read: async () => aLambdaDeployment() });
    world.serviceLogs.program({ recent: async () => [] });
    await world.run();
    const evidence = await world.evidence.getEvidence(told.id);
    if (evidence === null) throw new Error('Nothing was gathered.');
    expect(evidence.sources[0]?.lines.map(({ text }) => text).join(' ')).toContain(reason.slice(0, 40));
    expect(classify(evidence, { signatures, about: 'service' })).toMatchObject({ class: 'unknown', evidence: [] });
    expect(classify(evidence, { signatures, about: 'service' }).fingerprint).not.toBeNull();
  });
});
