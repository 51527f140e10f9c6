import { API_OPTIONS, contentOf, openApi } from '../api/api-client.ts';
import { DRY_RUN_OPTION, defineCommand, JSON_OPTION, requireYes, UsageError, yesOption } from '../command.ts';
import { endedWords, showOrder, withYesOrNo } from '../incidents/change-incident.ts';

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
    ...yesOption('do it'),
    ...DRY_RUN_OPTION,
    ...API_OPTIONS,
    ...JSON_OPTION,
  },
  async run({ operands: [id = ''], options }, terminal) {
    const { reason } = options;
    if (reason === undefined) throw new UsageError('"selfheal incident false-positive" needs --reason TEXT.');
    const json = { reason, updatePatterns: options['update-patterns'] === true };
    await requireYes('incident false-positive', { operands: [id], options }, terminal, 'end the incident');
    if (options['dry-run'] === true) return await showOrder(`POST /api/incidents/${id}/false-positive`, json, terminal);
    const { api } = await openApi(options, terminal);
    const ended = await contentOf(await api.incidents[':id']['false-positive'].$post({ param: { id }, json }));
    await terminal.write(options.json === true ? `${JSON.stringify(ended)}\n` : endedWords(ended));
    return 0;
  },
});
