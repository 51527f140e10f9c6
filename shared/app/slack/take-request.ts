import { digestOf } from '@selfheal/kernel/digest.ts';
import type { Clock } from '@selfheal/kernel/time.ts';
import * as z from 'zod';
import { SlackOrder, slackCommandIn } from '#shared/domain/webhooks/slack-order.ts';
import { verifySlackRequest } from '#shared/domain/webhooks/slack-signature.ts';
import { SLACK_ACTIONS, type SlackAction, SlackAppFields } from '#shared/plugins/notifiers/slack-app/fields.ts';
import type { OrderQueue } from '#shared/ports/cloud.ts';
import type { Deduplication } from '#shared/ports/control-store.ts';
import type { Poster } from '#shared/ports/poster.ts';
import type { Meter } from '#shared/ports/telemetry-sink.ts';

export interface TakeSlackDeps {
  readonly poster: Pick<Poster, 'secretOf'>;
  readonly control: Deduplication;
  readonly queue: OrderQueue;
  readonly clock: Clock;
  readonly meter: Meter;
}

/** A request as it arrived. */
export interface SlackRequest {
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body: Uint8Array;
}

/** `body`: text for Slack, which shows people nothing of it; what they are told comes later. */
export interface SlackAnswer {
  readonly status: 200 | 400 | 401 | 503;
  readonly body: string;
}

/** docs.slack.dev, "block_actions payload". */
const Press = z.object({
  type: z.literal('block_actions'),
  team: z.object({ id: z.string() }),
  user: z.object({ id: z.string() }),
  response_url: z.string(),
  actions: z.array(z.object({ action_id: z.enum(SLACK_ACTIONS), value: z.string().max(200) })).length(1),
});
/** docs.slack.dev, "Implementing slash commands". */
const Slash = z.object({
  command: z.string(),
  text: z.string().default(''),
  team_id: z.string(),
  user_id: z.string(),
  response_url: z.string(),
});
/** docs.slack.dev, "app_mention event": somebody writes to the app, in a thread too, where Slack takes no slash commands. */
const Mention = z.object({
  type: z.literal('event_callback'),
  team_id: z.string(),
  event_id: z.string().max(100),
  event: z.object({
    type: z.literal('app_mention'),
    user: z.string(),
    bot_id: z.undefined().optional(),
    text: z.string(),
    channel: z.string(),
    ts: z.string(),
    thread_ts: z.string().optional(),
  }),
});
const Challenge = z.object({ type: z.literal('url_verification'), challenge: z.string().max(500) });

const FINE: SlackAnswer = { status: 200, body: '' };
const refusal = (status: 400 | 401 | 503, message: string): SlackAnswer => ({
  status,
  body: JSON.stringify({ message }),
});

/**
 * Takes what somebody pressed or wrote in Slack, after checking that Slack sent it, now, and once. It is carried out from the intake queue, because Slack waits
 * three seconds; whoever asked is told then.
 */
export async function takeSlackRequest(request: SlackRequest, deps: TakeSlackDeps): Promise<SlackAnswer> {
  const stored = SlackAppFields.safeParse(await deps.poster.secretOf('slack-app').catch(() => null));
  if (!stored.success) return refusal(503, 'Nothing is stored for the Slack app.');
  const verified = verifySlackRequest(request, stored.data.signingSecret, deps.clock.now());
  if (verified !== 'valid') {
    deps.meter.count(`slack-${verified}`);
    return refusal(401, verified === 'stale' ? 'The request is too old.' : 'The signature is not valid.');
  }
  const read = orderIn(request);
  if (read === null) return refusal(400, 'The request is no button, command or mention of ours.');
  if ('challenge' in read) return { status: 200, body: JSON.stringify(read) };
  if (await deps.control.isProcessed(takenKey(read))) {
    deps.meter.count('slack-repeated');
    // Slack repeats an event whose answer was lost; nobody repeats a press.
    return request.headers['x-slack-retry-num'] === undefined ? refusal(401, 'The request was taken before.') : FINE;
  }
  await deps.queue.sendOrder(read);
  // Last: a request that the queue did not take may be repeated, and a second copy in the queue is recognised there.
  await deps.control.markProcessed(takenKey(read), deps.clock.now());
  return FINE;
}

const takenKey = ({ deliveryId }: SlackOrder): string => `taken:${deliveryId}`;

function orderIn({ headers, body }: SlackRequest): SlackOrder | { readonly challenge: string } | null {
  const signed = `slack:${digestOf(headers['x-slack-signature'] ?? '', 40)}`;
  const text = Buffer.from(body).toString('utf8');
  if (text.startsWith('{')) {
    const json = jsonIn(text);
    const challenge = Challenge.safeParse(json);
    return challenge.success ? { challenge: challenge.data.challenge } : mentionIn(json);
  }
  const form = Object.fromEntries(new URLSearchParams(text));
  return form.payload === undefined ? slashIn(form, signed) : pressIn(jsonIn(form.payload), signed);
}

function pressIn(json: unknown, deliveryId: string): SlackOrder | null {
  const press = Press.safeParse(json);
  if (!press.success) return null;
  const { team, user, response_url: url, actions } = press.data;
  const [{ action_id: action, value } = { action_id: 'selfheal-acknowledge' as const, value: '' }] = actions;
  const [incidentId = '', digest = ''] = value.split('/');
  return orderOf({
    deliveryId,
    team: team.id,
    user: user.id,
    answer: { kind: 'url', url },
    request: asked(action, incidentId, digest),
  });
}

function asked(action: SlackAction, incidentId: string, digest: string): object {
  return action === 'selfheal-acknowledge'
    ? { kind: 'command', verb: 'acknowledge', incidentId, isKnown: true }
    : { kind: 'decide', decision: action === 'selfheal-approve' ? 'approved' : 'rejected', incidentId, digest };
}

function slashIn(form: object, deliveryId: string): SlackOrder | null {
  const slash = Slash.safeParse(form);
  if (!slash.success) return null;
  const { team_id: team, user_id: user, response_url: url, text } = slash.data;
  return orderOf({ deliveryId, team, user, answer: { kind: 'url', url }, request: slackCommandIn(text) });
}

function mentionIn(json: unknown): SlackOrder | null {
  const mention = Mention.safeParse(json);
  if (!mention.success) return null;
  const { team_id: team, event_id: id, event } = mention.data;
  const text = event.text.replaceAll(/<@[UW][A-Z0-9]+(?:\|[^>]*)?>/g, ' ').trim();
  return orderOf({
    deliveryId: `slack:${id}`,
    team,
    user: event.user,
    answer: { kind: 'thread', channel: event.channel, thread: event.thread_ts ?? event.ts },
    request: slackCommandIn(text.replace(/^\/selfheal\b/, '')),
  });
}

function orderOf(given: object): SlackOrder | null {
  return SlackOrder.safeParse({ version: 1, kind: 'slack-order', ...given }).data ?? null;
}

function jsonIn(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
