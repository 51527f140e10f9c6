import { stormScopeOf } from '../incident/identity.ts';
import { isSameTarget } from '../incident/signal.ts';
import type { TargetContext } from '../incident/target-context.ts';
import { isIntact } from '../plan/bind-action.ts';
import type { BoundAction } from '../plan/bound-action.ts';
import type { ManagedService } from '../plan/managed-service.ts';
import { isChangeable } from '../plan/target-key.ts';
import { approvalReasons } from './approval.ts';
import { alwaysAsks, isOff } from './autonomy.ts';
import { judgeChangeWindow } from './change-window.ts';
import { partOfWeekAt } from './circumstances/circumstances.ts';
import type { GovernedService, Mode, Policy } from './policy-settings.ts';

export interface GuardFacts {
  readonly action: BoundAction;
  /** The plug-in's key for the action's parameters, computed now. */
  readonly targetKey: string;
  /** The incident's current target. */
  readonly target: TargetContext;
  readonly controls: { readonly killSwitch: boolean; readonly reason: string | null };
  readonly policy: Policy;
  /** Why nothing may be changed, whatever the policy says, or null. */
  readonly denial: string | null;
  readonly mode: Mode;
  readonly service: (GovernedService & ManagedService) | null;
  /** Of the failure, where its repository may be written into. */
  readonly fingerprint?: string | null;
  /** Failures within the breaker's window. */
  readonly failures: number;
  /** State of the approval requested for this plan, or null when none was. */
  readonly approval: 'pending' | 'approved' | 'rejected' | 'too late' | null;
  /** Why the plug-in itself demands an approval, or null. */
  readonly approvalReason: string | null;
  readonly now: Date;
}

/** Every reason against the effect; empty when all rules allow it. Pure. */
export function judgeGuard(facts: GuardFacts): string[] {
  return [
    ...judgeControls(facts),
    ...judgePermission(facts),
    ...judgeChangeWindow(facts.action, facts),
    ...judgeSeal(facts),
    ...judgeBlastRadius(facts),
    ...judgeApproval(facts),
    ...judgeBreaker(facts),
  ];
}

/** Kill switch, freezes and a policy that cannot be used; checked again right before every effect. */
export function judgeControls({
  controls,
  policy,
  denial,
  now,
}: Pick<GuardFacts, 'controls' | 'policy' | 'denial' | 'now'>): string[] {
  const freeze = activeFreeze(policy.freezes, now);
  return [
    ...(denial === null ? [] : [denial]),
    ...(controls.killSwitch ? [`The kill switch is on: ${controls.reason ?? 'no reason was given'}.`] : []),
    ...(freeze ? [`Changes are frozen until ${freeze.to}: ${freeze.reason}.`] : []),
  ];
}

/** The mode allows changes, and the action is not switched off; checked again right before an action's effect. */
export function judgePermission({ action, mode, policy }: Pick<GuardFacts, 'action' | 'mode' | 'policy'>): string[] {
  return [
    ...(mode === 'act' ? [] : [`The mode is ${mode} now: nothing may be changed.`]),
    ...(isOff(action.actionId, policy) ? [`The action ${action.actionId} is switched off.`] : []),
  ];
}

/** The plan is unchanged since it was sealed, and the incident still has the same target. */
function judgeSeal({ action, target }: GuardFacts): string[] {
  return [
    ...(isIntact(action) ? [] : ['The plan was changed after it was sealed.']),
    ...(isSameTarget(action.target, target) ? [] : ['The target of the incident has changed since the plan.']),
  ];
}

/** One action changes one thing: the incident's own run, or its own service. */
function judgeBlastRadius({ action, targetKey, target, service, fingerprint = null }: GuardFacts): string[] {
  return action.targetKey === targetKey && isChangeable(targetKey, target, service, fingerprint)
    ? []
    : [`The action would change ${targetKey}, which is not what the incident is about.`];
}

/** The time of day counts as it is now; other reasons for an approval at planning time are sealed into the plan. */
function judgeApproval({ action, service, policy, approval, approvalReason, now }: GuardFacts): string[] {
  if (approval === 'approved') return [];
  if (approval !== null) return [`The approval of this plan is ${approval}.`];
  const needed = [
    ...(approvalReason === null ? [] : [approvalReason]),
    ...approvalReasons(action.risk, service, policy, partOfWeekAt(now, policy.circumstances)),
    ...(alwaysAsks(action.actionId, policy) ? [`The action ${action.actionId} always needs an approval.`] : []),
    ...(action.needsApproval === undefined ? [] : ['The plan requires an approval.']),
  ];
  return needed.length > 0 ? [...needed, 'Nobody approved this plan.'] : [];
}

/** The circuit breaker: open while too many recent attempts failed; closes by itself over time. */
function judgeBreaker({ failures, policy }: GuardFacts): string[] {
  return failures >= policy.breakerFailures
    ? [`The circuit breaker is open: ${failures} failures within ${policy.breakerWindowMinutes} minutes.`]
    : [];
}

/**
 * Key under which failures are counted for the circuit breaker. For runs: the repository's workflow, because every run
 * is a new target, separated by who can cause its runs, so that pull requests that fail on purpose do not stop what
 * heals the default branch. Otherwise the target itself.
 */
export function breakerScopeOf({ actionId, target, targetKey }: BoundAction): string {
  if (target.kind !== 'run') return `${actionId}#${targetKey}`;
  return `${actionId}#${target.repository.toLowerCase()}#${target.workflowId}#${stormScopeOf(target)}`;
}

type Freezes = Policy['freezes'];

/** The freeze at `now` (from inclusive, to exclusive), or null. */
export function activeFreeze(freezes: Freezes, now: Date): Freezes[number] | null {
  const at = now.getTime();
  return freezes.find(({ from, to }) => Date.parse(from) <= at && at < Date.parse(to)) ?? null;
}
