import { CorruptRecord } from '@selfheal/kernel/errors.ts';
import { redactOutgoing } from '@selfheal/redaction/redact.ts';
import type { BoundAction, Receipt } from '#shared/domain/plan/bound-action.ts';
import { breakerScopeOf } from '#shared/domain/policy/guard-rules.ts';
import type { StepInput, StepOutput } from '#shared/domain/workflow/steps.ts';
import type { Verification } from '#shared/plugins/actions/contract.ts';
import type { Limits } from '#shared/ports/control-store.ts';
import type { IncidentStore } from '#shared/ports/incident-store.ts';
import { governed } from '../policy/governed.ts';
import { type PlannedAction, type RemediationDeps, readPlannedAction } from './planned.ts';
import { portsOf } from './ports.ts';

export interface VerifyDeps extends RemediationDeps {
  readonly incidents: Pick<IncidentStore, 'getPlan' | 'getAction' | 'commitAction' | 'audit'>;
  readonly control: Pick<Limits, 'addFailure'>;
}

/** Checks once whether an action helped. The last poll is final: a target that has not recovered by then has failed. */
export async function verify(input: StepInput<'verify'>, given: VerifyDeps): Promise<StepOutput<'verify'>> {
  const deps = await governed(given);
  const planned = await readPlannedAction(input, deps);
  const record = await deps.incidents.getAction(input.incidentId, input.digest);
  if (record === null || record.receipt === null) {
    throw new CorruptRecord(`Incident ${input.incidentId} has no executed action ${input.digest} to verify.`);
  }
  const { action, plugin, parameters } = planned;
  const found = await plugin.verify(parameters, record.receipt, {
    ports: portsOf(action, deps.ports),
    target: action.target,
    configuration: deps.configuration,
    poll: input.poll,
  });
  // By what is deployed: the interval may have been changed while the target was watched.
  const { intervalSeconds, maxPolls } = planned.plugin.schedule(given.configuration);
  const until = Date.parse(record.receipt.at) + intervalSeconds * maxPolls * 1000;
  const verification = atLast(found, planned, { poll: input.poll, until }, deps);
  if (verification.state !== 'pending') await conclude(action, record.receipt, verification, deps);
  return { state: verification.state, summary: redactOutgoing(verification.summary) };
}

function atLast(
  found: Verification,
  { plugin, action }: PlannedAction,
  { poll, until }: { readonly poll: number; readonly until: number },
  deps: VerifyDeps,
): Verification {
  const { maxPolls } = plugin.schedule(deps.configuration);
  const isLast = poll + 1 >= maxPolls || (poll > 0 && deps.clock.now().getTime() >= until);
  if (found.state !== 'pending' || !isLast) return found;
  const facts = action.target.kind === 'alarm' ? { facts: { ...found.facts, timedOut: true } } : {};
  return {
    ...found,
    ...facts,
    state: 'failed',
    summary: `It did not recover in time. ${found.summary}`,
    inconclusive: true,
  };
}

async function conclude(
  action: BoundAction,
  receipt: Receipt,
  { state, inconclusive = false, facts = {} }: Verification,
  deps: VerifyDeps,
): Promise<void> {
  const verified = state === 'pending' ? 'failed' : state;
  const { incidentId, digest, actionId, targetKey } = action;
  const now = deps.clock.now();
  if (verified === 'failed') await deps.control.addFailure(breakerScopeOf(action), digest, now);
  await deps.incidents.audit(incidentId, `verified#${digest}`, {
    at: now.toISOString(),
    event: `action.${verified}`,
    facts: { ...facts, action: actionId, target: targetKey, digest, inconclusive },
  });
  await deps.incidents.commitAction(incidentId, digest, {
    verified,
    inconclusive,
    ...(Object.keys(facts).length === 0 ? {} : { receipt: { ...receipt, facts: { ...receipt.facts, ...facts } } }),
  });
  deps.meter.count(`verified-${verified}`);
}
