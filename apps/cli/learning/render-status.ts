import { shareText } from '@selfheal/kernel/numbers/number-words.ts';
import type { Proportion } from '@selfheal/kernel/numbers/proportion.ts';
import { counted } from '@selfheal/kernel/time-words.ts';
import { cleanText } from '@selfheal/redaction/clean-text.ts';
import type { InferResponseType } from 'hono/client';
import type { ApiClient } from '#apps/workbench/api/api-client.ts';

type Api = ApiClient['api'];
export type LearningStatus = Extract<InferResponseType<Api['learning']['$get']>, { closest: unknown }>;
export type AnswersFigures = Extract<InferResponseType<Api['learning']['quality']['$get']>, { reliability: unknown }>;
export type AccuracyPoints = Extract<
  InferResponseType<Api['learning']['accuracy']['$get']>,
  { points: unknown }
>['points'];

type Share = Pick<Proportion, 'value' | 'hits' | 'cases'> | null;
export const shareWords = (share: Share): string =>
  share === null ? 'no case yet' : `${shareText(share.value)} (${share.hits} of ${share.cases})`;

const etaWords = (days: number | null): string =>
  days === null ? 'expected time unknown' : `expected in ${days} days`;

/** Stage, progress, expected time, and the model that answers. */
export function renderStatus({ stage, closest, patterns, model, scopes, enabled }: LearningStatus): string {
  const { byStage } = patterns;
  const stages = Object.entries(byStage).map(([name, count]) => `${count} ${name}`);
  const next =
    stage.next === null
      ? 'the highest stage'
      : `${shareText(stage.progress)} of the way to ${stage.next}, ${etaWords(stage.etaDays)}`;
  return [
    `learning: stage ${stage.stage}, ${next}`,
    ...stage.missing.map((one) => `  missing: ${one}`),
    `patterns: ${patterns.active} (${stages.join(', ')}), ${patterns.needApproval} waiting for an approval; ${counted(scopes.length, 'scope')}`,
    ...(closest.length === 0
      ? []
      : [
          `closest to their next stage${closest.length < patterns.active ? `, ${closest.length} of ${patterns.active}` : ''}:`,
        ]),
    ...closest.map(
      (one) =>
        `  ${one.id}  ${one.stage} -> ${one.next} ${shareText(one.progress)}, ${etaWords(one.etaDays)}: ${cleanText(one.title, 120)}`,
    ),
    `learning from outcomes: ${enabled.fromOutcomes ? 'on' : 'off'}${enabled.classes === null ? '' : `, of ${enabled.classes.join(', ')}`}`,
    `model: ${model.id}, accuracy ${shareWords(model.accuracy)}, ${model.judged} of ${model.predictions} answers judged`,
    model.degradedSince === null
      ? `  ${model.degraded ? 'DEGRADED' : 'no degradation shown'}; last watched ${model.watchedAt ?? 'never'}`
      : `  DEGRADED since ${model.degradedSince}`,
    ...model.retrain.reasons.map((reason) => `  retrain: ${reason}`),
    '',
  ].join('\n');
}

/** Whether the confidence of the answers can be believed, in words. */
export const tuningWords = (tuning: AnswersFigures['tuning']): string =>
  tuning === 'not known' ? 'too few answers to say whether the confidence is right' : `the confidence is ${tuning}`;

/** The figures of the model in production. */
export function renderFigures(figures: AnswersFigures): string {
  const { model, predictions, judged, unknown, accuracy, brier, calibrationError, tuning, claims, mix, models } =
    figures;
  const number = (value: number | null): string => value?.toFixed(3) ?? 'unknown';
  return [
    `model ${model}: ${predictions} predictions, ${judged} judged, ${unknown} without a known outcome`,
    `accuracy ${shareWords(accuracy)}; Brier score ${number(brier)}; calibration error ${number(calibrationError)}: ${tuningWords(tuning)}`,
    ...claims.map(
      ({ claim, accuracy: own, degradation }) =>
        `  ${claim}: ${shareWords(own)}${degradation?.degraded === true ? ', DEGRADED' : ''}`,
    ),
    ...figures.reliability.map(
      ({ from, to, cases, confidence, right }) =>
        `  confidence ${from.toFixed(1)}-${to.toFixed(1)}: said ${shareText(confidence)}, right ${shareText(right)} of ${cases}`,
    ),
    mix === null ? 'mix of classes: too few answers' : `mix of classes: ${mix.drifted ? 'CHANGED' : 'unchanged'}`,
    ...(models.length === 0 ? [] : ['by model:']),
    ...models.map((one) => `  model ${one.model}: ${shareWords(one.accuracy)} of ${one.predictions} predictions`),
    '',
  ].join('\n');
}

/** A line for each day or week in which something was judged. */
export function renderSeries(points: AccuracyPoints): string {
  return points
    .filter(({ judged }) => judged > 0)
    .map(
      ({ from, accuracy, meanConfidence, brier }) =>
        `  ${from.slice(0, 10)}  accuracy ${shareWords(accuracy)}, mean confidence ${meanConfidence?.toFixed(2) ?? '-'}, Brier ${brier?.toFixed(3) ?? '-'}\n`,
    )
    .join('');
}
