import { defineCommand, JSON_OPTION, wholeNumber } from '@selfheal/cli-kit/command.ts';
import { API_OPTIONS, contentOf, openApi } from '#apps/workbench/api/api-client.ts';
import { clean } from '../policy/policy-api.ts';

export const configHistory = defineCommand({
  name: 'config history',
  summary: 'who changed the policy, when and why, newest first',
  details:
    'Changes, resets, restored revisions, stops and resumptions. With --json: JSON Lines {sequence, at, what, by, reason, revision, changes}.',
  options: {
    limit: { type: 'string', value: 'N', about: 'how many at most, 1 to 100; 20 by default' },
    ...API_OPTIONS,
    ...JSON_OPTION,
  },
  async run({ options }, terminal) {
    const limit = wholeNumber('limit', options.limit, { otherwise: 20, atMost: 100 });
    const { api } = await openApi(options, terminal);
    const { entries } = await contentOf(await api.config.history.$get({ query: { limit } }));
    for (const entry of entries) {
      const { at, what, by, reason, revision, changes } = entry;
      const number = revision === null ? '' : ` revision ${revision}`;
      const more = changes === null ? '' : `  ${clean(changes)}\n`;
      await terminal.write(
        options.json === true
          ? `${JSON.stringify(entry)}\n`
          : `${at}  ${clean(what)}${number} by ${clean(by)}: ${clean(reason)}\n${more}`,
      );
    }
    if (entries.length === 0) terminal.say('selfheal: nobody changed the policy yet.');
    return 0;
  },
});
