import { Change, type ChangeEdge } from '#shared/domain/changes/change.ts';
import type { ChangeMessage } from '#shared/domain/changes/change-message.ts';
import type { ChangeStore } from '#shared/ports/change-store.ts';
import type { ChangeQueue } from '#shared/ports/cloud.ts';

export function makeMemoryChangeQueue(): ChangeQueue & { readonly sent: readonly ChangeMessage[] } {
  const sent: ChangeMessage[] = [];
  return { sent, sendChange: async (message) => void sent.push(structuredClone(message)) };
}

/** The change graph in memory: one item for each fact about a change at a place. */
export class MemoryChangeStore implements ChangeStore {
  readonly facts = new Map<string, Change>();
  readonly edges = new Map<string, ChangeEdge & { readonly from: string }>();

  async record(change: Change): Promise<void> {
    for (const place of change.places)
      this.facts.set(`${place} ${change.at} ${change.id} ${change.state}`, Change.parse(structuredClone(change)));
    for (const edge of change.edges) await this.link(change.id, edge);
  }

  async link(from: string, edge: ChangeEdge): Promise<void> {
    this.edges.set(`${from} ${edge.kind} ${edge.to}`, { from, ...edge });
  }

  async at(place: string, { from, until, limit }: Parameters<ChangeStore['at']>[1]): Promise<Change[]> {
    return [...this.facts]
      .filter(([key]) => key.startsWith(`${place} `))
      .map(([, change]) => change)
      .filter(({ at }) => at >= from.toISOString() && at <= until.toISOString())
      .sort((a, b) => b.at.localeCompare(a.at))
      .slice(0, limit);
  }

  async edgesOf(id: string): Promise<ChangeEdge[]> {
    return [...this.edges.values()].filter(({ from }) => from === id).map(({ from: _from, ...edge }) => edge);
  }
}
