import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { signIn } from '#lab/drills/approvals.ts';
import { sampleConfiguration } from './support/assemblies.ts';
import { expectClean, type Healer, openHealer } from './support/healer.ts';
import { writeKillSwitch } from './support/kill-switch.ts';
import { until } from './support/until.ts';

const PASSWORD = 'Correct-Horse-8-Battery';

let healer: Healer;
let operator: string;
let approver: string;
beforeAll(async () => {
  const services = sampleConfiguration().services?.map((service) =>
    service.id === 'catalog' ? { ...service, criticality: 'critical' as const } : service,
  );
  healer = await openHealer({ configuration: { services } });
  await healer.runtime.createUser('ada', 'ada@example.com', PASSWORD, ['admin']);
  await healer.runtime.createUser('approver', 'approver@example.com', PASSWORD, ['approver']);
  operator = await signIn(healer, 'ada@example.com', PASSWORD);
  approver = await signIn(healer, 'approver@example.com', PASSWORD);
});
afterEach(() => expectClean(healer));
afterAll(() => healer?.stop());

async function api(path: string, body?: object, token = operator) {
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
  const request = body === undefined ? { headers } : { method: 'POST', headers, body: JSON.stringify(body) };
  const response = await fetch(`${healer.runtime.endpoint}/api${path}`, request);
  return { status: response.status, json: JSON.parse(await response.text()) };
}

/** Waits until somebody is asked about an incident's plan; gives the address of the request. */
async function askedAbout(id: string): Promise<string> {
  const pending = async (): Promise<{ incidentId: string; digest: string } | undefined> =>
    (await api('/approvals')).json.approvals.find((one: { incidentId: string }) => one.incidentId === id);
  await until('the request for an approval', async () => (await pending()) !== undefined);
  return `/approvals/${id}/${(await pending())?.digest}`;
}
const approve = async (request: string, token: string) => await api(request, { decision: 'approved' }, token);
const tasks = () => healer.world.aws.ecsService('shop', 'catalog')?.desiredCount;
const eventsOf = async (id: string) => (await healer.incidents.auditTrail(id)).map(({ event }) => event);

describe('an action that somebody asks for', () => {
  it('is shown beforehand as plan and guard would decide, and refused above the maximum of its owner', async () => {
    const tried = await api('/actions/scale-ecs-service/try', { service: 'catalog', to: 4 });
    expect(tried.json).toMatchObject({
      decision: 'approve',
      effect: 'Runs 4 tasks of the ECS service shop/catalog instead of 2.',
      reasons: expect.arrayContaining(['The service catalog is critical: a person decides.']),
    });
    const above = await api('/applications/catalog/scale', { to: 5 });
    expect([above.status, above.json.detail]).toEqual([400, expect.stringContaining('allows 4 at most')]);
    const unlisted = await api('/actions/execute', { action: 'reboot-rds-instance', service: 'catalog' });
    expect(unlisted.status).toBe(409);
    expect(tasks()).toBe(2);
  });

  it('is not done when the last check refuses it, and the incident says why', async () => {
    const { status, json } = await api('/actions/execute', {
      action: 'scale-ecs-service',
      service: 'catalog',
      to: 3,
      reason: 'sale at noon',
    });
    expect(status).toBe(202);
    const request = await askedAbout(json.id);
    const second = await api('/applications/catalog/scale', { to: 4 });
    expect([second.status, second.json.detail]).toEqual([409, expect.stringContaining(json.id)]);
    await writeKillSwitch(healer, 'on');
    expect((await approve(request, approver)).status).toBe(200);
    const incident = await healer.ended(json.id);
    await writeKillSwitch(healer, 'off');
    expect(incident).toMatchObject({
      status: 'escalated',
      outcomeReason: expect.stringContaining('kill switch is on'),
    });
    expect(await eventsOf(json.id)).toEqual(expect.arrayContaining(['action.requested', 'guard.denied']));
    expect(tasks()).toBe(2);
  });

  it('[D109] is executed by the one address for all actions, after somebody else approved it', async () => {
    const { status, json } = await api('/actions/execute', {
      action: 'scale-ecs-service',
      service: 'catalog',
      to: 3,
      reason: 'sale in the morning',
    });
    expect(status).toBe(202);
    expect((await approve(await askedAbout(json.id), approver)).status).toBe(200);
    expect(await healer.ended(json.id)).toMatchObject({ status: 'resolved' });
    expect(tasks()).toBe(3);
    const shown = await api(`/incidents/${json.id}`);
    expect(shown.json).toMatchObject({ status: 'resolved', request: { action: 'scale-ecs-service', to: 3 } });
  });

  it('[D109] [D110] is executed and verified after somebody else approved it', async () => {
    const { status, json } = await api('/applications/catalog/scale', { to: 4, reason: 'sale at noon' });
    expect(status).toBe(202);
    const request = await askedAbout(json.id);
    const own = await approve(request, operator);
    expect([own.status, own.json.detail]).toEqual([403, expect.stringContaining('somebody else has to approve it')]);
    expect((await approve(request, approver)).status).toBe(200);
    expect(await healer.ended(json.id)).toMatchObject({ status: 'resolved' });
    expect(tasks()).toBe(4);
    expect(await eventsOf(json.id)).toEqual(
      expect.arrayContaining([
        'action.requested',
        'approval.approved',
        'guard.granted',
        'action.done',
        'action.recovered',
      ]),
    );
    const recent = await api('/actions/recent?service=catalog');
    expect(recent.json.actions[0]).toMatchObject({
      action: 'scale-ecs-service',
      incident: json.id,
      requestedBy: 'ada@example.com',
      state: 'done',
      verified: 'recovered',
    });
    const health = await api('/applications/catalog/health');
    expect(health.json).toMatchObject({ state: 'healthy', lastHealed: { incident: json.id } });
  });

  it('re-runs the failed jobs of an incident that has ended', async () => {
    const run = healer.world.samples.failRun('compile');
    const { id, status } = await healer.ended(run.runId);
    expect(status).toBe('suggested');
    const { json, status: accepted } = await api('/actions/execute', { action: 'rerun-failed-jobs', incident: id });
    expect(accepted).toBe(202);
    const incident = await healer.ended(json.id);
    // Whether a re-run fits a failure that lasts, the plan decides as for every other.
    expect(incident).toMatchObject({ status: 'suggested', request: { actionId: 'rerun-failed-jobs', incidentId: id } });
    expect(incident.outcomeReason).toContain('ada@example.com');
  });
});
