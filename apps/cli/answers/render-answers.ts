import type { Terminal } from '@selfheal/cli-kit/terminal.ts';
import { numberText, shareText } from '@selfheal/kernel/numbers/number-words.ts';
import type { Proportion } from '@selfheal/kernel/numbers/proportion.ts';
import { counted } from '@selfheal/kernel/time-words.ts';
import { jsonLinesIn } from '#apps/workbench/input/json-lines.ts';
import type { AnswersReport } from '#shared/domain/answers/answers-report.ts';
import { Prediction } from '#shared/domain/answers/prediction.ts';
import type { PredictionStore } from '#shared/ports/learning-stores.ts';
import { tuningWords } from '../learning/render-status.ts';

const between = ([low, high]: readonly [number, number]): string => `${shareText(low)} to ${shareText(high)}`;
const dollars = (microdollars: number | null): string =>
  microdollars === null ? 'unknown' : `$${(microdollars / 1_000_000).toFixed(4)}`;

function shareWords(share: Proportion | null): string {
  return share === null
    ? 'no scored answers'
    : `${shareText(share.value)} of ${numberText(share.cases)} (${between(share.interval)})`;
}

function claimLines({ claims }: AnswersReport): string[] {
  return claims.map(({ claim, accuracy, degradation }) => {
    const promised = degradation === null ? 'nothing promised' : `promised at least ${shareText(degradation.against)}`;
    const state = degradation?.degraded
      ? `DEGRADED (statistic ${degradation.statistic.toPrecision(3)}, limit ${degradation.limit})`
      : 'no degradation shown';
    return `  ${claim.padEnd(8)} ${shareWords(accuracy)}; ${promised}; ${degradation === null ? 'not tested' : state}`;
  });
}

function reliabilityLines({ reliability }: AnswersReport): string[] {
  return reliability.map(
    ({ from, to, cases, confidence, right, interval }) =>
      `  ${from.toFixed(1)}-${to.toFixed(1)}  confidence ${shareText(confidence).padStart(7)}  right ${shareText(right).padStart(7)} (${between(interval)})  ${cases} answers`,
  );
}

function costLines({ cost }: AnswersReport): string[] {
  const tokens = cost.inputTokens + cost.outputTokens;
  return [
    `cost: ${counted(cost.incidents, 'ended incident')}, ${cost.asked} with a language model: ${tokens} tokens, ${dollars(cost.microdollars)}`,
    `  per incident ${dollars(cost.microdollarsPerIncident)}; per incident with a model ${dollars(cost.microdollarsPerAsked)}`,
    ...(cost.unpriced > 0
      ? [`  ${cost.unpriced} of them used a model without a price and are not included in dollars`]
      : []),
  ];
}

function mixLines({ mix }: AnswersReport): string[] {
  if (mix === null) return ['mix of classes: too few answers'];
  const changes = mix.changes
    .slice(0, 3)
    .map(({ class: name, before, now }) => `${name} ${shareText(before)} -> ${shareText(now)}`);
  const said = mix.drifted ? 'CHANGED' : 'unchanged';
  return [
    `mix of classes: ${said} (index ${mix.index.toFixed(3)}, limit ${mix.limit.toFixed(3)}): ${changes.join(', ')}`,
  ];
}

/** The report as text. */
export function renderAnswers(report: AnswersReport): string {
  const { model, predictions, judged, abstained, unknown, brier, calibrationError, retrain } = report;
  return [
    `model ${model}: ${counted(predictions, 'prediction')}, ${numberText(judged)} scored, ${numberText(abstained)} abstained, ${numberText(unknown)} without a known outcome`,
    `accuracy of the last hundred scored: ${shareWords(report.accuracy)}`,
    ...claimLines(report),
    `Brier score ${brier?.toFixed(3) ?? 'unknown'}, calibration error ${calibrationError?.toFixed(3) ?? 'unknown'}: ${tuningWords(report.tuning)}`,
    ...reliabilityLines(report),
    ...mixLines(report),
    ...costLines(report),
    retrain.due ? `retrain: ${retrain.reasons.join(' ')}` : 'no reason to retrain',
  ]
    .map((line) => `${line}\n`)
    .join('');
}

/** Reads a file of predictions, one JSON object per line. */
export function predictionsIn(path: string, terminal: Terminal): Promise<Prediction[]> {
  return jsonLinesIn(path, Prediction, 'prediction', terminal);
}

/** The predictions of a deployment. Loads the AWS SDK only here. */
export async function openPredictions(table: string): Promise<PredictionStore> {
  const { makeDynamoPredictionStore } = await import('#shared/adapters/aws/dynamo-prediction-store.ts');
  return makeDynamoPredictionStore({ table });
}
