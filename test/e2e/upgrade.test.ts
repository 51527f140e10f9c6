import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DynamoDBDocumentClient, QueryCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { outputOf, RECORD_FORMAT } from '#apps/local/stage.ts';
import { answerOn, planOn, signIn } from '#lab/drills/approvals.ts';
import { verifyChain } from '#shared/domain/audit/audit-chain.ts';
import { askedFor } from './support/approving.ts';
import { sampleConfiguration } from './support/assemblies.ts';
import { runSelfheal } from './support/command-line.ts';
import { commentOn, signsUnder } from './support/commenting.ts';
import { formerSeals, makeFolderFormer, makeRecordsFormer, type Seals } from './support/former-format.ts';
import { expectClean, type Healer, openHealer } from './support/healer.ts';
import { until } from './support/until.ts';

const PASSWORD = ['Correct', 'Horse', '8', 'Battery'].join('-');

const dataDir = mkdtempSync(join(tmpdir(), 'selfheal-upgrade-'));
const open = () => {
  const { verification } = sampleConfiguration();
  return openHealer({
    dataDir,
    configuration: {
      // A re-run waits for a person, a rollback does not.
      policy: { maxActionsPerHour: 500, breakerFailures: 50, approvalRequiredRisks: ['low'], approvalMinutes: 1440 },
      verification: { ...verification, healedAfterDays: 1 },
    },
  });
};

let healer: Healer;
let token: string;
let seals: Seals;
/** Begun before the upgrade: two runs that wait for a person, one that has its suggestion, and an alarm that was healed. */
let before: Record<
  'byPage' | 'byComment' | 'suggested',
  { readonly runId: number; readonly pullRequest: number | null }
>;
let page: string;
let healed: string;

beforeAll(async () => {
  healer = await open();
  await healer.runtime.createUser('ada', 'ada@example.com', PASSWORD, ['admin', 'approver']);
  const { samples, aws } = healer.world;
  before = {
    byPage: samples.failRun('transient', { rerunMs: 40 }),
    byComment: samples.failRun('transient', { rerunMs: 40 }),
    suggested: samples.failRun('regression', { rerunMs: 40 }),
  };
  for (const { runId } of [before.byPage, before.byComment])
    await until('its wait for a person', () => healer.statesOf(runId).includes('Approve'));
  page = new URL(await askedFor(healer, before.byPage.runId)).pathname;
  expect(await healer.ended(before.suggested.runId)).toMatchObject({ status: 'suggested' });
  healed = (await healer.ended(aws.fireAlarm('orders', { okAfterMs: 60 }))).id;
  await until('rest', () => healer.runtime.isIdle());
  seals = await formerSeals(healer, [...idsOfRuns(), healed]);
  await healer.stop();
  makeFolderFormer(dataDir, seals);
  healer = await open();
  expect(await makeRecordsFormer(healer, seals)).toBeGreaterThan(15);
  token = await signIn(healer, 'ada@example.com', PASSWORD);
});
afterEach(() => expectClean(healer));
afterAll(async () => {
  await healer?.stop();
  rmSync(dataDir, { recursive: true, force: true });
});

const idsOfRuns = () => Object.values(before).map(({ runId }) => healer.incidentId(runId));

async function api(path: string) {
  const response = await fetch(`${healer.runtime.endpoint}/api${path}`, {
    headers: { authorization: `Bearer ${token}` },
  });
  expect(response.status, path).toBe(200);
  return JSON.parse(await response.text());
}

/** The records of an incident as they are stored. */
async function stored(id: string) {
  const client = DynamoDBDocumentClient.from(healer.dynamoDb);
  const TableName = outputOf(healer.runtime, 'IncidentsTableName');
  const { Items = [] } = await client.send(
    new QueryCommand({
      TableName,
      KeyConditionExpression: 'pk = :pk',
      ExpressionAttributeValues: { ':pk': `INC#${id}` },
    }),
  );
  return Items;
}
const targetsOf = async (id: string) =>
  (await stored(id)).flatMap(({ sk, target }) =>
    target === undefined ? [] : [[String(sk).split('#')[0], target.kind]],
  );

/** The link of a mail with the seal of then. */
const pageOfBefore = () =>
  [...seals].reduce((path, [today, then]) => path.replace(today, then), `${healer.runtime.endpoint}${page}`);

