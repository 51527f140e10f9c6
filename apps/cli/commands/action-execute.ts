import { defineCommand, JSON_OPTION, requireYes, UsageError } from '@selfheal/cli-kit/command.ts';
import { present } from '@selfheal/kernel/present.ts';
import { API_OPTIONS, contentOf, openApi } from '#apps/workbench/api/api-client.ts';
import { EFFECT_OPTIONS, follow, sayRehearsal } from '../api/following.ts';
import { incidentMeant } from '../incidents/change-incident.ts';
import { numberTo, TO_OPTION } from './action-try.ts';

export const actionExecute = defineCommand({
  name: 'action execute',
  aliases: ['execute-action'],
  summary: 'ask for one action on one service, or on what an incident was about',
  details:
    'Opens an incident that goes the way of every other: plan, approval where policy asks for one, guard, verification, undo. Needs --yes, or\n' +
    '--dry-run to look first. With --json: the incident; with --dry-run {action, decision, reasons, effect, undo}.',
  operands: { shown: 'ACTION', atLeast: 1, atMost: 1, aliases: ['action-type'] },
  options: {
    ...API_OPTIONS,
    service: { type: 'string', value: 'ID', aliases: ['service-name'], about: 'on this service' },
    alarm: { type: 'string', value: 'NAME', about: 'for this alarm of the service; by default the one that rings' },
    incident: { type: 'string', value: 'ID', about: 'on what this ended incident was about' },
    ...TO_OPTION,
    ...EFFECT_OPTIONS,
    ...JSON_OPTION,
  },
  async run({ operands: [action = ''], options }, terminal) {
    const { service, alarm, incident, reason } = options;
    if ((service === undefined) === (incident === undefined))
      throw new UsageError('"selfheal action execute" needs either --service ID or --incident ID.');
    const to = numberTo(options.to);
    const place = {
      ...present({ service, alarm }),
      ...(to === null ? {} : { to }),
    };
    const isDry = options['dry-run'] === true;
    await requireYes('action execute', { operands: [action], options }, terminal, 'change a running system');
    const client = await openApi(options, terminal);
    const { api } = client;
    const meant = incident === undefined ? {} : { incident: (await incidentMeant(client, incident, terminal)).id };
    const target = { ...place, ...meant };
    if (isDry) {
      const tried = await contentOf(await api.actions[':id'].try.$post({ param: { id: action }, json: target }));
      return await sayRehearsal(tried, options.json === true, terminal);
    }
    const json = { action, ...target, ...present({ reason }) };
    return await follow(await contentOf(await api.actions.execute.$post({ json })), client, options, terminal);
  },
});
