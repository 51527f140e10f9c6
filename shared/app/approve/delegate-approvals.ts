import type { Configuration } from '#shared/domain/configuration/configuration.ts';
import { approverGroups } from '#shared/domain/policy/approval-levels.ts';
import { Delegation } from '#shared/domain/policy/delegation.ts';
import type { DelegationStore } from '#shared/ports/delegation-store.ts';
import type { Meter } from '#shared/ports/telemetry-sink.ts';
import type { Clock } from '#shared/ports/time.ts';
import { approverOf, type Claims } from './approver.ts';

export interface DelegateDeps {
  readonly delegations: Pick<DelegationStore, 'put'>;
  readonly configuration: Configuration;
  readonly clock: Clock;
  readonly meter: Meter;
}

export interface DelegationOrder {
  /** E-mail address of an account of the user pool. */
  readonly to: string;
  readonly hours: number;
}

export type Delegated = { kind: 'delegated'; until: string } | { kind: 'refused'; reason: string };

const HOUR = 3600 * 1000;

/**
 * Lets another person approve for a while in place of the one who signed in. Only groups of their own are passed on, so nothing that was
 * delegated to them goes further.
 */
export async function delegateApprovals(
  order: DelegationOrder,
  claims: Claims,
  deps: DelegateDeps,
): Promise<Delegated> {
  const approver = approverOf(claims);
  const problem = problemWith(order, approver, deps.configuration);
  if (problem !== null || approver === null) return { kind: 'refused', reason: problem ?? 'The token names nobody.' };
  const now = deps.clock.now();
  const asked = new Set(approverGroups(deps.configuration));
  const parsed = Delegation.safeParse({
    version: 1,
    from: approver.name,
    fromGithub: approver.github,
    groups: approver.groups.filter((group) => asked.has(group)),
    to: order.to.toLowerCase(),
    createdAt: now.toISOString(),
    until: new Date(now.getTime() + order.hours * HOUR).toISOString(),
  });
  if (!parsed.success) return { kind: 'refused', reason: 'It needs the e-mail address of the other person.' };
  await deps.delegations.put(parsed.data);
  deps.meter.count('approval-delegated');
  return { kind: 'delegated', until: parsed.data.until };
}

function problemWith(
  { to, hours }: DelegationOrder,
  approver: ReturnType<typeof approverOf>,
  configuration: Configuration,
): string | null {
  if (approver === null) return 'The token names nobody.';
  const { mostDelegationHours } = configuration.approvals;
  const asked = approverGroups(configuration);
  if (asked.length === 0) return 'Everybody who may sign in may approve: there is nothing to delegate.';
  if (!approver.groups.some((group) => asked.includes(group)))
    return 'You are of no group that is asked for approvals; what others delegated to you cannot be passed on.';
  if (approver.github === null) return 'Your account names no GitHub login: an administrator has to set it first.';
  if (approver.email === to.toLowerCase()) return 'That is your own address.';
  if (!Number.isInteger(hours) || hours < 1 || hours > mostDelegationHours)
    return `Name a whole number of hours from 1 to ${mostDelegationHours}.`;
  return null;
}
