import { outcomeWords } from '#shared/domain/knowledge/search/seen-before.ts';
import { termsOfText } from '#shared/domain/knowledge/search/terms.ts';
import type { SearchResults } from '#shared/ports/recall.ts';
import { defineCommand, JSON_OPTION, UsageError } from '../command.ts';
import { shippedRecall } from '../input/shipped-content.ts';

const MAX_RESULTS = 10;
/** Results below this score are irrelevant. */
const MIN_SCORE = 0.03;

interface Result {
  readonly id: string;
  readonly title: string;
  /** 0 to 1. */
  readonly score: number;
  readonly resolution: string;
  /** Why it was found, most important reason first. */
  readonly reasons: readonly string[];
}

/** Past incidents and learned entries of a deployment. Loads the AWS SDK only here. */
async function memoriesOf(table: string) {
  const { makeDynamoKnowledgeStore } = await import('#shared/adapters/aws/dynamo-knowledge-store.ts');
  return makeDynamoKnowledgeStore({ table });
}

function resultsOf({ incidents, entries }: SearchResults): Result[] {
  const found = [
    ...incidents.map(({ item: { past }, ...one }) => ({ ...past, resolution: outcomeWords(past), ...one })),
    ...entries.map(({ item: { entry }, ...one }) => ({ ...entry, ...one })),
  ];
  return found
    .filter(({ score }) => score >= MIN_SCORE)
    .sort((a, b) => b.score - a.score)
    .slice(0, MAX_RESULTS)
    .map(({ id, title, score, resolution, reasons }) => {
      return {
        id,
        title,
        score: Math.round(score * 1000) / 1000,
        resolution,
        reasons: reasons.map(({ text }) => text),
      };
    });
}

/** A search query made from free text, which has no class, fingerprint or incident. */
function questionOf(query: string) {
  return { incidentId: '', class: 'unknown', fingerprint: null, terms: termsOfText(query), now: new Date() } as const;
}

function asText({ id, title, score, resolution, reasons }: Result): string {
  const why = reasons.length === 0 ? 'similar words' : reasons.join('; ');
  const body = resolution.trim().replaceAll('\n', '\n        ');
  return `${score.toFixed(2).padStart(6)}  ${id}: ${title}\n        ${body}\n        (${why})\n`;
}

export const knowledgeSearch = defineCommand({
  name: 'knowledge search',
  summary: 'search written advice and past incidents for a question or an error message',
  details:
    'With --json: {results: [{id, title, score, resolution, reasons}]}, best first; scores are from 0 to 1.\n' +
    'With --table and --scope it also searches past incidents and learned entries of that repository or alarm.',
  operands: { shown: '', atLeast: 0, atMost: 0 },
  options: {
    query: { type: 'string', value: 'Q', about: 'the question or error message' },
    table: { type: 'string', value: 'NAME', about: 'the knowledge table of a deployment' },
    scope: {
      type: 'string',
      value: 'SCOPE',
      about: 'whose past incidents are searched: repository#ID:OWNER/NAME or alarm#ARN',
    },
    ...JSON_OPTION,
  },
  async run({ options }, terminal) {
    const query = options.query?.trim() ?? '';
    if (query === '') throw new UsageError('"selfheal knowledge search" needs --query TEXT.');
    const { table, scope } = options;
    if ((table === undefined) !== (scope === undefined))
      throw new UsageError(
        'Use --table and --scope together: the table, and the repository or alarm whose past incidents are searched.',
      );
    const recall = await shippedRecall(terminal.say, table === undefined ? undefined : await memoriesOf(table));
    const results = resultsOf(await recall.find(scope ?? '', questionOf(query), MAX_RESULTS));
    if (options.json === true) await terminal.write(`${JSON.stringify({ results })}\n`);
    else if (results.length === 0) terminal.say('selfheal: nothing found.');
    else await terminal.write(results.map(asText).join(''));
    return 0;
  },
});
