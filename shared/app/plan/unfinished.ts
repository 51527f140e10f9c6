import type { Incident } from '#shared/domain/incident/incident.ts';
import { isSameTarget } from '#shared/domain/incident/signal.ts';
import type { ActionRecord, BoundAction } from '#shared/domain/plan/bound-action.ts';
import type { ActionPlugin } from '#shared/plugins/actions/contract.ts';
import { actionOf } from '#shared/plugins/actions/registry.ts';
import type { IncidentStore } from '#shared/ports/incident-store.ts';

export type UnfinishedAction =
  | { kind: 'none' }
  /** An execution died between this plan's intent and its verification: the plan is continued, not made again. */
  | { kind: 'continue'; action: BoundAction }
  /** The state of the target is unknown. */
  | { kind: 'indeterminate'; reason: string };

export interface UnfinishedDeps {
  readonly incidents: Pick<IncidentStore, 'getPlan'>;
  readonly actions: readonly ActionPlugin[];
}

/** What earlier executions of the incident's workflow left unfinished. `tried`: action ids that this execution dealt with. */
export async function findUnfinished(
  incident: Incident,
  records: readonly ActionRecord[],
  tried: readonly string[],
  { incidents, actions }: UnfinishedDeps,
): Promise<UnfinishedAction> {
  for (const record of records.filter(({ actionId }) => !tried.includes(actionId)).toReversed()) {
    if (record.state === 'unknown' || record.state === 'undo-intended' || record.state === 'undo-failed') {
      return {
        kind: 'indeterminate',
        reason: `The earlier outcome of ${record.actionId} is unknown, so a person has to check it.`,
      };
    }
    if (awaitsUndo(record, actions)) {
      return {
        kind: 'indeterminate',
        reason: `${record.actionId} did not help and was not undone, so a person has to check it.`,
      };
    }
    if (record.verified !== null || (record.state !== 'intended' && record.state !== 'done')) continue;
    const action = await incidents.getPlan(incident.id, record.digest);
    if (action === null)
      return { kind: 'indeterminate', reason: `The plan of the unfinished action ${record.actionId} is missing.` };
    if (isSameTarget(action.target, incident.target)) return { kind: 'continue', action };
  }
  return { kind: 'none' };
}

/**
 * Whether an execution died between a failed verification and the undo. The target may have changed since, so it is not restored blindly.
 */
function awaitsUndo({ actionId, state, verified, receipt }: ActionRecord, actions: readonly ActionPlugin[]): boolean {
  const canUndo = actionOf(actionId, actions)?.undo !== undefined;
  return canUndo && state === 'done' && verified === 'failed' && receipt?.facts.byOthers !== true;
}
