import { recordText } from '@selfheal/kernel/text/record-text.ts';
import { redactOutgoing } from '@selfheal/redaction/redact.ts';
import * as z from 'zod';
import type { ActionFamily, Risk } from './bound-action.ts';

/** Effect of an action on a service in use. */
export interface ActionImpact {
  /** It changes the service's capacity or settings. */
  readonly changesSettings: boolean;
  /** It takes parts of the service out for a while. */
  readonly interrupts: boolean;
}

export const CHANGES_SETTINGS: ActionImpact = { changesSettings: true, interrupts: false };
export const INTERRUPTS: ActionImpact = { changesSettings: false, interrupts: true };
/** It repeats something, writes something not yet in use, or takes a deployment back. */
export const NO_IMPACT: ActionImpact = { changesSettings: false, interrupts: false };
/** Unknown, as for every playbook: it may do anything. */
export const UNKNOWN_IMPACT: ActionImpact = { changesSettings: true, interrupts: true };

/** The part of an action plug-in that listing needs. */
export interface Proposer<Context> {
  readonly id: string;
  readonly title: string;
  readonly family: ActionFamily;
  readonly risk: Risk;
  readonly impact: ActionImpact;
  /** Whether the people behind a run may approve it themselves, where the deployment allows that. */
  readonly selfApproval?: boolean;
  readonly parameters: z.ZodType;
  propose(context: Context): readonly { parameters: unknown; confidence: number; reason: string }[];
  describe(parameters: unknown): string;
  approvalReason?(parameters: unknown): string | null;
  targetKey(parameters: unknown): string;
}

/**
 * An allow-listed action with its parameters, listed by code from trusted facts. Contains no text that outsiders can
 * word.
 */
export interface Candidate {
  /** Stable name by which a model may choose it: the action, with its target where the action fits several. */
  readonly label: string;
  readonly actionId: string;
  readonly family: ActionFamily;
  readonly risk: Risk;
  readonly impact: ActionImpact;
  readonly selfApproval: boolean;
  readonly parameters: Readonly<Record<string, unknown>>;
  readonly targetKey: string;
  readonly description: string;
  readonly confidence: number;
  readonly reason: string;
  /** Why a person must approve it, whatever policy and confidence say. */
  readonly approvalReason?: string;
  /** A person's pattern names it, and nothing else proposes it: its confidence decides nothing, a person does. */
  readonly advised?: true;
  /** Trusted outcomes of the action for this class of failure, and all that failed. */
  readonly proof?: { readonly helped: number; readonly cases: number };
}

/** The label for "none of these, ask a person". */
export const HUMAN = 'human';

/**
 * Every action that fits, once per target, by confidence and then by risk. The same context always gives the same list
 * and labels.
 */
export function listCandidates<Context>(
  context: Context,
  proposers: readonly Proposer<Context>[],
): readonly Candidate[] {
  const listed = proposers.flatMap((proposer) => candidatesOf(context, proposer)).sort(byConfidenceThenRisk);
  return listed.filter(({ label }, at) => listed.findIndex((one) => one.label === label) === at);
}

function candidatesOf<Context>(context: Context, proposer: Proposer<Context>): Candidate[] {
  const proposals = proposer.propose(context);
  return proposals.map((proposal) => {
    const parameters = proposer.parameters.parse(proposal.parameters) as Readonly<Record<string, unknown>>;
    const targetKey = proposer.targetKey(parameters);
    const approvalReason = proposer.approvalReason?.(parameters) ?? null;
    return {
      label: proposals.length === 1 ? proposer.id : `${proposer.id}@${targetKey}`,
      actionId: proposer.id,
      family: proposer.family,
      risk: proposer.risk,
      impact: proposer.impact,
      selfApproval: proposer.selfApproval ?? false,
      parameters,
      targetKey,
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

export type Choice =
  /** `best` is what code ranks first; the decision about `candidate` must not be bolder than the one about `best`. */
  { kind: 'chosen'; candidate: Candidate; best: Candidate } | { kind: 'human'; reason: string } | { kind: 'none' };

/**
 * Chooses among the ranked candidates. A model's choice can only lower autonomy: it may pick another candidate that is
 * not riskier, or ask for a person. A label that is not in the list is not trusted: a person decides. Null: no model
 * was asked.
 */
export function chooseCandidate(candidates: readonly Candidate[], choice: string | null): Choice {
  const best = candidates[0];
  if (choice === HUMAN) return { kind: 'human', reason: 'The language model advises against every listed action.' };
  if (best === undefined) return { kind: 'none' };
  if (choice === null) return { kind: 'chosen', candidate: best, best };
  const candidate = candidates.find(({ label }) => label === choice);
  if (candidate === undefined) {
    return { kind: 'human', reason: 'The language model chose an action that is not listed.' };
  }
  if (!noRiskierThan(candidate.risk, best.risk)) {
    return { kind: 'human', reason: 'The language model chose a riskier action than the one that fits best.' };
  }
  return { kind: 'chosen', candidate, best };
}

/**
 * The actions that code listed before the diagnosis; a language model may choose from these only. Stored, so that its
 * choice can be checked against them.
 */
export const Offer = z.strictObject({
  version: z.literal(1),
  incidentId: z.string(),
  at: z.iso.datetime(),
  actions: z.array(z.strictObject({ label: z.string(), actionId: z.string(), description: recordText() })),
});
export type Offer = z.infer<typeof Offer>;

/** Creates the offer from listed candidates. */
export function offerOf(incidentId: string, candidates: readonly Candidate[], at: Date): Offer {
  const actions = candidates.map(({ label, actionId, description }) => {
    return { label, actionId, description: redactOutgoing(description) };
  });
  return { version: 1, incidentId, at: at.toISOString(), actions };
}
