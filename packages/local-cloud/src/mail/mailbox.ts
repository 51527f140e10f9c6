import { randomUUID } from 'node:crypto';
import type { Database } from '../storage/database.ts';

export interface Mail {
  readonly id: string;
  readonly to: string;
  readonly subject: string;
  readonly text: string;
  /** Time of arrival, ISO 8601. */
  readonly at: string;
  /** Topic it came from. */
  readonly topicArn: string;
}

const SCHEMA = `
CREATE TABLE IF NOT EXISTS mail (position INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, recipient TEXT NOT NULL,
  subject TEXT NOT NULL, text TEXT NOT NULL, at TEXT NOT NULL, topic_arn TEXT NOT NULL);`;

interface Row {
  readonly id: string;
  readonly recipient: string;
  readonly subject: string;
  readonly text: string;
  readonly at: string;
  readonly topic_arn: string;
}

/** Keeps e-mail that would have been sent on disk. */
export function makeMailbox(database: Database, onMail: (mail: Mail) => void) {
  database.exec(SCHEMA);
  const insert = database.prepare(
    'INSERT INTO mail (id, recipient, subject, text, at, topic_arn) VALUES (?, ?, ?, ?, ?, ?)',
  );
  const all = database.prepare('SELECT * FROM mail ORDER BY position DESC');
  const one = database.prepare('SELECT * FROM mail WHERE id = ?');
  return {
    receive(mail: Omit<Mail, 'id' | 'at'>): void {
      const received: Mail = { ...mail, id: randomUUID(), at: new Date().toISOString() };
      const { id, to, subject, text, at, topicArn } = received;
      insert.run(id, to, subject, text, at, topicArn);
      onMail(received);
    },
    /** Newest first. */
    list: (): Mail[] => (all.all() as unknown as Row[]).map(toMail),
    find(id: string): Mail | undefined {
      const row = one.get(id) as Row | undefined;
      return row === undefined ? undefined : toMail(row);
    },
  };
}
export type Mailbox = ReturnType<typeof makeMailbox>;

function toMail({ id, recipient, subject, text, at, topic_arn: topicArn }: Row): Mail {
  return { id, to: recipient, subject, text, at, topicArn };
}
