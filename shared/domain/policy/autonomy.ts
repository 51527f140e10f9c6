import { shareText } from '@selfheal/kernel/numbers/number-words.ts';
import { wilsonInterval } from '@selfheal/kernel/numbers/proportion.ts';
import type { Candidate } from '../plan/candidates.ts';
import type { Policy } from './policy-settings.ts';

export interface Thresholds {
  /** At or above: without an approval. */
  readonly act: number;
  /** Below: a person decides, with or without an approval. */
  readonly ask: number;
}

/** The thresholds of an action: its own where they are stricter than the general ones. */
export function thresholdsOf(actionId: string, policy: Policy): Thresholds {
  const { actAtConfidence, escalateBelowConfidence, autonomy } = policy;
  const own = autonomy.actions.find(({ id }) => id === actionId);
  return {
    act: Math.max(actAtConfidence, own?.actAtConfidence ?? 0),
    ask: Math.max(escalateBelowConfidence, own?.askAtConfidence ?? 0),
  };
}

/** Whether the action is neither proposed nor executed. */
export function isOff(actionId: string, { autonomy }: Pick<Policy, 'autonomy'>): boolean {
  return autonomy.actions.some(({ id, off }) => id === actionId && off);
}

/** Whether the action is never executed without an approval. */
export function alwaysAsks(actionId: string, { autonomy }: Pick<Policy, 'autonomy'>): boolean {
  return autonomy.actions.some(({ id, alwaysAsk }) => id === actionId && alwaysAsk);
}

/** Why an action with enough confidence still needs an approval; empty when it does not. */
export function autonomyReasons({ actionId, proof }: Candidate, policy: Policy): string[] {
  const { proven } = policy.autonomy;
  const asks = alwaysAsks(actionId, policy) ? [`The action ${actionId} always needs an approval.`] : [];
  if (proven === null) return asks;
  const { helped, cases } = proof ?? { helped: 0, cases: 0 };
  const [lowerBound] = wilsonInterval(helped, cases);
  if (cases >= proven.cases && lowerBound >= proven.lowerBound) return asks;
  const shown = `helped in ${helped} of ${cases} trusted cases, so surely in ${shareText(lowerBound)}`;
  const needed = `${proven.cases} cases and ${shareText(proven.lowerBound)} are needed`;
  return [...asks, `The action has too few proven outcomes (${shown}; ${needed}): a person approves first.`];
}
