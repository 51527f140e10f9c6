import { defineCommand, JSON_OPTION } from '@selfheal/cli-kit/command.ts';
import { shareText } from '@selfheal/kernel/numbers/number-words.ts';
import { counted, durationWords } from '@selfheal/kernel/time-words.ts';
import type { InferResponseType } from 'hono/client';
import { API_OPTIONS, type ApiClient, contentOf, openApi } from '#apps/workbench/api/api-client.ts';
import { shareWords } from '../learning/render-status.ts';
import { readStop } from '../policy/policy-api.ts';

type Figure = Extract<InferResponseType<ApiClient['api']['overview']['$get']>, { figures: unknown }>['figures'][number];

const VALUE_WORDS: Readonly<Record<Figure['unit'], (value: number) => string>> = {
  incidents: String,
  share: shareText,
  seconds: (seconds) => (seconds < 120 ? counted(Math.round(seconds), 'second') : durationWords(seconds * 1000)),
  microdollars: (value) => `$${(value / 1_000_000).toFixed(2)}`,
};

/** `2 of 31`, `64 % of 25`, `38 seconds (nine of ten within 2 minutes)`. */
function figureWords({ value, of, p90, unit }: Figure): string {
  if (value === null) return 'nothing to count yet';
  const words = VALUE_WORDS[unit];
  if (p90 !== null) return `${words(value)} (nine of ten within ${words(p90)})`;
  return `${words(value)}${of === null ? '' : unit === 'microdollars' ? `, a model was asked ${of} times` : ` of ${of}`}`;
}

export const status = defineCommand({
  name: 'status',
  summary: 'show whether Selfheal itself is well, and the figures of two weeks with what each one means',
  details: 'Exit code 1 when incidents have not moved for an hour, or when answers got worse than promised.',
  options: { ...API_OPTIONS, ...JSON_OPTION },
  async run({ options }, terminal) {
    const client = await openApi(options, terminal);
    const [status, stop, { figures }] = await Promise.all([
      client.api.status.$get().then(contentOf),
      readStop(client),
      client.api.overview.$get().then(contentOf),
    ]);
    const state = { ...status, stopped: stop, figures };
    const { workflow, openIncidents, approvalsPending, lastHealed, model, version } = state;
    const healed =
      lastHealed === null ? 'nothing yet' : `${lastHealed.id} (${lastHealed.class ?? 'unknown'}), ${lastHealed.at}`;
    const text = [
      ...(stop === null ? [] : [`STOPPED      ${stop.words}`]),
      `API          ${state.api}, version ${version}`,
      `workflow     ${workflow.state}${workflow.stalled === 0 ? '' : `: ${counted(workflow.stalled, 'incident')} did not change for an hour`}`,
      `incidents    ${openIncidents.count}${openIncidents.more ? ' or more' : ''} in progress, ${counted(approvalsPending, 'plan waits', 'plans wait')} for a decision`,
      `last healed  ${healed}`,
      `model        ${model.id} with ${model.languageModel}, accuracy ${shareWords(model.accuracy)}${model.degraded ? ', DEGRADED' : ''}`,
      '',
      'Last 14 days:',
      ...figures.flatMap((figure) => [
        `  ${figure.label.padEnd(16)} ${figureWords(figure)}`,
        `  ${''.padEnd(16)} ${figure.definition}`,
      ]),
      '',
    ].join('\n');
    await terminal.write(options.json === true ? `${JSON.stringify(state)}\n` : text);
    return workflow.state === 'ok' && !model.degraded ? 0 : 1;
  },
});
