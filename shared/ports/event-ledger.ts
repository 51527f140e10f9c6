import type { DroppedEvent, ReceivedEvent } from '#shared/domain/webhooks/received-event.ts';

/** What came in and opened no incident, for 30 days. */
export interface EventLedger {
  /** Counts an event; the first one of an hour leaves its sample. A repeat after a lost answer may count twice. */
  note(event: DroppedEvent, at: Date): Promise<void>;
  /** Newest hour first, from `until` back to `from`; `limit` records at most are read. */
  list(range: { readonly from: Date; readonly until: Date; readonly limit: number }): Promise<ReceivedEvent[]>;
  get(id: string): Promise<ReceivedEvent | null>;
}
