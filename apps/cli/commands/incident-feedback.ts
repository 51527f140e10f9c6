import { DRY_RUN_OPTION, defineCommand, JSON_OPTION, UsageError, wholeNumber } from '@selfheal/cli-kit/command.ts';
import { API_OPTIONS, contentOf, openApi } from '#apps/workbench/api/api-client.ts';
import { incidentMeant, plainId, showOrder, withYesOrNo } from '../incidents/change-incident.ts';

const rating = (name: string, given: string | undefined): number | null =>
  given === undefined ? null : wholeNumber(name, given, { otherwise: 1, atMost: 5 });

export const incidentFeedback = defineCommand({
  name: 'incident feedback',
  aliases: ['feedback'],
  summary: 'say whether what was done about an incident was right',
  details:
    'Your latest word counts. An action called wrong counts as failed when later ones are ranked; praise raises nothing.\n' +
    'With --json: the incident as the API gives it.',
  operands: { shown: 'INCIDENT', atLeast: 1, atMost: 1, aliases: ['incident-id'] },
  rewrite: withYesOrNo(['action-correct']),
  options: {
    'action-correct': { type: 'boolean', about: 'the action was right (also --action-correct true)' },
    'no-action-correct': { type: 'boolean', about: 'the action was wrong (also --action-correct false)' },
    'speed-rating': { type: 'string', value: 'N', about: '1 (bad) to 5 (good)' },
    'effectiveness-rating': { type: 'string', value: 'N', about: '1 (bad) to 5 (good)' },
    comments: { type: 'string', value: 'TEXT', about: 'what you want to say about it' },
    ...DRY_RUN_OPTION,
    ...API_OPTIONS,
    ...JSON_OPTION,
  },
  async run({ operands: [given = ''], options }, terminal) {
    const { 'action-correct': right = false, 'no-action-correct': wrong = false } = options;
    if (right === wrong)
      throw new UsageError('"selfheal incident feedback" needs --action-correct or --no-action-correct.');
    const json = {
      actionCorrect: right,
      speedRating: rating('speed-rating', options['speed-rating']),
      effectivenessRating: rating('effectiveness-rating', options['effectiveness-rating']),
      comments: options.comments ?? null,
    };
    if (options['dry-run'] === true)
      return await showOrder(`POST /api/incidents/${plainId(given)}/feedback`, json, terminal);
    const client = await openApi(options, terminal);
    const { id } = await incidentMeant(client, given, terminal);
    const incident = await contentOf(await client.api.incidents[':id'].feedback.$post({ param: { id }, json }));
    const count = incident.feedback.length;
    await terminal.write(
      options.json === true
        ? `${JSON.stringify(incident)}\n`
        : `${incident.id}: your feedback is kept; ${count === 1 ? 'it is the first' : `${count} people gave theirs`}.\n`,
    );
    return 0;
  },
});
