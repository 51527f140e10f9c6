import { Wording } from '@selfheal/diagnosis/failure/wording.ts';
import { digestOf } from '@selfheal/kernel/digest.ts';
import { FailureClass } from '@selfheal/kernel/failure-class.ts';
import { recordText } from '@selfheal/kernel/text/record-text.ts';
import * as z from 'zod';

/**
 * How much a pattern counts. `observe`: recorded but not shown; `suggest`: people are told what helped; `match`: the
 * failure is taken for it, a model is still asked; `act`: no model needs to be asked. No stage proposes an action:
 * those come from code, and what a person wrote down may name one that always asks.
 */
export const PatternStage = z.enum(['observe', 'suggest', 'match', 'act']);
export type PatternStage = z.infer<typeof PatternStage>;

export const Tag = z
  .string()
  .regex(
    /^[a-z0-9][a-z0-9._-]{0,39}$/,
    'Must be a tag of at most 40 lower-case letters, digits and . _ -, with a letter or digit first',
  );

/** Whether a pattern's solution helped in one incident. */
export const PatternOutcome = z.strictObject({
  /** The incident, or the digest of a record without one. */
  incident: z.string().min(1).max(80),
  at: z.iso.datetime(),
  by: z.enum(['human', 'verified']),
  helped: z.boolean(),
  /** Nobody outside could stage it. What outsiders can word may lower a confidence, never raise it. */
  trusted: z.boolean(),
  /** Duration of the incident, where known. */
  minutes: z.number().nonnegative().nullable(),
});
export type PatternOutcome = z.infer<typeof PatternOutcome>;

/** Further wordings of one pattern. */
export const MAX_ALTERNATIVES = 19;

const Step = z.strictObject({
  at: z.iso.datetime(),
  confidence: z.number().min(0).max(1),
  stage: PatternStage,
  reason: recordText({ max: 300 }),
});

/** Maximum stored outcomes and history steps, the newest. */
export const MAX_KEPT = 60;

/** A kind of failure learned from how it was resolved: its message, what helped, and how often. */
export const LearnedPattern = z.strictObject({
  version: z.literal(1),
  id: z.string().regex(/^[0-9a-f]{12}$/),
  /**
   * Where it was learned and is used: `repository#<id>:<owner/name>`, `alarm#<arn>`, or a name chosen by the file's
   * owner.
   */
  scope: z.string().min(1).max(400),
  /** Counts changes; a writer names the revision that it read. */
  revision: z.number().int().positive(),
  wording: Wording,
  /** Further wordings, any of which is enough: those of an expression with `|`. */
  alternatives: z.array(Wording).min(1).max(MAX_ALTERNATIVES).optional(),
  /** Digests of the whole messages it was made from, as stored in past incidents. */
  messages: z.array(z.string().regex(/^[0-9a-f]{12}$/)).max(20),
  title: recordText({ min: 1, max: 200 }),
  class: FailureClass,
  tags: z.array(Tag).max(20),
  service: z.string().max(60).nullable(),
  solution: recordText({ min: 1, max: 2000 }),
  /** The listed action that was the solution, or null. */
  actionId: z.string().max(60).nullable(),
  provenance: z.strictObject({
    source: z.enum(['human', 'verified', 'imported']),
    by: z.string().max(200),
    at: z.iso.datetime(),
    /** The scope it was imported from. */
    from: z.string().max(400).nullable(),
    /** Every name of those who wrote and edited it, as `Identifier`s: none of them approves it. Earlier records lack it. */
    authors: z.array(z.string().max(400)).max(100).optional(),
  }),
  approved: z.strictObject({ by: z.string().max(200), at: z.iso.datetime() }).nullable(),
  /** Its initial confidence, worth two outcomes; and a maximum set by a person. */
  prior: z.number().min(0).max(1),
  cap: z.number().min(0).max(1).nullable(),
  stage: PatternStage,
  confidence: z.number().min(0).max(1),
  outcomes: z.array(PatternOutcome).max(MAX_KEPT),
  history: z.array(Step).min(1).max(MAX_KEPT),
  /** A person wrote it down as guidance: it is shown from the start. Every stage above has to be earned as ever. */
  written: z.literal(true).optional(),
  /** The more general pattern that this one refines; where both match, only this one counts. */
  parent: z
    .string()
    .regex(/^[0-9a-f]{12}$/)
    .optional(),
  /** When it was retired: it no longer counts. */
  retired: z.strictObject({ at: z.iso.datetime(), reason: recordText({ max: 300 }) }).nullable(),
});
export type LearnedPattern = z.infer<typeof LearnedPattern>;

/** A pattern's content, without its scope, confidence and outcomes. */
export const PatternContent = LearnedPattern.pick({
  wording: true,
  alternatives: true,
  messages: true,
  title: true,
  class: true,
  tags: true,
  service: true,
  solution: true,
  actionId: true,
});
export type PatternContent = z.infer<typeof PatternContent>;

/** Extracts the content. */
export function contentOf(holder: PatternContent): PatternContent {
  const { wording, alternatives, messages, title, class: failureClass, tags, service, solution, actionId } = holder;
  const others = alternatives === undefined ? {} : { alternatives };
  return { wording, ...others, messages, title, class: failureClass, tags, service, solution, actionId };
}

/** All of a pattern's wordings, any of which is enough. */
export const wordingsOf = ({ wording, alternatives = [] }: Pick<LearnedPattern, 'wording' | 'alternatives'>) => [
  wording,
  ...alternatives,
];

/** Equal for the same wording, and the same alternatives, in the same scope. */
export function patternIdOf(scope: string, wording: string, alternatives: readonly string[] = []): string {
  return digestOf([scope, ...[wording, ...alternatives].map((one) => one.toLowerCase())].join('\n'), 12);
}
