import { ScanCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { makeDynamoControlStore } from '#shared/adapters/aws/dynamo-control-store.ts';
import { makeDynamoDeletions } from '#shared/adapters/aws/dynamo-deletions.ts';
import { makeDynamoEventLedger } from '#shared/adapters/aws/dynamo-event-ledger.ts';
import { makeDynamoExperienceStore } from '#shared/adapters/aws/dynamo-experience-store.ts';
import { makeDynamoHealingStore } from '#shared/adapters/aws/dynamo-healing-store.ts';
import { makeHeldData } from '#shared/adapters/aws/dynamo-held-data.ts';
import { makeDynamoDataTrail } from '#shared/adapters/aws/dynamo-incident-audit.ts';
import { makeDynamoIncidentStore } from '#shared/adapters/aws/dynamo-incident-store.ts';
import { makeDynamoKnowledgeStore } from '#shared/adapters/aws/dynamo-knowledge-store.ts';
import { makeDynamoPatternStore, makeDynamoPatternVersions } from '#shared/adapters/aws/dynamo-pattern-store.ts';
import { makeDynamoPredictionStore } from '#shared/adapters/aws/dynamo-prediction-store.ts';
import { makeDynamoRepeatedRequests } from '#shared/adapters/aws/dynamo-repeated-requests.ts';
import { makeDynamoStatsStore } from '#shared/adapters/aws/dynamo-stats-store.ts';
import { makeDynamoTestStore } from '#shared/adapters/aws/dynamo-test-store.ts';
import type { HeldObjects } from '#shared/adapters/aws/held-objects.ts';
import { deleteRepository, exportRepository, SETTLE_SECONDS } from '#shared/app/data/repository-data.ts';
import { setQuiet } from '#shared/app/notify/quiet-pull-request.ts';
import { DATA_TRAIL } from '#shared/domain/audit/access-event.ts';
import { verifyChain } from '#shared/domain/audit/audit-chain.ts';
import { fingerprintKeyOf } from '#shared/domain/incident/fingerprint-key.ts';
import { breakerScopeOf } from '#shared/domain/policy/guard-rules.ts';
import { HELD_KINDS, type HeldRecord } from '#shared/ports/held-data.ts';
import type { DataAnswer } from '#shared/ports/repository-data.ts';
import {
  aBoundAction,
  aClassification,
  aGithubTarget,
  aHealingWatch,
  aKnowledgeEntry,
  anActionOutcome,
  anActionRecord,
  anApproval,
  anIncident,
  aPastIncident,
  aPattern,
  aPrediction,
  aTestQuarantine,
  redactedText,
} from '#test/builders/index.ts';
import { fakeClock, makeMemoryWorkflowEngine } from '#test/fakes/index.ts';
import { type DynamoServer, startDynamo } from '../dynamo-server.ts';

const NOW = new Date('2026-11-21T13:00:00.000Z');
const BY = { kind: 'person', id: 'u-1', name: 'ada@example.com' } as const;
/** Names that are a part of the first one, or have it as a part. */
const OTHERS = ['acme/shop-tools', 'acme/shop.js', 'acme/sho', 'big-acme/shop'];

let dynamo: DynamoServer;
beforeAll(async () => {
  dynamo = await startDynamo();
});
afterAll(() => dynamo.close());

async function aDeployment() {
  const [incidents, knowledge, stats, control] = await Promise.all([1, 2, 3, 4].map(() => dynamo.createTable()));
  const tables = { incidents, knowledge, stats, control } as Record<HeldTable, string>;
  const at = (table: HeldTable) => ({ table: tables[table], client: dynamo.client, clock });
  const clock = fakeClock(NOW);
  const objects = new Map<string, unknown>();
  const held: HeldObjects = {
    list: async (prefix, after, limit) =>
      [...objects.keys()]
        .filter((name) => name.startsWith(prefix) && (after === null || name > after))
        .sort()
        .slice(0, limit),
    read: async (kind, object) => ({ kind, place: { object }, record: objects.get(object) }),
    remove: async (object) => void objects.delete(object),
  };
  const workflow = makeMemoryWorkflowEngine();
  const deps = {
    data: makeHeldData({ tables, objects: held, client: dynamo.client }),
    deletions: makeDynamoDeletions(at('control')),
    trail: makeDynamoDataTrail(at('control')),
    workflow,
    clock,
  };
  const everything = async () => {
    const found = new Map<string, string>();
    for (const [table, TableName] of Object.entries(tables)) {
      const { Items = [] } = await dynamo.client.send(new ScanCommand({ TableName }));
      for (const item of Items)
        found.set(
          `${table} ${item.pk} ${item.sk}`,
          JSON.stringify(item, (_, value) => (value instanceof Set ? [...value].sort() : value)),
        );
    }
    for (const [name, content] of objects) found.set(`bucket ${name}`, JSON.stringify(content));
    return found;
  };
  return { at, clock, objects, workflow, deps, everything };
}
type HeldTable = 'incidents' | 'knowledge' | 'stats' | 'control';
type Deployment = Awaited<ReturnType<typeof aDeployment>>;

/** Writes, by the stores themselves, a record of every kind about a repository; gives the id of its incident. */
async function fill({ at, objects }: Deployment, repository: string, number: number): Promise<string> {
  const name = repository.toLowerCase();
  const target = aGithubTarget({ repository, repositoryId: number, runId: 9000 + number });
  const key = `${number}:${name}`;
  const scope = `repository#${key}`;
  const id = `gh-${String(number).padStart(24, '0')}`;
  const incidents = makeDynamoIncidentStore(at('incidents'));
  const control = makeDynamoControlStore(at('control'));
  const incident = anIncident({
    id,
    target,
    intakeKey: `key-${number}`,
    status: 'resolved',
    classification: aClassification(),
  });
  await incidents.create(incident);
  const plan = aBoundAction({ incidentId: id, target, targetKey: `github:${name}/run/${target.runId}` });
  await incidents.putPlan(plan);
  await incidents.intend(anActionRecord({ incidentId: id, digest: plan.digest }));
  await incidents.putApproval(anApproval({ incidentId: id, digest: plan.digest, taskToken: 'waits' }));
  await incidents.recordNotification({
    version: 1,
    incidentId: id,
    channel: 'slack',
    key: 'k',
    at: NOW.toISOString(),
    gist: null,
  });
  await incidents.audit(id, 'opened#1', {
    at: NOW.toISOString(),
    event: 'incident.opened',
    facts: { attempt: 1, source: 'github', kind: 'run' },
  });
  const watched = fingerprintKeyOf(incident, incident.classification?.fingerprint ?? null, null) ?? '';
  await makeDynamoHealingStore(at('incidents')).watch(aHealingWatch({ key: watched, incidentId: id }));
  await control.claimGroup(incident.intakeKey, id, NOW);
  await control.acquireLease(plan.targetKey, id, 600, NOW);
  await control.addFailure(breakerScopeOf(plan), 'f', NOW);
  const hour = plan.createdAt.slice(0, 13);
  await control.takeFromLimit(`target:${plan.targetKey}`, hour, 'd', 3, NOW);
  await control.addTo(`tokens#${id}`, 5, NOW);
  await setQuiet({ repository, repositoryId: number, pullRequest: 12 }, 'octo-dev', control);
  await control.setCursor(`deliveries#${name}`, NOW.toISOString());
  await control.keepGathered({
    ...{ version: 1, channel: 'slack', about: repository, incidentId: id, key: 'k', at: NOW.toISOString() },
    ...{ headline: `${repository} fails`, outcome: 'open', links: [] },
  });
  await makeDynamoEventLedger(at('control')).note(
    {
      source: 'github',
      connection: null,
      rule: 'stale',
      subject: redactedText(repository),
      sample: null,
      signal: null,
      incidentId: null,
    },
    NOW,
  );
  await makeDynamoRepeatedRequests(at('control')).begin(`person:u-1#${number}`, {
    ...{
      version: 1,
      id: String(number).padStart(32, '0'),
      fingerprint: 'f',
      begunAt: NOW.toISOString(),
      busyUntil: NOW.toISOString(),
    },
    answer: { status: 200, contentType: 'application/json', body: JSON.stringify({ repository }) },
  });
  const knowledge = makeDynamoKnowledgeStore(at('knowledge'));
  await knowledge.recordOutcome(aKnowledgeEntry(), id, 'success', NOW, scope);
  await knowledge.remember(aPastIncident({ id }), scope);
  const pattern = aPattern({ scope });
  await makeDynamoPatternStore(at('knowledge')).write(pattern);
  await makeDynamoPatternVersions(at('knowledge')).keep(pattern);
  const tests = makeDynamoTestStore(at('stats'));
  await tests.putQuarantine(key, aTestQuarantine());
  const stats = makeDynamoStatsStore(at('stats'));
  await stats.addRun(`${key}#77`, {
    ...{ runId: 1, runAttempt: 1, conclusion: 'success', onDefaultBranch: true, at: NOW.toISOString() },
  });
  await stats.keepDefaultBranch(number, { repository, branch: 'main' });
  await makeDynamoPredictionStore(at('stats')).addPrediction(
    aPrediction({ incidentId: id, scope, openedAt: incident.openedAt }),
  );
  await makeDynamoExperienceStore(at('stats')).addActionOutcome(anActionOutcome({ incidentId: id, scope }));
  objects.set(`incidents/${id}/evidence.json`, { repository });
  objects.set(`quality/${name}/baselines/main.json.gz`, { base64: 'H4s' });
  return id;
}

async function exported(deployment: Deployment, repository: string): Promise<HeldRecord[]> {
  const records: HeldRecord[] = [];
  let answer: DataAnswer = await exportRepository({ kind: 'export', repository, from: null }, deployment.deps);
  for (;;) {
    if (answer.kind !== 'exported') throw new Error(`It is ${answer.kind}.`);
    records.push(...answer.records);
    if (answer.next === null) return records;
    answer = await exportRepository({ kind: 'export', repository, from: answer.next }, deployment.deps);
  }
}

const remove = (deployment: Deployment, repository: string, force = false) =>
  deleteRepository({ kind: 'delete', repository, force, by: BY }, deployment.deps);

const placeIn = ({ place }: HeldRecord): string =>
  'object' in place ? `bucket ${place.object}` : `${place.table} ${place.pk} ${place.sk}`;

/** Lists of all repositories, counters and trails, which stay. */
const SHARED = /^incidents NUMBER LAST$|^control AUDIT#data /;

describe('everything that is held of a repository', () => {
  let deployment: Deployment;
  let before: Map<string, string>;
  let own: string[];
  beforeEach(async () => {
    deployment = await aDeployment();
    for (const [at, other] of OTHERS.entries()) await fill(deployment, other, 100 + at);
    before = await deployment.everything();
    await fill(deployment, 'Acme/Shop', 7);
    const all = await deployment.everything();
    own = [...all.keys()].filter((place) => !before.has(place) && !SHARED.test(place)).sort();
  });

  it('is exported with a record of each kind, each once, and nothing of other repositories', async () => {
    const records = await exported(deployment, 'aCME/shop');
    expect(records.map(placeIn).sort()).toEqual(own);
    expect(HELD_KINDS.filter((kind) => !records.some((one) => one.kind === kind))).toEqual([]);
    expect(JSON.stringify(records)).not.toContain('waits');
  });

  it('is deleted, whichever write fails, and a repeat ends the same', async () => {
    let answer: DataAnswer | null = null;
    for (let failing = 0; answer?.kind !== 'deleted' || !answer.done; failing += 1) {
      // A later request of each try is forbidden, so that every try is cut off at another place.
      dynamo.fault(...Array.from({ length: 30 + 23 * failing }, () => 'none' as const), 'deny');
      answer = await remove(deployment, 'acme/shop').catch(() => null);
      dynamo.clearFaults();
      expect(failing).toBeLessThan(200);
    }
    const after = await deployment.everything();
    const entry = 'control AUDIT#data ENTRY#000000001';
    expect([...after.keys()].filter((place) => own.includes(place))).toEqual([]);
    expect([...after.keys()].filter((place) => !before.has(place))).toEqual([entry]);
    for (const [place, content] of before) if (!SHARED.test(place)) expect(after.get(place)).toBe(content);
    const trail = await deployment.deps.trail.auditTrail(DATA_TRAIL);
    expect(trail).toMatchObject([{ event: 'data.deleted', facts: { repository: 'acme/shop', by: BY.name } }]);
    expect(verifyChain(DATA_TRAIL, trail).kind).toBe('intact');
    expect(JSON.stringify(trail)).not.toContain('octo-dev');
    expect(await remove(deployment, 'acme/shop')).toEqual({ kind: 'unknown' });
    expect((await deployment.everything()).size).toBe(after.size);
  });

  it('stays while a workflow of it runs; with force the workflow is stopped, and its last step is waited for', async () => {
    const id = `gh-${'7'.padStart(24, '0')}`;
    await makeDynamoIncidentStore(deployment.at('incidents')).update(id, { status: 'open' });
    await deployment.workflow.start(id, 1);
    expect(await remove(deployment, 'acme/shop')).toEqual({ kind: 'open', incidents: [id] });
    expect(await remove(deployment, 'acme/shop', true)).toEqual({
      kind: 'stopping',
      incidents: [id],
      waitSeconds: SETTLE_SECONDS,
    });
    expect(await deployment.workflow.status(id, 1)).toBe('ended');
    expect(await remove(deployment, 'acme/shop', true)).toMatchObject({ kind: 'stopping', incidents: [] });
    const left = [...(await deployment.everything()).keys()];
    expect(own.filter((place) => !left.includes(place))).toEqual([]);
    deployment.clock.advance(SETTLE_SECONDS * 1000);
    let answer = await remove(deployment, 'acme/shop', true);
    while (answer.kind === 'deleted' && !answer.done) answer = await remove(deployment, 'acme/shop', true);
    expect(answer).toMatchObject({ kind: 'deleted', done: true });
    expect([...(await deployment.everything()).keys()].filter((place) => own.includes(place))).toEqual([]);
  });

  it('is nothing for a name that is only a part of others', async () => {
    expect(await remove(deployment, 'acme/sh')).toEqual({ kind: 'unknown' });
    const from = null;
    expect(await exportRepository({ kind: 'export', repository: 'acme/sh', from }, deployment.deps)).toEqual({
      kind: 'unknown',
    });
  });
});
