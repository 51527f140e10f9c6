import { DRY_RUN_OPTION, defineCommand, JSON_OPTION, UsageError } from '@selfheal/cli-kit/command.ts';
import { API_OPTIONS, contentOf, openApi } from '#apps/workbench/api/api-client.ts';
import { openInput, textOf } from '#apps/workbench/input/open-input.ts';
import { changedWords, severityOption, showOrder } from '../incidents/change-incident.ts';

const MAX_LINES = 1000;
const MAX_LINE_LENGTH = 4000;

/** The last lines of a log, where failures are. */
async function lastLines(file: string, terminal: Parameters<typeof openInput>[1]): Promise<string[]> {
  let lines: string[] = [];
  let rest = '';
  for await (const piece of textOf(await openInput(file, terminal))) {
    const read = (rest + piece).split('\n');
    rest = (read.pop() ?? '').slice(0, MAX_LINE_LENGTH);
    lines = [...lines, ...read].slice(-MAX_LINES);
  }
  return [...lines, ...(rest === '' ? [] : [rest])].slice(-MAX_LINES).map((line) => line.slice(0, MAX_LINE_LENGTH));
}

export const incidentCreate = defineCommand({
  name: 'incident create',
  summary: 'report a failure: it is classified, diagnosed and planned like every other',
  details:
    'Nothing is executed on the word of a report; people are told. Secrets are removed before anything is kept. With --key a repeat opens no second incident.\n' +
    'With --json: the incident as the API gives it.',
  options: {
    title: { type: 'string', value: 'TEXT', about: 'what is wrong, in a few words' },
    description: { type: 'string', value: 'TEXT', about: 'what is known about it' },
    service: { type: 'string', value: 'NAME', about: 'the service that fails' },
    repo: { type: 'string', value: 'OWNER/NAME', aliases: ['repository'], about: 'the repository that it is about' },
    severity: { type: 'string', value: 'LEVEL', about: 'low, medium, high or critical; medium by default' },
    log: { type: 'string', value: 'FILE', about: `a log that shows it; the last ${MAX_LINES} lines are sent` },
    key: { type: 'string', value: 'KEY', about: 'your own id of the report, the same for repeats of it' },
    ...DRY_RUN_OPTION,
    ...API_OPTIONS,
    ...JSON_OPTION,
  },
  async run({ options }, terminal) {
    const { title, description = '', service = null, repo: repository = null, key } = options;
    if (title === undefined) throw new UsageError('"selfheal incident create" needs --title TEXT.');
    const severity = severityOption(options.severity) ?? 'medium';
    const lines = options.log === undefined ? [] : await lastLines(options.log, terminal);
    const json = { title, description, service, repository, severity, lines, simulated: false };
    if (options['dry-run'] === true) return await showOrder('POST /api/incidents', json, terminal);
    const { api } = await openApi(options, terminal);
    const headers = key === undefined ? {} : { headers: { 'idempotency-key': key } };
    const incident = await contentOf(await api.incidents.$post({ json }, headers));
    await terminal.write(options.json === true ? `${JSON.stringify(incident)}\n` : changedWords(incident));
    return 0;
  },
});
