import type { Incident } from '#shared/domain/incident/incident.ts';
import { isSameTarget } from '#shared/domain/incident/same-target.ts';
import type { ActionRecord, BoundAction } from '#shared/domain/plan/bound-action.ts';
import type { ActionPlugin } from '#shared/plugins/actions/contract.ts';
import { actionOf } from '#shared/plugins/actions/registry.ts';
import type { IncidentStore } from '#shared/ports/incident-store.ts';

export type Unfinished =
  | { kind: 'none' }
  /** An execution that died left this plan between its intent and its verification: it is continued, never made anew. */
  | { kind: 'continue'; action: BoundAction }
  /** Nobody knows how the target stands. */
  | { kind: 'unclear'; reason: string };

export interface UnfinishedDeps {
  readonly incidents: Pick<IncidentStore, 'getPlan'>;
  readonly actions: readonly ActionPlugin[];
}

/** What earlier executions of the incident's workflow left behind. `tried`: action ids that this execution dealt with. */
export async function findUnfinished(
  incident: Incident,
  records: readonly ActionRecord[],
  tried: readonly string[],
  { incidents, actions }: UnfinishedDeps,
): Promise<Unfinished> {
  for (const record of records.filter(({ actionId }) => !tried.includes(actionId)).toReversed()) {
    if (record.state === 'unknown' || record.state === 'undo-intended' || record.state === 'undo-failed') {
      return { kind: 'unclear', reason: `How ${record.actionId} ended earlier is not known: a human has to look.` };
    }
    if (awaitsUndo(record, actions)) {
      return {
        kind: 'unclear',
        reason: `${record.actionId} did not help and was not taken back: a human has to look.`,
      };
    }
    if (record.verified !== null || (record.state !== 'intended' && record.state !== 'done')) continue;
    const action = await incidents.getPlan(incident.id, record.digest);
    if (action === null) return { kind: 'unclear', reason: `The plan of an unfinished ${record.actionId} is gone.` };
    if (isSameTarget(action.target, incident.target)) return { kind: 'continue', action };
  }
  return { kind: 'none' };
}

/** An execution died between a failed verification and the undo. Later the target may have moved on: nobody restores it unseen. */
function awaitsUndo({ actionId, state, verified, receipt }: ActionRecord, actions: readonly ActionPlugin[]): boolean {
  const canUndo = actionOf(actionId, actions)?.undo !== undefined;
  return canUndo && state === 'done' && verified === 'failed' && receipt?.facts.byOthers !== true;
}
