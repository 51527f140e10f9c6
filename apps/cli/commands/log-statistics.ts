import { defineCommand, JSON_OPTION } from '@selfheal/cli-kit/command.ts';
import { counted } from '@selfheal/kernel/time-words.ts';
import { cleanText } from '@selfheal/redaction/clean-text.ts';
import { API_OPTIONS, contentOf, openApi } from '#apps/workbench/api/api-client.ts';

export const logStatistics = defineCommand({
  name: 'log statistics',
  summary: 'counts of the log lines that are kept of the latest incidents',
  details:
    'Asks the API of a deployment. With --json: {incidents, since, more, lines, levels, classes, sources, templates}.',
  options: {
    repo: { type: 'string', value: 'OWNER/NAME', about: 'of this repository' },
    service: { type: 'string', value: 'ID', about: 'of this service' },
    ...API_OPTIONS,
    ...JSON_OPTION,
  },
  async run({ options }, terminal) {
    const { repo: repository, service } = options;
    const { api } = await openApi(options, terminal);
    const query = {
      ...(repository === undefined ? {} : { repository }),
      ...(service === undefined ? {} : { service }),
    };
    const counts = await contentOf(await api.logs.statistics.$get({ query }));
    if (options.json === true) {
      await terminal.write(`${JSON.stringify(counts)}\n`);
      return 0;
    }
    const { incidents, lines, levels, classes, templates, since } = counts;
    const listed = (all: Readonly<Record<string, number>>): string =>
      Object.entries(all)
        .filter(([, count]) => count > 0)
        .map(([name, count]) => `${name.replaceAll('_', ' ')} ${count}`)
        .join(', ');
    const words = [
      `${counted(lines, 'line')} of ${counted(incidents, 'incident')}${since === null ? '' : ` since ${since}`}`,
      `  levels: ${listed(levels) || 'none'}`,
      `  classes: ${listed(classes) || 'none'}`,
      ...templates.map(({ template, count }) => `  ${String(count).padStart(5)}  ${cleanText(template, 300)}`),
    ];
    await terminal.write(words.map((line) => `${line}\n`).join(''));
    return 0;
  },
});
