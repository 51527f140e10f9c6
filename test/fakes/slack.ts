import { RateLimited } from '@selfheal/kernel/errors.ts';
import * as z from 'zod';
import { SlackMessage, SlackWhisper } from '#apps/local/world/slack-rules.ts';
import type { Poster } from '#shared/ports/poster.ts';

/** A workspace with one channel. `fail` answers the next request of a method in place of it. */
export function makeFakeSlack(channel = 'C0000001') {
  const messages: (SlackMessage & { ts: string; edits: number })[] = [];
  const users = new Map<string, object>();
  const failures: { readonly method: string; readonly how: 'lost' | 'limited' | object }[] = [];
  const told: { readonly url: string; readonly text: string }[] = [];
  const whispers: z.output<typeof SlackWhisper>[] = [];
  let count = 0;
  const answer = (body: object) => ({ status: 200, headers: {}, text: JSON.stringify(body) });
  const perform = (method: string, given: Record<string, unknown>): object => {
    if (method === 'users.info') {
      const user = users.get(String(given.user));
      return user === undefined ? { ok: false, error: 'user_not_found' } : { ok: true, user };
    }
    if (given.channel !== channel) return { ok: false, error: 'channel_not_found' };
    if (method === 'chat.postEphemeral') {
      const whisper = SlackWhisper.safeParse(given);
      if (!whisper.success) return { ok: false, error: 'invalid_blocks', detail: z.prettifyError(whisper.error) };
      whispers.push(whisper.data);
      return { ok: true, message_ts: '1764000000.999999' };
    }
    if (method === 'conversations.history')
      return { ok: true, messages: messages.filter(({ thread_ts }) => thread_ts === undefined).toReversed() };
    if (method === 'conversations.replies')
      return { ok: true, messages: messages.filter((one) => one.ts === given.ts || one.thread_ts === given.ts) };
    const parsed = SlackMessage.safeParse(given);
    if (!parsed.success) return { ok: false, error: 'invalid_blocks', detail: z.prettifyError(parsed.error) };
    if (method === 'chat.update') {
      const at = messages.findIndex(({ ts }) => ts === parsed.data.ts);
      const old = messages[at];
      if (old === undefined) return { ok: false, error: 'message_not_found' };
      messages[at] = { ...parsed.data, ts: old.ts, edits: old.edits + 1 };
      return { ok: true, ts: old.ts };
    }
    count += 1;
    const ts = `1764000000.${String(count).padStart(6, '0')}`;
    messages.push({ ...parsed.data, ts, edits: 0 });
    return { ok: true, ts };
  };
  const poster: Poster = {
    secretOf: async () => ({ botToken: ['xoxb', 'not-a-token'].join('-'), signingSecret: 'not-a-signing-secret' }),
    send: async ({ url, body, headers }) => {
      const { hostname, pathname, searchParams } = new URL(url);
      if (hostname === 'hooks.slack.com') {
        told.push({ url, text: JSON.parse(body).text });
        return answer({ ok: true });
      }
      const method = pathname.replace('/api/', '');
      if (!/^Bearer xoxb-/.test(headers?.authorization ?? '')) return answer({ ok: false, error: 'invalid_auth' });
      const failing = failures.findIndex((one) => one.method === method);
      const [failure] = failing === -1 ? [] : failures.splice(failing, 1);
      if (failure?.how === 'limited') throw new RateLimited('Slack: 429', { retryAfterSeconds: 1 } as never);
      const given = body === '' ? Object.fromEntries(searchParams) : JSON.parse(body);
      if (failure !== undefined && failure.how !== 'lost') return answer(failure.how as object);
      const result = perform(method, given);
      if (failure?.how === 'lost') throw new Error('The answer was lost.');
      return answer(result);
    },
  };
  return {
    poster,
    messages: () => messages,
    told,
    whispers: () => whispers,
    /** A message that somebody else posted. */
    begin(metadata: { event_type: string; event_payload: { incident: string; key: string } }): string {
      count += 1;
      const ts = `1764000000.${String(count).padStart(6, '0')}`;
      messages.push({ channel, text: 'a message', blocks: [], metadata, ts, edits: 0 } as never);
      return ts;
    },
    remove: (ts: string) =>
      void messages.splice(
        messages.findIndex((one) => one.ts === ts),
        1,
      ),
    fail: (method: string, how: 'lost' | 'limited' | object) => void failures.push({ method, how }),
    add: (id: string, user: object) => void users.set(id, { id, ...user }),
  };
}
