import { redactOutgoing } from '@selfheal/redaction/redact.ts';
import * as z from 'zod';
import {
  contentOf,
  LearnedPattern,
  MAX_ALTERNATIVES,
  MAX_KEPT,
  PatternContent,
  PatternStage,
  patternIdOf,
} from './learned-pattern.ts';
import { effectivenessOf } from './pattern-trust.ts';

/** A file from another place is text from outside. */
const textOfFile = (longest: number) =>
  z
    .string()
    .min(1)
    .max(longest)
    .transform((text) => redactOutgoing(text).slice(0, longest));

const WordingOfFile = LearnedPattern.shape.wording.transform((wording): string =>
  redactOutgoing(wording).slice(0, wording.length),
);

const ExportedPattern = PatternContent.extend({
  wording: WordingOfFile,
  alternatives: z.array(WordingOfFile).min(1).max(MAX_ALTERNATIVES).optional(),
  title: textOfFile(200),
  solution: textOfFile(2000),
  confidence: LearnedPattern.shape.confidence,
  /** For readers of the file; it proves nothing elsewhere. */
  helped: z.number().int().nonnegative(),
  cases: z.number().int().nonnegative(),
  /** Mean minutes of the incidents that it helped in, where known. */
  meanMinutes: z.number().nonnegative().nullable().optional(),
  stage: PatternStage.optional(),
  confidenceHistory: z
    .array(z.strictObject({ at: z.iso.datetime(), confidence: z.number().min(0).max(1), stage: PatternStage }))
    .max(MAX_KEPT)
    .optional(),
});
type ExportedPattern = z.infer<typeof ExportedPattern>;

/** Patterns exported from one place for another. */
export const PatternExport = z.strictObject({
  kind: z.literal('selfheal-patterns'),
  version: z.literal(1),
  /** Their origin. */
  from: z.string().min(1).max(400),
  exportedAt: z.iso.datetime(),
  patterns: z.array(ExportedPattern).max(5_000),
});
export type PatternExport = z.infer<typeof PatternExport>;

/** What an export tells besides the patterns and their confidence. */
export interface ExportParts {
  /** Stage, and how long the incidents took in which it helped. */
  readonly metrics?: boolean;
  readonly confidenceHistory?: boolean;
}

/** Patterns that one place may share: those not retired, without the incidents they are from. */
export function exportPatterns(
  patterns: readonly LearnedPattern[],
  from: string,
  at: Date,
  parts: ExportParts = {},
): PatternExport {
  return {
    kind: 'selfheal-patterns',
    version: 1,
    from,
    exportedAt: at.toISOString(),
    patterns: patterns.filter(({ retired }) => retired === null).map((pattern) => exported(pattern, parts)),
  };
}

function exported(pattern: LearnedPattern, { metrics, confidenceHistory }: ExportParts): ExportedPattern {
  const helped = effectivenessOf(pattern);
  return {
    ...contentOf(pattern),
    confidence: pattern.confidence,
    helped: helped?.hits ?? 0,
    cases: helped?.cases ?? 0,
    ...(metrics === true ? { stage: pattern.stage, meanMinutes: meanMinutesOf(pattern) } : {}),
    ...(confidenceHistory === true
      ? { confidenceHistory: pattern.history.map(({ at, confidence, stage }) => ({ at, confidence, stage })) }
      : {}),
  };
}

function meanMinutesOf({ outcomes }: LearnedPattern): number | null {
  const minutes = outcomes.flatMap((outcome) => (outcome.helped ? (outcome.minutes ?? []) : []));
  return minutes.length === 0 ? null : minutes.reduce((sum, one) => sum + one, 0) / minutes.length;
}

export interface ImportOrder {
  readonly scope: string;
  readonly from: string;
  readonly by: string;
  readonly at: Date;
  /** Added to each confidence: what holds there is less certain here. */
  readonly adjustment: number;
}

/** An imported pattern: less certain, and only observed until it proves itself here. */
export function importedPattern(
  one: ExportedPattern,
  { scope, from, by, at, adjustment }: ImportOrder,
): LearnedPattern {
  const { helped, cases, confidence: there } = one;
  const confidence = Math.min(1, Math.max(0, there + adjustment));
  const [now, stage] = [at.toISOString(), 'observe' as const];
  const reason = redactOutgoing(
    `imported from ${from} with ${there.toFixed(2)}, there it helped in ${helped} of ${cases} cases`,
  ).slice(0, 300);
  return {
    version: 1,
    ...contentOf(one),
    id: patternIdOf(scope, one.wording, one.alternatives),
    scope,
    revision: 1,
    provenance: { source: 'imported', by, at: now, from },
    approved: null,
    prior: confidence,
    cap: null,
    stage,
    confidence,
    outcomes: [],
    history: [{ at: now, confidence, stage, reason }],
    retired: null,
  };
}
