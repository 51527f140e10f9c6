import { Prediction } from '#shared/domain/quality/prediction.ts';
import type { PredictionStore } from '#shared/ports/prediction-store.ts';
import { jsonLinesIn } from '../input/json-lines.ts';
import type { Terminal } from '../terminal.ts';

/** Reads a file of predictions, one JSON object a line. */
export function predictionsIn(path: string, terminal: Terminal): Promise<Prediction[]> {
  return jsonLinesIn(path, Prediction, 'prediction', terminal);
}

/** The predictions of a deployment. AWS is only loaded here. */
export async function openPredictions(table: string): Promise<PredictionStore> {
  const { makeDynamoPredictionStore } = await import('#shared/adapters/aws/dynamo-prediction-store.ts');
  return makeDynamoPredictionStore({ table });
}
