import { counted } from '@selfheal/kernel/time-words.ts';
import { redactOutgoing } from '@selfheal/redaction/redact.ts';
import type { AnnouncementOf } from '#shared/ports/announcement.ts';
import { stoppedWords } from '../briefing-facts.ts';
import type { Mail } from './mail.ts';

/** Reminds people that the kill switch is still on. */
export function renderStopMail({ stopped, days, timeZone }: AnnouncementOf<'still-stopped'>): Mail {
  const since = days === null ? '' : ` for ${counted(days, 'day')}`;
  const paragraphs = [
    stoppedWords({ stopped, timeZone }) ?? '',
    'Failures are still diagnosed and reported, but no action is carried out: not even one that a person approves.',
    'To let Selfheal act again, press "Resume" on the page "Services and policy" of the dashboard, or run:\nselfheal policy resume --reason TEXT --yes',
    'You are told once a day while the kill switch is on.',
  ];
  return {
    subject: redactOutgoing(`[Selfheal] The kill switch has been on${since}: nothing is changed`),
    message: redactOutgoing(paragraphs.join('\n\n')),
  };
}
