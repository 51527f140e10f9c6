import { createHmac, randomUUID } from 'node:crypto';
import { makeCollection } from '@selfheal/fake-server/collection.ts';
import { parseJson, type Service, type WireRequest, type WireResponse } from '@selfheal/fake-server/wire.ts';
import { SlackMessage, SlackWhisper } from './slack-rules.ts';

/** The one channel of the local workspace, and its workspace. */
export const LOCAL_SLACK = { channel: 'C0LOCAL001', team: 'T0LOCAL001', bot: 'U0SELFHEAL' } as const;

export interface LocalSlackMessage extends SlackMessage {
  readonly ts: string;
  readonly at: string;
  readonly edits: number;
}

/** What one person alone sees. */
export interface LocalSlackWhisper {
  readonly id: string;
  readonly at: string;
  /** Account that sees it. */
  readonly user: string;
  /** The message that begins its thread; null outside of threads. */
  readonly thread: string | null;
  readonly text: string;
  readonly blocks: readonly unknown[];
}

interface LocalSlackPerson {
  readonly id: string;
  readonly name: string;
  readonly email: string;
}

/** Somebody at work in the local workspace. The status is how the app answered; what it tells them comes later, as a whisper. */
export interface SlackControl {
  /** Oldest first. */
  messages(): readonly LocalSlackMessage[];
  whispers(): readonly LocalSlackWhisper[];
  people(): readonly LocalSlackPerson[];
  addPerson(person: LocalSlackPerson): void;
  /** Somebody deletes a message by hand, with its thread. */
  remove(ts: string): void;
  /** Somebody archives the channel, or takes that back. */
  archive(isArchived: boolean): void;
  /** Where the app takes requests, and the secret that signs them. */
  connect(app: { readonly url: string; readonly signingSecret: string }): void;
  press(
    user: string,
    button: { readonly action: string; readonly value: string; readonly thread: string },
  ): Promise<number>;
  /** `/selfheal TEXT`. */
  command(user: string, text: string): Promise<number>;
  /** `@Selfheal TEXT` in a thread. */
  mention(user: string, text: string, thread: string): Promise<number>;
  /** Sends a signed request once more, byte by byte; with a secret, signed anew by that. */
  repeat(secret?: string): Promise<number>;
}

const KEPT = 500;

