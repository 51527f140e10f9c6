import edges from './heal-graph.json' with { type: 'json' };

/** The states of the healing workflow that people see, in the order in which they come; each stands for one or several of the definition. */
export const HEAL_STATES = [
  'Gather',
  'Classify',
  'Analyze',
  'Plan',
  'Hold',
  'Approve',
  'Guard',
  'Act',
  'Verify',
  'Undo',
  'Escalate',
  'Record',
] as const;
export type HealState = (typeof HEAL_STATES)[number];

export interface WorkflowEdge {
  readonly from: HealState;
  readonly to: HealState;
  /** Answers of `from` that lead to `to`, as in the definition; none where it always does, or where no other answer fits. */
  readonly on: readonly string[];
  /** Taken only when `from` fails. */
  readonly onError: boolean;
}

/** The ways between the states; made of the definition by `npm run workflow`. */
export const HEAL_EDGES = edges as readonly WorkflowEdge[];

/** Where the workflow may still come from `state`, as long as no step fails. */
export function reachableFrom(state: HealState): ReadonlySet<HealState> {
  const reached = new Set<HealState>([state]);
  // A set that grows is visited to its end.
  for (const from of reached) {
    for (const edge of HEAL_EDGES) if (edge.from === from && !edge.onError) reached.add(edge.to);
  }
  return reached;
}
