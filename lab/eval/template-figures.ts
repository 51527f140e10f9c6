import { type Figure, meanFigure } from '@selfheal/cli-kit/figures/figures.ts';
import { makeTemplateMiner } from '@selfheal/log-reading/templates/template-miner.ts';
import { HEADERS, withHeaders } from './made-logs/headers.ts';
import type { LabelledLog } from './made-logs/make-log.ts';
import { type TemplateAccuracy, templateAccuracyOf } from './template-accuracy.ts';

/** Accuracy of the answers given in one pass (`streamed`), and of a second pass with all templates known (`refined`). */
export interface MinedAccuracy {
  readonly refined: TemplateAccuracy;
  readonly streamed: TemplateAccuracy;
}

/** How well templates are mined from one log as it is, or from several versions of it. */
export interface LogAccuracy {
  readonly group: string;
  readonly accuracies: readonly MinedAccuracy[];
}

const LAYOUTS = Object.keys(HEADERS);
/** Layouts of headers that each log is tried with. */
const LAYOUTS_PER_LOG = 3;

export function minedAccuracy(lines: readonly string[], truths: readonly string[]): MinedAccuracy {
  const miner = makeTemplateMiner();
  const row = (answer: { cluster: number; template: string }, at: number) => ({
    cluster: String(answer.cluster),
    template: answer.template,
    truth: truths[at] ?? '',
  });
  const streamed = templateAccuracyOf(lines.map((line, at) => row(miner.add(line), at)));
  miner.refine();
  return { streamed, refined: templateAccuracyOf(lines.map((line, at) => row(miner.match(line), at))) };
}

/** Accuracy on each log's messages. */
export function onMessages(logs: readonly LabelledLog[]): LogAccuracy[] {
  return logs.map(({ name, messages, truths }) => ({ group: name, accuracies: [minedAccuracy(messages, truths)] }));
}

/** Accuracy on each log's messages with headers in front. Every layout is used; each log has others. */
export function onHeaders(logs: readonly LabelledLog[]): LogAccuracy[] {
  return logs.map(({ name, messages, truths }, index) => {
    const layouts = Array.from(
      { length: LAYOUTS_PER_LOG },
      (_, at) => LAYOUTS[(index * LAYOUTS_PER_LOG + at) % LAYOUTS.length] ?? '',
    );
    return {
      group: name,
      accuracies: layouts.map((layout) => minedAccuracy(withHeaders(messages, truths, layout, index), truths)),
    };
  });
}

function mean(
  name: string,
  logs: readonly LogAccuracy[],
  read: (accuracy: MinedAccuracy) => number,
  goal?: number,
): Figure[] {
  const scored = logs.map(({ group, accuracies }) => ({
    group,
    value: accuracies.reduce((sum, accuracy) => sum + read(accuracy), 0) / accuracies.length,
  }));
  return meanFigure(name, scored, goal === undefined ? {} : { goal });
}

/** GA, FGA, PA and FTA as means over logs; `suffix` says on what. */
export function templateFigures(
  logs: readonly LogAccuracy[],
  suffix = '',
  goals: { readonly ga?: number; readonly fga?: number } = {},
): Figure[] {
  return [
    ...mean(`grouping accuracy (GA)${suffix}`, logs, ({ refined }) => refined.groupingAccuracy, goals.ga),
    ...mean(`F1 of grouping (FGA)${suffix}`, logs, ({ refined }) => refined.groupingF1, goals.fga),
    ...mean(`parsing accuracy (PA)${suffix}`, logs, ({ refined }) => refined.parsingAccuracy),
    ...mean(`F1 of templates (FTA)${suffix}`, logs, ({ refined }) => refined.templateF1),
  ];
}

/** GA and FGA of the answers given in one pass. */
export function onePassFigures(logs: readonly LogAccuracy[]): Figure[] {
  return [
    ...mean('grouping accuracy (GA) in one pass', logs, ({ streamed }) => streamed.groupingAccuracy),
    ...mean('F1 of grouping (FGA) in one pass', logs, ({ streamed }) => streamed.groupingF1),
  ];
}
