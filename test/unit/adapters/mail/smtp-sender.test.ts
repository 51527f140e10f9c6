import { createServer, type Server } from 'node:net';
import { phrase } from '@selfheal/kernel/text/redacted-text.ts';
import { afterEach, describe, expect, it } from 'vitest';
import { type LocalMailServer, type ReceivedMail, startMailServer } from '#apps/local/world/mail-server.ts';
import { makeSmtpSender } from '#shared/adapters/mail/smtp-sender.ts';
import type { OutgoingMail } from '#shared/ports/smtp-sender.ts';

const USER = { name: 'selfheal', password: ['not', 'a', 'password'].join('-') };
const servers: { stop(): unknown }[] = [];
afterEach(async () => {
  for (const server of servers.splice(0)) await server.stop();
});

type Options = Omit<Parameters<typeof startMailServer>[0], 'onMail'>;
async function aServer(options: Options = { user: USER }) {
  const mails: ReceivedMail[] = [];
  const server = await startMailServer({ ...options, onMail: (mail) => void mails.push(mail) });
  servers.push(server);
  return { server, mails };
}

type Address = Pick<LocalMailServer, 'port' | 'certificate'>;

/** With `timeoutMilliseconds` for a server that does not answer. */
const senderTo = ({ port, certificate }: Address, password = USER.password, timeoutMilliseconds?: number) =>
  makeSmtpSender({
    secrets: { read: async () => ({ smtp: JSON.stringify({ password }) }) },
    local: { port, certificate },
    wait: async () => undefined,
    ...(timeoutMilliseconds === undefined ? {} : { timeoutMilliseconds }),
  });

const MAIL: OutgoingMail = {
  server: { host: 'mail.example.com', port: 587, user: USER.name },
  from: 'selfheal@example.com',
  to: ['on-call@example.com', 'team@example.com'],
  subject: phrase`[Selfheal] Needs a human: größer`,
  text: phrase`First line\n.\nFrom the log: ä € 日本`,
  html: '<p>First <b>line</b></p>',
  threadId: 'gh-1',
};

