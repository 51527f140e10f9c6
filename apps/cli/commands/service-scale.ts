import { defineCommand, JSON_OPTION, requireYes, UsageError } from '@selfheal/cli-kit/command.ts';
import { present } from '@selfheal/kernel/present.ts';
import { API_OPTIONS, contentOf, openApi } from '#apps/workbench/api/api-client.ts';
import { EFFECT_OPTIONS, follow, sayRehearsal } from '../api/following.ts';
import { numberTo, TO_OPTION } from './action-try.ts';

export const serviceScale = defineCommand({
  name: 'service scale',
  summary: 'ask for more tasks or instances of a service, within the bound of its owner',
  details:
    'The action of the remedy that scales it, on the same way as "selfheal action execute". Needs --yes, or --dry-run to look first.\n' +
    'With --json: the incident; with --dry-run {action, decision, reasons, effect, undo}.',
  operands: { shown: 'ID', atLeast: 1, atMost: 1, aliases: ['service-name'] },
  options: { ...API_OPTIONS, ...TO_OPTION, ...EFFECT_OPTIONS, ...JSON_OPTION },
  async run({ operands: [id = ''], options }, terminal) {
    const to = numberTo(options.to);
    if (to === null) throw new UsageError('"selfheal service scale" needs --to N: how many there should be.');
    const isDry = options['dry-run'] === true;
    await requireYes('service scale', { operands: [id], options }, terminal, 'change a running system');
    const client = await openApi(options, terminal);
    const { api } = client;
    if (!isDry) {
      const { reason } = options;
      const json = { to, ...present({ reason }) };
      const opened = await contentOf(await api.applications[':id'].scale.$post({ param: { id }, json }));
      return await follow(opened, client, options, terminal);
    }
    const { applications } = await contentOf(await api.applications.$get());
    const scaling = applications.find((one) => one.id === id)?.scaling ?? [];
    const [fitting] = scaling.filter(({ maximum }) => to <= maximum);
    if (fitting === undefined) {
      const most = scaling.map(({ action, maximum }) => `${action} up to ${maximum}`).join(', ');
      throw new UsageError(
        `${id} cannot be scaled to ${to}: ${most === '' ? 'no remedy scales it' : `its remedies allow ${most}`}.`,
      );
    }
    const tried = await contentOf(
      await api.actions[':id'].try.$post({ param: { id: fitting.action }, json: { service: id, to } }),
    );
    return await sayRehearsal(tried, options.json === true, terminal);
  },
});
