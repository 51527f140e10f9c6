import { describe, expect, it } from 'vitest';
import { AccuracySeries, AnswersFigures, LearningStatus, Models } from '#functions/api/routes/learning.ts';
import { registerModel } from '#shared/app/learning/model-registry.ts';
import { LearningHealth } from '#shared/domain/learning/learning-health.ts';
import { LearningReport } from '#shared/domain/learning/learning-report.ts';
import {
  aCorrection,
  aModelVersion,
  anEnding,
  aPastIncident,
  aPattern,
  aPatternOutcome,
  aPrediction,
  heldOut,
  judgedPredictions,
  rightOf,
} from '#test/builders/index.ts';
import { anApi } from './api-rig.ts';

const SCOPE = 'repository#501:acme/shop';
const helped = (count: number, helpedOf = () => true) =>
  Array.from({ length: count }, (_, at) =>
    aPatternOutcome({
      incident: `gh-${at}`,
      at: new Date(Date.UTC(2026, 10, 2) + at * 3_600_000).toISOString(),
      helped: helpedOf(),
    }),
  );

async function aSchool(change: Parameters<typeof anApi>[0] = {}) {
  const api = await anApi({ predictions: [aPrediction({ scope: SCOPE })], ...change });
  const read = async (path: string, as = 'viewer') => await api.call(`/api${path}`, { as });
  const post = (path: string, body: unknown, as: string) =>
    api.call(`/api${path}`, { method: 'POST', as, headers: { 'content-type': 'application/json' }, body });
  return { ...api, read, post };
}

describe('learning', () => {
  it('[D169] tells its stage, how far it is from the next one, what is missing and when it may be there', async () => {
    const { read, patterns } = await aSchool();
    expect(LearningStatus.parse((await read('/learning')).json).stage).toMatchObject({ stage: 'none', progress: 0 });
    await patterns.write(aPattern({ scope: SCOPE, confidence: 0.6, stage: 'suggest', outcomes: helped(5) }));
    await patterns.write(aPattern({ scope: SCOPE, id: 'f'.repeat(12), wording: 'another one entirely' }));
    const { stage, closest, patterns: counts, scopes } = LearningStatus.parse((await read('/learning')).json);
    expect(scopes).toEqual(['services', SCOPE]);
    expect(counts).toMatchObject({ active: 2, byStage: { observe: 1, suggest: 1 }, needApproval: 0 });
    expect(stage).toMatchObject({ stage: 'suggest', next: 'match', progress: 0.5, patternId: aPattern().id });
    expect(stage.missing[0]).toBe('5 more outcomes');
    expect(stage.etaDays).toBeGreaterThan(0);
    expect(closest.map(({ id }) => id)).toEqual([aPattern().id, 'f'.repeat(12)]);
  });

  it('tells which model answers, how well, and what its watch found', async () => {
    const predictions = judgedPredictions(rightOf(40, 50), { scope: SCOPE });
    const { read, predictions: store } = await aSchool({ predictions, shipped: aModelVersion('0').version });
    await store.setWatch({
      version: 1,
      model: '0'.repeat(16),
      degradedSince: '2026-11-20T00:00:00.000Z',
      lookedAt: '2026-11-21T00:00:00.000Z',
    });
    const { model } = LearningStatus.parse((await read('/learning')).json);
    expect(model).toMatchObject({ id: '0'.repeat(16), degradedSince: '2026-11-20T00:00:00.000Z' });
    expect(model.watchedAt).toBe('2026-11-21T00:00:00.000Z');
  });

  it.each(['/learning/health', '/ai/learning-health'])('[D113] is checked at %s, with advice', async (path) => {
    const { read, patterns } = await aSchool();
    await patterns.write(aPattern({ scope: SCOPE, outcomes: helped(6, () => false) }));
    const answer = LearningHealth.parse((await read(`${path}?days=60`)).json);
    expect(answer.healthy).toBe(false);
    expect(answer.checks.map(({ name }) => name)).toContain('safety limits');
    expect(answer.weak).toMatchObject([{ patternId: aPattern().id, helped: { hits: 0, cases: 6 } }]);
    expect(answer.recommendations.length).toBeGreaterThan(0);
    const kind = LearningHealth.parse(
      (await read(`${path}?scope=${encodeURIComponent(SCOPE)}&days=60&minSuccess=0`)).json,
    );
    expect(kind.weak).toEqual([]);
    for (const bad of ['days=0', 'days=401', 'minSuccess=2', 'minAccuracy=x', 'maxMinutes=0', 'scope=a', 'colour=red'])
      expect((await read(`${path}?${bad}`)).statusCode, bad).toBe(400);
    expect((await read(`${path}?scope=no-alarm`)).statusCode).toBe(404);
  });

  it('has its figures by the names of the document at /ai/learning-health', async () => {
    const { read, patterns } = await aSchool();
    await patterns.write(aPattern({ scope: SCOPE, outcomes: helped(6, () => false) }));
    const { json } = await read('/ai/learning-health?days=60');
    expect(json).toMatchObject({
      learning_velocity: expect.any(Number),
      pattern_diversity: null,
      confidence_calibration: null,
      human_feedback_ratio: expect.any(Number),
      knowledge_base_coverage: null,
      recommendation: expect.stringMatching(/\w{3,}/),
    });
    expect((json as { recommendations: string[] }).recommendations[0]).toBe(
      (json as { recommendation: string }).recommendation,
    );
    expect((await read('/learning/health?days=60')).json).not.toHaveProperty('recommendation');
  });

  it('[D161] is reported for some days', async () => {
    const { read, patterns, deps } = await aSchool();
    await patterns.write(aPattern({ scope: SCOPE, outcomes: helped(4) }));
    await deps.knowledge.remember(
      aPastIncident({ title: 'remaining connection slots are reserved, 1 of 2 used' }),
      SCOPE,
    );
    const month = LearningReport.parse((await read('/learning/report?days=30')).json);
    expect(month).toMatchObject({
      patterns: { active: 1, learned: 1 },
      incidents: { ended: 1 },
      outcomes: { cases: 4 },
    });
    const day = LearningReport.parse((await read(`/learning/report?days=1&scope=${encodeURIComponent(SCOPE)}`)).json);
    expect(day).toMatchObject({ patterns: { learned: 0 }, outcomes: { cases: 0 } });
  });

  it('shows accuracy over time, and how sure it was against how often it was right', async () => {
    const predictions = [
      ...judgedPredictions(rightOf(8, 10), {}, '2026-11-20T10:00:00.000Z'),
      ...judgedPredictions(rightOf(1, 2), { attempt: 2 }, '2026-11-21T10:00:00.000Z'),
    ];
    const { read } = await aSchool({ predictions, shipped: aModelVersion('0').version });
    const { points } = AccuracySeries.parse((await read('/learning/accuracy?days=3')).json);
    expect(points).toHaveLength(3);
    expect(points.map(({ judged, accuracy }) => [judged, accuracy?.value ?? null])).toEqual(
      expect.arrayContaining([
        [10, 0.8],
        [2, 0.5],
      ]),
    );
    const { points: weeks } = AccuracySeries.parse((await read('/learning/accuracy?days=14&step=week')).json);
    expect(weeks.map(({ judged }) => judged)).toEqual([0, 12]);
    expect((await read('/learning/accuracy?step=hour')).statusCode).toBe(400);
    const figures = AnswersFigures.parse((await read('/learning/quality')).json);
    expect(figures.model).toBe('0'.repeat(16));
  });

  it('keeps a bar for each confidence of the model in production', async () => {
    const model = aPrediction().model;
    const { read, registry, artifacts } = await aSchool({ predictions: judgedPredictions(rightOf(8, 10)) });
    const { version, file } = aModelVersion(model);
    await registerModel(
      { ...version, provenance: { ...version.provenance, model } },
      file,
      { at: new Date(0), by: 'x' },
      {
        ...{ registry, artifacts },
        shipped: { ...version, provenance: { ...version.provenance, model } },
      },
    );
    const { reliability, accuracy } = AnswersFigures.parse((await read('/learning/quality')).json);
    expect(reliability).toMatchObject([{ from: 0.9, to: 1, cases: 10, right: 0.8 }]);
    expect(accuracy).toMatchObject({ hits: 8, cases: 10 });
  });

  it('takes the right class from an operator', async () => {
    const prediction = aPrediction({ ending: anEnding() });
    const { post, predictions } = await aSchool({ predictions: [prediction] });
    const order = { incidentId: prediction.incidentId, class: 'storage_issues' };
    expect((await post('/learning/corrections', order, 'viewer')).statusCode).toBe(403);
    expect((await post('/learning/corrections', order, 'operator')).json).toEqual({
      said: prediction.class,
      right: false,
    });
    expect((await predictions.recentPredictions(1))[0]?.correction).toMatchObject({
      by: 'ada@example.com',
      class: 'storage_issues',
    });
    expect(
      (await post('/learning/corrections', { ...order, incidentId: 'gh-unknown-one' }, 'operator')).statusCode,
    ).toBe(409);
    expect((await post('/learning/corrections', { ...order, class: 'unknown' }, 'operator')).statusCode).toBe(400);
    const later = aPrediction({ ...prediction, correction: aCorrection({ at: '2999-01-01T00:00:00.000Z' }) });
    const other = await aSchool({ predictions: [later] });
    expect((await other.post('/learning/corrections', order, 'operator')).json.detail).toContain('later correction');
  });
});

