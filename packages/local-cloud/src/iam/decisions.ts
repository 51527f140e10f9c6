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

/** Records each distinct authorization request once, in order of first occurrence. */
export function makeDecisionLog(onDenied: (decision: IamDecision) => void) {
  const seen = new Map<string, IamDecision>();
  return {
    record(decision: IamDecision): void {
      const { role, action, resource, allowed } = decision;
      const key = JSON.stringify([role, action, resource, allowed]);
      if (!seen.has(key)) seen.set(key, decision);
      if (!allowed) onDenied(decision);
    },
    all: (): IamDecision[] => [...seen.values()],
    denied: (): IamDecision[] => [...seen.values()].filter((decision) => !decision.allowed),
  };
}
export type DecisionLog = ReturnType<typeof makeDecisionLog>;
