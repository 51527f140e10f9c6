import { Connection } from '#shared/domain/webhooks/connection.ts';
import type { ConnectionMeter, ConnectionStore } from '#shared/ports/connection-store.ts';

/** Connections and what they send, in memory. */
export class MemoryConnections implements ConnectionStore, ConnectionMeter {
  private readonly kept = new Map<string, Connection>();
  private readonly seen = new Map<string, { at: string; minute: string; inMinute: number }>();

  async get(id: string): Promise<Connection | null> {
    return this.kept.get(id) ?? null;
  }

  async list(): Promise<Connection[]> {
    return [...this.kept.values()];
  }

  async create(connection: Connection): Promise<boolean> {
    if (this.kept.has(connection.id)) return false;
    this.kept.set(connection.id, Connection.parse(connection));
    return true;
  }

  async rotate(id: string, from: number, previousUntil: Date): Promise<Connection | null> {
    const known = this.kept.get(id);
    if (known?.generation !== from) return null;
    const rotated = { ...known, generation: from + 1, previousUntil: previousUntil.toISOString() };
    this.kept.set(id, rotated);
    return rotated;
  }

  async remove(id: string): Promise<boolean> {
    return this.kept.delete(id);
  }

  async count(id: string, at: Date): Promise<{ inMinute: number }> {
    const minute = at.toISOString().slice(0, 16);
    const known = this.seen.get(id);
    const inMinute = known?.minute === minute ? known.inMinute + 1 : 1;
    this.seen.set(id, { at: at.toISOString(), minute, inMinute });
    return { inMinute };
  }

  async lastSeen(id: string): Promise<string | null> {
    return this.seen.get(id)?.at ?? null;
  }
}
