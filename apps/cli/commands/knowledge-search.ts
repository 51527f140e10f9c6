import type { KnowledgeEntry } from '#shared/domain/knowledge/knowledge-entry.ts';
import { makeRecall } from '#shared/domain/recall/recall.ts';
import { type RememberedEntry, rememberedEntry } from '#shared/domain/recall/remembered-entry.ts';
import { termsOfText } from '#shared/domain/recall/terms.ts';
import { defineCommand, JSON_OPTION, UsageError } from '../command.ts';
import { shippedPlaybooks } from '../input/shipped-content.ts';

const MOST_RESULTS = 10;
/** What shares less with the question is not worth a reader's time. */
const LEAST_SCORE = 0.03;

interface Result {
  readonly id: string;
  readonly title: string;
  /** 0 to 1. */
  readonly score: number;
  readonly resolution: string;
  /** Why it was found, the weightiest first. */
  readonly reasons: readonly string[];
}

function search(query: string, entries: readonly KnowledgeEntry[]): Result[] {
  const recall = makeRecall<RememberedEntry>();
  for (const entry of entries) recall.put(rememberedEntry(entry));
  const question = { class: 'unknown', fingerprint: null, terms: termsOfText(query), now: new Date(0) } as const;
  const found = recall.find(question, { limit: MOST_RESULTS });
  return found
    .filter(({ score }) => score >= LEAST_SCORE)
    .map(({ item, score, reasons }) => {
      const { id, title, resolution } = item.entry;
      return { id, title, score: Math.round(score * 1000) / 1000, resolution, reasons };
    });
}

function asText({ id, title, score, resolution, reasons }: Result): string {
  const why = reasons.length === 0 ? 'words that look alike' : reasons.join('; ');
  const body = resolution.trim().replaceAll('\n', '\n        ');
  return `${score.toFixed(2).padStart(6)}  ${id}: ${title}\n        ${body}\n        (${why})\n`;
}

export const knowledgeSearch = defineCommand({
  name: 'knowledge search',
  summary: 'playbooks that fit a question or an error message',
  details: 'With --json: {results: [{id, title, score, resolution, reasons}]}, best first; a score is from 0 to 1.',
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
