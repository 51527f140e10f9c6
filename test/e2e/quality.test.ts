import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { judge } from '#shared/domain/quality/judgement.ts';
import type { Prediction } from '#shared/domain/quality/prediction.ts';
import { expectClean, type Healer, openHealer } from './support/healer.ts';
import { answersGotWorse } from './support/predictions.ts';
import { trigger } from './support/steering.ts';
import { until } from './support/until.ts';

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

let healer: Healer;
beforeAll(async () => {
  healer = await openHealer();
});
afterAll(() => healer?.stop());

async function predictionOf(runId: number): Promise<Prediction> {
  const all = await healer.predictions.recentPredictions(100);
  const own = all.find(({ incidentId }) => incidentId === healer.incidentId(runId));
  if (own === undefined) throw new Error(`Nothing was predicted of run ${runId}.`);
  return own;
}

it('[C68] keeps of each healed run what was predicted and what came out: known where a re-run showed it, unknown where nothing did', async () => {
  const passes = healer.world.samples.failRun('transient', { rerunMs: 20 });
  const lasts = healer.world.samples.failRun('regression');
  expect(await healer.ended(passes.runId)).toMatchObject({ status: 'resolved' });
  expect(await healer.ended(lasts.runId)).toMatchObject({ status: 'suggested' });
  const healed = await predictionOf(passes.runId);
  expect(healed).toMatchObject({ ending: { shown: 'transient', by: 'rerun-failed-jobs', status: 'resolved' } });
  expect(judge(healed)).toMatchObject({ kind: 'judged', judgements: [{ claim: 'verdict', right: true }] });
  const suggested = await predictionOf(lasts.runId);
  expect(suggested.model).toBe(healed.model);
  expect(suggested).toMatchObject({ class: 'test_failure', ending: { shown: 'unknown', by: null } });
  expect(judge(suggested)).toEqual({ kind: 'unknown' });
  expectClean(healer);
});

it('[C69][C71] mails once when the answers of the model in production got worse than it promised', async () => {
  const told = () => healer.runtime.mailbox.list().filter(({ subject }) => subject.includes('got worse'));
  await trigger(healer, 'quality');
  expect(told()).toEqual([]);
  await answersGotWorse(healer);
  await trigger(healer, 'quality');
  await until('the mail', () => told().length > 0);
  await trigger(healer, 'quality');
  await healer.quiet();
  expect(told()).toHaveLength(1);
  expect(told()[0]?.text).toContain('60.0%');
  expectClean(healer);
});
