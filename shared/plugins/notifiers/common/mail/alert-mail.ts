import { cleanText } from '@selfheal/redaction/clean-text.ts';
import { redactOutgoing } from '@selfheal/redaction/redact.ts';
import { alertWords } from '#shared/domain/policy/alert-rule.ts';
import type { AnnouncementOf } from '#shared/ports/announcement.ts';
import { stopLines } from '../briefing-facts.ts';
import { linkLines, type Mail } from './mail.ts';

const DECISIONS: Readonly<Record<string, string>> = {
  act: 'Selfheal acts by itself',
  approve: 'a person is asked first',
  suggest: 'it is proposed only',
  escalate: 'a person takes over',
  recovered: 'nothing: it has recovered',
};

/** Tells that a message was seen for which people set an alert, and what Selfheal does about the failure. */
export function renderAlertMail({
  incident,
  rule,
  outcome,
  links,
  stopped,
  timeZone,
}: AnnouncementOf<'alert-raised'>): Mail {
  const { id, classification } = incident;
  const message = [
    `A failure contains ${alertWords(rule)}.`,
    ...stopLines({ stopped, timeZone }),
    '',
    `Class: ${classification?.class.replaceAll('_', ' ') ?? 'not known'}`,
    `What happens: ${DECISIONS[outcome.decision] ?? outcome.decision}.`,
    ...outcome.reasons.map((reason) => `- ${cleanText(reason, 400)}`),
    '',
    `Incident: ${id} (selfheal incident explain ${id})`,
    ...links.flatMap(({ name, url }) => linkLines(name, url)),
    '',
    'The rule is in "alerts" of the policy: selfheal alert list shows it, selfheal alert set --off takes it back.',
  ].join('\n');
  const subject = cleanText(`[Selfheal] Alert: ${alertWords(rule)}`, 100).replace(/[^\x20-\x7e]/g, '?');
  return { subject: redactOutgoing(subject), message: redactOutgoing(message) };
}
