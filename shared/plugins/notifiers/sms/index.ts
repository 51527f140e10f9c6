import { messageOf } from '@selfheal/kernel/errors.ts';
import * as z from 'zod';
import { PAGED_KINDS } from '../common/chat-notifier.ts';
import { isToldEnd } from '../common/told-end.ts';
import { defineNotifier } from '../contract.ts';

const SmsSettings = z.strictObject({
  to: z
    .array(z.string().regex(/^\+[1-9]\d{6,14}$/, 'a telephone number with its country, such as +491701234567'))
    .min(1, 'name at least one telephone number')
    .max(20)
    .describe('Telephone numbers with their country (E.164) that get a text message.'),
});

/**
 * Text messages through SNS to who is on call: that a person has to do something, and where. Ends are not told by it. A message cannot be read back,
 * so the caller prevents repeats. https://docs.aws.amazon.com/sns/latest/dg/sms_sending-overview.html
 */
export const sms = defineNotifier<z.output<typeof SmsSettings>>({
  id: 'sms',
  title: 'Text message through SNS',
  settings: SmsSettings,
  sample: { settings: { to: ['+491700000000'] } },
  environment: { settings: { to: { names: ['ONCALL_PHONES'], kind: 'list' } } },
  // Telephone numbers have no ARN: everything but topics.
  grants: () => [{ actions: ['sns:Publish'], resources: [], notResources: [`arn:\${Partition}:sns:*:*:*`] }],
  needs: ['texter'],
  takes: PAGED_KINDS,
  repeatable: false,
  wants: (announcement, settings?: unknown) =>
    settings !== undefined &&
    (announcement.kind !== 'progress' ||
      (isToldEnd(announcement.story) && announcement.story.incident.status !== 'resolved')),
  async notify(announcement, { texter }, { to }) {
    const { textMessageOf } = await import('./text-message.ts');
    const text = textMessageOf(announcement);
    if (text === null) return null;
    const failures: { readonly phone: string; readonly error: unknown }[] = [];
    for (const phone of new Set(to)) {
      try {
        await texter.send(phone, text);
      } catch (error) {
        failures.push({ phone, error });
      }
    }
    const [first] = failures;
    // Nobody was told: the step may be repeated. Otherwise a repeat would tell the others twice.
    if (first !== undefined && failures.length === new Set(to).size) throw first.error;
    // The last digits are enough to know whom.
    const problem = failures.map(({ phone, error }) => `...${phone.slice(-4)}: ${messageOf(error)}`).join('; ');
    return { where: 'text message', ...(problem === '' ? {} : { problem: `not sent to ${problem}` }) };
  },
});
