import { Classification } from '@selfheal/kernel/failure-class.ts';
import { recordText } from '@selfheal/kernel/text/record-text.ts';
import * as z from 'zod';
import { CausalChain } from '../causality/chain.ts';

/**
 * A failure that was seen before, with its newest incident and why it is considered similar. Contains log text:
 * tainted.
 */
export const SeenBefore = z.strictObject({
  incidentId: z.string().max(60),
  endedAt: z.iso.datetime(),
  title: recordText({ max: 300 }),
  resolution: recordText({ max: 1000 }),
  outcome: z.enum(['resolved', 'suggested', 'escalated']),
  /** Whether the resolution helped: true it did, false it did not, null was only proposed. Verified, unless a person said so. */
  helped: z.boolean().nullable(),
  /** The person who says whether it helped; absent where Selfheal measured it, and in older records. */
  reportedBy: recordText({ max: 200 }).optional(),
  /** Equal fingerprints; otherwise it is only similar. */
  sameFailure: z.boolean(),
  /** Recorded incidents of that failure, at least one. */
  times: z.number().int().positive(),
  /** In how many of them an action helped, and in how many one was tried and did not; absent in older records. */
  helpedTimes: z.number().int().nonnegative().optional(),
  failedTimes: z.number().int().nonnegative().optional(),
  /** 0 to 1. */
  score: z.number().min(0).max(1),
  reasons: z.array(z.string().max(400)).max(8),
});
export type SeenBefore = z.infer<typeof SeenBefore>;

/**
 * A kind of failure that is known at this place: what a person taught, or what was learned or imported. Display only, but for
 * `advises`. Its words are a person's or a log's: tainted.
 */
export const KnownHere = z.strictObject({
  patternId: z.string().max(60),
  title: recordText({ min: 1, max: 200 }),
  /** What to do about it; empty where nothing is written. */
  solution: recordText({ max: 2000 }),
  /** `taught`: a person wrote it down; `resolved`: from how a person ended incidents; `verified`: from actions of Selfheal that helped. */
  source: z.enum(['taught', 'resolved', 'verified', 'imported']),
  by: recordText({ max: 200 }),
  at: z.iso.datetime(),
  /** Incidents in which it was used; those in which it helped; and those of them that Selfheal measured. */
  cases: z.number().int().nonnegative(),
  helped: z.number().int().nonnegative(),
  verified: z.number().int().nonnegative(),
  /** 0 to 1: that what it says helps. */
  confidence: z.number().min(0).max(1),
  /** The id of a deployed action, where persons alone wrote it: the plan may ask for it. Null otherwise. */
  advises: z.string().max(60).nullable(),
});
export type KnownHere = z.infer<typeof KnownHere>;

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
  /** The root cause and its consequences, each with the lines that show it. */
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
  /** Cited lines (`F3`) that are not in the evidence because the model looked them up. Redacted and tainted. */
  consulted: z
    .array(z.strictObject({ ref: z.string(), origin: recordText({ max: 300 }), text: recordText({ max: 500 }) }))
    .max(60),
});

/** What could not be checked. Code decides by `code`; `text` is for the reader alone. */
const Unchecked = z.strictObject({
  /** Whether it failed before the change; whether a re-run passes, which only the message suggests; anything else. */
  code: z.enum(['default-branch', 're-run', 'other']),
  text: recordText({ max: 300 }),
});
export type UncheckedDraft = z.input<typeof Unchecked>;

/** A remark about how the diagnosis was made. */
const DiagnosisNote = z.strictObject({
  code: z.enum(['no-model', 'model-failed', 'by-model']),
  text: recordText({ max: 300 }),
});
export type DiagnosisNoteDraft = z.input<typeof DiagnosisNote>;

/** Explanation of a failure. Prose is for display only; `evidence` cites refs of existing evidence lines. */
export const Diagnosis = z.strictObject({
  version: z.literal(1),
  /** Its source: deterministic rules, a language model, or a matching knowledge entry. */
  source: z.enum(['rules', 'model', 'knowledge']),
  classification: Classification,
  /** 0 to 1: confidence in the root cause, not in any action. */
  confidence: z.number().min(0).max(1),
  /** The failure in one line, for headlines; without it the first sentence of the root cause is used. */
  summary: recordText({ min: 1, max: 300 }).optional(),
  rootCause: recordText({ min: 1, max: 2000 }),
  evidence: z.array(z.string()).max(20),
  fix: recordText({ max: 4000 }),
  prevention: recordText({ max: 2000 }),
  /** What Selfheal could not check (`No passing run of this workflow was found.`). */
  unchecked: z.array(Unchecked).max(10),
  /** True: fails on the default branch too; false: passes there; null: could not be checked. */
  preExisting: z.boolean().nullable(),
  /** The label of the candidate the model chose, `human`, or null when no model was asked. */
  choice: z.string().max(400).nullable(),
  /** Why no model was used, or what it cost; shown to the reader. */
  note: DiagnosisNote.nullable(),
  /** Similar failures of past incidents in the same scope, best first. */
  seenBefore: z.array(SeenBefore).max(3).optional(),
  /** What people taught here about such failures, or was learned from them, best first; absent in older records. */
  knownHere: z.array(KnownHere).max(3).optional(),
  /** The first cause and its consequences, where the evidence shows them. */
  chain: CausalChain.optional(),
  /** Of a model that was asked, whether or not its answer was usable. */
  model: ModelWork.optional(),
});
export type Diagnosis = z.infer<typeof Diagnosis>;

/** A diagnosis under construction, before `redactDiagnosis`. */
export type DiagnosisDraft = z.input<typeof Diagnosis>;
