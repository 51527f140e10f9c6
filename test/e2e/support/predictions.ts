import { loadShippedVersion } from '#shared/adapters/archive/data-files.ts';
import { aCorrection, anEvidence, judgedPredictions, rightOf } from '#test/builders/index.ts';
import type { Healer } from './healer.ts';

/** Puts predictions of a model (the shipped one) into the stage's table: sixty right ones, then forty that people called wrong. */
export async function answersGotWorse(
  { predictions, evidence }: Pick<Healer, 'predictions' | 'evidence'>,
  id?: string,
): Promise<void> {
  const { version } = await loadShippedVersion('shared/data');
  const model = id ?? version?.provenance.model ?? '';
  for (const said of judgedPredictions(rightOf(60, 100), { model })) {
    const { ending, ...prediction } = said;
    await predictions.addPrediction(prediction);
    await evidence.putEvidence(anEvidence({ incidentId: said.incidentId }));
    const right = ending?.shown === 'transient';
    const at = ending?.at ?? said.at;
    await predictions.correctPrediction(
      said,
      aCorrection({ at, class: right ? 'network_connectivity' : 'flaky_tests' }),
    );
  }
}
