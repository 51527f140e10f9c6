import { Refused, Retryable } from '@selfheal/kernel/errors.ts';
import { phrase } from '@selfheal/kernel/text/redacted-text.ts';
import { redactOutgoing } from '@selfheal/redaction/redact.ts';
import type { ActionRecord, BoundAction, Receipt } from '#shared/domain/plan/bound-action.ts';
import { judgeControls } from '#shared/domain/policy/guard-rules.ts';
import type { StepInput, StepOutput } from '#shared/domain/workflow/steps.ts';
import type { ControlSettings, Leases } from '#shared/ports/control-store.ts';
import type { IncidentStore } from '#shared/ports/incident-store.ts';
import { governed } from '../policy/governed.ts';
import { type PlannedAction, type RemediationDeps, readPlannedAction } from './planned.ts';

export interface UndoDeps extends RemediationDeps {
  readonly incidents: Pick<IncidentStore, 'getPlan' | 'getAction' | 'commitAction' | 'audit'>;
  readonly control: Pick<ControlSettings, 'controls'> & Pick<Leases, 'acquireLease'>;
}

type Undone = StepOutput<'undo'>;
const NOTHING: Undone = { state: 'nothing-to-undo', summary: phrase`There is nothing to undo.` };
const LEASE_SECONDS = 300;
/** How long the change of an earlier try may take to become visible; reading sooner would restore it twice. */
const SETTLE_MILLISECONDS = 30_000;

/**
 * Restores the state before an action that did not help. Repeatable: a plug-in reads the target before it restores. Kill switch, freezes and
 * the lease apply as for every effect.
 */
export async function undo(input: StepInput<'undo'>, deps: UndoDeps): Promise<Undone> {
  const planned = await readPlannedAction(input, deps);
  const record = await deps.incidents.getAction(input.incidentId, input.digest);
  const { undo: restore } = planned.plugin;
  if (record?.receipt == null || restore === undefined || record.receipt.facts.byOthers === true) return NOTHING;
  const { receipt } = record;
  switch (record.state) {
    case 'undone':
      return { state: 'undone', summary: redactOutgoing(`${planned.action.actionId} was undone.`) };
    case 'undo-intended':
      await deps.clock.sleep(SETTLE_MILLISECONDS);
      return await restoreGuarded(planned, receipt, deps);
    case 'done':
    case 'undo-failed':
      return await restoreGuarded(planned, receipt, deps);
    default:
      return NOTHING;
  }
}

async function restoreGuarded(planned: PlannedAction, receipt: Receipt, deps: UndoDeps): Promise<Undone> {
  const { action } = planned;
  const denials = await denialsOf(action, deps);
  if (denials.length > 0) return await commit(action, 'undo-failed', `Not undone: ${denials.join(' ')}`, deps);
  await commit(action, 'undo-intended', '', deps);
  try {
    const summary = await planned.plugin.undo?.(planned.parameters, receipt, deps.ports);
    return await commit(action, 'undone', summary ?? NOTHING.summary, deps);
  } catch (error) {
    if (error instanceof Refused) {
      return await commit(action, 'undo-failed', `Not undone: ${error.message.slice(0, 300)}`, deps);
    }
    if (error instanceof Retryable) throw error;
    throw new Retryable(
      `The outcome of undoing ${action.actionId} is unknown; the step will retry and observe it again.`,
      {
        cause: error,
      },
    );
  }
}

async function denialsOf(action: BoundAction, deps: UndoDeps): Promise<string[]> {
  const [{ configuration, control, denial, clock }, controls] = await Promise.all([
    governed(deps),
    deps.control.controls(),
  ]);
  const now = clock.now();
  const denials = judgeControls({ controls, policy: configuration.policy, denial, now });
  if (denials.length > 0) return denials;
  const lease = await control.acquireLease(action.targetKey, action.incidentId, LEASE_SECONDS, now);
  return lease === null ? [`Another incident is changing ${action.targetKey} now.`] : [];
}

async function commit(
  { incidentId, digest, actionId, targetKey }: BoundAction,
  state: Extract<ActionRecord['state'], 'undo-intended' | 'undone' | 'undo-failed'>,
  summary: string,
  deps: UndoDeps,
): Promise<Undone> {
  await deps.incidents.audit(incidentId, `${state}#${digest}`, {
    at: deps.clock.now().toISOString(),
    event: `action.${state}`,
    facts: { action: actionId, target: targetKey, digest },
  });
  await deps.incidents.commitAction(incidentId, digest, { state });
  deps.meter.count(`action-${state}`);
  return { state: state === 'undone' ? 'undone' : 'failed', summary: redactOutgoing(summary) };
}
