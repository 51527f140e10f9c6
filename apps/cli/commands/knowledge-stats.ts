import { defineCommand, JSON_OPTION } from '@selfheal/cli-kit/command.ts';
import { contentOf } from '#apps/workbench/api/api-client.ts';
import { helpedWords } from '#shared/domain/learning/outcomes-words.ts';
import { openScope, placeWords, SCOPE_OPTIONS } from '../learning/knowledge-api.ts';

const counts = (record: Readonly<Record<string, number>>): string =>
  Object.entries(record)
    .sort(([, a], [, b]) => b - a)
    .map(([name, count]) => `${name} ${count}`)
    .join(', ') || 'none';

export const knowledgeStats = defineCommand({
  name: 'knowledge stats',
  summary: 'count what is known in a scope: patterns by stage, class and source, lessons, past incidents',
  options: { ...SCOPE_OPTIONS, ...JSON_OPTION },
  async run({ options }, terminal) {
    const { api, scope } = await openScope(options, terminal);
    const stats = await contentOf(await api.knowledge.stats.$get({ query: { scope } }));
    if (options.json === true) {
      await terminal.write(`${JSON.stringify(stats)}\n`);
      return 0;
    }
    const { helped, meanConfidence, countedUpTo } = stats;
    const upTo = (count: number): string => (count >= countedUpTo ? `${count} or more` : String(count));
    await terminal.write(
      [
        placeWords(stats.scope),
        `patterns: ${stats.patterns}, ${stats.retired} removed, ${stats.needApproval} need an approval`,
        `  by stage: ${counts(stats.byStage)}`,
        `  by class: ${counts(stats.byClass)}`,
        `  by service: ${counts(stats.byService)}`,
        `  by source: ${counts(stats.bySource)}`,
        `  mean confidence ${meanConfidence?.toFixed(2) ?? 'unknown'}; ${helpedWords(helped, stats.verified)}`,
        `lessons: ${upTo(stats.lessons)}; past incidents: ${upTo(stats.pastIncidents)}`,
        '',
      ].join('\n'),
    );
    return 0;
  },
});
