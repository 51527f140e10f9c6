import { PutCommand, ScanCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { makeDynamoApiKeyStore } from '#shared/adapters/aws/dynamo-api-key-store.ts';
import { makeDynamoControlStore } from '#shared/adapters/aws/dynamo-control-store.ts';
import { makeDynamoExperienceStore } from '#shared/adapters/aws/dynamo-experience-store.ts';
import { makeDynamoIncidentStore } from '#shared/adapters/aws/dynamo-incident-store.ts';
import { makeDynamoKnowledgeStore } from '#shared/adapters/aws/dynamo-knowledge-store.ts';
import { makeDynamoPolicyStore } from '#shared/adapters/aws/dynamo-policy-store.ts';
import { makeDynamoPredictionStore } from '#shared/adapters/aws/dynamo-prediction-store.ts';
import { makeDynamoStatsStore } from '#shared/adapters/aws/dynamo-stats-store.ts';
import type { Notification } from '#shared/domain/incident/incident.ts';
import {
  aBoundAction,
  aGithubTarget,
  aKnowledgeEntry,
  anActionOutcome,
  anActionRecord,
  anApiKey,
  anApproval,
  anIncident,
  aPastIncident,
  aPlanRecord,
  aPolicyOverlay,
  aPrediction,
  aSignal,
} from '#test/builders/index.ts';
import { type DynamoServer, startDynamo } from './dynamo-server.ts';

const ID = `gh-${'0'.repeat(24)}`;
const AT = new Date('2026-11-21T12:00:00.000Z');
const HOUR = { minute: '2026-11-21T12:00Z', hour: '2026-11-21T12Z', perMinute: 5 };
const LATER = new Date('2099-01-01T00:00:00.000Z');
const RUNS = 'repository#501#77';
const PLAN = aBoundAction();
const NOTE: Notification = {
  version: 1,
  incidentId: ID,
  channel: 'email',
  key: 'final#1',
  at: AT.toISOString(),
  gist: null,
};
const aRun = (at: string) => ({
  runId: 1001,
  runAttempt: 1,
  conclusion: 'failure',
  onDefaultBranch: true,
  at,
  headSha: aGithubTarget().headSha,
});

let dynamo: DynamoServer;
let table: string;
beforeAll(async () => {
  dynamo = await startDynamo();
});
afterAll(() => dynamo.close());
beforeEach(async () => {
  table = await dynamo.createTable();
});

function stores() {
  const access = { table, client: dynamo.client };
  return {
    apiKeys: makeDynamoApiKeyStore(access),
    policy: makeDynamoPolicyStore(access),
    incidents: makeDynamoIncidentStore(access),
    control: makeDynamoControlStore(access),
    knowledge: makeDynamoKnowledgeStore(access),
    experience: makeDynamoExperienceStore(access),
    predictions: makeDynamoPredictionStore(access),
    stats: makeDynamoStatsStore(access),
  };
}
type Stores = ReturnType<typeof stores>;

/** A way to write each kind of item, and a way to read it or to write over it that must be refused when it is of another version. */
const KINDS: readonly [
  string,
  (one: Stores) => Promise<unknown>,
  ((one: Stores) => Promise<unknown>) | 'left alone',
][] = [
  ['an incident', ({ incidents }) => incidents.create(anIncident()), ({ incidents }) => incidents.get(ID)],
  [
    'an incident that is listed',
    ({ incidents }) => incidents.create(anIncident()),
    ({ incidents }) => incidents.listStalled(LATER, 5),
  ],
  [
    'an incident that is changed',
    ({ incidents }) => incidents.create(anIncident()),
    async ({ incidents }) => {
      expect(await incidents.update(ID, { status: 'resolved' }, { at: AT })).toBe('condition-failed');
      return await incidents.addOccurrence(ID, 'delivery-2', 2, AT);
    },
  ],
  ['a plan', ({ incidents }) => incidents.putPlan(PLAN), ({ incidents }) => incidents.getPlan(ID, PLAN.digest)],
  ['a plan that is written', ({ incidents }) => incidents.putPlan(PLAN), ({ incidents }) => incidents.putPlan(PLAN)],
  ['a round', ({ incidents }) => incidents.recordPlan(aPlanRecord()), ({ incidents }) => incidents.listPlans(ID)],
  ['an action', ({ incidents }) => incidents.intend(anActionRecord()), ({ incidents }) => incidents.listActions(ID)],
  [
    'an approval',
    ({ incidents }) => incidents.putApproval(anApproval()),
    ({ incidents }) => incidents.getApproval(ID, 'd'.repeat(64)),
  ],
  [
    'a notification',
    ({ incidents }) => incidents.recordNotification(NOTE),
    ({ incidents }) => incidents.listNotifications(ID),
  ],
  [
    'an audit entry',
    ({ incidents }) =>
      incidents.audit(ID, 'a', { at: AT.toISOString(), event: 'approval.reminded', facts: { digest: 'd' } }),
    ({ incidents }) => incidents.auditTrail(ID),
  ],
  ['a delivery', ({ control }) => control.markProcessed('one', AT), ({ control }) => control.isProcessed('one')],
  [
    'a place',
    ({ control }) => control.claimGroup('place', ID, AT),
    ({ control }) => control.claimGroup('place', ID, AT),
  ],
  [
    'a report that waits',
    ({ control }) => control.keepWaiting('place', aSignal(), 1, AT),
    ({ control }) => control.waiting('place'),
  ],
  [
    'a minute',
    ({ control }) => control.countInMinute('2026-11-21T12:00Z', ID, 'runs'),
    ({ control }) => control.countInMinute('2026-11-21T12:00Z', 'another', 'runs'),
  ],
  [
    'an hour',
    ({ control }) => control.takePlace(ID, 'runs', HOUR),
    ({ control }) => control.takePlace('another', 'runs', HOUR),
  ],
  [
    'a lease',
    ({ control }) => control.acquireLease('target', ID, 60, AT),
    ({ control }) => control.acquireLease('target', 'another', 60, AT),
  ],
  [
    'a limit',
    ({ control }) => control.takeFromLimit('hour', '12', 'a', 2, LATER),
    ({ control }) => control.takeFromLimit('hour', '12', 'b', 2, LATER),
  ],
  ['a total', ({ control }) => control.addTo('tokens', 5, LATER), ({ control }) => control.total('tokens')],
  [
    'a failure',
    ({ control }) => control.addFailure('scope', 'key', AT),
    ({ control }) => control.failuresBetween('scope', new Date(0), LATER),
  ],
  [
    'the controls',
    ({ control }) => control.setControls({ killSwitch: true, reason: 'a test' }),
    ({ control }) => control.controls(),
  ],
  ['a cursor', ({ control }) => control.setCursor('sweep', '1'), ({ control }) => control.setCursor('sweep', '2')],
  [
    'a knowledge entry',
    ({ knowledge }) => knowledge.recordOutcome(aKnowledgeEntry(), ID, 'success', AT, RUNS),
    ({ knowledge }) => knowledge.findByFingerprint(aKnowledgeEntry().fingerprints[0] ?? '', RUNS),
  ],
  ['a past incident', ({ knowledge }) => knowledge.remember(aPastIncident(), RUNS), 'left alone'],
  [
    'an outcome',
    ({ experience }) => experience.addActionOutcome(anActionOutcome()),
    ({ experience }) => experience.actionOutcomes(anActionOutcome().class, 5),
  ],
  [
    'a prediction',
    ({ predictions }) => predictions.addPrediction(aPrediction()),
    ({ predictions }) => predictions.recentPredictions(5),
  ],
  ['an API key', ({ apiKeys }) => apiKeys.create(anApiKey()), ({ apiKeys }) => apiKeys.get(anApiKey().id)],
  [
    'an API key that is revoked',
    ({ apiKeys }) => apiKeys.create(anApiKey()),
    ({ apiKeys }) => apiKeys.revoke(anApiKey().id, anApiKey().createdBy, AT),
  ],
  ['a policy', ({ policy }) => policy.add(aPolicyOverlay()), ({ policy }) => policy.revision(1)],
  ['a run', ({ stats }) => stats.addRun(RUNS, aRun(AT.toISOString())), ({ stats }) => stats.recentRuns(RUNS)],
];

async function items(): Promise<Record<string, unknown>[]> {
  const { Items = [] } = await dynamo.client.send(new ScanCommand({ TableName: table, ConsistentRead: true }));
  return Items;
}

describe('a record of another version', () => {
  it.each(KINDS)('is refused by name and left as it is: %s', async (_kind, write, again) => {
    await write(stores());
    const written = await items();
    expect(written.map(({ version }) => typeof version)).toEqual(written.map(() => 'number'));
    for (const item of written)
      await dynamo.client.send(new PutCommand({ TableName: table, Item: { ...item, version: 99 } }));
    const before = await items();
    if (again !== 'left alone')
      await expect(again(stores())).rejects.toMatchObject({
        name: 'UnsupportedVersion',
        message: expect.stringMatching(
          /has (another record version|record version 99); this Selfheal reads version \d/,
        ),
      });
    expect(await items()).toEqual(before);
  });

  it('of the policy makes the policy unusable, with its number and what to do', async () => {
    const { policy } = stores();
    await policy.add(aPolicyOverlay());
    const [item] = await items();
    await dynamo.client.send(new PutCommand({ TableName: table, Item: { ...item, version: 99 } }));
    expect(await policy.current()).toEqual({
      kind: 'unreadable',
      reason: expect.stringContaining('record version 99; this Selfheal reads version 1'),
      revision: 1,
    });
    await dynamo.client.send(
      new PutCommand({ TableName: table, Item: { ...item, settings: { policy: { typo: 1 } } } }),
    );
    expect(await policy.current()).toMatchObject({
      kind: 'unreadable',
      reason: expect.stringContaining('does not parse'),
    });
  });

  it('says what to do, and names the record', async () => {
    const { incidents } = stores();
    await incidents.create(anIncident());
    const item = (await items()).find(({ sk }) => sk === 'META');
    await dynamo.client.send(new PutCommand({ TableName: table, Item: { ...item, version: 2 } }));
    await expect(incidents.get(ID)).rejects.toThrow(
      `The record of incident ${ID} has record version 2; this Selfheal reads version 1. It was neither read nor changed. Deploy the version that wrote it until its incidents have ended, or start with empty tables (docs/guide/upgrade.md).`,
    );
  });

  it('is refused, too, when it has no version at all', async () => {
    const { incidents } = stores();
    await incidents.create(anIncident());
    const { version: _none, ...item } = (await items()).find(({ sk }) => sk === 'META') ?? {};
    await dynamo.client.send(new PutCommand({ TableName: table, Item: item }));
    await expect(incidents.get(ID)).rejects.toThrow('has no record version');
  });
});
