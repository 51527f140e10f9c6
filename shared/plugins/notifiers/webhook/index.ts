import { standardWebhookHeaders } from '@selfheal/kernel/standard-webhook.ts';
import * as z from 'zod';
import { defineChatNotifier } from '../common/chat-notifier.ts';
import { FORMS, type Form } from './forms.ts';

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
 * A webhook of one's own: the message as JSON, signed as Standard Webhooks says (standardwebhooks.com), or in the form of Discord, Google Chat,
 * Mattermost or Telegram.
 */
export const webhook = defineChatNotifier<Fields, { readonly form: Form }>({
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
  }),
  request: (message, fields, { form }) => {
    const body = JSON.stringify(FORMS[form](message, fields.chatId ?? ''));
    const { url, signingSecret } = fields;
    return signingSecret === undefined
      ? { url, body }
      : { url, body, headers: standardWebhookHeaders(body, new Date(), signingSecret) };
  },
});
