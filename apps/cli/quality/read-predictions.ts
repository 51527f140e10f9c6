import { Prediction } from '#shared/domain/quality/prediction.ts';
import type { PredictionStore } from '#shared/ports/prediction-store.ts';
import { UsageError } from '../command.ts';
import { openInput, textOf } from '../input/open-input.ts';
import type { Terminal } from '../terminal.ts';

/** Reads a file of predictions, one JSON object a line. A line that is none is named and nothing is reported on half of a file. */
export async function predictionsIn(path: string, terminal: Terminal): Promise<Prediction[]> {
  const input = await openInput(path, terminal);
  let text = '';
  for await (const piece of textOf(input)) text += piece;
  return text.split('\n').flatMap((line, at) => {
    if (line.trim() === '') return [];
    const parsed = Prediction.safeParse(parseJson(line));
    if (parsed.success) return [parsed.data];
    const problem = parsed.error.issues[0];
    const where = problem === undefined || problem.path.length === 0 ? '' : `${problem.path.join('.')}: `;
    throw new UsageError(
      `${input.name}, line ${at + 1}: it is no prediction (${where}${problem?.message ?? 'not JSON'}).`,
    );
  });
}

function parseJson(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return null;
  }
}

/** The predictions of a deployment. AWS is only loaded here. */
export async function openPredictions(table: string): Promise<PredictionStore> {
  const { makeDynamoPredictionStore } = await import('#shared/adapters/aws/dynamo-prediction-store.ts');
  return makeDynamoPredictionStore({ table });
}
