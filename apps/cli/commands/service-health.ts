import { defineCommand, JSON_OPTION } from '@selfheal/cli-kit/command.ts';
import { writeTogether } from '@selfheal/cli-kit/terminal.ts';
import { cleanText } from '@selfheal/redaction/clean-text.ts';
import { API_OPTIONS, contentOf, openApi } from '#apps/workbench/api/api-client.ts';

const time = (at: string): string => `${at.slice(0, 16).replace('T', ' ')} UTC`;

export const serviceHealth = defineCommand({
  name: 'service health',
  summary: 'how a service is now: its alarms, open incidents, last actions',
  details: 'With --json: one document. Exit code 1 unless it is healthy.',
  operands: { shown: 'ID', atLeast: 1, atMost: 1, aliases: ['service-name'] },
  options: { ...API_OPTIONS, ...JSON_OPTION },
  async run({ operands: [id = ''], options }, terminal) {
    const { api } = await openApi(options, terminal);
    const health = await contentOf(await api.applications[':id'].health.$get({ param: { id } }));
    const { state, mode, alarms, openIncidents, lastActions, lastHealed } = health;
    await writeTogether(
      terminal,
      options.json === true
        ? [`${JSON.stringify(health)}\n`]
        : [
            `${id}: ${state} (mode ${mode})\n`,
            ...alarms.map(
              (alarm) =>
                `  alarm ${alarm.name}: ${alarm.state}${alarm.since === null ? '' : ` since ${time(alarm.since)}`}\n`,
            ),
            ...openIncidents.map((one) => `  open incident ${one.id} since ${time(one.openedAt)}\n`),
            ...lastActions.map(
              (one) =>
                `  ${time(one.at)} ${one.action}: ${one.verified ?? one.state}${one.summary === null ? '' : `. ${cleanText(one.summary, 300)}`}\n`,
            ),
            lastHealed === null
              ? '  never healed by Selfheal\n'
              : `  last healed ${time(lastHealed.at)} in ${lastHealed.incident}\n`,
          ],
    );
    return state === 'healthy' ? 0 : 1;
  },
});
