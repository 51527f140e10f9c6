import { counted } from '#shared/kernel/time-words.ts';
import { API_OPTIONS, contentOf, openApi } from '../api/api-client.ts';
import { defineCommand, JSON_OPTION } from '../command.ts';
import { shareWords } from '../learning/render-status.ts';
import { readStop } from '../policy/policy-api.ts';

export const status = defineCommand({
  name: 'status',
  summary: 'show whether Selfheal itself is well: kill switch, API, workflow, open incidents, last healed, model',
  details: 'Exit code 1 when incidents have not moved for an hour, or when answers got worse than promised.',
  options: { ...API_OPTIONS, ...JSON_OPTION },
  async run({ options }, terminal) {
    const client = await openApi(options, terminal);
    const [status, stop] = await Promise.all([client.api.status.$get().then(contentOf), readStop(client)]);
    const state = { ...status, stopped: stop };
    const { workflow, openIncidents, approvalsPending, lastHealed, model, version } = state;
    const healed =
      lastHealed === null ? 'nothing yet' : `${lastHealed.id} (${lastHealed.class ?? 'unknown'}), ${lastHealed.at}`;
    const text = [
      ...(stop === null ? [] : [`STOPPED      ${stop.words}`]),
      `API          ${state.api}, version ${version}`,
      `workflow     ${workflow.state}${workflow.stalled === 0 ? '' : `: ${counted(workflow.stalled, 'incident')} did not change for an hour`}`,
      `incidents    ${openIncidents.count}${openIncidents.more ? ' or more' : ''} open, ${counted(approvalsPending, 'plan waits', 'plans wait')} for a decision`,
      `last healed  ${healed}`,
      `model        ${model.id} with ${model.languageModel}, accuracy ${shareWords(model.accuracy)}${model.degraded ? ', DEGRADED' : ''}`,
      '',
    ].join('\n');
    await terminal.write(options.json === true ? `${JSON.stringify(state)}\n` : text);
    return workflow.state === 'ok' && !model.degraded ? 0 : 1;
  },
});
