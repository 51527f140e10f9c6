import { readFileSync } from 'node:fs';
import { S3Client } from '@aws-sdk/client-s3';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { outputOf } from '#apps/local/stage.ts';
import { makeDynamoModelRegistry } from '#shared/adapters/aws/dynamo-model-registry.ts';
import { makeS3ModelArtifacts } from '#shared/adapters/aws/s3-model-artifacts.ts';
import { promoteModel, registerModel } from '#shared/app/learning/model-registry.ts';
import { judge } from '#shared/domain/answers/judgement.ts';
import type { Prediction } from '#shared/domain/answers/prediction.ts';
import { aModelVersion, heldOut, rightOf } from '#test/builders/index.ts';
import { runSelfheal } from './support/command-line.ts';
import { expectClean, type Healer, openHealer } from './support/healer.ts';
import { answersGotWorse } from './support/predictions.ts';
import { trigger } from './support/steering.ts';
import { until } from './support/until.ts';

const PROMOTED = 'b'.repeat(16);

let healer: Healer;
beforeAll(async () => {
  healer = await openHealer();
  await promoteAnother();
});
afterAll(() => healer?.stop());

/** Registers the shipped weights under another name as a better model, and puts them in production as an operator would. */
async function promoteAnother(): Promise<void> {
  const { endpoint } = healer.runtime;
  const credentials = { accessKeyId: healer.adminKey, secretAccessKey: 'local' };
  const s3 = new S3Client({ endpoint, region: 'us-east-1', credentials, forcePathStyle: true });
  const deps = {
    registry: makeDynamoModelRegistry({
      table: outputOf(healer.runtime, 'StatsTableName'),
      client: DynamoDBDocumentClient.from(healer.dynamoDb),
    }),
    artifacts: makeS3ModelArtifacts({ bucket: outputOf(healer.runtime, 'EvidenceBucketName'), client: s3 }),
    shipped: aModelVersion('a', heldOut(rightOf(900, 1000))).version,
  };
  const file = readFileSync('shared/data/models/failure.json', 'utf8').replace(
    /"id":"[0-9a-f]+"/,
    `"id":"${PROMOTED}"`,
  );
  const { version } = aModelVersion('b', heldOut(rightOf(950, 1000)), file);
  const by = { at: new Date(), by: 'operator' };
  await registerModel(version, file, by, deps);
  expect(await promoteModel({ id: PROMOTED, to: 'production' }, by, deps)).toMatchObject({ kind: 'changed' });
  s3.destroy();
}

/** What the command line prints of the answers that the stage keeps. */
const selfheal = (...args: readonly string[]) =>
  runSelfheal(healer, ...args, '--table', outputOf(healer.runtime, 'StatsTableName'));

async function predictionOf(runId: number): Promise<Prediction> {
  const all = await healer.predictions.recentPredictions(100);
  const own = all.find(({ incidentId }) => incidentId === healer.incidentId(runId));
  if (own === undefined) throw new Error(`Nothing was predicted of run ${runId}.`);
  return own;
}

it('[C40][C68] keeps of each healed run what was predicted and what came out: known where a re-run showed it, unknown where nothing did', async () => {
  const passes = healer.world.samples.failRun('transient', { rerunMs: 20 });
  const lasts = healer.world.samples.failRun('regression');
  expect(await healer.ended(passes.runId)).toMatchObject({ status: 'resolved' });
  expect(await healer.ended(lasts.runId)).toMatchObject({ status: 'suggested' });
  const healed = await predictionOf(passes.runId);
  expect(healed).toMatchObject({ ending: { shown: 'transient', by: 'rerun-failed-jobs', status: 'resolved' } });
  expect(judge(healed)).toMatchObject({ kind: 'judged', judgements: [{ claim: 'verdict', right: true }] });
  const suggested = await predictionOf(lasts.runId);
  expect([healed.model, suggested.model]).toEqual([PROMOTED, PROMOTED]);
  expect(suggested).toMatchObject({ class: 'test_failure', ending: { shown: 'unknown', by: null } });
  expect(judge(suggested)).toEqual({ kind: 'unknown' });
  expectClean(healer);
});

it('[C69][C71] mails once when the answers of the model in production got worse than it promised, with a candidate trained since', async () => {
  const told = () =>
    healer.runtime.mailbox.list().filter(({ subject }) => subject.includes('less often than promised'));
  await trigger(healer, 'answers');
  expect(told()).toEqual([]);
  await answersGotWorse(healer, PROMOTED);
  await trigger(healer, 'answers');
  await until('the mail', () => told().length > 0);
  await trigger(healer, 'answers');
  await healer.quiet();
  expect(told()).toHaveLength(1);
  expect(told()[0]?.text).toContain('60.0 %');
  const candidate = /model promote ([0-9a-f]{16})|A new version,\s+([0-9a-f]{16})/.exec(told()[0]?.text ?? '');
  const id = candidate?.[1] ?? candidate?.[2] ?? 'none';
  expect((await selfheal('model', 'list')).stdout).toContain(`${id}  candidate`);
  expectClean(healer);
});

it('[C68][C71] shows an operator the same, takes what a person says, and exits with 1 while answers are worse than promised', async () => {
  const wrong = (await healer.predictions.recentPredictions(1000)).find(({ ending }) => ending?.shown === 'unknown');
  if (wrong === undefined) throw new Error('There is no incident that nothing was shown of.');
  const said = await selfheal('quality', 'correct', wrong.incidentId, 'storage_issues', '--json');
  expect(JSON.parse(said.stdout)).toEqual({ kind: 'corrected', said: wrong.class, right: false });
  const { code, stdout } = await selfheal('quality', 'report', '--json');
  expect(code).toBe(1);
  expect(JSON.parse(stdout)).toMatchObject({ model: PROMOTED, degraded: true, retrain: { due: true } });
  expect((await selfheal('model', 'list')).stdout).toContain(`${PROMOTED}  production`);
});
