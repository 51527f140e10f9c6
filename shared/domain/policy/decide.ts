import { percentText } from '@selfheal/kernel/numbers/number-words.ts';
import { percentOf } from '@selfheal/kernel/numbers/proportion.ts';
import type { TargetContext } from '../incident/target-context.ts';
import type { BoundAction } from '../plan/bound-action.ts';
import type { Candidate, Choice } from '../plan/candidates.ts';
import { type AlertRule, alertWords } from './alert-rule.ts';
import { approvalReasons } from './approval.ts';
import { autonomyReasons, type Thresholds, thresholdsOf } from './autonomy.ts';
import { outsideChangeWindows } from './change-window.ts';
import { circumstanceReasons, effectiveRisks } from './circumstance-reasons.ts';
import type { Circumstances } from './circumstances/circumstances.ts';
import { activeFreeze } from './guard-rules.ts';
import type { GovernedService, Mode, Policy } from './policy-settings.ts';
import type { Recovery } from './recovery.ts';

/** `recovered`: healthy again by itself, nothing to do. */
export type Decision = 'act' | 'approve' | 'suggest' | 'escalate' | 'recovered';

export interface DecisionInput {
  readonly targetKind: TargetContext['kind'];
  /** Why nothing may be done at all: about an alarm of another account, or a pull request that is closed; else null. */
  readonly offLimits: string | null;
  readonly recovery: Recovery;
  readonly mode: Mode;
  readonly service: GovernedService | null;
  readonly policy: Policy;
  readonly choice: Choice;
  /** A model's confidence, which can only lower that of a candidate; null when no model was asked. */
  readonly modelConfidence: number | null;
  /** Actions executed for this incident so far. */
  readonly actionsSoFar: number;
  readonly circumstances: Circumstances;
  readonly now: Date;
}

export interface Judgement {
  readonly decision: Decision;
  /** Worded by code; never empty. */
  readonly reasons: readonly string[];
  /** What is done, requested or proposed; null when nothing is. */
  readonly candidate: Candidate | null;
  /** The reasons for the requested approval; absent where none is. */
  readonly needsApproval?: BoundAction['needsApproval'];
}

/** Decides what to do about an incident: a pure truth table over trusted facts. The first matching rule decides. */
export function decide(input: DecisionInput): Judgement {
  const { choice, recovery } = input;
  if (input.offLimits !== null) return handOver([input.offLimits], null, input);
  if (recovery.kind === 'recovered') {
    const reasons = [recovery.how, ...(input.actionsSoFar === 0 ? ['Nothing was done.'] : [])];
    return { decision: 'recovered', reasons, candidate: null };
  }
  if (recovery.kind === 'doubtful') return handOver([recovery.why], null, input);
  if (input.mode === 'off' || input.mode === 'observe') {
    return { decision: 'suggest', reasons: [`The mode is ${input.mode}: nothing is done.`], candidate: null };
  }
  switch (choice.kind) {
    case 'none':
      return handOver(['No safe action fits.'], null, input);
    case 'human':
      return handOver([choice.reason], null, input);
    case 'chosen':
      return noBolderThan(judge(choice.best, input), judge(choice.candidate, input));
    default:
      return choice satisfies never;
  }
}

function judge(candidate: Candidate, input: DecisionInput): Judgement {
  const { mode, policy } = input;
  const proposed = `${candidate.description} ${candidate.reason}`;
  if (mode === 'suggest') {
    return { decision: 'suggest', reasons: ['The mode is suggest: a proposal only.', notDone(proposed)], candidate };
  }
  const confidence = Math.min(candidate.confidence, input.modelConfidence ?? 1);
  const thresholds = thresholdsOf(candidate.actionId, policy);
  const outside = outsideChangeWindows(input);
  const certainty = { confidence, words: certaintyWords(candidate.confidence, input.modelConfidence) };
  const denials = denialReasons(candidate.advised === true ? null : certainty, thresholds, outside, input);
  if (denials.length > 0) return handOver([...denials, notDone(proposed)], candidate, input);
  const questions = [
    ...(candidate.approvalReason === undefined ? [] : [candidate.approvalReason]),
    ...riskReasons(candidate, input),
    ...(outside === null ? [] : [outside]),
    ...autonomyReasons(candidate, policy),
    ...doubts(certainty, thresholds),
  ];
  if (questions.length > 0) {
    const needsApproval = { reasons: questions, outsideChangeWindow: outside !== null };
    return { decision: 'approve', reasons: [...questions, proposed], candidate, needsApproval };
  }
  const why = `Risk ${candidate.risk}. ${certainty.words}: allowed without asking.`;
  return { decision: 'act', reasons: [why, proposed], candidate };
}

