import { createHash, randomUUID } from 'node:crypto';
import { type Database, inTransaction } from './database.ts';

export interface MessageAttribute {
  readonly DataType: string;
  readonly StringValue?: string;
  readonly BinaryValue?: string;
}
export type MessageAttributes = Readonly<Record<string, MessageAttribute>>;

export interface QueueSettings {
  readonly name: string;
  readonly arn: string;
  readonly visibilitySeconds: number;
  readonly delaySeconds: number;
  readonly redrive: { readonly queueName: string; readonly maxReceiveCount: number } | null;
}

export interface StoredMessage {
  readonly id: string;
  readonly body: string;
  readonly attributes: MessageAttributes;
  readonly receiptHandle: string;
  readonly receiveCount: number;
  /** Epoch milliseconds. */
  readonly sentAt: number;
  readonly firstReceivedAt: number;
}

export interface QueueCounts {
  readonly visible: number;
  readonly inFlight: number;
  readonly delayed: number;
}

const SCHEMA = `
CREATE TABLE IF NOT EXISTS messages (
  position INTEGER PRIMARY KEY AUTOINCREMENT,
  id TEXT NOT NULL UNIQUE, queue TEXT NOT NULL, body TEXT NOT NULL, attributes TEXT NOT NULL,
  sent_at INTEGER NOT NULL, visible_at INTEGER NOT NULL, first_received_at INTEGER,
  receive_count INTEGER NOT NULL DEFAULT 0, receipt TEXT
);
CREATE INDEX IF NOT EXISTS messages_by_visibility ON messages (queue, visible_at, position);
CREATE INDEX IF NOT EXISTS messages_by_receipt ON messages (receipt);`;

interface Row {
  readonly id: string;
  readonly body: string;
  readonly attributes: string;
  readonly sent_at: number;
  readonly first_received_at: number | null;
  readonly receive_count: number;
}

/**
 * Standard SQS queues on disk. A message is kept until it is deleted. Messages in flight when the last process ended are visible
 * again at once, because their receivers ended with it.
 */
export function makeQueueStore(
  database: Database,
  queues: readonly QueueSettings[],
  onDead: (queue: string, id: string) => void,
) {
  database.exec(SCHEMA);
  // That the process ended is not a failed receive, so it does not count towards the dead-letter queue.
  database.exec(
    'UPDATE messages SET visible_at = 0, receipt = NULL, receive_count = MAX(0, receive_count - 1) WHERE receipt IS NOT NULL',
  );
  const byName = new Map(queues.map((queue) => [queue.name, queue]));
  const listeners = new Map<string, Set<() => void>>();
  const statements = prepare(database);

  const announce = (queue: string) => {
    for (const listener of [...(listeners.get(queue) ?? [])]) listener();
  };
  const settings = (queue: string): QueueSettings => {
    const found = byName.get(queue);
    if (found === undefined) throw new Error(`The deployment has no queue ${queue}.`);
    return found;
  };
  const bury = (message: Row, from: QueueSettings, to: string, now: number) => {
    statements.bury.run(to, now, message.id);
    onDead(from.name, message.id);
    announce(to);
  };

  return {
    find: (name: string): QueueSettings | undefined => byName.get(name),
    findByArn: (arn: string): QueueSettings | undefined => queues.find((queue) => queue.arn === arn),
    names: (): string[] => [...byName.keys()],
    send(queue: string, body: string, attributes: MessageAttributes = {}, delaySeconds?: number): string {
      const id = randomUUID();
      const now = Date.now();
      const visibleAt = now + (delaySeconds ?? settings(queue).delaySeconds) * 1000;
      statements.insert.run(id, queue, body, JSON.stringify(attributes), now, visibleAt);
      announce(queue);
      return id;
    },
    /** Takes up to `limit` visible messages. A message received too often moves to the dead-letter queue instead. */
    receive(queue: string, limit: number, visibilitySeconds?: number): StoredMessage[] {
      const own = settings(queue);
      const now = Date.now();
      const hiddenUntil = now + (visibilitySeconds ?? own.visibilitySeconds) * 1000;
      return inTransaction(database, () => {
        const rows = statements.visible.all(queue, now, limit) as unknown as Row[];
        return rows.flatMap((row) => {
          const receiveCount = row.receive_count + 1;
          if (own.redrive !== null && receiveCount > own.redrive.maxReceiveCount) {
            bury(row, own, own.redrive.queueName, now);
            return [];
          }
          const receiptHandle = randomUUID();
          const firstReceivedAt = row.first_received_at ?? now;
          statements.take.run(hiddenUntil, receiptHandle, receiveCount, firstReceivedAt, row.id);
          return [toMessage(row, receiptHandle, receiveCount, firstReceivedAt)];
        });
      });
    },
    /** False when the receipt handle is from an earlier receive. */
    delete: (receiptHandle: string): boolean => statements.remove.run(receiptHandle).changes > 0,
    /** Hides the message for this many seconds from now; false when the receipt handle is old. */
    changeVisibility(queue: string, receiptHandle: string, seconds: number): boolean {
      const changed = statements.hide.run(Date.now() + seconds * 1000, receiptHandle).changes > 0;
      if (changed) announce(queue);
      return changed;
    },
    purge: (queue: string): void => void statements.purge.run(queue),
    /** Queues whose dead-letter queue is this one. */
    sourcesOf: (name: string): QueueSettings[] => queues.filter(({ redrive }) => redrive?.queueName === name),
    /** Moves the visible messages to another queue, as new messages; returns how many. */
    move(from: string, to: string): number {
      const now = Date.now();
      const moved = inTransaction(database, () => {
        const rows = statements.visible.all(from, now, -1) as unknown as Row[];
        for (const row of rows) statements.move.run(randomUUID(), to, now, now, row.id);
        return rows.length;
      });
      announce(to);
      return moved;
    },
    peek: (queue: string): { id: string; body: string; attributes: MessageAttributes; receiveCount: number }[] =>
      (statements.all.all(queue) as unknown as Row[]).map((row) => ({
        id: row.id,
        body: row.body,
        attributes: JSON.parse(row.attributes) as MessageAttributes,
        receiveCount: row.receive_count,
      })),
    counts(queue: string): QueueCounts {
      const now = Date.now();
      const row = statements.counts.get(now, now, now, queue) as unknown as QueueCounts;
      return { visible: row.visible ?? 0, inFlight: row.inFlight ?? 0, delayed: row.delayed ?? 0 };
    },
    /**
     * When the first message becomes visible, in epoch milliseconds. The time may be past: a message that became visible since the last
     * `receive` must not be missed. Null when the queue is empty.
     */
    nextVisibleAt(queue: string): number | null {
      const row = statements.next.get(queue) as { at: number | null } | undefined;
      return row?.at ?? null;
    },
    /** Calls `listener` whenever a message may have become visible early; returns a function that unsubscribes. */
    onArrival(queue: string, listener: () => void): () => void {
      const all = listeners.get(queue) ?? new Set();
      listeners.set(queue, all.add(listener));
      return () => void all.delete(listener);
    },
  };
}
export type QueueStore = ReturnType<typeof makeQueueStore>;

