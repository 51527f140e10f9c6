import { FailureClass } from '@selfheal/kernel/failure-class.ts';
import * as z from 'zod';
import { LearningReview } from './learning-review.ts';

const Share = z.number().min(0).max(1);
const criteria = (confidence: number, cases: number, lowerBound: number) =>
  z
    .strictObject({
      confidence: Share.default(confidence),
      /** Minimum number of trusted outcomes. */
      cases: z.number().int().min(1).max(60).default(cases),
      /** Lower bound of Wilson's 95% interval of how often it helped. */
      lowerBound: Share.default(lowerBound),
    })
    .prefault({});

/** Criteria for a learned pattern to reach a stage. */
const LearningStages = z
  .strictObject({ suggest: criteria(0.6, 5, 0.4), match: criteria(0.75, 10, 0.55), act: criteria(0.85, 20, 0.7) })
  .refine(
    ({ suggest, match, act }) => suggest.confidence <= match.confidence && match.confidence <= act.confidence,
    'Each stage must ask for at least the confidence of the one before.',
  );

/** How patterns are learned, and how fast they may gain confidence. */
export const Learning = z.strictObject({
  /** Whether a verified action creates a pattern; files of people always may. */
  fromOutcomes: z.boolean().default(true),
  /** Classes of which patterns are learned without a person; null: all. */
  classes: z.array(FailureClass).nullable().default(null),
  /** New patterns per scope and day (UTC). */
  maxNewPatternsPerDay: z.number().int().min(0).max(500).default(10),
  maxConfidenceGainPerWeek: Share.default(0.1),
  /** A pattern is retired when it failed more often than this, in at least this many cases. */
  rollbackFailureRate: Share.default(0.3),
  rollbackCases: z.number().int().min(2).max(60).default(5),
  /** Patterns with one of these tags stay suggestions until a person approves them. */
  approvalTags: z.array(z.string().max(40)).max(20).default(['critical', 'financial']),
  /** Days after which an outcome counts half. */
  halfLifeDays: z.number().min(1).max(3650).default(90),
  /** When it is reviewed by itself; null: never. */
  review: LearningReview.nullable().default(null),
  stages: LearningStages.prefault({}),
});
export type Learning = z.infer<typeof Learning>;

const StageNeeds = z
  .strictObject({ confidence: Share, cases: z.number().int().min(1).max(60), lowerBound: Share })
  .partial();

/** Limits of learning that people set at run time: stricter than deployed, never laxer. */
export const LearningLimits = z
  .strictObject({
    classes: z.array(FailureClass).min(1),
    maxNewPatternsPerDay: z.number().int().min(0).max(500),
    maxConfidenceGainPerWeek: Share,
    rollbackFailureRate: Share,
    approvalTags: z.array(z.string().max(40)).max(20),
    stages: z.strictObject({ suggest: StageNeeds, match: StageNeeds, act: StageNeeds }).partial(),
  })
  .partial();
export type LearningLimits = z.infer<typeof LearningLimits>;

const STAGES = ['suggest', 'match', 'act'] as const;
const NEEDS = ['confidence', 'cases', 'lowerBound'] as const;
const CEILINGS = ['maxNewPatternsPerDay', 'maxConfidenceGainPerWeek', 'rollbackFailureRate'] as const;

/** Learning within both: of two values the more careful one counts. A later stage asks for at least the confidence of the one before. */
export function narrowedLearning(deployed: Learning, limits: LearningLimits = {}): Learning {
  const { classes, approvalTags = [], stages = {} } = limits;
  const lowest = Object.fromEntries(
    CEILINGS.map((name) => [name, Math.min(deployed[name], limits[name] ?? deployed[name])]),
  );
  let confidence = 0;
  const narrowed = STAGES.map((stage) => {
    const needs = Object.fromEntries(
      NEEDS.map((name) => [name, Math.max(deployed.stages[stage][name], stages[stage]?.[name] ?? 0)]),
    ) as Learning['stages']['suggest'];
    confidence = Math.max(confidence, needs.confidence);
    return [stage, { ...needs, confidence }] as const;
  });
  return {
    ...deployed,
    ...(lowest as Pick<Learning, (typeof CEILINGS)[number]>),
    classes:
      classes === undefined ? deployed.classes : classes.filter((one) => deployed.classes?.includes(one) !== false),
    approvalTags: [...new Set([...deployed.approvalTags, ...approvalTags])],
    stages: Object.fromEntries(narrowed) as Learning['stages'],
  };
}
