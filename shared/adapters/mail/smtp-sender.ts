import { createHash } from 'node:crypto';
import { promises as dns } from 'node:dns';
import { setTimeout } from 'node:timers/promises';
import { messageOf, OutcomeUnknown, Refused, Retryable } from '@selfheal/kernel/errors.ts';
import { addressKindOf } from '#shared/domain/playbook/network-address.ts';
import type { SecretReader } from '#shared/ports/cloud.ts';
import type { MailServer, OutgoingMail, SmtpSender } from '#shared/ports/smtp-sender.ts';

export interface SmtpSenderOptions {
  /** Reads the secret `channels`: `{"smtp": {"password": "..."}}`. */
  readonly secrets: SecretReader;
  /** Takes the place of every server, with its certificate: for the local runtime, and only there loopback is called. */
  readonly local?: { readonly port: number; readonly certificate: string } | undefined;
  readonly wait?: (milliseconds: number) => Promise<unknown>;
  /** A server that says nothing for longer is away. */
  readonly timeoutMilliseconds?: number;
}

const ATTEMPTS = 2;
const WAIT_MILLISECONDS = 500;
const TIMEOUT_MILLISECONDS = 8000;
const IMPLICIT_TLS = 465;
/** Of an answer in an error. */
const ERROR_WORDS = 200;

interface SmtpError extends Error {
  readonly code?: string;
  readonly responseCode?: number;
  readonly response?: string;
}

/** nodemailer behind the port. Nothing, not even the user, is sent before the connection is encrypted. */
export function makeSmtpSender(options: SmtpSenderOptions): SmtpSender {
  const { wait = setTimeout } = options;
  return {
    async send(mail) {
      for (let attempt = 1; ; attempt += 1) {
        try {
          return await sendOnce(mail, options);
        } catch (error) {
          if (attempt >= ATTEMPTS || !(error instanceof Retryable)) throw error;
          await wait(WAIT_MILLISECONDS * attempt);
        }
      }
    },
  };
}

async function sendOnce(mail: OutgoingMail, options: SmtpSenderOptions) {
  const { server } = mail;
  const password = server.user === null ? null : await passwordFor(server, options.secrets);
  const [{ default: SMTPConnection }, message] = await Promise.all([
    import('nodemailer/lib/smtp-connection'),
    composeMail(mail),
  ]);
  const connection = new SMTPConnection(await connectionOptions(server, options));
  /** What the server was asked last: an answer that is lost before the mail left means that it was not sent. */
  let phase: 'connect' | 'sign-in' | 'send' = 'connect';
  try {
    const refused = await new Promise<{ address: string; reason: string }[]>((resolve, reject) => {
      connection.on('error', reject);
      // After 421 the connection ends before the command is answered.
      connection.once('end', () => setImmediate(() => reject(new Error('The server ended the connection.'))));
      connection.connect((failure) => {
        if (failure) return reject(failure);
        const send = () => {
          phase = 'send';
          connection.send({ from: mail.from, to: [...mail.to] }, message, (error, info) => {
            if (error !== null) return reject(error);
            resolve((info.rejectedErrors ?? []).map((one) => refusalOf(one as SmtpError & { recipient?: string })));
          });
        };
        if (password === null || server.user === null) return send();
        phase = 'sign-in';
        connection.login({ credentials: { user: server.user, pass: password } }, (error) =>
          error ? reject(error) : send(),
        );
      });
    });
    connection.quit();
    return refused;
  } catch (cause) {
    connection.close();
    throw translated(cause as SmtpError, phase, server);
  }
}

const refusalOf = ({ recipient = 'a recipient', response, message }: SmtpError & { readonly recipient?: string }) => ({
  address: recipient,
  reason: wordsOf(response ?? message),
});

