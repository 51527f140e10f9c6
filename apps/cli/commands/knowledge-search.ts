import type { KnowledgeEntry } from '#shared/domain/knowledge/knowledge-entry.ts';
import { defineCommand, JSON_OPTION, UsageError } from '../command.ts';
import { shippedPlaybooks } from '../input/shipped-content.ts';
import { makeWordIndex } from '../ranking/bm25.ts';

const MOST_RESULTS = 10;

interface Result {
  readonly id: string;
  readonly title: string;
  /** Higher is better; comparable within one search only. */
  readonly score: number;
  readonly resolution: string;
}

/** Keywords and title count with the root cause; a keyword is said twice since it was chosen to be found by. */
function textOfEntry({ title, keywords, rootCause }: KnowledgeEntry): string {
  return [title, ...keywords, ...keywords, rootCause].join('\n');
}

function search(query: string, entries: readonly KnowledgeEntry[]): Result[] {
  const ranked = makeWordIndex(entries.map(textOfEntry)).search(query).slice(0, MOST_RESULTS);
  return ranked.flatMap(({ at, score }) => {
    const entry = entries[at];
    if (entry === undefined) return [];
    return [{ id: entry.id, title: entry.title, score: Math.round(score * 1000) / 1000, resolution: entry.resolution }];
  });
}

function asText({ id, title, score, resolution }: Result): string {
  return `${score.toFixed(2).padStart(6)}  ${id}: ${title}\n        ${resolution.trim().replaceAll('\n', '\n        ')}\n`;
}

export const knowledgeSearch = defineCommand({
  name: 'knowledge search',
  summary: 'playbooks that fit a question or an error message',
  details: 'With --json: {results: [{id, title, score, resolution}]}, best first.',
  operands: { shown: '', atLeast: 0, atMost: 0 },
  options: {
    query: { type: 'string', value: 'Q', about: 'what to look for' },
    ...JSON_OPTION,
  },
  async run({ options }, terminal) {
    const query = options.query?.trim() ?? '';
    if (query === '') throw new UsageError('"selfheal knowledge search" needs --query with some words.');
    const results = search(query, await shippedPlaybooks(terminal.say));
    if (options.json === true) await terminal.write(`${JSON.stringify({ results })}\n`);
    else if (results.length === 0) terminal.say('selfheal: nothing was found.');
    else await terminal.write(results.map(asText).join(''));
    return 0;
  },
});
