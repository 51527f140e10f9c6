import { FailureClass } from '@selfheal/kernel/failure-class.ts';
import { Proportion } from '@selfheal/kernel/numbers/proportion.ts';
import * as z from 'zod';
import type { Configuration } from '#shared/domain/configuration/configuration.ts';
import { type TitleOfAction, withoutReceipt } from '#shared/domain/learning/known-by-pattern.ts';
import { type LearnedPattern, PatternStage } from '#shared/domain/learning/learned-pattern.ts';
import { approvalsMissing, effectivenessOf, verifiedOutcomes } from '#shared/domain/learning/pattern-trust.ts';

export const PatternSummary = z
  .object({
    id: z.string(),
    scope: z.string(),
    revision: z.number().int(),
    wording: z.string(),
    alternatives: z.array(z.string()).readonly().meta({ description: 'Further wordings, any of which is enough.' }),
    title: z.string(),
    class: FailureClass,
    tags: z.array(z.string()).readonly(),
    service: z.string().nullable(),
    solution: z.string(),
    action: z.string().nullable().meta({ description: 'The deployed action or playbook that was the solution.' }),
    parent: z.string().nullable(),
    stage: PatternStage,
    confidence: z.number(),
    helped: Proportion.nullable(),
    verified: z.number().int().meta({ description: 'Of those that helped, how many Selfheal measured.' }),
    source: z.enum(['written', 'human', 'verified', 'imported']),
    by: z.string(),
    createdAt: z.string(),
    needsApproval: z.array(z.string()).readonly().meta({ description: 'Tags that need a person to approve it.' }),
    retired: z.object({ at: z.string(), reason: z.string() }).nullable(),
  })
  .meta({ id: 'Pattern', description: 'Stage and confidence as they count now. Texts come from logs and people.' });

export const PatternDetails = PatternSummary.extend({
  history: z
    .array(z.object({ at: z.string(), confidence: z.number(), stage: PatternStage, reason: z.string() }))
    .readonly(),
  outcomes: z
    .array(
      z.object({
        incident: z.string(),
        at: z.string(),
        by: z.enum(['human', 'verified']),
        helped: z.boolean(),
        trusted: z.boolean(),
        minutes: z.number().nullable(),
      }),
    )
    .readonly(),
}).meta({ id: 'KnowledgeBaseEntry', description: 'A pattern with its history: an entry of the knowledge base.' });

export const PatternWritten = z
  .object({
    pattern: PatternDetails,
    dryRun: z.boolean(),
    replayed: z
      .object({ matched: z.number().int() })
      .nullable()
      .meta({ description: 'Of a new pattern: how many past incidents of the scope it matches.' }),
    heldBack: z
      .string()
      .nullable()
      .meta({ description: 'Why the confidence is less than what was asked for; null where it is not.' }),
  })
  .meta({ id: 'PatternWritten' });

export function summaryOf(
  pattern: LearnedPattern,
  rules: Configuration['learning'],
  titleOf: TitleOfAction,
): z.infer<typeof PatternSummary> {
  const { id, scope, revision, wording, alternatives = [], title, tags, service, stage, confidence, retired } = pattern;
  const { source, by, at } = pattern.provenance;
  return {
    ...{
      id,
      scope,
      revision,
      wording,
      alternatives,
      title,
      class: pattern.class,
      tags,
      service,
      solution: withoutReceipt(pattern, titleOf),
      stage,
      confidence,
      retired,
    },
    action: pattern.actionId,
    parent: pattern.parent ?? null,
    helped: effectivenessOf(pattern),
    verified: verifiedOutcomes(pattern),
    source: pattern.written === true ? 'written' : source,
    by,
    createdAt: at,
    needsApproval: approvalsMissing(pattern, rules),
  };
}

export function detailsOf(
  pattern: LearnedPattern,
  rules: Configuration['learning'],
  titleOf: TitleOfAction,
): z.infer<typeof PatternDetails> {
  return { ...summaryOf(pattern, rules, titleOf), history: pattern.history, outcomes: pattern.outcomes };
}
