import { defineCommand, JSON_OPTION } from '@selfheal/cli-kit/command.ts';
import { counted } from '@selfheal/kernel/time-words.ts';
import { Severity } from '@selfheal/log-reading/logs/severity.ts';
import { cleanText } from '@selfheal/redaction/clean-text.ts';
import { API_OPTIONS, contentOf, openApi } from '#apps/workbench/api/api-client.ts';
import type { WatchedLog } from '../api/watched-logs.ts';

const MAX_PATTERNS = 10;
const MAX_ANOMALIES = 10;

export const logWatched = defineCommand({
  name: 'log watched',
  summary: 'the logs that services send: levels over the last day, patterns, and what is unusual',
  details:
    'Without SERVICE it lists the services. Asks the API of a deployment. With --json: {services: [{service, lastSeenAt}]}, or the whole answer of GET\n' +
    '/api/logs/watched/SERVICE.',
  operands: { shown: '[SERVICE]', atLeast: 0, atMost: 1 },
  options: { ...API_OPTIONS, ...JSON_OPTION },
  async run({ operands: [service], options }, terminal) {
    const { api } = await openApi(options, terminal);
    if (service === undefined) {
      const { services } = await contentOf(await api.logs.watched.$get());
      if (options.json === true) await terminal.write(`${JSON.stringify({ services })}\n`);
      else
        await terminal.write(
          services.map(({ service: name, lastSeenAt }) => `${lastSeenAt.slice(0, 16)}Z  ${name}\n`).join('') ||
            'No service sends its log. To send one: selfheal log forward --service NAME FILE\n',
        );
      return 0;
    }
    const log = await contentOf(await api.logs.watched[':service'].$get({ param: { service } }));
    await terminal.write(options.json === true ? `${JSON.stringify(log)}\n` : textOf(log));
    return 0;
  },
});

function textOf(log: WatchedLog): string {
  const { service, lastSeenAt, learning, learnedHours, learningHours, windows, anomalies, patterns } = log;
  const sum = (level: Severity): number => windows.reduce((total, { levels }) => total + (levels[level] ?? 0), 0);
  const byLevel = Severity.options.map((level) => [level, sum(level)] as const).filter(([, count]) => count > 0);
  const lines = windows.reduce((total, one) => total + one.lines, 0);
  return [
    `${service}: ${counted(lines, 'line')} in the last day, the last at ${lastSeenAt.slice(0, 16)}Z`,
    ...(learning ? [`  learning: ${learnedHours} of ${learningHours} hours; only critical lines are told`] : []),
    `  levels: ${byLevel.map(([level, count]) => `${level} ${count}`).join(', ') || 'none'}`,
    anomalies.length === 0 ? '  unusual: nothing' : '  unusual:',
    ...anomalies
      .slice(0, MAX_ANOMALIES)
      .map(
        ({ at, reason, incident }) =>
          `    ${at.slice(0, 16)}Z  ${cleanText(reason, 300)}${incident === null ? '' : ` (incident ${incident})`}`,
      ),
    ...(patterns.length === 0 ? [] : ['  patterns, in the last windows and usually in one:']),
    ...patterns
      .slice(0, MAX_PATTERNS)
      .map(
        ({ template, level, lately, usual }) =>
          `    ${String(lately).padStart(6)}  ${String(usual).padStart(8)}  ${level.padEnd(8)}  ${cleanText(template, 200)}`,
      ),
    '',
  ].join('\n');
}
