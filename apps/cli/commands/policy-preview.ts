import { defineCommand, JSON_OPTION } from '@selfheal/cli-kit/command.ts';
import { API_OPTIONS, contentOf, openApi } from '#apps/workbench/api/api-client.ts';
import { changeLines, previewLines } from '../policy/policy-api.ts';
import { patchOfOperands } from '../policy/setting-patch.ts';

export const policyPreview = defineCommand({
  name: 'policy preview',
  summary: 'try a change of the policy on what came in and was done in the last 7 days; changes nothing',
  details:
    'SETTING=VALUE as for "selfheal config set", and policy.stormIncidentsPerMinute and policy.stormIncidentsPerHour, which only a deployment\n' +
    'changes. Says of how many events and actions of the last 7 days how many would have been dropped, only recorded, grouped, held back by a\n' +
    'limit or delayed. Examples:\n' +
    '  selfheal policy preview services.orders.mode=off\n' +
    '  selfheal policy preview policy.maxActionsPerHour=2 policy.stormIncidentsPerMinute=5\n' +
    'With --json: {changes: [{field, before, after}], preview}.',
  operands: { shown: 'SETTING=VALUE...', atLeast: 1, atMost: 50 },
  options: { ...API_OPTIONS, ...JSON_OPTION },
  async run({ operands, options }, terminal) {
    const change = patchOfOperands(operands);
    const { api } = await openApi(options, terminal);
    const answer = await contentOf(await api.config.preview.$post({ json: { change } }));
    if (options.json === true) {
      await terminal.write(`${JSON.stringify(answer)}\n`);
      return 0;
    }
    const { changes, preview } = answer;
    const nothing =
      changes.length === 0
        ? ['Nothing differs from what holds now.']
        : preview === null
          ? ['None of this acts on events or actions as they come, so there is nothing to try on the last week.']
          : [];
    const lines = [...changeLines(changes), ...previewLines(preview), ...nothing, 'Nothing was changed.'];
    await terminal.write(lines.map((line) => `${line}\n`).join(''));
    return 0;
  },
});
