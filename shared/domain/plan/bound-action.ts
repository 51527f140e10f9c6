import { recordText } from '@selfheal/kernel/text/record-text.ts';
import * as z from 'zod';
import { TargetContext } from '../incident/target-context.ts';

export const ActionFamily = z.enum(['github', 'lambda', 'ecs', 'autoscaling', 'rds', 'http', 'ssm', 'builds']);
export type ActionFamily = z.infer<typeof ActionFamily>;
export const Risk = z.enum(['low', 'medium', 'high']);
export type Risk = z.infer<typeof Risk>;

/**
 * An allow-listed action with every parameter bound from trusted facts. Only `bindAction` creates one; the executor
 * accepts nothing else. `digest` is the SHA-256 of all other fields in canonical JSON, so a changed record is not
 * executed.
 */
export const BoundAction = z
  .strictObject({
    version: z.literal(1),
    incidentId: z.string(),
    /** Id of the action plug-in. */
    actionId: z.string(),
    family: ActionFamily,
    risk: Risk,
    /** Whether the people behind the run may approve it themselves, where the deployment allows that. */
    selfApproval: z.boolean(),
    /** Parsed again with the plug-in's own schema before execution. */
    parameters: z.record(z.string(), z.unknown()),
    /** What is changed; leases, rate limits and circuit breakers are counted on it. */
    targetKey: z.string(),
    /** What will happen to what, worded by code. */
    description: recordText(),
    target: TargetContext,
    /**
     * Present when a person has to approve it first: the reasons, and whether one of them is that its service should
     * not be changed now.
     */
    needsApproval: z.strictObject({ reasons: z.array(z.string()), outsideChangeWindow: z.boolean() }).optional(),
    /** Present when somebody asked for it: every name of that person, who must not approve it alone. */
    requestedBy: z.array(z.string()).optional(),
    createdAt: z.iso.datetime(),
    digest: z.string().regex(/^[0-9a-f]{64}$/),
  })
  .brand<'BoundAction'>();
export type BoundAction = z.infer<typeof BoundAction>;

/** What an executed action left behind; enough to verify and to undo it. */
export const Receipt = z.strictObject({
  /** What was done. */
  summary: recordText(),
  /** ISO 8601. */
  at: z.iso.datetime(),
  /** Action-specific facts needed by verify and undo (the new run attempt, the version before). */
  facts: z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()])),
});
export type Receipt = z.infer<typeof Receipt>;

/**
 * One action's life: intent -> effect -> observe -> commit. `intended` without a receipt means an unknown outcome;
 * `refused`: it certainly did not happen, and the receipt's summary says why.
 */
export const ActionRecord = z.strictObject({
  version: z.literal(1),
  incidentId: z.string(),
  digest: z.string(),
  actionId: z.string(),
  state: z.enum(['intended', 'done', 'unknown', 'refused', 'undo-intended', 'undone', 'undo-failed']),
  intendedAt: z.iso.datetime(),
  /** When an action that must not be requested twice was last requested; null or missing while it certainly was not. */
  sentAt: z.iso.datetime().nullish(),
  receipt: Receipt.nullable(),
  /** Set when verification ended. */
  verified: z.enum(['recovered', 'advanced', 'failed']).nullable(),
  /** Whether the result says nothing about the failure: time ran out, or the re-run was cancelled. */
  inconclusive: z.boolean(),
});
export type ActionRecord = z.infer<typeof ActionRecord>;

/**
 * Whether it is not known that an executed action helped or not: somebody else replaced its effect, or what it started was
 * cancelled or has not ended. Not where its alarm rang until the time for verification was over.
 */
export function isUnclear({ inconclusive, receipt }: Pick<ActionRecord, 'inconclusive' | 'receipt'>): boolean {
  return inconclusive && receipt?.facts.timedOut !== true;
}

/** Whether verification showed that an executed action did not help. */
export function didNotHelp(action: Pick<ActionRecord, 'verified' | 'inconclusive' | 'receipt'>): boolean {
  return action.verified === 'failed' && !isUnclear(action);
}
