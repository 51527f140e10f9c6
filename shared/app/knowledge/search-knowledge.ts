import { makeRecall } from '#shared/domain/knowledge/search/recall.ts';
import { type RememberedEntry, rememberedEntry } from '#shared/domain/knowledge/search/remembered-entry.ts';
import { outcomeWords } from '#shared/domain/knowledge/search/seen-before.ts';
import { termsOfQuestion } from '#shared/domain/knowledge/search/terms.ts';
import { entryOfPattern, type TitleOfAction } from '#shared/domain/learning/known-by-pattern.ts';
import type { LearnedPattern } from '#shared/domain/learning/learned-pattern.ts';
import type { FailureRecall } from '#shared/ports/recall.ts';

/** Results below this score are irrelevant. */
const MIN_SCORE = 0.03;

export interface KnowledgeResult {
  readonly id: string;
  readonly title: string;
  /** 0 to 1. */
  readonly score: number;
  readonly resolution: string;
  /** Why it was found, most important reason first. */
  readonly reasons: readonly string[];
}

export interface KnowledgeQuery {
  readonly text: string;
  /** Empty: only the written advice. */
  readonly scope: string;
  readonly limit: number;
  readonly now: Date;
}

/** Written advice, past incidents, lessons and patterns of a scope for a question or an error message, best first. */
export async function searchKnowledge(
  { text, scope, limit, now }: KnowledgeQuery,
  {
    recall,
    patterns = [],
    titleOf = () => null,
  }: {
    readonly recall: FailureRecall;
    readonly patterns?: readonly LearnedPattern[];
    readonly titleOf?: TitleOfAction;
  },
): Promise<KnowledgeResult[]> {
  // Free text has no class, fingerprint or incident.
  const question = { incidentId: '', class: 'unknown', fingerprint: null, terms: termsOfQuestion(text), now } as const;
  const { incidents, entries } = await recall.find(scope, question, limit);
  const learned = makeRecall<RememberedEntry>();
  for (const pattern of patterns)
    if (pattern.retired === null) learned.put(rememberedEntry(entryOfPattern(pattern, titleOf)));
  const found = [
    ...incidents.map(({ item: { past }, ...one }) => ({ ...past, resolution: outcomeWords(past), ...one })),
    ...entries.map(({ item: { entry }, ...one }) => ({ ...entry, ...one })),
    ...learned
      .ask({ ...question, embedding: null })
      .best({ limit })
      .map(({ item: { entry }, ...one }) => ({ ...entry, ...one })),
  ];
  return found
    .filter(({ score }) => score >= MIN_SCORE)
    .sort((a, b) => b.score - a.score)
    .slice(0, limit)
    .map(({ id, title, score, resolution, reasons }) => ({
      id,
      title,
      score: Math.round(score * 1000) / 1000,
      resolution,
      reasons: reasons.map((reason) => reason.text),
    }));
}
