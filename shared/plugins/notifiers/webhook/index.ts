import { standardWebhookHeaders } from '@selfheal/kernel/standard-webhook.ts';
import * as z from 'zod';
import { causeOf } from '../common/channel-message.ts';
import { defineChatNotifier } from '../common/chat-notifier.ts';
import { FORMS, type Form } from './forms.ts';
import { BodyTemplate, filled } from './template.ts';

const Fields = z.strictObject({
  url: z.url({ protocol: /^https$/ }),
  /** Signs each message by the rules of Standard Webhooks. */
  signingSecret: z
    .string()
    .regex(/^whsec_[A-Za-z0-9+/]{32,}={0,2}$/, 'whsec_ and at least 24 bytes in base64')
    .optional(),
  /** Of a Telegram chat. */
  chatId: z.string().max(60).optional(),
});
type Fields = z.output<typeof Fields>;

/**
 * A webhook of one's own: the message as JSON or in a body of one's own template, signed as Standard Webhooks says (standardwebhooks.com), or in the form of
 * Discord, Google Chat, Mattermost or Telegram.
 */
export const webhook = defineChatNotifier<
  Fields,
  { readonly form: Form; readonly template?: z.output<typeof BodyTemplate> }
>({
  id: 'webhook',
  title: 'Webhook',
  fields: Fields,
  sample: { secret: { url: 'https://example.com/hooks/sample' } },
  // The integrator of incidents, which takes them as JSON.
  variables: { url: ['INCIDENT_INTEGRATOR_URL'] },
  settings: z.object({
    form: z
      .enum(Object.keys(FORMS) as [Form, ...Form[]])
      .default('json')
      .describe('How the message is written: json, discord, google-chat, mattermost or telegram.'),
    template: BodyTemplate.optional().describe(
      'The body in place of a form, with {title}, {cause} and the like in its texts.',
    ),
  }),
  request: (message, fields, { form, template }, announcement) => {
    const content =
      template === undefined
        ? FORMS[form](message, fields.chatId ?? '')
        : filled(template, { ...message, cause: 'story' in announcement ? causeOf(announcement.story) : '' });
    const body = JSON.stringify(content);
    const { url, signingSecret } = fields;
    return signingSecret === undefined
      ? { url, body }
      : { url, body, headers: standardWebhookHeaders(body, new Date(), signingSecret) };
  },
});
