import * as z from 'zod';
import { recordText } from '../../kernel/text/record-text.ts';
import { CausalChain } from '../causality/chain.ts';
import { Classification } from '../incident/failure-class.ts';
import { SeenBefore } from './seen-before.ts';

const Refs = z.array(z.string().max(20)).max(20);

/** What a language model read, wrote and cost. All of its prose is display-only. */
const ModelWork = z.strictObject({
  provider: z.string().max(60),
  modelId: z.string().max(200),
  /** Digest of the prompt's text: its version. */
  prompt: z.string().max(64).optional(),
  turns: z.number().int().nonnegative(),
  inputTokens: z.number().int().nonnegative(),
  cachedInputTokens: z.number().int().nonnegative(),
  outputTokens: z.number().int().nonnegative(),
  /** Null when the model has no price in the configuration. */
  microdollars: z.number().int().nonnegative().nullable(),
  lookups: z.array(z.string().max(60)).max(40),
  /** The root cause and what follows from it, each with the lines that show it. */
  findings: z.array(z.strictObject({ claim: recordText({ max: 1000 }), evidence: Refs })).max(8),
  suggestions: z
    .array(
      z.strictObject({
        title: recordText({ max: 200 }),
        file: recordText({ max: 300 }).nullable(),
        code: recordText({ max: 3000 }),
        evidence: Refs,
      }),
    )
    .max(3),
  /** Cited lines (`F3`) that are not in the evidence, because the model looked them up. Redacted and tainted. */
  consulted: z
    .array(z.strictObject({ ref: z.string(), origin: recordText({ max: 300 }), text: recordText({ max: 500 }) }))
    .max(60),
});

/** What is said about a failure. Prose is display-only; `evidence` cites refs of existing evidence lines. */
export const Diagnosis = z.strictObject({
  version: z.literal(1),
  /** Who made it: deterministic rules, a language model, or a knowledge entry that matched. */
  source: z.enum(['rules', 'model', 'knowledge']),
  classification: Classification,
  /** 0 to 1: confidence in the root cause, not in any action. */
  confidence: z.number().min(0).max(1),
  /** The failure in one line, for headlines; without it the first sentence of the root cause serves. */
  summary: recordText({ min: 1, max: 300 }).optional(),
  rootCause: recordText({ min: 1, max: 2000 }),
  evidence: z.array(z.string()).max(20),
  fix: recordText({ max: 4000 }),
  prevention: recordText({ max: 2000 }),
  /** What could not be checked (`No passing run of this workflow was found.`). */
  unchecked: z.array(recordText({ max: 300 })).max(10),
  /** True: fails on the default branch too; false: checked and passing there; null: could not be checked. */
  preExisting: z.boolean().nullable(),
  /** The label of the candidate the model chose, `human`, or null when no model was asked. */
  choice: z.string().max(60).nullable(),
  /** Why no model was used, or what it cost: shown to the reader. */
  note: recordText({ max: 300 }).nullable(),
  /** Failures of past incidents of the same place that are like this one, best first. */
  seenBefore: z.array(SeenBefore).max(3).optional(),
  /** The first cause and what followed from it, where the evidence tells. */
  chain: CausalChain.optional(),
  /** Of a model that was asked, whether or not its answer was of use. */
  model: ModelWork.optional(),
});
export type Diagnosis = z.infer<typeof Diagnosis>;

/** A diagnosis as it is put together, before `redactDiagnosis`. */
export type DiagnosisDraft = z.input<typeof Diagnosis>;

/** Said of runs; of an alarm neither a change nor a repeat is known. */
export const UNCHECKED_BEFORE = 'Whether it failed before this change could not be checked.';
export const UNCHECKED_REPEAT =
  'That another run may pass is judged from the message alone; only another run shows it.';
