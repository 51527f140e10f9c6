import { recordText } from '@selfheal/kernel/text/record-text.ts';
import * as z from 'zod';
import { ActionFamily } from '../plan/bound-action.ts';

/**
 * The contract between `statemachines/heal.ts` and the functions: input and output of each step. Summaries only (a
 * state's limit is 256 KiB); evidence, telemetry and diagnosis are read from the stores by incident id.
 */
const incidentId = z.string().regex(/^[a-z0-9-]{8,60}$/);
const digest = z.string().regex(/^[0-9a-f]{64}$/);
const step = <I extends z.ZodRawShape, O extends z.ZodType>(input: I, output: O) => ({
  input: z.strictObject({ incidentId, ...input }),
  output,
});

/**
 * Requests to the code host that a step sent and did not store itself: they go along with its output, and the step after it stores them with what it
 * writes anyway. `id`: whoever stores them twice counts them once.
 */
export const SentRequests = z.strictObject({
  step: z.string().max(40),
  requests: z.number().int().positive(),
  id: z.string().max(40),
});
export type SentRequests = z.infer<typeof SentRequests>;
const sent = SentRequests.nullish();

export const StepPlan = z.strictObject({
  /** `recovered`: healthy again by itself, nothing to do; `hold`: wait `verifyIntervalSeconds`, then plan again. */
  decision: z.enum(['act', 'approve', 'suggest', 'escalate', 'recovered', 'hold']),
  reasons: z.array(recordText()),
  digest: digest.nullable(),
  actionId: z.string().nullable(),
  family: ActionFamily.nullable(),
  verifyIntervalSeconds: z.number().int().positive(),
  /** No other action may follow if this one does not help. */
  isLast: z.boolean(),
  approvalSeconds: z.number().int().positive(),
});
export type StepPlan = z.infer<typeof StepPlan>;

export const STEPS = {
  /**
   * `acceptGaps`: leave out what cannot be read at the moment instead of failing the step. Nothing is read for an
   * incident that is not to be healed.
   */
  gather: step(
    { acceptGaps: z.boolean() },
    z.strictObject({ lines: z.number().int(), sources: z.number().int(), notes: z.array(recordText()), sent }),
  ),
  /**
   * `stop`: it was closed before its workflow began, as `status` says; `announce`: its sender closed it, and people are
   * told; `link`: the open incident `duplicateOf` has the
   * same failure; `escalate`: it stands for many failures, which a person looks at. `reason` is empty where the
   * workflow goes on.
   */
  classify: step(
    { sent },
    z.strictObject({
      next: z.enum(['continue', 'stop', 'announce', 'link', 'escalate']),
      reason: z.string(),
      status: z.string(),
      class: z.string().nullable(),
      verdict: z.string().nullable(),
      confidence: z.number().nullable(),
      duplicateOf: incidentId.nullable(),
    }),
  ),
  /**
   * `useModel`: no proven fix is known, so a model is asked where one is configured. `isKept`: what was found is stored, with the incident as it was read.
   */
  knowledge: step(
    {},
    z.strictObject({
      matchId: z.string().nullable(),
      useModel: z.boolean(),
      similar: z.number().int(),
      isKept: z.boolean().optional(),
    }),
  ),
  analyze: step(
    { useModel: z.boolean(), knowledgeId: z.string().nullable(), isKept: z.boolean().optional() },
    z.strictObject({
      source: z.enum(['rules', 'model', 'knowledge']),
      confidence: z.number(),
      preExisting: z.boolean().nullable(),
    }),
  ),
  /**
   * `tried`: ids of actions that were executed and did not help; `held`: an experiment left the incident alone for a
   * while.
   */
  plan: step({ tried: z.array(z.string()), held: z.boolean() }, StepPlan),
  requestApproval: step(
    { digest, taskToken: z.string().min(1), expiresInSeconds: z.number().int().positive() },
    z.null(),
  ),
  guard: step(
    { digest },
    z.strictObject({
      /** `suggest`: acting is not allowed, but people are told what would be done. */
      next: z.enum(['act', 'suggest', 'escalate']),
      lease: z.string().nullable(),
      reasons: z.array(recordText()),
      sent,
    }),
  ),
  act: step(
    { digest, lease: z.string(), sent },
    z.strictObject({ state: z.enum(['done', 'unknown', 'refused']), summary: recordText() }),
  ),
  verify: step(
    { digest, poll: z.number().int().nonnegative() },
    z.strictObject({ state: z.enum(['recovered', 'advanced', 'pending', 'failed']), summary: recordText() }),
  ),
  undo: step(
    { digest },
    z.strictObject({ state: z.enum(['undone', 'nothing-to-undo', 'failed']), summary: recordText() }),
  ),
  /** `askedBy`: the person who wants others to be told; absent in the workflow. */
  escalate: step({ reason: z.string(), error: z.string().nullable(), askedBy: z.string().optional() }, z.null()),
  record: step(
    {
      attempt: z.number().int().positive(),
      outcome: z.enum(['resolved', 'suggested', 'escalated', 'linked']),
      reason: z.string(),
      parentId: incidentId.nullable(),
    },
    z.null(),
  ),
  /**
   * `githubGone`: since when and how often writing the comment failed; if it fails once more, its content is mailed. `endedByPerson`: only what stands
   * open elsewhere is told, because a person ended it after its workflow. `acknowledgedByPerson`: only pagers are told, because a person took it on.
   */
  notify: step(
    {
      stage: z.enum(['asking', 'acting', 'final']),
      endedByPerson: z.literal(true).optional(),
      acknowledgedByPerson: z.literal(true).optional(),
      githubGone: z.strictObject({ since: z.iso.datetime(), tries: z.number().int().positive() }).nullish(),
    },
    z.null(),
  ),
} as const;

/** What `SendTaskSuccess` passes to the waiting approval state. */
export const ApprovalAnswer = z.strictObject({ approved: z.boolean(), digest, by: z.string() });
export type ApprovalAnswer = z.infer<typeof ApprovalAnswer>;

export type StepName = keyof typeof STEPS;
export type StepInput<N extends StepName> = z.infer<(typeof STEPS)[N]['input']>;
export type StepOutput<N extends StepName> = z.infer<(typeof STEPS)[N]['output']>;
