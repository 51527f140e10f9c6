import type { Change } from '#shared/domain/changes/change.ts';
import type { DroppedEvent } from '#shared/domain/webhooks/received-event.ts';
import type { ChangeStore } from '#shared/ports/change-store.ts';
import type { NoteDeps } from './note-event.ts';

export interface RecordChangeDeps extends NoteDeps {
  readonly changes: Pick<ChangeStore, 'record'>;
}

/** Writes a change into the change graph. Repeatable: the same fact is one item at each of its places. */
export async function recordChange(change: Change, { changes }: Pick<RecordChangeDeps, 'changes'>): Promise<void> {
  await changes.record(change);
}

/** Notes a change that says nothing of trouble in the ledger: whoever asks where a deployment went finds it there. */
export async function noteChange(
  change: Change,
  { ledger, clock }: NoteDeps,
  rule: 'recorded-change' | 'foreign-repository' = 'recorded-change',
): Promise<void> {
  const event: DroppedEvent = {
    source: change.source,
    connection: null,
    rule,
    subject: change.title,
    sample: null,
    incidentId: null,
    signal: null,
  };
  await ledger.note(event, clock.now());
}
