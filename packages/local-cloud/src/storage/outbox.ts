import { isDiskFull } from '../disk-full.ts';
import type { Database } from './database.ts';

export interface OutboxEntry<T> {
  readonly id: number;
  readonly content: T;
  /** 0 on the first try. */
  readonly attempt: number;
  /** Epoch milliseconds. */
  readonly acceptedAt: number;
}

/** Result of an attempt: finished, whether or not it succeeded, or to be tried again. */
export type Attempted = { readonly kind: 'finished' } | { readonly kind: 'again'; readonly afterMs: number };

export interface Outbox<T> {
  /** Stores the entry on disk before it returns; the first attempt follows in the next turn of the event loop. */
  add(content: T): void;
  /** Continues with the entries that earlier processes left. */
  resume(): void;
  /** Number of unfinished entries. */
  pending(): number;
  stop(): void;
}

const SCHEMA = `
CREATE TABLE IF NOT EXISTS outbox (id INTEGER PRIMARY KEY AUTOINCREMENT, kind TEXT NOT NULL, content TEXT NOT NULL,
  attempt INTEGER NOT NULL, due_at INTEGER NOT NULL, accepted_at INTEGER NOT NULL);
CREATE INDEX IF NOT EXISTS outbox_by_kind ON outbox (kind);`;
const AGAIN_AFTER_FAULT_MS = 1000;

interface Row {
  readonly id: number;
  readonly content: string;
  readonly attempt: number;
  readonly due_at: number;
  readonly accepted_at: number;
}

/** Runs each accepted entry at least once, even when the process dies in between. */
export function makeOutbox<T>(
  database: Database,
  kind: string,
  attempt: (entry: OutboxEntry<T>) => Promise<Attempted>,
): Outbox<T> {
  database.exec(SCHEMA);
  const insert = database.prepare(
    'INSERT INTO outbox (kind, content, attempt, due_at, accepted_at) VALUES (?, ?, 0, ?, ?)',
  );
  const remove = database.prepare('DELETE FROM outbox WHERE id = ?');
  const postpone = database.prepare('UPDATE outbox SET attempt = ?, due_at = ? WHERE id = ?');
  const all = database.prepare('SELECT * FROM outbox WHERE kind = ? ORDER BY id');
  const count = database.prepare('SELECT COUNT(*) AS entries FROM outbox WHERE kind = ?');
  const timers = new Set<NodeJS.Timeout>();
  let stopped = false;

  const schedule = (entry: OutboxEntry<T>, dueAt: number) => {
    const timer = setTimeout(
      () => {
        timers.delete(timer);
        void run(entry);
      },
      Math.max(0, dueAt - Date.now()),
    );
    timers.add(timer);
  };
  const run = async (entry: OutboxEntry<T>) => {
    const result = await attempt(entry).catch((): Attempted => ({ kind: 'again', afterMs: AGAIN_AFTER_FAULT_MS }));
    if (stopped) return;
    try {
      record(entry, result);
    } catch (error) {
      if (!isDiskFull(error)) throw error;
      // The result could not be stored, so the entry is delivered again: at least once.
      schedule(entry, Date.now() + AGAIN_AFTER_FAULT_MS);
    }
  };
  const record = (entry: OutboxEntry<T>, result: Attempted) => {
    if (result.kind === 'finished') {
      remove.run(entry.id);
      return;
    }
    const next = { ...entry, attempt: entry.attempt + 1 };
    const dueAt = Date.now() + result.afterMs;
    postpone.run(next.attempt, Math.round(dueAt), entry.id);
    schedule(next, dueAt);
  };

  return {
    add(content) {
      const now = Date.now();
      const { lastInsertRowid } = insert.run(kind, JSON.stringify(content), now, now);
      // A parsed copy, so that the first attempt sees the same value as one after a restart.
      const copy = JSON.parse(JSON.stringify(content)) as T;
      setImmediate(() => {
        if (!stopped) void run({ id: Number(lastInsertRowid), content: copy, attempt: 0, acceptedAt: now });
      });
    },
    resume() {
      for (const row of all.all(kind) as unknown as Row[]) {
        const content = JSON.parse(row.content) as T;
        schedule({ id: row.id, content, attempt: row.attempt, acceptedAt: row.accepted_at }, row.due_at);
      }
    },
    pending: () => Number((count.get(kind) as { entries: number }).entries),
    stop() {
      stopped = true;
      for (const timer of timers) clearTimeout(timer);
    },
  };
}
