import { defineCommand, JSON_OPTION, UsageError } from '@selfheal/cli-kit/command.ts';
import type { Terminal } from '@selfheal/cli-kit/terminal.ts';
import { API_OPTIONS, contentOf } from '#apps/workbench/api/api-client.ts';
import { shippedRecall } from '#apps/workbench/input/shipped-content.ts';
import { type KnowledgeResult, searchKnowledge } from '#shared/app/knowledge/search-knowledge.ts';
import { apiUnlessNamed, placeOf } from '../learning/knowledge-api.ts';

const MAX_RESULTS = 10;
/** Past incidents and learned entries of a deployment. Loads the AWS SDK only here. */
async function memoriesOf(table: string) {
  const { makeDynamoKnowledgeStore } = await import('#shared/adapters/aws/dynamo-knowledge-store.ts');
  return makeDynamoKnowledgeStore({ table });
}

function asText({ id, title, score, resolution, reasons }: KnowledgeResult): string {
  const why = reasons.length === 0 ? 'similar words' : reasons.join('; ');
  const body = resolution.trim().replaceAll('\n', '\n        ');
  return `${score.toFixed(2).padStart(6)}  ${id}: ${title}\n        ${body}\n        (${why})\n`;
}

async function say(results: readonly KnowledgeResult[], asJson: boolean, terminal: Terminal): Promise<0> {
  if (asJson) await terminal.write(`${JSON.stringify({ results })}\n`);
  else if (results.length === 0) terminal.say('selfheal: nothing found.');
  else await terminal.write(results.map(asText).join(''));
  return 0;
}

export const knowledgeSearch = defineCommand({
  name: 'knowledge search',
  summary: 'search written advice and past incidents for a question or an error message',
  details:
    'With --json: {results: [{id, title, score, resolution, reasons}]}, best first; scores are from 0 to 1.\n' +
    'Signed in, it asks the API, also for past incidents and patterns of the place. With --table and --scope it searches past incidents and learned entries of that repository or alarm.',
  options: {
    query: { type: 'string', value: 'Q', about: 'the question or error message' },
    ...API_OPTIONS,
    table: { type: 'string', value: 'NAME', about: 'the knowledge table of a deployment' },
    scope: {
      type: 'string',
      value: 'SCOPE',
      about:
        'whose past incidents and patterns are searched; all services by default, with --table repository#ID:OWNER/NAME or alarm#ARN',
    },
    ...JSON_OPTION,
  },
  async run({ options }, terminal) {
    const query = options.query?.trim() ?? '';
    if (query === '') throw new UsageError('"selfheal knowledge search" needs --query TEXT.');
    const { table, scope } = options;
    const client = await apiUnlessNamed(options, terminal);
    if (client !== null) {
      const asked = { query, limit: String(MAX_RESULTS), scope: placeOf(scope, terminal) };
      return await say(
        (await contentOf(await client.api.knowledge.search.$get({ query: asked }))).results,
        options.json === true,
        terminal,
      );
    }
    if ((table === undefined) !== (scope === undefined))
      throw new UsageError(
        'Use --table and --scope together: the table, and the repository or alarm whose past incidents are searched.',
      );
    const recall = await shippedRecall(terminal.say, table === undefined ? undefined : await memoriesOf(table));
    const results = await searchKnowledge(
      { text: query, scope: scope ?? '', limit: MAX_RESULTS, now: new Date() },
      { recall },
    );
    return await say(results, options.json === true, terminal);
  },
});
