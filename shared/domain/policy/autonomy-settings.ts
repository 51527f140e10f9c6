import * as z from 'zod';

const Share = z.number().min(0).max(1);

/** Thresholds of one action; omitted ones are those of the policy. */
const ActionAutonomy = z.strictObject({
  /** The action plug-in. */
  id: z.string().regex(/^[a-z0-9-]{1,60}$/),
  /** At or above: without an approval. */
  actAtConfidence: Share.optional(),
  /** At or above: with an approval. Below: a person decides. */
  askAtConfidence: Share.optional(),
  /** Whether it always needs an approval. */
  alwaysAsk: z.boolean().default(false),
  /** Whether it is switched off: neither proposed nor executed. */
  off: z.boolean().default(false),
});

/** Limits of what Selfheal does by itself, by action. They may be stricter than the policy, never looser. */
export const Autonomy = z.strictObject({
  actions: z.array(ActionAutonomy).max(100).default([]),
  /**
   * An action acts by itself only after this many trusted outcomes of the same class, with this lower bound of Wilson's
   * 95% interval.
   */
  proven: z
    .strictObject({ cases: z.number().int().min(1).max(500).default(20), lowerBound: Share.default(0.7) })
    .nullable()
    .default(null),
});
export type Autonomy = z.infer<typeof Autonomy>;

interface AutonomyPolicy {
  readonly actAtConfidence: number;
  readonly escalateBelowConfidence: number;
  readonly autonomy: Autonomy;
}

/** Rejects thresholds looser than those of the policy, and an action that is listed twice. */
export function checkAutonomy(policy: AutonomyPolicy, context: z.core.$RefinementCtx): void {
  const { actAtConfidence, escalateBelowConfidence, autonomy } = policy;
  const refuse = (at: number, field: string, message: string): void => {
    context.addIssue({ code: 'custom', path: ['autonomy', 'actions', at, field], message, input: policy });
  };
  autonomy.actions.forEach((action, at) => {
    const act = action.actAtConfidence ?? actAtConfidence;
    const ask = action.askAtConfidence ?? escalateBelowConfidence;
    if (act < actAtConfidence) refuse(at, 'actAtConfidence', `Must be at least the policy's ${actAtConfidence}.`);
    if (ask < escalateBelowConfidence)
      refuse(at, 'askAtConfidence', `Must be at least the policy's ${escalateBelowConfidence}.`);
    if (autonomy.actions.findIndex(({ id }) => id === action.id) !== at) refuse(at, 'id', 'Is listed twice.');
  });
}
