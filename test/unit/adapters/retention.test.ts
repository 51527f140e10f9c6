import { ScanCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DEFAULT_RETENTION, makeDynamoIncidentStore } from '#shared/adapters/aws/dynamo-incident-store.ts';
import { Configuration } from '#shared/domain/configuration/configuration.ts';
import { aBoundAction, anActionRecord, anIncident, aPlanRecord } from '#test/builders/index.ts';
import { fakeClock } from '#test/fakes/index.ts';
import { type DynamoServer, startDynamo } from './dynamo-server.ts';

const DAY_SECONDS = 24 * 60 * 60;
let dynamo: DynamoServer;
beforeAll(async () => {
  dynamo = await startDynamo();
});
afterAll(() => dynamo.close());

async function setUp(retention?: Configuration['retention']) {
  const table = await dynamo.createTable();
  const clock = fakeClock();
  const { client } = dynamo;
  const store = makeDynamoIncidentStore({ table, client, clock, ...(retention ? { retention } : {}) });
  /** Days from now on that each record is kept, by its sort key. */
  const kept = async () => {
    const { Items = [] } = await client.send(new ScanCommand({ TableName: table, ConsistentRead: true }));
    const now = clock.now().getTime() / 1000;
    return Object.fromEntries(
      // Whose number is whose is kept for good.
      Items.filter(({ pk }) => pk !== 'NUMBER').map((item) => [
        String(item.sk).split('#')[0],
        (item.expiresAt - now) / DAY_SECONDS,
      ]),
    );
  };
  return { store, clock, kept };
}
const incident = anIncident();

describe('how long records are kept', () => {
  it('is a time of its own for incidents with all that belongs to them, and for the audit trail', async () => {
    const { store, clock, kept } = await setUp({ incidentDays: 100, auditDays: 500 });
    await store.create(incident);
    const action = aBoundAction({ incidentId: incident.id });
    await store.putPlan(action);
    await store.intend(anActionRecord({ incidentId: incident.id, digest: action.digest }));
    await store.commitAction(incident.id, action.digest, { state: 'done' });
    const at = clock.now().toISOString();
    const asked = { requestedAt: at, expiresAt: at, state: 'pending', decidedBy: null } as const;
    await store.putApproval({ incidentId: incident.id, digest: action.digest, taskToken: 'token', ...asked });
    await store.audit(incident.id, 'opened#1', { at, event: 'alarm.cleared', facts: { delivery: 'd', runAttempt: 1 } });
    await store.recordPlan(aPlanRecord({ incidentId: incident.id }));
    const notification = {
      version: 1,
      incidentId: incident.id,
      channel: 'email',
      key: 'final#1',
      at,
      gist: null,
    } as const;
    await store.recordNotification(notification);
    expect(await kept()).toEqual({
      META: 100,
      PLAN: 100,
      ROUND: 100,
      ACTION: 100,
      APPROVAL: 100,
      NOTIFICATION: 100,
      TRAIL: 500,
    });
  });

  it('is counted from the last change, so that an incident at work is never deleted', async () => {
    const { store, clock, kept } = await setUp();
    await store.create(incident);
    clock.advance(150 * DAY_SECONDS * 1000);
    expect(await kept()).toEqual({ META: DEFAULT_RETENTION.incidentDays - 150 });
    await store.addOccurrence(incident.id, 'delivery-2', 1, clock.now());
    expect(await kept()).toEqual({ META: DEFAULT_RETENTION.incidentDays });
    clock.advance(DAY_SECONDS * 1000);
    await store.update(incident.id, {}, { at: clock.now() });
    expect(await kept()).toEqual({ META: DEFAULT_RETENTION.incidentDays });
    expect(await store.get(incident.id)).toMatchObject({ occurrences: 2 });
  });

  it('is half a year and 400 days by default, and never less than 90 days', () => {
    expect(Configuration.parse({ version: 1 }).retention).toEqual(DEFAULT_RETENTION);
    expect(DEFAULT_RETENTION).toEqual({ incidentDays: 180, auditDays: 400 });
    const short = { version: 1, retention: { incidentDays: 89 } };
    expect(Configuration.safeParse(short).success).toBe(false);
  });
});
