import type { FailureClass } from '@selfheal/kernel/failure-class.ts';
import { Proportion } from '@selfheal/kernel/numbers/proportion.ts';
import * as z from 'zod';
import type { LearnedPattern, PatternStage } from '#shared/domain/learning/learned-pattern.ts';
import type { Learning } from '#shared/domain/learning/learning-settings.ts';
import { asItCounts, effectivenessOf, verifiedOutcomes } from '#shared/domain/learning/pattern-trust.ts';
import type { PatternStore } from '#shared/ports/learning-stores.ts';
import { cursorOf, positionIn } from '../common/list-cursor.ts';

export interface PatternQuery {
  readonly scope: string;
  readonly class?: FailureClass | undefined;
  readonly stage?: PatternStage | undefined;
  readonly tag?: string | undefined;
  readonly service?: string | undefined;
  /** Whether removed ones are listed too. */
  readonly retired: boolean;
}

export interface PatternPage {
  /** As they count now. */
  readonly patterns: readonly LearnedPattern[];
  readonly next: string | null;
}

const READ_AT_ONCE = 50;
/** Reads of one page; a page of a rare tag may be short although there are more. */
const MAX_READS = 10;

/** One page of a scope's patterns, by id. Throws `InvalidInput` for a cursor of another list. */
export async function listPatterns(
  query: PatternQuery,
  { limit, cursor }: { readonly limit: number; readonly cursor?: string | undefined },
  deps: { readonly patterns: Pick<PatternStore, 'page'>; readonly rules: Learning; readonly now: Date },
): Promise<PatternPage> {
  const list = { list: 'patterns', ...query };
  let after = positionIn(list, cursor);
  const found: LearnedPattern[] = [];
  for (let reads = 0; reads < MAX_READS; reads++) {
    const page = await deps.patterns.page(query.scope, { after, limit: READ_AT_ONCE });
    for (const stored of page) {
      if (found.length === limit) return { patterns: found, next: cursorOf(list, after) };
      after = stored.id;
      const pattern = asItCounts(stored, deps.rules, deps.now);
      if (isIn(query, pattern)) found.push(pattern);
    }
    if (page.length < READ_AT_ONCE) return { patterns: found, next: null };
  }
  return { patterns: found, next: cursorOf(list, after) };
}

function isIn({ class: failureClass, stage, tag, service, retired }: PatternQuery, pattern: LearnedPattern): boolean {
  return (
    (retired || pattern.retired === null) &&
    (failureClass === undefined || pattern.class === failureClass) &&
    (stage === undefined || pattern.stage === stage) &&
    (tag === undefined || pattern.tags.includes(tag)) &&
    (service === undefined || pattern.service === service)
  );
}

const Counts = z.record(z.string(), z.number().int());

export const KnowledgeStats = z
  .object({
    scope: z.string(),
    patterns: z.number().int(),
    retired: z.number().int(),
    needApproval: z.number().int(),
    byStage: Counts,
    byClass: Counts,
    bySource: Counts,
    byService: Counts,
    meanConfidence: z.number().nullable(),
    /** Of all outcomes of the patterns. */
    helped: Proportion.nullable(),
    /** Of those that helped, how many Selfheal measured. */
    verified: z.number().int(),
    /** Outcomes of the patterns that count. */
    outcomes: z.number().int(),
    /** Learned from the fingerprints of ended incidents, the latest up to a limit. */
    lessons: z.number().int(),
    pastIncidents: z.number().int(),
    countedUpTo: z.number().int(),
  })
  .meta({ id: 'KnowledgeStats', description: 'Lessons and past incidents are counted up to `countedUpTo`.' });
export type KnowledgeStats = z.infer<typeof KnowledgeStats>;

function counted(values: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const value of values) counts[value] = (counts[value] ?? 0) + 1;
  return counts;
}

/** Figures of all patterns of a scope as they count now. */
export function statsOf(
  patterns: readonly LearnedPattern[],
  rest: Pick<KnowledgeStats, 'scope' | 'needApproval' | 'lessons' | 'pastIncidents' | 'countedUpTo'>,
): KnowledgeStats {
  const active = patterns.filter(({ retired }) => retired === null);
  const outcomes = active.flatMap((pattern) => pattern.outcomes);
  return {
    ...rest,
    patterns: active.length,
    retired: patterns.length - active.length,
    byStage: counted(active.map(({ stage }) => stage)),
    byClass: counted(active.map((pattern) => pattern.class)),
    byService: counted(active.map(({ service }) => service ?? 'none')),
    bySource: counted(active.map(({ provenance }) => provenance.source)),
    meanConfidence:
      active.length === 0 ? null : active.reduce((sum, { confidence }) => sum + confidence, 0) / active.length,
    helped: effectivenessOf({ outcomes }),
    verified: verifiedOutcomes({ outcomes }),
    outcomes: outcomes.length,
  };
}
