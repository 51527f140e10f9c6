import { learnPatterns } from '#shared/app/learning/learn-patterns.ts';
import { selfTest } from '#shared/domain/learning/self-test.ts';
import type { KnowledgeRoutesDeps } from './routes/knowledge.ts';
import type { RecordLearning } from './routes/knowledge-learn.ts';

/** The use cases behind the routes that take records of incidents. */
export function makeRecordLearning({ patterns }: Pick<KnowledgeRoutesDeps, 'patterns'>): RecordLearning {
  return { learn: (order, rules) => learnPatterns(order, { patterns, rules }), test: selfTest };
}
