import { ScanCommand } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { outputOf } from '#apps/local/stage.ts';
import { expectClean, type Healer, openHealer } from './support/healer.ts';
import { post } from './support/steering.ts';
import { tableNamed } from './support/template.ts';
import { until } from './support/until.ts';

const RIVAL = ['rival', 'secret'].join('-');
let healer: Healer;
beforeAll(async () => {
  healer = await openHealer({ configuration: { policy: { approvalRequiredRisks: ['low', 'medium', 'high'] } } });
  healer.world.github.addRepository('rival/tool');
  healer.runtime.overrideSecret(outputOf(healer.runtime, 'WebhookSecretName'), {
    current: healer.webhookSecret,
    repositories: JSON.stringify({ rival: { current: RIVAL } }),
  });
});
afterAll(() => healer?.stop());

/** Keys of all records. */
async function stored(): Promise<string[]> {
  const tables = ['Incidents', 'Control', 'Stats', 'Knowledge'].map((part) => tableNamed(healer, part));
  const found = await Promise.all(tables.map((TableName) => healer.dynamoDb.send(new ScanCommand({ TableName }))));
  return found.flatMap(({ Items = [] }) => Items.map(({ pk, sk }) => `${pk?.S} ${sk?.S}`)).sort();
}

it('lets nobody approve the plan of another repository with its id in a body that their own secret signs', async () => {
  const run = healer.world.samples.failRun('transient', { rerunMs: 40 });
  const asked = () =>
    healer.mailsAbout(run.runId).flatMap(({ text }) => /\/selfheal approve ([0-9a-f]+)/.exec(text)?.[1] ?? [])[0];
  await until('the request for an approval', () => asked() !== undefined);
  const incidentId = healer.incidentId(run.runId);
  const payload = healer.world.github.runPayload(run.runId) as { readonly repository: { readonly id: number } };
  const { repository } = payload;
  const written = async () =>
    (await healer.incidents.auditTrail(incidentId)).some(({ event }) => event === 'approval.requested');
  await until('the end of the request', written);
  await until('quiet', () => healer.runtime.isIdle());
  const before = await stored();
  const trail = (await healer.incidents.auditTrail(incidentId)).length;
  const person = { login: 'acme-lead', type: 'User' };
  const comment = (fullName: string) => ({
    action: 'created',
    issue: { number: run.pullRequest, pull_request: {}, user: person },
    comment: { id: 999_001, body: `/selfheal approve ${asked()}`, user: person, performed_via_github_app: null },
    repository: { id: repository.id, full_name: fullName },
    sender: person,
  });
  const headers = { 'x-github-event': 'issue_comment' };
  const own = JSON.stringify(comment('acme/shop'));
  expect(await post(healer, own, { secret: RIVAL, headers })).toMatchObject({ status: 401 });
  const theirs = JSON.stringify(comment('rival/tool'));
  expect(await post(healer, theirs, { secret: RIVAL, headers })).toMatchObject({ status: 202 });
  const failed = { ...payload, repository: { ...repository, full_name: 'rival/tool' } };
  expect(await post(healer, JSON.stringify(failed), { secret: RIVAL })).toMatchObject({ status: 202 });
  await until('an empty queue', () => healer.runtime.isIdle());
  // The list of received events says that it opened nothing.
  const added = (await stored()).filter((key) => !before.includes(key));
  expect(added).toEqual([expect.stringMatching(/^EVENT/)]);
  expect(await healer.incidents.auditTrail(incidentId)).toHaveLength(trail);
  expect(healer.world.journal.count('github.run.rerun', `${run.repository}/runs/${run.runId}`)).toBe(0);
  expectClean(healer);
});
