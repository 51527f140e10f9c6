import { DRY_RUN_OPTION, defineCommand, JSON_OPTION, UsageError, yesOption } from '@selfheal/cli-kit/command.ts';
import { API_OPTIONS, contentOf, openApi } from '#apps/workbench/api/api-client.ts';
import { endedWords, incidentMeant, plainId, showOrder, withYesOrNo } from '../incidents/change-incident.ts';

export const incidentFalsePositive = defineCommand({
  name: 'incident false-positive',
  aliases: ['mark-false-positive'],
  summary: 'end an incident that was none',
  details:
    'With --update-patterns it counts against every learned pattern that recognises it. With --json: {incident, learned}.',
  operands: { shown: 'INCIDENT', atLeast: 1, atMost: 1, aliases: ['incident-id'] },
  rewrite: withYesOrNo(['update-patterns']),
  options: {
    reason: { type: 'string', value: 'TEXT', about: 'why it was none' },
    'update-patterns': { type: 'boolean', about: 'count it against the patterns that recognise it' },
    'no-update-patterns': { type: 'boolean', about: 'change no pattern; the default' },
    ...yesOption('not needed: the reason says that you mean it'),
    ...DRY_RUN_OPTION,
    ...API_OPTIONS,
    ...JSON_OPTION,
  },
  async run({ operands: [given = ''], options }, terminal) {
    const { reason } = options;
    if (reason === undefined) throw new UsageError('"selfheal incident false-positive" needs --reason TEXT.');
    const json = { reason, updatePatterns: options['update-patterns'] === true };
    if (options['dry-run'] === true)
      return await showOrder(`POST /api/incidents/${plainId(given)}/false-positive`, json, terminal);
    const client = await openApi(options, terminal);
    const { id } = await incidentMeant(client, given, terminal);
    const ended = await contentOf(await client.api.incidents[':id']['false-positive'].$post({ param: { id }, json }));
    await terminal.write(options.json === true ? `${JSON.stringify(ended)}\n` : endedWords(ended));
    return 0;
  },
});
