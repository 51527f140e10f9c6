import { DRY_RUN_OPTION, defineCommand, JSON_OPTION } from '@selfheal/cli-kit/command.ts';
import { API_OPTIONS, contentOf, openApi } from '#apps/workbench/api/api-client.ts';
import { showOrder } from '../incidents/change-incident.ts';

export const eventReplay = defineCommand({
  name: 'event replay',
  summary: 'send an event that opened no incident through the intake once more',
  details:
    'For after the rule that kept it out has changed. Every rule applies again. ID is that of "selfheal event list". It needs the role operator.\n' +
    'With --json: {delivery}.',
  operands: { shown: 'ID', atLeast: 1, atMost: 1 },
  options: { ...API_OPTIONS, ...DRY_RUN_OPTION, ...JSON_OPTION },
  async run({ operands: [id = ''], options }, terminal) {
    if (options['dry-run'] === true) return await showOrder(`POST /api/events/${id}/replay`, {}, terminal);
    const { api } = await openApi(options, terminal);
    const sent = await contentOf(await api.events[':id'].replay.$post({ param: { id } }));
    await terminal.write(
      options.json === true ? `${JSON.stringify(sent)}\n` : `Event ${id} is on the intake queue again.\n`,
    );
    return 0;
  },
});