/** The description says what an action does; a reader must not take it for done. */
const notDone = (proposed: string): string => `Considered, not done: ${proposed}`;

/** Why an action of this risk needs an approval under these circumstances. */
function riskReasons({ impact, risk }: Candidate, { service, policy, circumstances }: DecisionInput): string[] {
  const { risks, reasons } = effectiveRisks(risk, service, circumstances, policy);
  const asked = risks.flatMap((one) => approvalReasons(one, service, policy, circumstances.partOfWeek));
  return [
    ...(asked.length > 0 ? reasons : []),
    ...new Set(asked),
    ...circumstanceReasons(impact, service, circumstances, policy),
  ];
}

/** What rules out acting, even with an approval. Without a certainty, none is too little. */
function denialReasons(
  certainty: Certainty | null,
  { ask }: Thresholds,
  outside: string | null,
  { policy, actionsSoFar, now }: DecisionInput,
): string[] {
  const freeze = activeFreeze(policy.freezes, now);
  return [
    ...(freeze ? [`Changes are frozen until ${freeze.to}: ${freeze.reason}.`] : []),
    ...(outside !== null && policy.circumstances.outsideChangeWindows === 'escalate' ? [outside] : []),
    ...(actionsSoFar >= policy.maxActionsPerIncident
      ? [`${actionsSoFar} actions were executed for this incident; more are not allowed.`]
      : []),
    ...(certainty !== null && certainty.confidence < ask
      ? [`${certainty.words}; below ${percentText(ask)} a human decides.`]
      : []),
  ];
}

function doubts({ confidence, words }: Certainty, { act }: Thresholds): string[] {
  return confidence < act ? [`${words}; below ${percentText(act)} a person approves first.`] : [];
}

/** How sure it is that the action is right, with the name of the number: a page shows others. */
interface Certainty {
  readonly confidence: number;
  readonly words: string;
}

function certaintyWords(own: number, model: number | null): string {
  return model !== null && model < own
    ? `The language model is ${percentOf(model)} % sure of its choice`
    : `The action is ${percentOf(own)} % likely to help`;
}

/** A failed run is handed to the readers of its comment; an alarm must reach somebody. */
function handOver(reasons: readonly string[], candidate: Candidate | null, input: DecisionInput): Judgement {
  return { decision: input.targetKind === 'run' ? 'suggest' : 'escalate', reasons, candidate };
}

const BOLDNESS = { escalate: 0, recovered: 0, suggest: 1, approve: 2, act: 3 } as const satisfies Record<
  Decision,
  number
>;

/** A model's choice must not be decided more boldly than the action that code ranks first. */
function noBolderThan(best: Judgement, picked: Judgement): Judgement {
  if (BOLDNESS[picked.decision] <= BOLDNESS[best.decision]) return picked;
  return { ...best, reasons: [...picked.reasons, ...best.reasons], candidate: picked.candidate };
}

/** The judgement after the alert rules: a person is asked or takes over. Never bolder than before. */
export function withAlerts(judgement: Judgement, raised: readonly AlertRule[]): Judgement {
  const { decision } = judgement;
  const [escalating] = raised.filter(({ action }) => action === 'escalate');
  if (escalating !== undefined && decision !== 'recovered' && decision !== 'escalate') {
    const { needsApproval: _asked, ...rest } = judgement;
    const reason = `An alert rule hands failures with ${alertWords(escalating)} to a person.`;
    return { ...rest, decision: 'escalate', reasons: [reason, ...judgement.reasons] };
  }
  const asking = raised
    .filter(({ action }) => action === 'ask')
    .map((rule) => `An alert rule asks a person about failures with ${alertWords(rule)}.`);
  if (asking.length === 0 || (decision !== 'act' && decision !== 'approve')) return judgement;
  const asked = judgement.needsApproval ?? { reasons: [], outsideChangeWindow: false };
  return {
    ...judgement,
    decision: 'approve',
    reasons: [...asking, ...judgement.reasons],
    needsApproval: { ...asked, reasons: [...asking, ...asked.reasons] },
  };
}