function prepare(database: Database) {
  return {
    insert: database.prepare(
      'INSERT INTO messages (id, queue, body, attributes, sent_at, visible_at) VALUES (?, ?, ?, ?, ?, ?)',
    ),
    visible: database.prepare(
      'SELECT * FROM messages WHERE queue = ? AND visible_at <= ? ORDER BY visible_at, position LIMIT ?',
    ),
    take: database.prepare(
      'UPDATE messages SET visible_at = ?, receipt = ?, receive_count = ?, first_received_at = ? WHERE id = ?',
    ),
    bury: database.prepare('UPDATE messages SET queue = ?, visible_at = ?, receipt = NULL WHERE id = ?'),
    move: database.prepare(`UPDATE messages SET id = ?, queue = ?, sent_at = ?, visible_at = ?, first_received_at = NULL,
      receive_count = 0, receipt = NULL WHERE id = ?`),
    remove: database.prepare('DELETE FROM messages WHERE receipt = ?'),
    hide: database.prepare('UPDATE messages SET visible_at = ? WHERE receipt = ?'),
    purge: database.prepare('DELETE FROM messages WHERE queue = ?'),
    all: database.prepare('SELECT * FROM messages WHERE queue = ? ORDER BY position'),
    counts:
      database.prepare(`SELECT SUM(visible_at <= ?) AS visible, SUM(visible_at > ? AND receipt IS NOT NULL) AS inFlight,
      SUM(visible_at > ? AND receipt IS NULL) AS delayed FROM messages WHERE queue = ?`),
    next: database.prepare('SELECT MIN(visible_at) AS at FROM messages WHERE queue = ?'),
  };
}

function toMessage(row: Row, receiptHandle: string, receiveCount: number, firstReceivedAt: number): StoredMessage {
  return {
    id: row.id,
    body: row.body,
    attributes: JSON.parse(row.attributes) as MessageAttributes,
    receiptHandle,
    receiveCount,
    sentAt: row.sent_at,
    firstReceivedAt,
  };
}

export function md5(text: string | Buffer): string {
  return createHash('md5').update(text).digest('hex');
}
