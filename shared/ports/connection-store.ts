import type { Connection } from '#shared/domain/webhooks/connection.ts';

/** When a connection last spoke, and how much. */
interface ConnectionActivity {
  /** Deliveries of the current minute, with the one that was just counted. */
  readonly inMinute: number;
}

/** Connections: who may send webhooks. */
export interface ConnectionStore {
  get(id: string): Promise<Connection | null>;
  list(): Promise<Connection[]>;
  /** False when there is one of this id. */
  create(connection: Connection): Promise<boolean>;
  /** The next generation of its secret; null when there is none of this id, or somebody rotated it meanwhile. */
  rotate(id: string, from: number, previousUntil: Date): Promise<Connection | null>;
  remove(id: string): Promise<boolean>;
}

/** What connections send, by the minute. */
export interface ConnectionMeter {
  /** Counts an authenticated delivery. */
  count(id: string, at: Date): Promise<ConnectionActivity>;
  /** ISO 8601 instant of the last authenticated delivery; null when there was none. */
  lastSeen(id: string): Promise<string | null>;
}
