import type { Context } from './conditions.ts';

/** One authorization request and its answer. */
export interface IamDecision {
  /** `Stack/LogicalId` of the role, or the name of a service principal. */
  readonly role: string;
  readonly action: string;
  readonly resource: string;
  readonly context: Context;
  readonly allowed: boolean;
  readonly reason: 'allowed' | 'explicit-deny' | 'implicit-deny' | 'unmapped';
}

/** A trail that is no incident's: a partition of its own, for which roles have rights of their own. */
const FIXED_TRAIL = /^AUDIT#[a-z]+$/;

/** The context with the kinds of its keys: of `LEASE#checkout` the part before `#`, so that a long run has few. */
const kindsOf = (context: Context) =>
  Object.entries(context).map(([name, value]) => [
    name,
    [value].flat().map((one) => (FIXED_TRAIL.test(one) ? one : one.split('#')[0])),
  ]);

/** Records each distinct authorization request once, in order of first occurrence; requests for different kinds of keys are distinct. */
export function makeDecisionLog(onDenied: (decision: IamDecision) => void) {
  const seen = new Map<string, IamDecision>();
  const counts = new Map<string, number>();
  return {
    record(decision: IamDecision): void {
      const { role, action, resource, context, allowed } = decision;
      const key = JSON.stringify([role, action, resource, kindsOf(context), allowed]);
      if (!seen.has(key)) seen.set(key, decision);
      const counted = `${role} ${action}`;
      counts.set(counted, (counts.get(counted) ?? 0) + 1);
      if (!allowed) onDenied(decision);
    },
    /** How many requests there were so far, by `role action`. */
    counts: (): Record<string, number> => Object.fromEntries(counts),
    all: (): IamDecision[] => [...seen.values()],
    denied: (): IamDecision[] => [...seen.values()].filter((decision) => !decision.allowed),
  };
}
export type DecisionLog = ReturnType<typeof makeDecisionLog>;
