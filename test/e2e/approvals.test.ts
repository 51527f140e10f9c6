import { randomUUID } from 'node:crypto';
import { UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { outputOf } from '#apps/local/stage.ts';
import type { FailedRun } from '#apps/local/world/samples/samples.ts';
import { commentOn, signsUnder } from './support/commenting.ts';
import { expectClean, type Healer, openHealer, type Subject } from './support/healer.ts';
import { post, trigger } from './support/steering.ts';
import { until } from './support/until.ts';

let healer: Healer;
beforeAll(async () => {
  healer = await openHealer({
    configuration: {
      policy: {
        maxActionsPerHour: 500,
        maxActionsPerTargetPerHour: 50,
        breakerFailures: 50,
        approvalRequiredRisks: ['low', 'medium', 'high'],
        approvalMinutes: 30,
      },
    },
  });
});
afterEach(() => expectClean(healer));
afterAll(() => healer?.stop());

const mails = (subject: Subject) => healer.mailsAbout(subject).map((mail) => mail.subject);

/** The digest that the mail tells to repeat in a comment. */
async function askedDigest(subject: Subject): Promise<string> {
  const found = () =>
    healer.mailsAbout(subject).flatMap(({ text }) => /\/selfheal approve ([0-9a-f]+)/.exec(text)?.[1] ?? [])[0];
  await until('the request for an approval', () => found() !== undefined);
  return found() ?? '';
}

/** Writes a comment on the run's pull request. Gives the comment's id. */
async function comment({ runId }: FailedRun, by: string, text: string, delivery?: string): Promise<number> {
  const incident = await healer.incidents.get(healer.incidentId(runId));
  if (incident === null) throw new Error(`Run ${runId} has no incident.`);
  return await commentOn(healer, incident, by, text, delivery === undefined ? {} : { delivery });
}

const signUnder = (id: number) => signsUnder(healer, id);

it('lets a person with write access approve by a comment on the pull request, and nobody else', async () => {
  const run = healer.world.samples.failRun('transient', { rerunMs: 40 });
  const digest = await askedDigest(run.runId);
  const forged = await post(healer, '{"action":"created"}', {
    secret: 'guessed',
    headers: { 'x-github-event': 'issue_comment' },
  });
  expect(forged.status).toBe(401);

  const refused = await comment(run, 'stranger', `/selfheal approve ${digest}`);
  await until('the refusal', () => signUnder(refused).length > 0);
  expect(signUnder(refused)).toEqual(['-1']);
  const elsewhere = await comment(run, 'acme-lead', `/selfheal approve ${'0'.repeat(12)}`);
  await until('that nothing is decided', () => signUnder(elsewhere).length > 0);
  expect(signUnder(elsewhere)).toEqual(['confused']);
  expect(healer.world.journal.count('github.run.rerun', `${run.repository}/runs/${run.runId}`)).toBe(0);

  const delivery = randomUUID();
  const taken = await comment(run, 'acme-lead', `/selfheal approve ${digest}`, delivery);
  expect(await healer.ended(run.runId)).toMatchObject({ status: 'resolved' });
  await until('the sign', () => signUnder(taken).length > 0);
  expect(signUnder(taken)).toEqual(['+1']);
  const trail = await healer.incidents.auditTrail(healer.incidentId(run.runId));
  expect(
    trail.filter(({ event }) => event.startsWith('approval.')).map(({ event, facts }) => [event, facts.by]),
  ).toEqual([
    ['approval.requested', undefined],
    ['approval.refused', 'github:stranger'],
    ['approval.approved', 'github:acme-lead'],
  ]);
  expect(healer.world.journal.count('github.run.rerun', `${run.repository}/runs/${run.runId}`)).toBe(1);

  const wrong = await comment(run, 'acme-lead', '/selfheal wrong storage_issues');
  await until('the correction', () => signUnder(wrong).length > 0);
  expect(signUnder(wrong)).toEqual(['+1']);
  const [prediction] = (await healer.predictions.recentPredictions(10)).filter(
    ({ incidentId }) => incidentId === healer.incidentId(run.runId),
  );
  expect(prediction?.correction).toMatchObject({ class: 'storage_issues', by: 'github:acme-lead' });
});

it('keeps to what was asked for quietly, and leaves no comment that still waits for what is over', async () => {
  const run = healer.world.samples.failRun('transient', { rerunMs: 40 });
  const digest = await askedDigest(run.runId);
  const status = () => ours(run).find((body) => body.includes(healer.incidentId(run.runId)));
  expect(status()).toContain('Waiting for an approval.');
  const hushed = await comment(run, 'acme-lead', '/selfheal quiet');
  await until('the quiet', () => signUnder(hushed).includes('+1'));
  await comment(run, 'acme-lead', `/selfheal reject ${digest}`);
  expect(await healer.ended(run.runId)).toMatchObject({ status: 'escalated' });
  expect(status()).not.toContain('Waiting for an approval.');
  expect(status()).toContain('The plan was not approved.');
  const before = ours(run).length;
  const next = healer.world.samples.failRun('regression', { pullRequest: run.pullRequest });
  expect(await healer.ended(next.runId)).toMatchObject({ status: 'suggested' });
  expect(ours(run)).toHaveLength(before);
  expect(status()).toContain('The plan was not approved.');
});

/** Bodies of what Selfheal wrote on the run's pull request. */
const ours = ({ repository, pullRequest }: FailedRun) =>
  healer.world.github
    .comments(repository, pullRequest ?? 0)
    .map(({ body }) => body)
    .filter((body) => body.includes('<!-- selfheal'));

it('reminds of a request that nobody answered at half of its time, once', async () => {
  const run = healer.world.samples.failRun('transient', { rerunMs: 40 });
  const short = await askedDigest(run.runId);
  const incidentId = healer.incidentId(run.runId);
  await trigger(healer, 'reconciler');
  expect(mails(run.runId)).toHaveLength(1);
  await letTimePass(incidentId, short);
  for (let round = 0; round < 3; round += 1) await trigger(healer, 'reconciler');
  await until('the reminder', () => mails(run.runId).length === 2);
  expect(mails(run.runId)).toEqual(
    expect.arrayContaining([expect.stringMatching(/^\[Selfheal\] Approval still needed: Re-run the failed jobs/)]),
  );
  const events = (await healer.incidents.auditTrail(incidentId)).map(({ event }) => event);
  expect(events.filter((event) => event === 'approval.reminded')).toHaveLength(1);
  await comment(run, 'acme-lead', `/selfheal reject ${short}`);
  expect(await healer.ended(run.runId)).toMatchObject({
    status: 'escalated',
    outcomeReason: 'The plan was not approved.',
  });
});

/** Makes the request look as if it had been made long before: more than half of its time is over. */
async function letTimePass(incidentId: string, short: string): Promise<void> {
  const digest = (await healer.incidents.auditTrail(incidentId))
    .map(({ facts }) => String(facts.digest))
    .find((one) => one.startsWith(short));
  await healer.dynamoDb.send(
    new UpdateItemCommand({
      TableName: outputOf(healer.runtime, 'IncidentsTableName'),
      Key: { pk: { S: `INC#${incidentId}` }, sk: { S: `APPROVAL#${digest}` } },
      UpdateExpression: 'SET requestedAt = :at',
      ExpressionAttributeValues: { ':at': { S: new Date(Date.now() - 3600_000).toISOString() } },
    }),
  );
}
