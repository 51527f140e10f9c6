import { randomUUID } from 'node:crypto';
import type { Database } from '../storage/database.ts';

export interface Mail {
  readonly id: string;
  readonly to: string;
  readonly subject: string;
  readonly text: string;
  /** Time of arrival, ISO 8601. */
  readonly at: string;
  /** Topic it came from; null for one that came through a mail server. */
  readonly topicArn: string | null;
  /** The same as a page; null where only text was sent. */
  readonly html: string | null;
}

/** A mail that arrives: from a topic as text, or through a mail server. */
export type ArrivedMail = Pick<Mail, 'to' | 'subject' | 'text'> & Partial<Pick<Mail, 'topicArn' | 'html'>>;

const SCHEMA = `
CREATE TABLE IF NOT EXISTS mail (position INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, recipient TEXT NOT NULL,
  subject TEXT NOT NULL, text TEXT NOT NULL, at TEXT NOT NULL, topic_arn TEXT NOT NULL);`;

interface Row {
  readonly id: string;
  readonly recipient: string;
  readonly subject: string;
  readonly text: string;
  readonly at: string;
  /** Empty for none. */
  readonly topic_arn: string;
  readonly html: string | null;
}

/** Keeps e-mail that would have been sent on disk. */
export function makeMailbox(database: Database, onMail: (mail: Mail) => void) {
  database.exec(SCHEMA);
  // Folders from before mails had a page.
  const columns = database.prepare('PRAGMA table_info(mail)').all() as unknown as { readonly name: string }[];
  if (!columns.some(({ name }) => name === 'html')) database.exec('ALTER TABLE mail ADD COLUMN html TEXT');
  const insert = database.prepare(
    'INSERT INTO mail (id, recipient, subject, text, at, topic_arn, html) VALUES (?, ?, ?, ?, ?, ?, ?)',
  );
  const all = database.prepare('SELECT * FROM mail ORDER BY position DESC');
  const one = database.prepare('SELECT * FROM mail WHERE id = ?');
  return {
    receive(mail: ArrivedMail): void {
      const received: Mail = { topicArn: null, html: null, ...mail, id: randomUUID(), at: new Date().toISOString() };
      const { id, to, subject, text, at, topicArn, html } = received;
      insert.run(id, to, subject, text, at, topicArn ?? '', html);
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

function toMail({ id, recipient, subject, text, at, topic_arn: topicArn, html }: Row): Mail {
  return { id, to: recipient, subject, text, at, topicArn: topicArn === '' ? null : topicArn, html };
}
