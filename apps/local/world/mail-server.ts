import type { Readable } from 'node:stream';
import { makeCertificate, type OwnCertificate } from '@selfheal/fake-server/certificate.ts';
import { SMTPServer, type SMTPServerOptions } from 'smtp-server';

/** A mail as its reader gets it. */
export interface ReceivedMail {
  readonly from: string;
  readonly to: readonly string[];
  readonly subject: string;
  readonly text: string;
  readonly html: string | null;
  /** By names in lower case; of headers with several values the first. */
  readonly headers: Readonly<Record<string, string>>;
}

export interface LocalMailServer {
  readonly port: number;
  /** PEM; whoever trusts it may speak to this server. */
  readonly certificate: string;
  stop(): Promise<void>;
}

interface MailServerOptions {
  /** Who may sign in: anybody with the password, or one user. Without it nobody has to. */
  readonly user?: { readonly name?: string; readonly password: string };
  readonly onMail: (mail: ReceivedMail) => void;
  /** Of smtp-server: what a test changes. */
  readonly more?: SMTPServerOptions;
}

/** A mail server of this machine (smtp-server), which demands STARTTLS with a certificate of its own and reads what it gets with mailparser. */
export async function startMailServer({ user, onMail, more = {} }: MailServerOptions): Promise<LocalMailServer> {
  const { certificate, key }: OwnCertificate = makeCertificate();
  const server = new SMTPServer({
    key,
    cert: certificate,
    authMethods: ['PLAIN', 'LOGIN'],
    authOptional: user === undefined,
    disableReverseLookup: true,
    onAuth: ({ username, password }, _session, answer) =>
      user !== undefined && username === (user.name ?? username) && password === user.password
        ? answer(null, { user: username })
        : answer(new Error('Invalid username or password')),
    onData: (stream, { envelope }, answer) => {
      readMail(stream).then(
        ({ from, subject = '', text = '', html, headerLines }) => {
          onMail({
            from: from?.value[0]?.address ?? '',
            to: envelope.rcptTo.map(({ address }) => address),
            subject,
            text,
            html: typeof html === 'string' ? html : null,
            headers: Object.fromEntries(
              headerLines.toReversed().map(({ key: name, line }) => [name, line.slice(name.length + 1).trim()]),
            ),
          });
          answer();
        },
        (error: Error) => answer(error),
      );
    },
    ...more,
  });
  // A client that goes away is no fault of the server.
  server.on('error', () => undefined);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()));
  const address = server.server.address();
  if (address === null || typeof address === 'string') throw new Error('The mail server has no port.');
  return {
    port: address.port,
    certificate,
    stop: () => new Promise((resolve) => server.close(() => resolve())),
  };
}

/** Loaded when the first mail comes: few starts get one. */
async function readMail(stream: Readable) {
  const { simpleParser } = await import('mailparser');
  return await simpleParser(stream);
}
