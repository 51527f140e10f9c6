import type * as z from 'zod';
import type { ActionFamily, Risk } from './bound-action.ts';

/** What listing needs of an action plug-in. */
export interface Proposer<Context> {
  readonly id: string;
  readonly title: string;
  readonly family: ActionFamily;
  readonly risk: Risk;
  readonly parameters: z.ZodType;
  propose(context: Context): readonly { parameters: unknown; confidence: number; reason: string }[];
  describe(parameters: unknown): string;
  approvalReason?(parameters: unknown): string | null;
  targetKey(parameters: unknown): string;
}

/** An allow-listed action with its parameters, listed by code from trusted facts. Text that outsiders word is nowhere in it. */
export interface Candidate {
  /** Stable name by which a model may choose it. */
  readonly label: string;
  readonly actionId: string;
  readonly family: ActionFamily;
  readonly risk: Risk;
  readonly parameters: Readonly<Record<string, unknown>>;
  readonly targetKey: string;
  readonly description: string;
  readonly confidence: number;
  readonly reason: string;
  /** Why a person must approve it whatever policy and confidence say. */
  readonly approvalReason?: string;
  /** Outcomes of the action against this class of failure that nobody outside could stage, and all that failed. */
  readonly proof?: { readonly helped: number; readonly cases: number };
}

/** The label that stands for "none of these, ask a human". */
export const HUMAN = 'human';

/** Every action that fits, surest first, then the least risky. The same context always gives the same list and labels. */
export function listCandidates<Context>(
  context: Context,
  proposers: readonly Proposer<Context>[],
): readonly Candidate[] {
  return proposers.flatMap((proposer) => candidatesOf(context, proposer)).sort(byConfidenceThenRisk);
}

function candidatesOf<Context>(context: Context, proposer: Proposer<Context>): Candidate[] {
  const proposals = proposer.propose(context);
  return proposals.map((proposal, index) => {
    const parameters = proposer.parameters.parse(proposal.parameters) as Readonly<Record<string, unknown>>;
    const approvalReason = proposer.approvalReason?.(parameters) ?? null;
    return {
      label: index === 0 ? proposer.id : `${proposer.id}-${index + 1}`,
      actionId: proposer.id,
      family: proposer.family,
      risk: proposer.risk,
      parameters,
      targetKey: proposer.targetKey(parameters),
      description: proposer.describe(parameters),
      confidence: proposal.confidence,
      reason: proposal.reason,
      ...(approvalReason === null ? {} : { approvalReason }),
    };
  });
}

const RISK_ORDER = { low: 0, medium: 1, high: 2 } as const satisfies Record<Risk, number>;

function byConfidenceThenRisk(a: Candidate, b: Candidate): number {
  return b.confidence - a.confidence || RISK_ORDER[a.risk] - RISK_ORDER[b.risk] || (a.label < b.label ? -1 : 1);
}

/** True when `a` is at most as risky as `b`. */
export function noRiskierThan(a: Risk, b: Risk): boolean {
  return RISK_ORDER[a] <= RISK_ORDER[b];
}
