import { DynamoDBDocumentClient, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { outputOf } from '#apps/local/stage.ts';
import { makeDynamoHealingStore } from '#shared/adapters/aws/dynamo-healing-store.ts';
import { sampleConfiguration } from './support/assemblies.ts';
import { runSelfheal } from './support/command-line.ts';
import { expectClean, type Healer, openHealer, type Subject } from './support/healer.ts';
import { trigger } from './support/steering.ts';
import { until } from './support/until.ts';

const DAY = 86_400_000;

let healer: Healer;
beforeAll(async () => {
  const { verification } = sampleConfiguration();
  healer = await openHealer({
    configuration: { verification: { ...verification, healedAfterDays: 1 } },
  });
});
afterEach(() => expectClean(healer));
afterAll(() => healer?.stop());

/** What an operator is told of an incident. */
const explain = (subject: Subject) => explainId(healer.incidentId(subject));
const explainId = (id: string) => {
  const table = outputOf(healer.runtime, 'IncidentsTableName');
  return runSelfheal(healer, 'incident', 'explain', id, '--table', table);
};

it('[D228] tells the whole story of a healed run from its audit trail, which is one unbroken chain', async () => {
  const run = healer.world.samples.failRun('transient', { rerunMs: 40 });
  expect(await healer.ended(run.runId)).toMatchObject({ status: 'resolved' });
  const { code, stdout } = await explain(run.runId);
  expect(code).toBe(0);
  for (const words of [
    'It was opened: GitHub reported a failed run',
    'The plan was to do it without asking: rerun-failed-jobs',
    'possible actions rerun-failed-jobs',
    'The last check allowed rerun-failed-jobs',
    'kill switch off',
    'Verified: rerun-failed-jobs',
    'It ended: resolved, as verified, after one action.',
    'The audit trail is intact',
  ]) {
    expect(stdout).toContain(words);
  }
  // As the terminal and comments show ids.
  const byBeginning = await explainId(healer.incidentId(run.runId).slice(0, 8));
  expect(byBeginning).toEqual({ code, stdout });
});

it('shows how often each function asked GitHub about an incident: as often as GitHub was asked', async () => {
  const run = healer.world.samples.failRun('transient', { rerunMs: 40, deliver: 'none' });
  const id = healer.incidentId(run.runId);
  let asked = 0;
  // What is asked before the workflow begins, and for redelivery of webhooks, is asked for no incident alone.
  const isAtWork = () => healer.runtime.executions().some(({ name }) => name.startsWith(id));
  const stop = healer.world.onExchange(({ service, operation }) => {
    if (service === 'github' && isAtWork() && !operation.includes('webhook')) asked += 1;
  });
  // An answer that is lost is asked for again, and that counts, too.
  healer.world.faults.inject('actions/get-workflow-run', { kind: 'status', status: 502 });
  await healer.world.github.announceRun(run.runId, 'completed');
  await healer.ended(run.runId);
  await healer.quiet();
  stop();
  const { stdout } = await explain(run.runId);
  const [, total, each = ''] = /^(\d+) requests to GitHub: (.*)\.$/m.exec(stdout) ?? [];
  expect(asked).toBeGreaterThan(10);
  expect(Number(total)).toBe(asked);
  expect(healer.world.faults.pending()).toEqual([]);
  expect(each).toMatch(/gather \d+/);
  expect(each).toMatch(/act-github \d+/);
});

it('[D212] counts a failure that comes back against what had helped, tells people, and calls healed what then stays away', async () => {
  const first = healer.world.aws.fireAlarm('orders', { okAfterMs: 60 });
  const resolved = await healer.ended(first);
  expect(resolved).toMatchObject({ status: 'resolved' });
  const outcomes = async () =>
    (await healer.experience.actionOutcomes(resolved.classification?.class ?? 'unknown', 10)).map((one) => [
      one.incidentId === resolved.id,
      one.verified,
    ]);
  expect(await outcomes()).toEqual([[true, 'recovered']]);

  const second = healer.world.aws.fireAlarm('orders', { okAfterMs: 60 });
  expect(await healer.ended(second)).toMatchObject({ status: 'resolved' });
  expect(await healer.incidents.get(resolved.id)).toMatchObject({
    status: 'linked',
    parentId: healer.incidentId(second),
    outcomeReason: expect.stringMatching(/^It came back after \d+ minutes? and continues as incident \S+\.$/),
  });
  expect(await outcomes()).toEqual(
    expect.arrayContaining([
      [true, 'failed'],
      [false, 'recovered'],
    ]),
  );
  const told = () => healer.mailsAbout(second).map(({ text }) => text.replace(/\s+/g, ' '));
  await until('the mail about it', () => told().some((text) => text.includes('It came back after')));

  await letDayPass(healer.incidentId(second));
  await trigger(healer, 'reconciler');
  await until(
    'the end of the watch',
    async () => (await healer.incidents.get(healer.incidentId(second)))?.status === 'healed',
  );
  expect((await explain(second)).stdout).toMatch(/came back after .* counts as not lasting[\s\S]*It is healed/);
  expect(await healer.incidents.get(resolved.id)).toMatchObject({ status: 'linked' });
});

/** Makes the watch over an incident look as if its time were over. */
async function letDayPass(incidentId: string): Promise<void> {
  const table = outputOf(healer.runtime, 'IncidentsTableName');
  const client = DynamoDBDocumentClient.from(healer.dynamoDb);
  const watches = await makeDynamoHealingStore({ table, client }).due(new Date(Date.now() + 2 * DAY), 10);
  const watch = watches.find((one) => one.incidentId === incidentId);
  if (watch === undefined) throw new Error(`Nobody watches ${incidentId}.`);
  await client.send(
    new UpdateCommand({
      TableName: table,
      Key: { pk: `HEALING#${watch.key}`, sk: 'WATCH' },
      UpdateExpression: 'SET dueAt = :at, updatedAt = :at',
      ExpressionAttributeValues: { ':at': watch.resolvedAt },
    }),
  );
}
