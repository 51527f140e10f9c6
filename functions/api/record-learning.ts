import { learnPatterns } from '#shared/app/learning/learn-patterns.ts';
import { adviseRate } from '#shared/domain/learning/learning-rate.ts';
import { selfTest } from '#shared/domain/learning/self-test.ts';
import type { KnowledgeRoutesDeps } from './routes/knowledge.ts';
import type { RecordLearning } from './routes/knowledge-learn.ts';

/** The use cases behind the routes that take records of incidents, or live outcomes again. */
export function makeRecordLearning({ patterns }: Pick<KnowledgeRoutesDeps, 'patterns'>): RecordLearning {
  return { learn: (order, rules) => learnPatterns(order, { patterns, rules }), test: selfTest, rates: adviseRate };
}
