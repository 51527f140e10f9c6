import { DRY_RUN_OPTION, defineCommand, JSON_OPTION, UsageError, wholeNumber } from '@selfheal/cli-kit/command.ts';
import { API_OPTIONS, contentOf, openApi } from '#apps/workbench/api/api-client.ts';
import { changedWords, incidentMeant, plainId, severityOption, showOrder } from '../incidents/change-incident.ts';

const MAX_REVISION = 999_999_999;
/** An empty text removes what was said before. */
const orNone = (text: string): string | null => (text === '' ? null : text);

export const incidentUpdate = defineCommand({
  name: 'incident update',
  summary: 'change title, severity, assignee or notes of an incident',
  details: 'An empty text removes what was said before. With --json: the incident as the API gives it.',
  operands: { shown: 'INCIDENT', atLeast: 1, atMost: 1, aliases: ['incident-id'] },
  options: {
    title: { type: 'string', value: 'TEXT', about: 'what is wrong, in a few words' },
    severity: { type: 'string', value: 'LEVEL', about: 'low, medium, high or critical' },
    assignee: { type: 'string', value: 'NAME', about: 'who works on it' },
    notes: { type: 'string', value: 'TEXT', about: 'what others should know' },
    reason: { type: 'string', value: 'TEXT', about: 'why, for the audit trail' },
    revision: { type: 'string', value: 'N', about: 'only if this is still its revision' },
    ...DRY_RUN_OPTION,
    ...API_OPTIONS,
    ...JSON_OPTION,
  },
  async run({ operands: [given = ''], options }, terminal) {
    const { title, assignee, notes, reason, revision } = options;
    const severity = severityOption(options.severity);
    const json = {
      ...(title === undefined ? {} : { title: orNone(title) }),
      ...(severity === undefined ? {} : { severity }),
      ...(assignee === undefined ? {} : { assignee: orNone(assignee) }),
      ...(notes === undefined ? {} : { notes: orNone(notes) }),
    };
    if (Object.keys(json).length === 0)
      throw new UsageError('"selfheal incident update" needs --title, --severity, --assignee or --notes.');
    const order = { ...json, ...(reason === undefined ? {} : { reason }) };
    if (options['dry-run'] === true) return await showOrder(`PATCH /api/incidents/${plainId(given)}`, order, terminal);
    const expected =
      revision === undefined
        ? {}
        : {
            'if-match': `"${revision === '0' ? 0 : wholeNumber('revision', revision, { otherwise: 1, atMost: MAX_REVISION })}"`,
          };
    const client = await openApi(options, terminal);
    const { id } = await incidentMeant(client, given, terminal);
    const incident = await contentOf(
      await client.api.incidents[':id'].$patch({ param: { id }, json: order, header: expected }),
    );
    await terminal.write(options.json === true ? `${JSON.stringify(incident)}\n` : changedWords(incident));
    return 0;
  },
});
