import { DRY_RUN_OPTION, defineCommand, JSON_OPTION, wholeNumber } from '@selfheal/cli-kit/command.ts';
import { API_OPTIONS, contentOf, openApi } from '#apps/workbench/api/api-client.ts';
import { showOrder } from '../incidents/change-incident.ts';
import { showSetup } from '../incidents/received.ts';

export const connectionRotate = defineCommand({
  name: 'connection rotate',
  summary: 'give a connection its next secret',
  details:
    'The secret of before is accepted for some hours more, so that nothing is lost while the sender is changed. It needs the role admin.\n' +
    'With --json: {connection, url, secret, how}.',
  operands: { shown: 'ID', atLeast: 1, atMost: 1 },
  options: {
    'overlap-hours': {
      type: 'string',
      value: 'N',
      about: 'hours for which the secret of before is accepted; 24 by default',
    },
    ...API_OPTIONS,
    ...DRY_RUN_OPTION,
    ...JSON_OPTION,
  },
  async run({ operands: [id = ''], options }, terminal) {
    const hours = options['overlap-hours'] ?? '24';
    const overlapHours = hours === '0' ? 0 : wholeNumber('overlap-hours', hours, { otherwise: 24, atMost: 168 });
    const order = { overlapHours };
    if (options['dry-run'] === true)
      return await showOrder(`POST /api/connections/webhooks/${id}/rotate`, order, terminal);
    const { api } = await openApi(options, terminal);
    const setup = await contentOf(await api.connections.webhooks[':id'].rotate.$post({ param: { id }, json: order }));
    await showSetup(setup, options.json === true, terminal);
    return 0;
  },
});
