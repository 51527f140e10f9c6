import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { sampleConfiguration } from './support/assemblies.ts';
import { expectClean, type Healer, openHealer } from './support/healer.ts';

let healer: Healer;
beforeAll(async () => {
  const services = sampleConfiguration().services?.map((service) =>
    service.id === 'gallery' ? { ...service, playbooks: service.playbooks?.slice(0, 1) } : service,
  );
  healer = await openHealer({ configuration: { services, policy: { maxActionsPerHour: 500, breakerFailures: 50 } } });
});
afterEach(() => expectClean(healer));
afterAll(() => healer?.stop());

describe('a playbook that a service allows', () => {
  it('[D54] [D261] clears the failed Airflow tasks by a call of the allowed endpoint, once, and is watched until the alarm is OK', async () => {
    healer.world.jobs.failTasks('nightly-reports', 2);
    const alarm = healer.world.aws.fireAlarm('reports', { okAfterMs: 60 });
    const incident = await healer.ended(alarm);
    expect(incident).toMatchObject({ status: 'resolved', classification: { class: 'timing_dependencies' } });
    expect(healer.world.jobs.dag('nightly-reports')?.failedTasks).toBe(0);
    expect(healer.world.journal.entries({ kind: 'airflow.tasks.cleared' })).toMatchObject([
      { target: 'nightly-reports', facts: { tasks: 2 } },
    ]);
    const [action] = await healer.incidents.listActions(incident.id);
    expect(action).toMatchObject({ actionId: 'airflow-retry-failed-tasks', state: 'done', verified: 'recovered' });
    expect(healer.statesOf(alarm)).toContain('ActHttp');
    expect(healer.mailsAbout(alarm)[0]?.text).toContain('Run the failed Airflow tasks again');
  });

  it('hands over when the tasks were cleared by somebody else and the alarm stays', async () => {
    healer.world.jobs.failTasks('nightly-reports', 0);
    const before = healer.world.journal.count('airflow.tasks.cleared');
    const alarm = healer.world.aws.fireAlarm('reports', { okAfterMs: null });
    expect(await healer.ended(alarm)).toMatchObject({ status: 'escalated' });
    expect(healer.world.journal.count('airflow.tasks.cleared')).toBe(before);
  });

  it('[D3] [D38] restarts the service by its own SSM document on its own instance, once, and is watched until the alarm is OK', async () => {
    const alarm = healer.world.aws.fireAlarm('gallery', { okAfterMs: 60 });
    const incident = await healer.ended(alarm);
    expect(incident).toMatchObject({ status: 'resolved' });
    expect(healer.world.journal.entries({ kind: 'ssm.automation.started' })).toMatchObject([
      { target: 'Selfheal-RestartService', facts: { instance: 'i-0a1b2c3d4e5f60718' } },
    ]);
    const [action] = await healer.incidents.listActions(incident.id);
    expect(action).toMatchObject({ actionId: 'restart-service', state: 'done', verified: 'recovered' });
    expect(action?.receipt?.facts.executionId).toMatch(/^[0-9a-f-]{36}$/);
    expect(healer.statesOf(alarm)).toContain('ActSsm');
  });

  it('goes to a human when the document fails, and is not run again', async () => {
    healer.world.aws.failDocument('Selfheal-RestartService', true);
    const before = healer.world.journal.count('ssm.automation.started');
    const alarm = healer.world.aws.fireAlarm('gallery', { okAfterMs: 60 });
    expect(await healer.ended(alarm)).toMatchObject({ status: 'escalated' });
    expect(healer.world.journal.count('ssm.automation.started')).toBe(before + 1);
    expect(healer.mailsAbout(alarm)[0]?.text).toMatch(/It did\s+not help/);
    healer.world.aws.failDocument('Selfheal-RestartService', false);
  });
});
