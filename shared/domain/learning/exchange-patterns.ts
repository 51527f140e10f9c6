import * as z from 'zod';
import { redactOutgoing } from '../redaction/redact.ts';
import { contentOf, LearnedPattern, PatternContent, patternIdOf } from './learned-pattern.ts';
import { effectivenessOf } from './pattern-trust.ts';

/** A file from another place is text from outside. */
const textOfFile = (longest: number) =>
  z
    .string()
    .min(1)
    .max(longest)
    .transform((text) => redactOutgoing(text).slice(0, longest));

const ExportedPattern = PatternContent.extend({
  wording: LearnedPattern.shape.wording.transform((wording): string =>
    redactOutgoing(wording).slice(0, wording.length),
  ),
  title: textOfFile(200),
  solution: textOfFile(2000),
  confidence: LearnedPattern.shape.confidence,
  /** For readers of the file; it proves nothing elsewhere. */
  helped: z.number().int().nonnegative(),
  cases: z.number().int().nonnegative(),
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

/** Patterns that one place may share: those not retired, without the incidents they are from. */
export function exportPatterns(patterns: readonly LearnedPattern[], from: string, at: Date): PatternExport {
  return {
    kind: 'selfheal-patterns',
    version: 1,
    from,
    exportedAt: at.toISOString(),
    patterns: patterns.filter(({ retired }) => retired === null).map(exported),
  };
}

function exported(pattern: LearnedPattern): ExportedPattern {
  const helped = effectivenessOf(pattern);
  return {
    ...contentOf(pattern),
    confidence: pattern.confidence,
    helped: helped?.hits ?? 0,
    cases: helped?.cases ?? 0,
  };
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
    id: patternIdOf(scope, one.wording),
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
