import { type DroppedEvent, eventIdOf, ReceivedEvent } from '#shared/domain/webhooks/received-event.ts';
import type { EventLedger } from '#shared/ports/event-ledger.ts';

/** The ledger in memory: counts like the table's. */
export class MemoryEventLedger implements EventLedger {
  readonly kept = new Map<string, ReceivedEvent>();

  async note(event: DroppedEvent, at: Date): Promise<void> {
    const id = eventIdOf(event, at);
    const known = this.kept.get(id);
    const [firstAt, lastAt] = [known?.firstAt ?? at.toISOString(), at.toISOString()];
    const first = { sample: known?.sample ?? event.sample, signal: known?.signal ?? event.signal };
    const count = (known?.count ?? 0) + 1;
    this.kept.set(id, ReceivedEvent.parse({ version: 1, id, ...event, ...first, count, firstAt, lastAt }));
  }

  async list({ from, until, limit }: Parameters<EventLedger['list']>[0]): Promise<ReceivedEvent[]> {
    return [...this.kept.values()]
      .filter(({ lastAt }) => Date.parse(lastAt) >= from.getTime() && Date.parse(lastAt) <= until.getTime())
      .sort((a, b) => (a.id < b.id ? 1 : -1))
      .slice(0, limit);
  }

  async get(id: string): Promise<ReceivedEvent | null> {
    return this.kept.get(id) ?? null;
  }

  rules(): string[] {
    return [...this.kept.values()].map(({ rule }) => rule);
  }
}
