import * as z from 'zod';

const SLACK_VERBS = ['status', 'show', 'acknowledge', 'escalate', 'quiet', 'help'] as const;
type SlackVerb = (typeof SLACK_VERBS)[number];

const IncidentId = z.string().regex(/^[a-z0-9-]{8,60}$/);
const ChannelId = z.string().regex(/^[CGD][A-Z0-9]{1,30}$/);
const Timestamp = z.string().regex(/^\d{1,12}\.\d{1,9}$/);

/** Where the answer goes, which only who asked can see. */
const Place = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('url'), url: z.url({ protocol: /^https$/, hostname: /^hooks\.slack\.com$/ }) }),
  /** `thread`: the message that begins it. */
  z.strictObject({ kind: z.literal('thread'), channel: ChannelId, thread: Timestamp }),
]);

const SlackRequest = z.discriminatedUnion('kind', [
  /** The buttons of a plan that waits for a decision. */
  z.strictObject({
    kind: z.literal('decide'),
    decision: z.enum(['approved', 'rejected']),
    incidentId: IncidentId,
    digest: z.string().regex(/^[0-9a-f]{12,64}$/),
  }),
  /** A command; without an id it means the incident of the thread. `isKnown`: false when the text is no command, which asks for help. */
  z.strictObject({
    kind: z.literal('command'),
    verb: z.enum(SLACK_VERBS),
    incidentId: IncidentId.nullable(),
    isKnown: z.boolean(),
  }),
]);

/** What somebody asks for in Slack, out of a request that Slack signed. Whether they may is checked when it is carried out. */
export const SlackOrder = z.strictObject({
  version: z.literal(1),
  kind: z.literal('slack-order'),
  /** The same for repeats of one request. */
  deliveryId: z.string().min(1).max(200),
  /** The workspace. */
  team: z.string().regex(/^[TE][A-Z0-9]{1,30}$/),
  user: z.string().regex(/^[UW][A-Z0-9]{1,30}$/),
  answer: Place,
  request: SlackRequest,
});
export type SlackOrder = z.infer<typeof SlackOrder>;

const SYNONYMS: Readonly<Record<string, SlackVerb>> = { ack: 'acknowledge', explain: 'show', list: 'status' };

/** Parses a command such as `show gh-0123456789ab`; a text that is none asks for help. Nothing else of the text is kept. */
export function slackCommandIn(text: string): Extract<SlackOrder['request'], { readonly kind: 'command' }> {
  const [verb = '', operand, ...more] = text.slice(0, 400).trim().toLowerCase().replaceAll('`', '').split(/\s+/);
  const known = SLACK_VERBS.find((one) => one === verb) ?? SYNONYMS[verb];
  const incidentId = IncidentId.safeParse(operand);
  const isKnown =
    verb === '' || (known !== undefined && more.length === 0 && (operand === undefined || incidentId.success));
  return {
    kind: 'command',
    verb: isKnown ? (known ?? 'help') : 'help',
    incidentId: isKnown && incidentId.success ? incidentId.data : null,
    isKnown,
  };
}