/** One address of the server's name, checked before it is called; its certificate has to be that of the name. */
async function connectionOptions({ host, port }: MailServer, { local, timeoutMilliseconds }: SmtpSenderOptions) {
  const timeout = timeoutMilliseconds ?? TIMEOUT_MILLISECONDS;
  const timeouts = { connectionTimeout: timeout, greetingTimeout: timeout, socketTimeout: timeout };
  const tls = { servername: host, minVersion: 'TLSv1.2' as const };
  if (local !== undefined)
    return {
      ...timeouts,
      host: '127.0.0.1',
      port: local.port,
      secure: false,
      requireTLS: true,
      tls: { ...tls, ca: local.certificate, servername: 'localhost' },
    };
  const found = await dns.lookup(host, { all: true }).catch((cause: unknown) => {
    throw new Retryable(`The mail server ${host} was not found: ${messageOf(cause)}`, { cause });
  });
  const forbidden = found.find(({ address }) => addressKindOf(address) === 'forbidden');
  const [first] = found;
  if (first === undefined || forbidden !== undefined)
    throw new Refused(
      `The mail server ${host} has the address ${forbidden?.address ?? '(none)'}: addresses of this machine and of the cloud's metadata are never called.`,
    );
  const secure = port === IMPLICIT_TLS;
  return { ...timeouts, host: first.address, port, secure, requireTLS: !secure, tls };
}

async function passwordFor({ user }: MailServer, secrets: SecretReader): Promise<string> {
  const stored = (await secrets.read('channels')).smtp;
  const password = stored === undefined ? undefined : passwordIn(stored);
  if (password !== undefined && password !== '') return password;
  throw new Refused(
    `No password is stored for ${user} at the mail server. Add "smtp": {"password": "..."} to the secret that the output ChannelSecretName names.`,
  );
}

function passwordIn(stored: string): string | undefined {
  try {
    const { password } = JSON.parse(stored) as { password?: unknown };
    return typeof password === 'string' ? password : undefined;
  } catch {
    return undefined;
  }
}

/** The mail as its bytes (RFC 5322): text and page as alternatives. */
export async function composeMail(mail: OutgoingMail): Promise<Buffer> {
  const { default: MailComposer } = await import('nodemailer/lib/mail-composer');
  const { from, to, subject, text, html, threadId } = mail;
  const domain = from.slice(from.lastIndexOf('@') + 1);
  const digest = createHash('sha256').update(`${to.join()}\n${subject}\n${text}`).digest('hex').slice(0, 32);
  const thread = threadId === null ? null : `<${threadId}@${domain}>`;
  return await new MailComposer({
    from: { name: 'Selfheal', address: from },
    to: [...to],
    subject,
    text,
    html,
    // The same mail has the same id, so that mail programs show a repeat once.
    messageId: `<${digest}@${domain}>`,
    ...(thread === null ? {} : { references: thread, inReplyTo: thread }),
    headers: { 'Auto-Submitted': 'auto-generated', 'X-Auto-Response-Suppress': 'All' },
    newline: 'windows',
    disableFileAccess: true,
    disableUrlAccess: true,
  })
    .compile()
    .build();
}

const wordsOf = (text: string): string => text.replaceAll(/\s+/g, ' ').slice(0, ERROR_WORDS);

function translated(error: SmtpError, phase: 'connect' | 'sign-in' | 'send', { host, port }: MailServer): Error {
  const { code, responseCode, response } = error;
  const what = `The mail server ${host}:${port}`;
  const options = { cause: error };
  const words = wordsOf(response ?? error.message);
  if (code === 'ETLS' || (phase === 'connect' && /STARTTLS|certificate|self-signed|altnames/i.test(error.message)))
    return new Refused(
      `${what} offers no encryption that can be trusted, so nothing was sent, not even the password: ${words}`,
      options,
    );
  if (responseCode !== undefined && responseCode >= 500)
    return new Refused(
      `${what} refuses ${phase === 'sign-in' ? 'the user or the password' : 'the mail'}: ${words}`,
      options,
    );
  if (responseCode !== undefined) return new Retryable(`${what} does not take the mail now: ${words}`, options);
  if (phase === 'send') return new OutcomeUnknown(`${what} gave no answer after the mail was sent: ${words}`, options);
  return new Retryable(`${what} could not be reached: ${words}`, options);
}
