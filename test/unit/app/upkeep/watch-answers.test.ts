import { OutcomeUnknown } from '@selfheal/kernel/errors.ts';
import { describe, expect, it } from 'vitest';
import { correctPrediction } from '#shared/app/learning/correct-prediction.ts';
import { promoteModel, registerModel } from '#shared/app/learning/model-registry.ts';
import { watchAnswers } from '#shared/app/upkeep/watch-answers.ts';
import type { Prediction } from '#shared/domain/answers/prediction.ts';
import type { Retraining } from '#shared/domain/answers/watch.ts';
import { NOTIFIERS } from '#shared/plugins/notifiers/registry.ts';
import {
  aConfiguration,
  aModelVersion,
  aPrediction,
  heldOut,
  judgedPredictions,
  rightOf,
} from '#test/builders/index.ts';
import {
  fakeClock,
  makeMemoryControlStore,
  makeMemoryMailer,
  makeMemoryModelArtifacts,
  makeMemoryModelRegistry,
  makeMemoryPredictionStore,
  makeRecordingLog,
  makeRecordingMeter,
} from '#test/fakes/index.ts';

const MODEL = 'a'.repeat(16);
const GOOD = rightOf(60, 60);
const BAD = rightOf(60, 90);

function setUp(rights: readonly boolean[], change: Partial<Prediction> = { model: MODEL }) {
  return {
    predictions: makeMemoryPredictionStore(judgedPredictions(rights, change)),
    registry: makeMemoryModelRegistry(),
    shipped: aModelVersion('a', heldOut(rightOf(900, 1000))).version,
    mailer: makeMemoryMailer(),
    notifiers: NOTIFIERS,
    configuration: aConfiguration(),
    clock: fakeClock(),
    control: makeMemoryControlStore(),
    meter: makeRecordingMeter(),
    log: makeRecordingLog(),
    retrain: async (): Promise<Retraining> => ({ kind: 'too-few', cases: 12, needed: 30 }),
  };
}

async function add({ predictions }: ReturnType<typeof setUp>, rights: readonly boolean[], from: string): Promise<void> {
  for (const one of judgedPredictions(rights, { model: MODEL }, from)) await predictions.addPrediction(one);
}