describe('models', () => {
  it('are listed, promoted when shown to be no worse, and rolled back by an administrator', async () => {
    const shipped = aModelVersion('0', heldOut(rightOf(90, 100)));
    const better = aModelVersion('a', heldOut(rightOf(95, 100)));
    const worse = aModelVersion('b', heldOut(rightOf(50, 100)));
    const { read, post, registry, artifacts } = await aSchool({ shipped: shipped.version });
    const stores = { registry, artifacts, shipped: shipped.version };
    const by = { at: new Date('2026-11-21T00:00:00Z'), by: 'the team' };
    for (const { version, file } of [better, worse]) await registerModel(version, file, by, stores);
    const listed = Models.parse((await read('/models')).json);
    expect(listed.models.map(({ id, stage }) => [id[0], stage])).toEqual([
      ['b', 'candidate'],
      ['a', 'candidate'],
      ['0', 'production'],
    ]);
    const id = 'a'.repeat(16);
    expect((await post(`/models/${id}/promote`, {}, 'operator')).statusCode).toBe(403);
    const refused = await post(`/models/${'b'.repeat(16)}/promote`, { to: 'production' }, 'admin');
    expect([refused.statusCode, refused.json.detail]).toEqual([409, expect.stringContaining('is worse')]);
    expect((await post(`/models/${id}/promote`, { to: 'production' }, 'admin')).json).toEqual({ production: id });
    expect((await post('/models/rollback', {}, 'admin')).json).toEqual({ production: '0'.repeat(16) });
    expect((await post('/models/rollback', {}, 'admin')).statusCode).toBe(409);
    expect((await post('/models/xyz/promote', {}, 'admin')).statusCode).toBe(400);
    expect((await post(`/models/${'c'.repeat(16)}/promote`, {}, 'admin')).statusCode).toBe(409);
  });
});
