import { classify } from '@selfheal/diagnosis/failure/classify.ts';
import { parseModelFile } from '@selfheal/diagnosis/failure/model/failure-model.ts';
import { describe, expect, it } from 'vitest';
import { loadFailureModel, loadShippedVersion, loadSignatures } from '#shared/adapters/archive/data-files.ts';
import { promoteModel } from '#shared/app/learning/model-registry.ts';
import { type RetrainDeps, retrain } from '#shared/app/learning/retrain.ts';
import { MIN_SHARED_CASES, productionOf } from '#shared/domain/learning/model-registry.ts';
import { aCorrection, anEnding, anEvidence, aPrediction } from '#test/builders/index.ts';
import {
  fakeClock,
  makeMemoryEvidenceStore,
  makeMemoryModelArtifacts,
  makeMemoryModelRegistry,
  makeMemoryPredictionStore,
} from '#test/fakes/index.ts';

const [{ signatures }, { model }, { version: shipped }] = await Promise.all([
  loadSignatures('shared/data'),
  loadFailureModel('shared/data'),
  loadShippedVersion('shared/data'),
]);
const PARTS = ['hopper', 'spindle', 'gantry', 'carriage', 'bellows', 'mandrel', 'collet', 'quill', 'turret', 'apron'];
/** What this team's own tool prints when its licence server refuses it; no signature knows it. */
const refusal = (at: number): string[] => [
  `seat broker left ${PARTS[at % PARTS.length]} without access`,
  `${PARTS[(at * 7 + 3) % PARTS.length]} ${PARTS[(at * 3 + 1) % PARTS.length]} halted, seat broker gave no access`,
];

/** So many failures that were answered `unknown` and that a person called `access_control_failures`; `without` have no evidence any more. */
async function setUp(count: number, without = 0): Promise<RetrainDeps> {
  const evidence = makeMemoryEvidenceStore();
  const predictions = makeMemoryPredictionStore();
  for (let at = 0; at < count; at += 1) {
    const incidentId = `gh-${String(at).padStart(24, '0')}`;
    const key = aPrediction({ incidentId, class: 'unknown', verdict: 'unknown', signature: null, confidence: 0 });
    await predictions.addPrediction(key);
    await predictions.endPrediction(key, anEnding({ shown: 'unknown', by: null, status: 'suggested' }));
    await predictions.correctPrediction(key, aCorrection({ class: 'access_control_failures' }));
    if (at >= without) await evidence.putEvidence(anEvidence({ incidentId, texts: refusal(at) }));
  }
  return {
    predictions,
    evidence,
    signatures,
    shipped,
    registry: makeMemoryModelRegistry(),
    artifacts: makeMemoryModelArtifacts(),
    production: async () => model,
    clock: fakeClock(),
  };
}

describe('retraining after answers got worse', () => {
  it('[C71] registers a candidate that answers failures it has not seen better, and that an operator can promote', async () => {
    const deps = await setUp(60);
    const retraining = await retrain(deps);
    if (retraining.kind !== 'candidate') throw new Error(retraining.kind);
    expect(retraining).toMatchObject({ cases: 60, rights: { before: 0 }, reasonsAgainst: [] });
    expect(retraining.rights.after).toBeGreaterThan(50);
    const entry = (await deps.registry.read()).entries.find(({ id }) => id === retraining.id);
    expect(entry).toMatchObject({ stage: 'candidate' });
    const by = { at: new Date(0), by: 'dana' };
    expect(await promoteModel({ id: retraining.id, to: 'production' }, by, deps)).toMatchObject({ kind: 'changed' });
    expect(productionOf(await deps.registry.read())?.id).toBe(retraining.id);
    const file = await deps.artifacts.get(entry?.artifact ?? '');
    const adapted = parseModelFile(JSON.parse(file ?? ''));
    const answer = (texts: string[], by = adapted) => classify(anEvidence({ texts }), { signatures, model: by }).class;
    expect(answer(refusal(1000))).toBe('access_control_failures');
    expect(answer(['all 12 tests passed'])).toBe('unknown');
    expect(answer(['write error: No space left on device'])).toBe('resource_exhaustion');
  });

  it('makes the same candidate of the same failures, once', async () => {
    const deps = await setUp(MIN_SHARED_CASES);
    const [first, second] = [await retrain(deps), await retrain(deps)];
    expect(second).toEqual(first);
    expect((await deps.registry.read()).entries).toHaveLength(2);
  });

  it('trains nothing from fewer failures than are needed to compare two versions', async () => {
    const deps = await setUp(MIN_SHARED_CASES + 5, 6);
    expect(await retrain(deps)).toEqual({ kind: 'too-few', cases: MIN_SHARED_CASES - 1, needed: MIN_SHARED_CASES });
    expect((await deps.registry.read()).entries).toEqual([]);
  });

  it('trains nothing where signatures decide alone', async () => {
    const deps = { ...(await setUp(MIN_SHARED_CASES)), production: async () => undefined };
    expect(await retrain(deps)).toEqual({ kind: 'no-model' });
  });
});
