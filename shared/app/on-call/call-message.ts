import type { RedactedText } from '@selfheal/kernel/text/redacted-text.ts';
import { counted, instantWords } from '@selfheal/kernel/time-words.ts';
import { redactOutgoing } from '@selfheal/redaction/redact.ts';
import { type Mail, renderMail } from '#shared/plugins/notifiers/common/mail/mail.ts';
import { textMessageOf } from '#shared/plugins/notifiers/sms/text-message.ts';
import type { Announcement, IncidentStory } from '#shared/ports/announcement.ts';

export interface CallFacts {
  /** From 1. */
  readonly level: number;
  readonly levels: number;
  /** Why the last level stands in for this one. */
  readonly gap: string | null;
  /** When the next level is called; null on the last one. */
  readonly nextAt: Date | null;
  /** Minutes that the level before had; null on the first one. */
  readonly waited: number | null;
  readonly dashboardUrl: string;
}

/** One call, for each way. */
export interface CallMessage {
  readonly text: RedactedText;
  readonly mail: Mail;
  readonly announcement: Announcement;
}

/** The link opens the incident. It does not acknowledge by itself, because programs that check mail follow links. */
export function callMessage(story: IncidentStory, facts: CallFacts): CallMessage {
  const { level, levels, gap, nextAt, waited, dashboardUrl } = facts;
  const { incident, timeZone } = story;
  const page = `${dashboardUrl}/incidents/${incident.id}`;
  const reason = [
    `You are on call (level ${level} of ${levels}).`,
    gap === null ? null : `${gap.charAt(0).toUpperCase()}${gap.slice(1)}.`,
    waited === null ? null : `Nobody of level ${level - 1} acknowledged it within ${counted(waited, 'minute')}.`,
    `Acknowledge it on ${page}, or by "selfheal incident acknowledge ${incident.id}".`,
    nextAt === null
      ? 'Nobody is called after you.'
      : `Otherwise level ${level + 1} is called at ${instantWords(nextAt, timeZone)}.`,
  ]
    .filter((sentence) => sentence !== null)
    .join(' ');
  const linked = { ...story, links: [{ name: 'Acknowledge', url: page }, ...story.links] };
  const announcement: Announcement = { kind: 'escalation', story: linked, reason: redactOutgoing(reason) };
  return {
    text: textMessageOf(announcement, `Selfheal calls you (level ${level}): `) ?? redactOutgoing(incident.id),
    mail: renderMail(`On call, level ${level}`, announcement.reason, linked),
    announcement,
  };
}
