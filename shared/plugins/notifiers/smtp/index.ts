import * as z from 'zod';
import type { AnnouncementKind } from '#shared/domain/workflow/function-config.ts';
import { mailHtml } from '../common/mail/mail-html.ts';
import { MAIL_KINDS, mailOf } from '../common/mail/mail-of.ts';
import { isToldEnd } from '../common/told-end.ts';
import { type Announcement, defineNotifier } from '../contract.ts';

const Addresses = z.array(z.email('each must be an e-mail address')).max(50);

export const SmtpSettings = z
  .strictObject({
    host: z
      .string()
      .regex(/^(?=.{1,253}$)[\w-]+(?:\.[\w-]+)*$/, 'the name of a mail server, such as smtp.example.com')
      .describe('Name of the mail server.'),
    port: z
      .number()
      .int()
      .min(1)
      .max(65_535)
      .default(587)
      .describe('Its port. 465 is TLS from the start; every other port has to offer STARTTLS.'),
    user: z
      .string()
      .min(1)
      .max(320)
      .optional()
      .describe('Who signs in; the password is in the secret of the channels. Without it, nobody signs in.'),
    from: z.email('must be an e-mail address').describe('Sender of the mails.'),
    to: Addresses.default([]).describe('Who gets every mail.'),
    onCall: Addresses.default([]).describe('Who also gets what a person has to do: escalations, questions, alerts.'),
  })
  .refine(({ to, onCall }) => to.length + onCall.length > 0, 'name at least one address in to or onCall');
export type SmtpSettings = z.output<typeof SmtpSettings>;

/** Kinds that only inform. */
const INFORMS: ReadonlySet<AnnouncementKind> = new Set([
  'quality-degraded',
  'learning-reviewed',
  'still-stopped',
  'reports-gathered',
  'capacity-forecast',
]);

function recipientsOf(announcement: Announcement, { to, onCall }: SmtpSettings): string[] {
  const isOver = announcement.kind === 'progress' && announcement.story.incident.status === 'resolved';
  const needsPerson = !isOver && !INFORMS.has(announcement.kind);
  return [...new Set([...to, ...(needsPerson ? onCall : [])])];
}

/**
 * E-mail through a mail server of one's own, as text and as a page. It takes the place of the mails through SNS, which stay for what it could not
 * send. A mail cannot be read back, so the caller prevents repeats.
 */
export const smtp = defineNotifier<SmtpSettings>({
  id: 'smtp',
  title: 'E-mail through SMTP',
  settings: SmtpSettings,
  sample: {
    settings: { host: 'smtp.example.com', from: 'selfheal@example.com', to: ['on-call@example.com'] },
    secret: { password: 'sample' },
  },
  environment: {
    settings: {
      host: { names: ['SMTP_SERVER', 'SMTP_HOST'], kind: 'text' },
      port: { names: ['SMTP_PORT'], kind: 'number' },
      user: { names: ['EMAIL_USER', 'SMTP_USER'], kind: 'text' },
      from: { names: ['ALERT_EMAIL_FROM', 'EMAIL_FROM', 'SMTP_FROM'], kind: 'text' },
      to: { names: ['ALERT_EMAIL_TO', 'EMAIL_TO'], kind: 'list' },
      onCall: { names: ['ONCALL_EMAILS'], kind: 'list' },
    },
    secrets: { password: ['EMAIL_PASSWORD', 'SMTP_PASSWORD'] },
  },
  uses: { channelSecret: ['secretsmanager:GetSecretValue'] },
  needs: ['smtp'],
  takes: MAIL_KINDS,
  repeatable: false,
  wants: (announcement, settings?: SmtpSettings) =>
    settings !== undefined &&
    recipientsOf(announcement, settings).length > 0 &&
    (announcement.kind !== 'progress' || isToldEnd(announcement.story)),
  async notify(announcement, { smtp: sender }, { host, port, user = null, from, ...lists }) {
    const mail = mailOf(announcement);
    if (mail === null) return null;
    const to = recipientsOf(announcement, { host, port, from, ...lists });
    const refused = await sender.send({
      server: { host, port, user },
      from,
      to,
      subject: mail.subject,
      text: mail.message,
      html: mailHtml(mail, announcement),
      threadId: 'story' in announcement ? announcement.story.incident.id : null,
    });
    const problem = refused.map(({ address, reason }) => `${address}: ${reason}`).join('; ');
    return { where: 'e-mail', ...(problem === '' ? {} : { problem: `not sent to ${problem}` }) };
  },
});
