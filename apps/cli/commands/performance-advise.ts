import { defineCommand, JSON_OPTION, UsageError } from '@selfheal/cli-kit/command.ts';
import { percentOf } from '@selfheal/kernel/numbers/proportion.ts';
import { readConfiguration } from '#infra/configuration.ts';
import { Performance } from '#shared/domain/performance/performance-settings.ts';
import { readPerformance } from '../performance/read-performance.ts';

type Advice = Awaited<ReturnType<typeof readPerformance>>;

export const performanceAdvise = defineCommand({
  name: 'performance advise',
  summary: 'find the bottlenecks of a service, what would help most, and oversized resources',
  details:
    'The file is a JSON document: {metrics: [{kind, series: {values} or {file}}], logs: [path], sources: [path], provisions: [...]}. The user\n' +
    'guide has a complete example. Every suggestion has evidence. With --json one document: {service, bottlenecks, suggestions, costs}, best first.\n' +
    'Exit code 1 when a metric exceeds its limit.',
  operands: { shown: 'FILE.json', atLeast: 1, atMost: 1 },
  options: {
    ...JSON_OPTION,
    config: { type: 'string', value: 'FILE', about: 'the configuration with the limits (`performance`)' },
  },
  async run({ operands: [file = '-'], options }, terminal) {
    const advice = await readPerformance(file, limitsIn(options.config), terminal);
    await terminal.write(options.json === true ? `${JSON.stringify(advice)}\n` : asText(advice));
    return advice.bottlenecks.length === 0 ? 0 : 1;
  },
});

function limitsIn(path: string | undefined): Performance {
  if (path === undefined) return Performance.parse({});
  try {
    return readConfiguration(path).performance;
  } catch (error) {
    throw new UsageError((error as Error).message.replaceAll('\n', ' '), { cause: error });
  }
}

function asText({ bottlenecks, suggestions, costs }: Advice): string {
  const lines = [
    ...bottlenecks.map(({ metric, reason }) => `bottleneck  ${metric}: ${reason}`),
    ...suggestions.flatMap(({ id, title, advice, score, evidence }, index) => [
      `${index + 1}. ${title} (${id}, ${percentOf(score)} of 100)`,
      `   ${advice}`,
      ...evidence.map(({ where, text }) => `   because ${where}: ${text}`),
    ]),
    ...costs.map(({ resource, provisioned, enough, unit, saving, reason }) => {
      const monthly = saving.monthly === null ? '' : `, ${saving.monthly} a month`;
      return `cost  ${resource}: ${provisioned} to ${enough} ${unit} saves ${saving.percent} %${monthly}: ${reason}`;
    }),
  ];
  return lines.length === 0 ? 'No suggestions: no metric, log or source shows a problem.\n' : `${lines.join('\n')}\n`;
}