/** A server that is scripted line by line, without encryption. */
async function scripted(answer: (line: string) => string | null): Promise<{ port: number; lines: string[] }> {
  const lines: string[] = [];
  const server: Server = createServer((socket) => {
    const greeting = answer('');
    if (greeting !== null) socket.write(greeting);
    socket.on('error', () => undefined);
    socket.on('data', (data) => {
      for (const line of data.toString().split('\r\n').filter(Boolean)) {
        lines.push(line);
        const reply = answer(line);
        if (reply !== null) socket.write(reply);
      }
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  servers.push({ stop: () => server.close() });
  return { port: (server.address() as { port: number }).port, lines };
}

describe('a mail server with STARTTLS', () => {
  it('gets one mail with both parts, which a mail parser reads', async () => {
    const { server, mails } = await aServer();
    await expect(senderTo(server).send(MAIL)).resolves.toEqual([]);
    expect(mails).toHaveLength(1);
    const [{ headers, ...mail } = { headers: {} as Record<string, string> }] = mails;
    expect(mail).toMatchObject({
      from: 'selfheal@example.com',
      to: ['on-call@example.com', 'team@example.com'],
      subject: MAIL.subject,
      html: '<p>First <b>line</b></p>',
    });
    expect(mails[0]?.text.trimEnd()).toBe(MAIL.text);
    expect(headers).toMatchObject({
      'auto-submitted': 'auto-generated',
      'in-reply-to': '<gh-1@example.com>',
      'message-id': expect.stringMatching(/^<[0-9a-f]{32}@example\.com>$/),
    });
  });

  it('gets it without signing in, where the settings name no user', async () => {
    const { server, mails } = await aServer({});
    await senderTo(server).send({ ...MAIL, server: { ...MAIL.server, user: null } });
    expect(mails).toHaveLength(1);
  });

  it('names the recipients that it refuses, and sends to the others', async () => {
    const { server, mails } = await aServer({
      user: USER,
      more: {
        onRcptTo: ({ address }, _session, answer) =>
          answer(address.startsWith('team') ? Object.assign(new Error('No such user'), { responseCode: 550 }) : null),
      },
    });
    const refused = await senderTo(server).send(MAIL);
    expect(refused).toEqual([{ address: 'team@example.com', reason: expect.stringContaining('550') }]);
    expect(mails.map(({ to }) => to)).toEqual([['on-call@example.com']]);
  });
});

describe('a mail that is not sent', () => {
  it('is refused, without its password having been sent, when the server drops STARTTLS', async () => {
    const { port, lines } = await scripted((line) =>
      line === '' ? '220 mail\r\n' : /^EHLO/.test(line) ? '250-mail\r\n250 AUTH PLAIN LOGIN\r\n' : '502 no\r\n',
    );
    const sending = senderTo({ port, certificate: '' }).send(MAIL);
    await expect(sending).rejects.toMatchObject({ name: 'Refused' });
    await expect(sending).rejects.toThrow(/mail\.example\.com:587 offers no encryption/);
    expect(lines.filter((line) => /AUTH|MAIL|RCPT|DATA/.test(line))).toEqual([]);
  });

  it('is refused when somebody else answers with a certificate of their own', async () => {
    const { server } = await aServer();
    const { server: other } = await aServer();
    const sending = senderTo({ port: server.port, certificate: other.certificate }).send(MAIL);
    await expect(sending).rejects.toMatchObject({ name: 'Refused', message: expect.stringMatching(/no encryption/) });
  });

  it('is refused for a wrong password, which no message repeats', async () => {
    const { server, mails } = await aServer();
    const wrong = ['the', 'wrong', 'one'].join('-');
    const sending = senderTo(server, wrong).send(MAIL);
    await expect(sending).rejects.toMatchObject({
      name: 'Refused',
      message: expect.stringMatching(/user or the pass/),
    });
    await expect(sending).rejects.not.toThrow(wrong);
    expect(mails).toEqual([]);
  });

  it.each([
    [421, 'Retryable', 2],
    [450, 'Retryable', 2],
    [452, 'Retryable', 2],
    [550, 'Refused', 1],
    [552, 'Refused', 1],
    [554, 'Refused', 1],
  ])('is %i to the whole of it: %s after %i attempts', async (responseCode, name, attempts) => {
    let asked = 0;
    const { server } = await aServer({
      user: USER,
      more: {
        onMailFrom: (_address, _session, answer) => {
          asked += 1;
          answer(Object.assign(new Error('Not now'), { responseCode }));
        },
      },
    });
    await expect(senderTo(server).send(MAIL)).rejects.toMatchObject({ name });
    expect(asked).toBe(attempts);
  });

  it('is not repeated when the answer was lost after it was sent', async () => {
    let received = 0;
    const { server } = await aServer({
      user: USER,
      more: {
        onData: (stream) => {
          received += 1;
          stream.resume();
        },
      },
    });
    await expect(senderTo(server, USER.password, 2000).send(MAIL)).rejects.toMatchObject({ name: 'OutcomeUnknown' });
    expect(received).toBe(1);
  });

  it.each([
    ['says nothing', () => null],
    ['greets and then says nothing', (line: string) => (line === '' ? '220 mail\r\n' : null)],
  ])('may be tried again when the server %s', async (_title, answer) => {
    const { port } = await scripted(answer);
    await expect(senderTo({ port, certificate: '' }, USER.password, 400).send(MAIL)).rejects.toMatchObject({
      name: 'Retryable',
      message: expect.stringMatching(/could not be reached/),
    });
  });

  it('names the secret and its field when no password is stored', async () => {
    const { server } = await aServer();
    for (const stored of [{}, { smtp: 'not-set' }, { smtp: '{"password":""}' }]) {
      const sender = makeSmtpSender({
        secrets: { read: async () => stored as Record<string, string> },
        local: server,
        wait: async () => undefined,
      });
      await expect(sender.send(MAIL)).rejects.toThrow(/"smtp": \{"password": "\.\.\."\}.*ChannelSecretName/);
    }
  });

  it.each(['127.0.0.1', '169.254.169.254', 'localhost'])('never calls %s', async (host) => {
    const sender = makeSmtpSender({ secrets: { read: async () => ({ smtp: '{"password":"x"}' }) } });
    const sending = sender.send({ ...MAIL, server: { ...MAIL.server, host } });
    await expect(sending).rejects.toMatchObject({ name: 'Refused', message: expect.stringMatching(/never called/) });
  });
});
