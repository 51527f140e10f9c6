import * as z from 'zod';
import { ActionFamily } from '../plan/bound-action.ts';

/**
 * The contract between `statemachines/heal.asl.json` and the functions: what each step takes and gives.
 * Summaries only (the state's limit is 256 KiB); evidence, telemetry and diagnosis are read from the stores by incident id.
 */
const incidentId = z.string().regex(/^[a-z0-9-]{8,60}$/);
const digest = z.string().regex(/^[0-9a-f]{64}$/);
const step = <I extends z.ZodRawShape, O extends z.ZodType>(input: I, output: O) => ({
  input: z.strictObject({ incidentId, ...input }),
  output,
});

export const StepPlan = z.strictObject({
  /** `recovered`: it is healthy again by itself, nothing to do; `hold`: nothing for `verifyIntervalSeconds`, then the next plan. */
  decision: z.enum(['act', 'approve', 'suggest', 'escalate', 'recovered', 'hold']),
  reasons: z.array(z.string()),
  digest: digest.nullable(),
  actionId: z.string().nullable(),
  family: ActionFamily.nullable(),
  verifyIntervalSeconds: z.number().int().positive(),
  verifyMaxPolls: z.number().int().positive(),
  approvalSeconds: z.number().int().positive(),
});
export type StepPlan = z.infer<typeof StepPlan>;

export const STEPS = {
  load: step(
    { attempt: z.number().int().positive() },
    z.strictObject({
      kind: z.enum(['github-run', 'alarm', 'storm']),
      status: z.string(),
      maxActions: z.number().int(),
    }),
  ),
  /** `acceptGaps`: what cannot be read for now is left out instead of failing the step. */
  gather: step(
    { acceptGaps: z.boolean() },
    z.strictObject({ lines: z.number().int(), sources: z.number().int(), notes: z.array(z.string()) }),
  ),
  classify: step(
    {},
    z.strictObject({
      class: z.string(),
      verdict: z.string(),
      confidence: z.number(),
      duplicateOf: incidentId.nullable(),
    }),
  ),
  knowledge: step(
    {},
    z.strictObject({ matchId: z.string().nullable(), matchConfidence: z.number(), similar: z.number().int() }),
  ),
  baseline: step(
    {},
    z.strictObject({ runs: z.number().int(), failureRate: z.number().nullable(), preExisting: z.boolean().nullable() }),
  ),
  analyze: step(
    { useModel: z.boolean(), knowledgeId: z.string().nullable(), preExisting: z.boolean().nullable() },
    z.strictObject({ source: z.enum(['rules', 'model', 'knowledge']), confidence: z.number() }),
  ),
  /** `tried`: action ids that were executed and did not help. */
  plan: step({ tried: z.array(z.string()) }, StepPlan),
  requestApproval: step(
    { digest, taskToken: z.string().min(1), expiresInSeconds: z.number().int().positive() },
    z.null(),
  ),
  guard: step(
    { digest },
    z.strictObject({ granted: z.boolean(), lease: z.string().nullable(), reasons: z.array(z.string()) }),
  ),
  act: step(
    { digest, lease: z.string() },
    z.strictObject({ state: z.enum(['done', 'unknown', 'refused']), summary: z.string() }),
  ),
  verify: step(
    { digest, poll: z.number().int().nonnegative() },
    z.strictObject({ state: z.enum(['recovered', 'advanced', 'pending', 'failed']), summary: z.string() }),
  ),
  undo: step(
    { digest },
    z.strictObject({ state: z.enum(['undone', 'nothing-to-undo', 'failed']), summary: z.string() }),
  ),
  escalate: step({ reason: z.string(), error: z.string().nullable() }, z.null()),
  record: step(
    {
      attempt: z.number().int().positive(),
      outcome: z.enum(['resolved', 'suggested', 'escalated', 'linked']),
      reason: z.string(),
      parentId: incidentId.nullable(),
    },
    z.null(),
  ),
  notify: step({ stage: z.enum(['asking', 'acting', 'final']) }, z.null()),
} as const;

/** What `SendTaskSuccess` carries to the waiting approval state. */
export const ApprovalAnswer = z.strictObject({ approved: z.boolean(), digest, by: z.string() });
export type ApprovalAnswer = z.infer<typeof ApprovalAnswer>;

export type StepName = keyof typeof STEPS;
export type StepInput<N extends StepName> = z.infer<(typeof STEPS)[N]['input']>;
export type StepOutput<N extends StepName> = z.infer<(typeof STEPS)[N]['output']>;
