import { Refused } from '@selfheal/kernel/errors.ts';
import * as z from 'zod';
import type { Poster } from '#shared/ports/poster.ts';

/** The metadata by which a message of ours is found again. */
export const EVENT_TYPE = 'selfheal_message';

const Answer = z.object({ ok: z.boolean(), error: z.string().optional(), needed: z.string().optional() });
const Sent = z.object({ ts: z.string() });
const Message = z.object({
  ts: z.string(),
  metadata: z
    .object({ event_type: z.string(), event_payload: z.object({ incident: z.string(), key: z.string() }) })
    .optional()
    .catch(undefined),
});
const Messages = z.object({ messages: z.array(Message).default([]) });
const User = z.object({
  user: z.object({
    id: z.string(),
    team_id: z.string().optional(),
    deleted: z.boolean().default(false),
    is_bot: z.boolean().default(false),
    is_restricted: z.boolean().default(false),
    is_ultra_restricted: z.boolean().default(false),
    is_stranger: z.boolean().default(false),
    is_email_confirmed: z.boolean().default(true),
    profile: z.object({ email: z.email().optional() }).default({}),
  }),
});
export type SlackUser = z.output<typeof User>['user'];

/** What to do about an error of Slack's; its names are those of docs.slack.dev. */
const REMEDY: Readonly<Record<string, string>> = {
  channel_not_found: 'There is no such channel: set notifiers.slack-app.channel to its id, and invite the app there.',
  not_in_channel: 'Invite the app to the channel.',
  is_archived: 'The channel is archived: set notifiers.slack-app.channel to another one.',
  invalid_auth: 'The bot token is not valid: store the one of the app.',
  token_revoked: 'The bot token was revoked: install the app again and store its token.',
  account_inactive: 'The app was removed from the workspace: install it again and store its token.',
};

/** Slack refuses a method; `error` is its word. */
class SlackRefusal extends Refused {
  readonly error: string;
  constructor(method: string, error: string, remedy: string) {
    super(`Slack refuses ${method}: ${error}. ${remedy}`.trim());
    this.error = error;
  }
}

/** The answer, or null where Slack refuses with one of these errors. */
async function unless<T>(errors: readonly string[], answer: Promise<T>): Promise<T | null> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof SlackRefusal && errors.includes(error.error)) return null;
    throw error;
  }
}

/** The methods of Slack's Web API that the app needs. */
export function makeSlackClient({ botToken }: { readonly botToken: string }, poster: Poster) {
  const call = async <T>(schema: z.ZodType<T>, method: string, given: object, reads = false): Promise<T> => {
    const query = reads ? `?${new URLSearchParams(given as Record<string, string>)}` : '';
    const { text } = await poster.send({
      what: 'Slack',
      method: reads ? 'GET' : 'POST',
      url: `https://slack.com/api/${method}${query}`,
      headers: {
        authorization: `Bearer ${botToken}`,
        ...(reads ? {} : { 'content-type': 'application/json; charset=utf-8' }),
      },
      body: reads ? '' : JSON.stringify(given),
      // After a lost answer the message is looked for.
      ...(method === 'chat.postMessage' ? { once: true } : {}),
    });
    const json: unknown = JSON.parse(text);
    const answer = Answer.safeParse(json);
    if (!answer.success) throw new Refused(`Slack: the answer of ${method} is not what its documentation says.`);
    const { ok, error = 'unknown', needed } = answer.data;
    if (!ok) {
      const scope = needed === undefined ? undefined : `Give the app the scope ${needed} and install it again.`;
      throw new SlackRefusal(method, error, scope ?? REMEDY[error] ?? '');
    }
    return schema.parse(json);
  };
  const newest = (method: string, query: Record<string, string>) =>
    call(Messages, method, { ...query, include_all_metadata: 'true', limit: '200' }, true);
  return {
    /** Posts a message; the id of it. */
    post: async (message: object): Promise<string> => (await call(Sent, 'chat.postMessage', message)).ts,
    /** Edits a message in place; false where somebody deleted it. */
    update: async (message: object): Promise<boolean> =>
      (await unless(['message_not_found'], call(Answer, 'chat.update', message))) !== null,
    /** The message that begins the thread of an incident; null when there is none since then, or somebody deleted it. */
    async threadOf(channel: string, incidentId: string, since: Date): Promise<{ ts: string; key: string } | null> {
      const oldest = String(Math.floor(since.getTime() / 1000) - 60);
      const { messages } = await newest('conversations.history', { channel, oldest });
      const root = messages.find(({ metadata }) => metadata?.event_payload.incident === incidentId);
      return root === undefined ? null : { ts: root.ts, key: root.metadata?.event_payload.key ?? '' };
    },
    /** Whether the thread has the reply of this key. */
    async hasReply(channel: string, ts: string, key: string): Promise<boolean> {
      const { messages } = await newest('conversations.replies', { channel, ts });
      return messages.some((one) => one.ts !== ts && one.metadata?.event_payload.key === key);
    },
    /** The incident of a thread that a message of ours begins; null for every other one. */
    async incidentOf(channel: string, ts: string): Promise<string | null> {
      const { messages } = await newest('conversations.replies', { channel, ts });
      const root = messages.find((one) => one.ts === ts)?.metadata;
      return root?.event_type === EVENT_TYPE && root.event_payload.incident !== '' ? root.event_payload.incident : null;
    },
    /** Shows a message to one person alone. */
    whisper: async (message: object): Promise<void> => void (await call(z.unknown(), 'chat.postEphemeral', message)),
    /** Null for an account that is no longer of this workspace, or never was. */
    user: async (id: string): Promise<SlackUser | null> =>
      (await unless(['user_not_found', 'user_not_visible'], call(User, 'users.info', { user: id }, true)))?.user ??
      null,
  };
}

export type SlackClient = ReturnType<typeof makeSlackClient>;
