import { makeCollection } from '@selfheal/fake-server/collection.ts';
import { parseJson, type Service, type WireRequest, type WireResponse } from '@selfheal/fake-server/wire.ts';
import * as z from 'zod';

/** A message that a chat or pager took. */
export interface ChannelMessage {
  readonly id: string;
  /** `slack`, `teams`, `pagerduty`, `jsm` or `webhook`. */
  readonly channel: string;
  readonly at: string;
  readonly body: unknown;
}

export interface ChannelsControl {
  /** Oldest first. */
  messages(): readonly ChannelMessage[];
}

interface ChannelsContext {
  readonly dataDir: string | undefined;
  readonly now: () => Date;
}

const KEPT = 200;

/**
 * Incoming webhooks of Slack and Teams, PagerDuty's Events API, alerts of Jira Service Management and a webhook of one's own, on one origin. Each refuses what its service would refuse:
 * Slack api.slack.com/messaging/webhooks, Teams learn.microsoft.com/power-automate/teams, PagerDuty developer.pagerduty.com/docs/events-api-v2,
 * Jira Service Management developer.atlassian.com/cloud/jira/service-desk-ops.
 */
export function makeLocalChannels({ dataDir, now }: ChannelsContext): {
  readonly service: Service;
  readonly control: ChannelsControl;
} {
  const messages = makeCollection<ChannelMessage>(dataDir, 'channels/messages');
  const take = (channel: string, body: unknown) => {
    const id = String(Number(messages.all().at(-1)?.id ?? 0) + 1);
    messages.put(id, { id, channel, at: now().toISOString(), body });
    for (const { id: old } of messages.all().slice(0, -KEPT)) messages.remove(old);
  };
  const receive = ({ channel, answer }: Receiver, request: WireRequest): WireResponse => {
    if (request.method !== 'POST') return text(405, 'method_not_allowed');
    const body = parseJson(request.body);
    const response = answer(body, request);
    if (response.status < 300) take(channel, body);
    return response;
  };
  return {
    service: {
      recognise: (request) => {
        const receiver = RECEIVERS.find(({ path }) => path.test(request.path));
        return receiver === undefined
          ? null
          : {
              service: receiver.channel,
              operation: `${receiver.channel}:post`,
              perform: () => receive(receiver, request),
              fail: (status) => text(status, 'server_error'),
            };
      },
    },
    control: { messages: () => messages.all() },
  };
}

interface Receiver {
  readonly channel: string;
  readonly path: RegExp;
  answer(body: unknown, request: WireRequest): WireResponse;
}

const PlainText = (most: number) => z.object({ type: z.literal('plain_text'), text: z.string().min(1).max(most) });
const RichElement = z.object({ type: z.string(), elements: z.array(z.object({ type: z.string() })).min(1) });
/** 13,200 characters is what Slack takes in all blocks together. */
const SLACK_TOTAL = 13_200;
const SlackBody = z.object({
  text: z.string().min(1),
  blocks: z
    .array(
      z.union([
        z.object({ type: z.literal('header'), text: PlainText(150) }),
        z.object({ type: z.literal('rich_text'), elements: z.array(RichElement).min(1) }),
      ]),
    )
    .max(50),
});
const TEAMS_BYTES = 28_000;
const TeamsBody = z.object({
  type: z.literal('message'),
  attachments: z
    .array(
      z.object({
        contentType: z.literal('application/vnd.microsoft.card.adaptive'),
        content: z.object({ type: z.literal('AdaptiveCard'), version: z.string(), body: z.array(z.unknown()).min(1) }),
      }),
    )
    .length(1),
});
const PagerdutyBody = z.object({
  routing_key: z.string().length(32),
  event_action: z.enum(['trigger', 'acknowledge', 'resolve']),
  dedup_key: z.string().max(255).optional(),
  payload: z
    .object({
      summary: z.string().min(1).max(1024),
      source: z.string().min(1),
      severity: z.enum(['critical', 'error', 'warning', 'info']),
    })
    .optional(),
});
const PagerdutyChange = z.strictObject({
  routing_key: z.string().length(32),
  payload: z.strictObject({
    summary: z.string().min(1).max(1024),
    timestamp: z.iso.datetime(),
    source: z.string().min(1),
    custom_details: z.record(z.string(), z.unknown()),
  }),
  links: z.array(z.strictObject({ href: z.url(), text: z.string() })),
});
const JsmAlert = z.strictObject({
  message: z.string().min(1).max(130),
  alias: z.string().min(1).max(512),
  description: z.string().max(15_000),
  priority: z.enum(['P1', 'P2', 'P3', 'P4', 'P5']),
  source: z.string().max(100),
  tags: z.array(z.string().max(50)).max(20),
});
const JsmClosing = z.strictObject({ source: z.string().max(100), note: z.string().max(25_000) });

const RECEIVERS: readonly Receiver[] = [
  {
    channel: 'slack',
    path: /^\/services\/T\w+\/B\w+\/\w+$/,
    answer: (body) => {
      if (!SlackBody.safeParse(body).success) return text(400, 'invalid_blocks');
      if (JSON.stringify(body).length > SLACK_TOTAL * 2) return text(400, 'msg_blocks_too_long');
      return text(200, 'ok');
    },
  },
  {
    channel: 'teams',
    path: /^\/workflows\/\w+/,
    answer: (body, request) => {
      if (request.body.byteLength > TEAMS_BYTES) return text(413, '');
      return TeamsBody.safeParse(body).success ? text(202, '') : text(400, 'The card is not one.');
    },
  },
  {
    channel: 'pagerduty',
    path: /^\/v2\/enqueue$/,
    answer: (body) => {
      const event = PagerdutyBody.safeParse(body);
      if (!event.success || (event.data.event_action === 'trigger' && event.data.payload === undefined))
        return json(400, { status: 'invalid event', message: 'Event object is invalid' });
      return json(202, { status: 'success', message: 'Event processed', dedup_key: event.data.dedup_key ?? 'new' });
    },
  },
  {
    channel: 'pagerduty',
    path: /^\/v2\/change\/enqueue$/,
    answer: (body) =>
      PagerdutyChange.safeParse(body).success
        ? json(202, { status: 'success', message: 'Change event processed' })
        : json(400, { status: 'invalid event', message: 'Event object is invalid' }),
  },
  {
    channel: 'jsm',
    path: /^\/jsm\/ops\/integration\/v2\/alerts(?:\/[\w-]+\/(?:close|acknowledge))?$/,
    answer: (body, { headers, path }) => {
      if (!/^GenieKey \S+$/.test(String(headers.authorization))) return json(401, { message: 'Key is not valid' });
      const shape = /\/(?:close|acknowledge)(?:\?|$)/.test(path) ? JsmClosing : JsmAlert;
      if (!shape.safeParse(body).success) return json(422, { message: 'Request body is not processable' });
      return json(202, { result: 'Request will be processed', took: 0.01, requestId: 'local' });
    },
  },
  { channel: 'webhook', path: /^\/hooks\/[\w-]+$/, answer: () => text(204, '') },
];

const text = (status: number, body: string): WireResponse => ({
  status,
  headers: { 'content-type': 'text/plain' },
  body,
});
const json = (status: number, body: unknown): WireResponse => ({
  status,
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify(body),
});