describe('a deployment that is upgraded over the records of the version before', () => {
  it('lists them, shows each with its whole trail, in the API and on the terminal', async () => {
    for (const id of idsOfRuns()) {
      expect(await targetsOf(id)).toContainEqual(['META', 'github-run']);
      expect(verifyChain(id, await healer.incidents.auditTrail(id))).toMatchObject({ kind: 'intact' });
    }
    const listed: { id: string }[] = (await api('/incidents')).incidents;
    expect(listed.map(({ id }) => id).sort()).toEqual([...idsOfRuns(), healed].sort());
    const open: { id: string }[] = (await api('/incidents?status=open&repository=acme/shop')).incidents;
    expect(open).toHaveLength(2);
    for (const { runId } of Object.values(before)) {
      const shown = await api(`/incidents/${healer.incidentId(runId)}`);
      expect(shown.subject).toMatchObject({ kind: 'run', host: 'github', runId });
    }
    const { code, stdout } = await runSelfheal(
      healer,
      ...['incident', 'explain', healed, '--table', outputOf(healer.runtime, 'IncidentsTableName')],
    );
    expect([code, stdout]).toEqual([0, expect.stringContaining('The audit trail is intact')]);
  });

  it('goes on with an open one: its page, the approval on it, the action, and the same comment', async () => {
    const { runId, pullRequest } = before.byPage;
    expect(healer.comment(pullRequest)).toContain('Waiting for an approval.');
    expect(await planOn(pageOfBefore(), token)).toMatchObject({ status: 200, json: { state: 'pending' } });
    expect(await answerOn(pageOfBefore(), 'approved', token)).toMatchObject({ status: 200 });
    expect(await healer.ended(runId)).toMatchObject({ status: 'resolved', attempt: 1 });
    await until('the end of its comment', () => /Verified: it passed/.test(healer.comment(pullRequest)));
    expect(healer.world.journal.count('github.run.rerun', `acme/shop/runs/${runId}`)).toBe(1);
    const id = healer.incidentId(runId);
    expect(verifyChain(id, await healer.incidents.auditTrail(id))).toMatchObject({ kind: 'intact' });
  });

  it('takes the approval by a comment that names the seal of then', async () => {
    const { runId } = before.byComment;
    const incident = await healer.incidents.get(healer.incidentId(runId));
    if (incident === null) throw new Error('It is stored.');
    const [{ digest } = { digest: null }] = await healer.incidents.listPlans(incident.id);
    expect([...seals.values()]).toContain(digest);
    const comment = await commentOn(healer, incident, 'acme-lead', `/selfheal approve ${digest?.slice(0, 12)}`);
    expect(await healer.ended(runId)).toMatchObject({ status: 'resolved' });
    await until('the sign', () => signsUnder(healer, comment).length > 0);
    expect(signsUnder(healer, comment)).toEqual(['+1']);
  });

  it('knows what comes back, and counts it against what had helped', async () => {
    const again = healer.world.aws.fireAlarm('orders', { okAfterMs: 60 });
    expect(await healer.ended(again)).toMatchObject({ status: 'resolved' });
    expect(await healer.incidents.get(healed)).toMatchObject({
      status: 'linked',
      parentId: healer.incidentId(again),
      outcomeReason: expect.stringContaining('It came back after'),
    });
  });

  it('writes what is new in its own format, beside what was read of before', async () => {
    const { runId, pullRequest } = before.suggested;
    const id = healer.incidentId(runId);
    healer.world.github.rerunByHand(runId);
    await until('the second attempt', async () => (await healer.incidents.get(id))?.attempt === 2);
    expect(await healer.ended(runId)).toMatchObject({ status: 'suggested', runAttempt: 2 });
    expect(healer.comment(pullRequest)).toMatch(/attempt 2/);
    expect((await healer.evidence.getTelemetry(id))?.facts).toMatchObject({ kind: 'run', attempt: 2 });
    const next = healer.world.samples.failRun('transient', { rerunMs: 40 });
    await until('its request', () => healer.statesOf(next.runId).includes('Approve'));
    const written = await targetsOf(healer.incidentId(next.runId));
    expect(written.length).toBeGreaterThan(1);
    expect(written.filter(([, kind]) => kind !== 'run')).toEqual([]);
    const { recordFormat } = JSON.parse(readFileSync(join(dataDir, 'runtime/version.json'), 'utf8'));
    expect(recordFormat).toBe(RECORD_FORMAT);
  });
});