/** The part of Slack's Web API, interactions, slash commands and events that an app needs: docs.slack.dev. One workspace with one channel. */
export function makeLocalSlack({ dataDir, now }: { readonly dataDir: string | undefined; readonly now: () => Date }): {
  readonly service: Service;
  readonly control: SlackControl;
} {
  const messages = makeCollection<LocalSlackMessage>(dataDir, 'slack/messages');
  const whispers = makeCollection<LocalSlackWhisper>(dataDir, 'slack/whispers');
  const people = new Map<string, LocalSlackPerson>();
  /** Who pressed and where, by the address for the answer. */
  const asked = new Map<string, { readonly user: string; readonly thread: string | null }>();
  let app: { readonly url: string; readonly signingSecret: string } | null = null;
  let isArchived = false;
  let last: { readonly body: string; readonly headers: Record<string, string> } | null = null;

  const whisper = (user: string, thread: string | null, text: string, blocks: readonly unknown[]): void => {
    const id = String(Number(whispers.all().at(-1)?.id ?? 0) + 1);
    whispers.put(id, { id, at: now().toISOString(), user, thread, text, blocks });
    for (const { id: old } of whispers.all().slice(0, -KEPT)) whispers.remove(old);
  };

  /** Counts on when messages are deleted: as in Slack, no `ts` is given twice. */
  let posted = Number(messages.all().at(-1)?.ts.split('.')[1] ?? 0);

  const post = (given: SlackMessage): object => {
    posted += 1;
    const ts = `${Math.floor(now().getTime() / 1000)}.${String(posted).padStart(6, '0')}`;
    messages.put(ts, { ...given, ts, at: now().toISOString(), edits: 0 });
    for (const { ts: old } of messages.all().slice(0, -KEPT)) messages.remove(old);
    return { ok: true, channel: LOCAL_SLACK.channel, ts };
  };

  const perform = (method: string, given: Record<string, unknown>): object => {
    if (method === 'users.info') {
      const person = people.get(String(given.user));
      if (person === undefined) return { ok: false, error: 'user_not_found' };
      const { id, name, email } = person;
      return { ok: true, user: { id, team_id: LOCAL_SLACK.team, name, is_email_confirmed: true, profile: { email } } };
    }
    if (given.channel !== LOCAL_SLACK.channel) return { ok: false, error: 'channel_not_found' };
    switch (method) {
      case 'conversations.history':
        return {
          ok: true,
          messages: messages
            .all()
            .filter(({ thread_ts }) => thread_ts === undefined)
            .toReversed(),
        };
      case 'conversations.replies': {
        const thread = messages.all().filter((one) => one.ts === given.ts || one.thread_ts === given.ts);
        return thread.length === 0 ? { ok: false, error: 'thread_not_found' } : { ok: true, messages: thread };
      }
      case 'chat.postEphemeral': {
        const parsed = SlackWhisper.safeParse(given);
        if (!parsed.success) return { ok: false, error: 'invalid_blocks' };
        whisper(parsed.data.user, parsed.data.thread_ts ?? null, parsed.data.text, parsed.data.blocks);
        return { ok: true, message_ts: '0.0' };
      }
      case 'chat.postMessage': {
        if (isArchived) return { ok: false, error: 'is_archived' };
        // Kept as it came: the rules name only parts of it.
        return SlackMessage.safeParse(given).success
          ? post(given as unknown as SlackMessage)
          : { ok: false, error: 'invalid_blocks' };
      }
      case 'chat.update': {
        const old = messages.get(String(given.ts));
        if (!SlackMessage.safeParse(given).success) return { ok: false, error: 'invalid_blocks' };
        if (old === undefined) return { ok: false, error: 'message_not_found' };
        messages.put(old.ts, { ...(given as unknown as SlackMessage), ts: old.ts, at: old.at, edits: old.edits + 1 });
        return { ok: true, channel: LOCAL_SLACK.channel, ts: old.ts };
      }
      default:
        return { ok: false, error: 'unknown_method' };
    }
  };

  const api = (method: string, request: WireRequest): WireResponse => {
    if (!/^Bearer xoxb-/.test(String(request.headers.authorization ?? '')))
      return json(200, { ok: false, error: 'not_authed' });
    const given = request.method === 'GET' ? Object.fromEntries(request.query) : parseJson(request.body);
    return json(200, perform(method, (given ?? {}) as Record<string, unknown>));
  };

  /** What the app says in answer to a press or a command. */
  const answered = (path: string, request: WireRequest): WireResponse => {
    const who = asked.get(path);
    const body = (parseJson(request.body) ?? {}) as { text?: string; blocks?: unknown[] };
    if (who === undefined) return json(404, { ok: false, error: 'expired_url' });
    whisper(who.user, who.thread, body.text ?? '', body.blocks ?? []);
    return json(200, { ok: true });
  };

  const send = async (body: string, contentType: string, secret?: string): Promise<number> => {
    if (app === null) throw new Error('The local Slack is connected to no app.');
    const timestamp = String(Math.floor(Date.now() / 1000));
    const signature = createHmac('sha256', secret ?? app.signingSecret)
      .update(`v0:${timestamp}:${body}`)
      .digest('hex');
    const headers = {
      'content-type': contentType,
      'x-slack-request-timestamp': timestamp,
      'x-slack-signature': `v0=${signature}`,
    };
    last = { body, headers };
    return (await fetch(app.url, { method: 'POST', headers, body })).status;
  };
  const responseUrl = (kind: string, user: string, thread: string | null): string => {
    const path = `/${kind}/${LOCAL_SLACK.team}/${asked.size + 1}/${randomUUID()}`;
    asked.set(path, { user, thread });
    return `https://hooks.slack.com${path}`;
  };

  const FORM = 'application/x-www-form-urlencoded';
  return {
    service: {
      recognise: (request) => {
        const [, method] = API.exec(request.path) ?? [];
        const isAnswer = ANSWER.test(request.path);
        if (method === undefined && !isAnswer) return null;
        return {
          service: 'slack-app',
          operation: `slack-app:${method ?? 'answer'}`,
          perform: () => (method === undefined ? answered(request.path, request) : api(method, request)),
          fail: (status) => json(status, { ok: false, error: 'internal_error' }),
        };
      },
    },
    control: {
      messages: () => messages.all(),
      whispers: () => whispers.all(),
      people: () => [...people.values()],
      addPerson: (person) => void people.set(person.id, person),
      remove: (ts) => {
        for (const one of messages.all()) if (one.ts === ts || one.thread_ts === ts) messages.remove(one.ts);
      },
      archive: (given) => {
        isArchived = given;
      },
      connect: (given) => {
        app = given;
      },
      press: async (user, { action, value, thread }) => {
        const payload = {
          type: 'block_actions',
          team: { id: LOCAL_SLACK.team },
          user: { id: user, team_id: LOCAL_SLACK.team },
          container: { type: 'message', message_ts: thread, channel_id: LOCAL_SLACK.channel },
          channel: { id: LOCAL_SLACK.channel },
          response_url: responseUrl('actions', user, thread),
          actions: [{ type: 'button', action_id: action, block_id: 'b', value, action_ts: thread }],
        };
        return await send(new URLSearchParams({ payload: JSON.stringify(payload) }).toString(), FORM);
      },
      command: async (user, text) => {
        const form = {
          command: '/selfheal',
          text,
          team_id: LOCAL_SLACK.team,
          channel_id: LOCAL_SLACK.channel,
          user_id: user,
          response_url: responseUrl('commands', user, null),
          trigger_id: randomUUID(),
        };
        return await send(new URLSearchParams(form).toString(), FORM);
      },
      mention: async (user, text, thread) => {
        const ts = `${Math.floor(Date.now() / 1000)}.000000`;
        const event = {
          type: 'app_mention',
          user,
          text: `<@${LOCAL_SLACK.bot}> ${text}`,
          channel: LOCAL_SLACK.channel,
          ts,
          thread_ts: thread,
        };
        const body = { type: 'event_callback', team_id: LOCAL_SLACK.team, event_id: `Ev${randomUUID()}`, event };
        return await send(JSON.stringify(body), 'application/json');
      },
      repeat: async (secret) => {
        if (last === null || app === null) throw new Error('Nothing was sent yet.');
        if (secret !== undefined) return await send(last.body, last.headers['content-type'] ?? '', secret);
        return (await fetch(app.url, { method: 'POST', headers: last.headers, body: last.body })).status;
      },
    },
  };
}

const API = /^\/api\/((?:chat|conversations|users)\.\w+)$/;
const ANSWER = /^\/(?:actions|commands)\/T\w+\/\d+\/[\w-]+$/;

const json = (status: number, body: unknown): WireResponse => ({
  status,
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify(body),
});
