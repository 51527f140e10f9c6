import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { WireRequest } from '@selfheal/fake-server/wire.ts';
import { describe, expect, it, onTestFinished } from 'vitest';
import { slackPage, submitSlackForm } from '#apps/local/slack-page.ts';
import { LOCAL_SLACK, makeLocalSlack } from '#apps/local/world/slack.ts';
import { verifySlackRequest } from '#shared/domain/webhooks/slack-signature.ts';

const SECRET = ['not', 'a', 'signing', 'secret'].join('-');
const HOSTILE = '<script>alert(1)</script> <!channel>';

function message(text: string, more: object = {}) {
  const plain = (words: string) => ({ type: 'plain_text', text: words });
  return {
    channel: LOCAL_SLACK.channel,
    text,
    mrkdwn: false,
    link_names: false,
    unfurl_links: false,
    unfurl_media: false,
    blocks: [
      { type: 'header', text: plain(text) },
      {
        type: 'actions',
        elements: [
          {
            type: 'button',
            action_id: 'selfheal-approve',
            text: plain('Approve'),
            value: 'gh-00000001/0123456789ab',
            confirm: {
              title: plain('Approve?'),
              text: plain('Selfheal carries the plan out.'),
              confirm: plain('Approve'),
              deny: plain('Cancel'),
            },
          },
        ],
      },
    ],
    metadata: { event_type: 'selfheal_message', event_payload: { incident: 'gh-00000001', key: 'k' } },
    ...more,
  };
}

/** A workspace with one message, and an app that keeps what it is sent and answers as it is told. */
async function setUp() {
  const slack = makeLocalSlack({ dataDir: undefined, now: () => new Date('2026-11-26T12:00:00Z') });
  const call = async (path: string, body: object, headers: object = { authorization: 'Bearer xoxb-local' }) => {
    const request = {
      method: 'POST',
      path,
      query: new URLSearchParams(),
      headers,
      body: Buffer.from(JSON.stringify(body)),
    };
    const response = await slack.service.recognise(request as WireRequest)?.perform();
    return JSON.parse(String(response?.body)) as { ok: boolean; ts?: string; error?: string };
  };
  const taken: { readonly headers: IncomingHttpHeaders; readonly body: Buffer }[] = [];
  const answers = { status: 200 };
  const server = createServer(async (request, response) => {
    const parts: Buffer[] = [];
    for await (const part of request) parts.push(part as Buffer);
    const body = Buffer.concat(parts);
    taken.push({ headers: request.headers, body });
    const payload = JSON.parse(new URLSearchParams(body.toString()).get('payload') ?? '{}') as {
      response_url?: string;
    };
    const url = payload.response_url ?? new URLSearchParams(body.toString()).get('response_url');
    if (url !== null && url !== undefined) await call(new URL(url).pathname, { text: 'Approved.' }, {});
    response.writeHead(answers.status).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/slack/interactions`;
  slack.control.connect({ url, signingSecret: SECRET });
  slack.control.addPerson({ id: 'U0ADA', name: 'ada', email: 'ada@example.com' });
  const { ts = '' } = await call('/api/chat.postMessage', message(`checkout is down ${HOSTILE}`));
  return { ...slack, call, taken, answers, ts };
}

describe('the page of the local Slack', () => {
  it('shows a thread with its replies and whether it was edited, and nothing of its text runs', async () => {
    const { call, control, ts } = await setUp();
    await call('/api/chat.postMessage', message('a reply', { thread_ts: ts }));
    await call('/api/chat.update', message(`checkout is back ${HOSTILE}`, { ts }));
    await call('/api/chat.postEphemeral', {
      channel: LOCAL_SLACK.channel,
      user: 'U0ADA',
      thread_ts: ts,
      text: 'for you',
      blocks: [
        { type: 'rich_text', elements: [{ type: 'rich_text_section', elements: [{ type: 'text', text: 'for you' }] }] },
      ],
    });
    const { body, headers } = slackPage(control);
    const html = String(body);
    expect(html.match(/<article/g)).toHaveLength(1);
    for (const words of ['checkout is back', 'edited 1 time', 'a reply', 'Only ada sees this', 'for you'])
      expect(html).toContain(words);
    expect(html).not.toContain('<script>');
    expect(headers['content-security-policy']).toContain("default-src 'none'");
  });

  it('asks once more before a button acts, and then sends what Slack would sign', async () => {
    const { control, taken, ts } = await setUp();
    const html = String(slackPage(control).body);
    expect(html).toMatch(/<details><summary>Approve<\/summary>.*Selfheal carries the plan out\..*<form/);
    const form = {
      say: 'press',
      user: 'U0ADA',
      thread: ts,
      action: 'selfheal-approve',
      value: 'gh-00000001/0123456789ab',
    };
    const answer = await submitSlackForm(new URLSearchParams(form), control);
    expect(answer).toMatchObject({ status: 303, headers: { location: `/slack#t${ts.replace('.', '-')}` } });
    const [sent] = taken;
    expect(verifySlackRequest(sent as never, SECRET, new Date())).toBe('valid');
    expect(verifySlackRequest(sent as never, `${SECRET}-other`, new Date())).toBe('invalid');
    expect(control.whispers()).toMatchObject([{ user: 'U0ADA', thread: ts, text: 'Approved.' }]);
    await submitSlackForm(new URLSearchParams({ say: 'command', user: 'U0ADA', thread: '', text: 'status' }), control);
    expect(new URLSearchParams(taken[1]?.body.toString()).get('text')).toBe('status');
  });

  it('says when the app refuses a request', async () => {
    const { control, answers, ts } = await setUp();
    answers.status = 503;
    const form = { say: 'mention', user: 'U0ADA', thread: ts, text: 'show' };
    expect(await submitSlackForm(new URLSearchParams(form), control)).toMatchObject({
      status: 502,
      body: expect.stringContaining('status 503'),
    });
  });

  it('refuses what Slack refuses', async () => {
    const { call } = await setUp();
    expect(await call('/api/chat.postMessage', message('x'), {})).toMatchObject({ error: 'not_authed' });
    expect(await call('/api/chat.postMessage', { ...message('x'), channel: 'C0OTHER' })).toMatchObject({
      error: 'channel_not_found',
    });
    expect(await call('/api/chat.postMessage', { ...message('x'), mrkdwn: true })).toMatchObject({
      error: 'invalid_blocks',
    });
    expect(await call('/api/chat.update', message('x', { ts: '1.000099' }))).toMatchObject({
      error: 'message_not_found',
    });
    expect(await call('/api/users.info', { user: 'U0NOBODY' })).toMatchObject({ error: 'user_not_found' });
  });
});
