import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RequestCounter } from '#shared/adapters/aws/carried-requests.ts';
import { makeDynamoIncidentStore } from '#shared/adapters/aws/dynamo-incident-store.ts';
import type { SentRequests } from '#shared/domain/workflow/steps.ts';
import { aClassification, anActionRecord, anIncident, aPlanRecord } from '#test/builders/index.ts';
import { type DynamoServer, startDynamo } from './dynamo-server.ts';

const incident = anIncident({ githubRequests: {} });
const { id } = incident;

const told = {
  version: 1 as const,
  incidentId: id,
  channel: 'mail',
  key: 'final#1',
  at: incident.openedAt,
  gist: null,
};

/** What a function has sent and not stored yet. */
function aCounter(step: string, requests: number): RequestCounter & { left(): number } {
  let waiting: readonly SentRequests[] = [sent(step, requests)];
  return {
    take: () => {
      const taken = waiting;
      waiting = [];
      return taken;
    },
    giveBack: (more) => {
      waiting = [...waiting, ...more];
    },
    left: () => waiting.reduce((sum, one) => sum + one.requests, 0),
  };
}

const sent = (step: string, requests: number, id = `${step}-1`): SentRequests => ({ step, requests, id });

describe('requests to the code host', () => {
  let server: DynamoServer;
  beforeAll(async () => {
    server = await startDynamo();
  });
  afterAll(() => server.close());

  async function aStore() {
    const [table, { client }] = [await server.createTable(), server];
    const whole = makeDynamoIncidentStore({ table, client });
    await whole.create(incident);
    const of = (requests: RequestCounter) =>
      makeDynamoIncidentStore({ table, client, ofOneRun: { sharesLists: true, requests } });
    return { whole, of };
  }

  it('are written with the record that they were sent for, and added up with those counted by themselves', async () => {
    const { whole, of } = await aStore();
    const [plan, act, verify, notify] = [
      aCounter('plan', 2),
      aCounter('act-github', 3),
      aCounter('verify', 1),
      aCounter('notify', 4),
    ];
    await whole.countRequests(id, sent('gather', 7));
    await whole.countRequests(id, sent('verify', 5, 'verify-0'));
    const record = aPlanRecord({ incidentId: id });
    const action = anActionRecord({ incidentId: id });
    await of(plan).recordPlan(record);
    await whole.intend(action);
    await of(act).commitAction(id, action.digest, { state: 'done' });
    await of(verify).commitAction(id, action.digest, { verified: 'recovered' });
    await of(notify).recordNotification(told);
    expect([plan, act, verify, notify].map((counter) => counter.left())).toEqual([0, 0, 0, 0]);
    expect(await whole.requestsOf(id)).toEqual({
      gather: 7,
      verify: 6,
      plan: 2,
      'act-github': 3,
      notify: 4,
    });
    // The records themselves are as before.
    expect(await whole.listPlans(id)).toEqual([record]);
    expect(await whole.getAction(id, action.digest)).toEqual({ ...action, state: 'done', verified: 'recovered' });
    expect(await whole.listNotifications(id)).toEqual([told]);
  });

  it('stay with the counter when the record was there before, could not be written, or is of another kind', async () => {
    const { whole, of } = await aStore();
    const action = anActionRecord({ incidentId: id });
    await whole.intend(action);
    const repeated = aCounter('act-github', 4);
    expect((await of(repeated).intend(action)).kind).toBe('exists');
    expect(repeated.left()).toBe(4);
    const again = aCounter('notify', 3);
    await whole.recordNotification(told);
    await of(again).recordNotification(told);
    expect(again.left()).toBe(3);
    const late = aCounter('classify', 1);
    await of(late).update(id, { outcomeReason: null }, { ifStatus: ['resolved'], at: new Date() });
    expect(late.left()).toBe(1);
    const denied = aCounter('plan', 2);
    server.fault('deny');
    await expect(of(denied).recordPlan(aPlanRecord({ incidentId: id }))).rejects.toThrow();
    expect(denied.left()).toBe(2);
    expect(await whole.requestsOf(id)).toEqual({});
  });

  it('of the step before are written with what this one changes of the incident, once however often it is repeated', async () => {
    const { whole, of } = await aStore();
    const left = sent('gather', 7);
    const classifying = () => {
      const counter = aCounter('classify', 2);
      counter.giveBack([left]);
      return counter;
    };
    const [first, again] = [classifying(), classifying()];
    await of(first).update(id, { classification: aClassification() });
    await of(again).update(id, { classification: aClassification() });
    expect([first.left(), again.left()]).toEqual([0, 0]);
    await whole.countRequests(id, left);
    expect(await whole.requestsOf(id)).toEqual({ gather: 7, classify: 2 });
    expect(await whole.get(id)).toMatchObject({ classification: aClassification(), githubRequests: {} });
  });

  it('are unknown of an incident from before they were counted', async () => {
    const table = await server.createTable();
    const store = makeDynamoIncidentStore({ table, client: server.client });
    expect(await store.requestsOf(id)).toBeNull();
    await store.create(anIncident());
    expect(await store.requestsOf(id)).toBeNull();
  });
});
