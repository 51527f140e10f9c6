import * as z from 'zod';

const Share = z.number().min(0).max(1);

/** How sure one action must be; what is left out is as policy says for all. */
const ActionAutonomy = z.strictObject({
  /** The action plug-in. */
  id: z.string().regex(/^[a-z0-9-]{1,60}$/),
  /** At or above: without an approval. */
  actAtConfidence: Share.optional(),
  /** At or above: with an approval. Below: a human. */
  askAtConfidence: Share.optional(),
  /** Whether it always needs an approval. */
  alwaysAsk: z.boolean().default(false),
});

/** Limits of what Selfheal does by itself, by action. They may be stricter than policy, never looser. */
export const Autonomy = z.strictObject({
  actions: z.array(ActionAutonomy).max(100).default([]),
  /** An action acts by itself only after so many trusted outcomes of the same class, with this lower end of Wilson's 95% interval. */
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

/** Refuses thresholds that are looser than those of the policy they are in, and an action that is listed twice. */
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