describe('watching the quality', () => {
  it('[C71] mails once when answers got worse than promised, until it is mended, and counts it for the alarm', async () => {
    const deps = setUp(BAD);
    await watchAnswers(deps);
    await watchAnswers(deps);
    expect(deps.mailer.mails).toHaveLength(1);
    expect(deps.mailer.mails[0]).toMatchObject({
      subject: '[Selfheal] Its answers are right less often than promised',
    });
    expect(deps.mailer.mails[0]?.message).toContain('66.7 %');
    expect(deps.meter.counts['quality-degraded']).toBe(2);
    await add(deps, rightOf(100, 100), '2026-11-02T00:00:00.000Z');
    await watchAnswers(deps);
    expect(deps.meter.counts['quality-notified-mended']).toBe(1);
    await add(deps, rightOf(0, 60), '2026-11-03T00:00:00.000Z');
    await watchAnswers(deps);
    expect(deps.mailer.mails).toHaveLength(2);
  });

  it('[C71] trains a candidate before it mails, and says what it is worth and how to put it to work', async () => {
    const deps = setUp(BAD);
    const rights = { before: 20, after: 41 };
    const candidate: Retraining = { kind: 'candidate', id: 'c'.repeat(16), cases: 50, rights, reasonsAgainst: [] };
    await watchAnswers({ ...deps, retrain: async () => candidate });
    const message = deps.mailer.mails[0]?.message.replace(/\s+/g, ' ');
    expect(message).toContain('Of 50 failures whose class people named, it got 41 right');
    expect(message).toContain(`selfheal model promote ${'c'.repeat(16)} --to production`);
    expect(deps.meter.counts['quality-retraining-candidate']).toBe(1);
  });

  it('[C71] says how many corrections are missing, why a candidate would be refused, and that training failed', async () => {
    const mailAfter = async (retrain: () => Promise<Retraining>) => {
      const deps = { ...setUp(BAD), retrain };
      await watchAnswers(deps);
      return deps.mailer.mails[0]?.message.replace(/\s+/g, ' ');
    };
    expect(await mailAfter(setUp(BAD).retrain)).toContain('named the class of 12 failures, and 30 are needed');
    const worse: Retraining = {
      kind: 'candidate',
      id: 'c'.repeat(16),
      cases: 50,
      rights: { before: 20, after: 19 },
      reasonsAgainst: ['The class is worse.'],
    };
    expect(await mailAfter(async () => worse)).toContain('not be promoted yet: The class is worse.');
    expect(await mailAfter(() => Promise.reject(new Error('no bucket')))).toContain(
      'No new version was trained, because training failed',
    );
  });

  it('[C69] is quiet while answers are as good as promised, and counts how good they are', async () => {
    const deps = setUp(GOOD);
    const report = await watchAnswers(deps);
    expect(report.accuracy).toMatchObject({ hits: 60, cases: 60 });
    expect(deps.mailer.mails).toEqual([]);
    expect(deps.meter.counts).toMatchObject({ 'quality-degraded': 0, 'quality-accuracy': 1, 'quality-judged': 60 });
  });

  it('counts no accuracy where nothing was judged', async () => {
    const deps = setUp([]);
    await watchAnswers(deps);
    expect(deps.meter.counts).toEqual({ 'quality-judged': 0, 'quality-degraded': 0 });
  });

  it('mails again when it is not known whether the mail went out', async () => {
    const deps = setUp(BAD);
    const lost = { publish: () => Promise.reject(new OutcomeUnknown('Lost.')) };
    await expect(watchAnswers({ ...deps, mailer: lost })).rejects.toMatchObject({ name: 'Retryable' });
    await watchAnswers(deps);
    expect(deps.mailer.mails).toHaveLength(1);
  });

  it('watches the model that the registry has in production, by what its own training promised', async () => {
    const deps = setUp(BAD, { model: 'b'.repeat(16) });
    const other = aModelVersion('b', heldOut(rightOf(930, 1000)));
    const registry = { ...deps, artifacts: makeMemoryModelArtifacts() };
    const by = { at: new Date(), by: 'dana' };
    expect((await watchAnswers(deps)).judged).toBe(0);
    await registerModel(other.version, other.file, by, registry);
    await promoteModel({ id: 'b'.repeat(16), to: 'production' }, by, registry);
    const report = await watchAnswers(deps);
    expect(report).toMatchObject({ model: 'b'.repeat(16), judged: 90, degraded: true });
  });
});

describe('correcting a prediction', () => {
  const at = new Date('2026-11-22T09:00:00.000Z');
  const order = { incidentId: aPrediction().incidentId, class: 'storage_issues' as const, by: 'dana', at };

  it('judges the last thing that was said of the incident', async () => {
    const store = makeMemoryPredictionStore([aPrediction(), aPrediction({ attempt: 2, class: 'storage_issues' })]);
    expect(await correctPrediction(order, store)).toEqual({ kind: 'corrected', said: 'storage_issues', right: true });
    const corrected = (await store.recentPredictions(2)).filter(({ correction }) => correction !== undefined);
    expect(corrected.map(({ attempt }) => attempt)).toEqual([2]);
  });

  it('stores nothing in a dry run', async () => {
    const store = makeMemoryPredictionStore([aPrediction()]);
    expect(await correctPrediction(order, store, { dryRun: true })).toMatchObject({ kind: 'corrected', right: false });
    expect((await store.recentPredictions(1))[0]?.correction).toBeUndefined();
  });

  it('says so when there is nothing to correct, or somebody did later', async () => {
    const store = makeMemoryPredictionStore([aPrediction()]);
    expect(await correctPrediction({ ...order, incidentId: 'gh-nothing' }, store)).toMatchObject({ kind: 'refused' });
    await correctPrediction(order, store);
    const earlier = { ...order, at: new Date('2026-11-22T08:00:00.000Z') };
    expect(await correctPrediction(earlier, store)).toMatchObject({ kind: 'refused' });
  });
});
