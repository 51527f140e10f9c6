import {
  DRY_RUN_OPTION,
  defineCommand,
  JSON_OPTION,
  requireYes,
  UsageError,
  yesOption,
} from '@selfheal/cli-kit/command.ts';
import { counted } from '@selfheal/kernel/time-words.ts';
import { API_OPTIONS, contentOf, openApi } from '#apps/workbench/api/api-client.ts';
import { secondsOf } from '../duration.ts';
import { endedWords, incidentMeant, plainId, showOrder, withYesOrNo } from '../incidents/change-incident.ts';
import { parseClass } from '../learning/class-names.ts';

export const incidentResolve = defineCommand({
  name: 'incident resolve',
  aliases: ['resolve-incident'],
  summary: 'end an incident with the solution that helped, and learn from it',
  details:
    'The solution is shown with similar failures from then on, and becomes a learned pattern that is only observed at first. With --success false nothing ends,\n' +
    'and the attempt is remembered. Refused while Selfheal carries out an action. With --json: {incident, learned}.',
  operands: { shown: 'INCIDENT', atLeast: 1, atMost: 1, aliases: ['incident-id'] },
  rewrite: withYesOrNo(['success']),
  options: {
    solution: { type: 'string', value: 'TEXT', about: 'what helped' },
    'action-taken': { type: 'string', value: 'TEXT', aliases: ['description'], about: 'what was done' },
    'resolution-time': {
      type: 'string',
      value: 'TIME',
      about: 'how long people worked on it: seconds, or such as 1h 30m',
    },
    success: { type: 'boolean', about: 'it helped; the default' },
    'no-success': { type: 'boolean', about: 'it did not help (also --success false)' },
    class: { type: 'string', value: 'CLASS', aliases: ['category'], about: 'what it really was, where Selfheal erred' },
    ...yesOption('do it'),
    ...DRY_RUN_OPTION,
    ...API_OPTIONS,
    ...JSON_OPTION,
  },
  async run({ operands: [given = ''], options }, terminal) {
    const { solution, 'action-taken': actionTaken = null } = options;
    if (solution === undefined) throw new UsageError('"selfheal incident resolve" needs --solution TEXT.');
    const seconds = secondsOf('resolution-time', options['resolution-time']);
    const json = {
      solution,
      actionTaken,
      minutes: seconds === null ? null : seconds / 60,
      success: options['no-success'] !== true,
      class: options.class === undefined ? null : parseClass(options.class),
    };
    if (options['dry-run'] === true)
      return await showOrder(`POST /api/incidents/${plainId(given)}/resolve`, json, terminal);
    const client = await openApi(options, terminal);
    const { id } = await incidentMeant(client, given, terminal);
    // Whoever says so has ended it in so many words; the old name of the command needs no further one.
    if (options.success !== true && json.success)
      await requireYes('incident resolve', { operands: [given], options }, terminal, `end the incident ${id}`);
    const ended = await contentOf(await client.api.incidents[':id'].resolve.$post({ param: { id }, json }));
    const worked = seconds === null ? '' : `  people worked on it for ${counted(seconds, 'second')}\n`;
    await terminal.write(options.json === true ? `${JSON.stringify(ended)}\n` : endedWords(ended) + worked);
    return 0;
  },
});
