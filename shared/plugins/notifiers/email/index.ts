import { MAIL_KINDS, mailOf } from '../common/mail/mail-of.ts';
import { isToldEnd } from '../common/told-end.ts';
import { defineNotifier } from '../contract.ts';

/**
 * Mails what people must know or do: escalations, requests for approval, forecasts, and the end of incidents without a pull request. GitHub
 * reports runs of forks without their pull request; proposals about these are not mailed, because anybody can make such runs fail. SNS cannot
 * be read back, so the caller prevents repeats; after a crash a mail may be sent twice, but it is never lost.
 * Where a mail server is configured, it sends what that did not take.
 */
export const email = defineNotifier({
  id: 'email',
  title: 'E-mail through SNS',
  uses: { escalationTopic: ['sns:Publish'] },
  needs: ['mailer'],
  takes: MAIL_KINDS,
  repeatable: false,
  standsInFor: 'smtp',
  wants: (announcement) => announcement.kind !== 'progress' || isToldEnd(announcement.story),
  async notify(announcement, { mailer }) {
    const mail = mailOf(announcement);
    if (mail === null) return null;
    await mailer.publish(mail.subject, mail.message);
    return { where: 'e-mail' };
  },
});
