import type { Clock } from '@selfheal/kernel/time.ts';
import type { Configuration } from '#shared/domain/configuration/configuration.ts';
import { approverGroups, Delegation } from '#shared/domain/policy/approval-levels.ts';
import type { DelegationStore } from '#shared/ports/approval-queue.ts';
import type { Meter } from '#shared/ports/telemetry-sink.ts';
import { approverOf, type Claims } from '../access/approver.ts';

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

export type DelegationResult = { kind: 'delegated'; until: string } | { kind: 'refused'; reason: string };

const HOUR = 3600 * 1000;

/**
 * Lets another person approve on behalf of the signed-in one for some hours. Passes on only their own groups, nothing that was delegated to
 * them.
 */
export async function delegateApprovals(
  order: DelegationOrder,
  claims: Claims,
  deps: DelegateDeps,
): Promise<DelegationResult> {
  const approver = approverOf(claims);
  const problem = problemWith(order, approver, deps.configuration);
  if (problem !== null || approver === null)
    return { kind: 'refused', reason: problem ?? 'The token does not identify a person.' };
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
  if (!parsed.success) return { kind: 'refused', reason: 'to: expected the e-mail address of the other person.' };
  await deps.delegations.put(parsed.data);
  deps.meter.count('approval-delegated');
  return { kind: 'delegated', until: parsed.data.until };
}

function problemWith(
  { to, hours }: DelegationOrder,
  approver: ReturnType<typeof approverOf>,
  configuration: Configuration,
): string | null {
  if (approver === null) return 'The token does not identify a person.';
  const { maxDelegationHours } = configuration.approvals;
  const asked = approverGroups(configuration);
  if (asked.length === 0) return 'Everybody who may sign in may approve, so there is nothing to delegate.';
  if (!approver.groups.some((group) => asked.includes(group)))
    return 'You are in no group that is asked for approvals, and rights that were delegated to you cannot be delegated further.';
  if (approver.github === null) return 'Your account has no GitHub login. Ask an administrator to set custom:github.';
  if (approver.email === to.toLowerCase()) return 'That is your own address.';
  if (!Number.isInteger(hours) || hours < 1 || hours > maxDelegationHours)
    return `Expected a whole number of hours from 1 to ${maxDelegationHours}.`;
  return null;
}
