import type { RedactedText } from '@selfheal/kernel/text/redacted-text.ts';

/** A mail server, as `selfheal.json` names it. Its password is a secret and never part of it. */
export interface MailServer {
  readonly host: string;
  /** 465 is TLS from the start; every other port has to offer STARTTLS. */
  readonly port: number;
  /** Null for a server that asks nobody to sign in. */
  readonly user: string | null;
}

export interface OutgoingMail {
  readonly server: MailServer;
  readonly from: string;
  /** At least one. */
  readonly to: readonly string[];
  readonly subject: RedactedText;
  readonly text: RedactedText;
  /** The same as a page, in which everything from outside is escaped. */
  readonly html: string;
  /** Mails with the same one stand in one thread; null for a mail by itself. */
  readonly threadId: string | null;
}

/** Sends mail through a server of one's own. */
export interface SmtpSender {
  /**
   * One mail, always encrypted; returns the recipients that the server refused, which are never all of them. Throws `Retryable` when the server did
   * not take it (no connection, 4xx), `Refused` when it never will (no STARTTLS, a wrong password, 5xx), and `OutcomeUnknown` when the answer was
   * lost after the mail was sent, so that it is not sent again blindly.
   */
  send(mail: OutgoingMail): Promise<readonly { readonly address: string; readonly reason: string }[]>;
}
