import { instantWords } from '@selfheal/kernel/time-words.ts';
import { cleanText } from '@selfheal/redaction/clean-text.ts';
import { redactOutgoing } from '@selfheal/redaction/redact.ts';
import type { AnnouncementKind } from '#shared/domain/workflow/function-config.ts';
import type { Announcement, AnnouncementOf } from '#shared/ports/announcement.ts';
import { deciderNameOf } from '#shared/ports/incident-store.ts';
import { renderAlertMail } from './alert-mail.ts';
import { renderDegradationMail } from './answers-mail.ts';
import { renderApprovalMail } from './approval-mail.ts';
import { renderDigestMail } from './digest-mail.ts';
import { renderForecastMail } from './forecast-mail.ts';
import { type Mail, renderMail, subjectOfWords } from './mail.ts';
import { inert, linksOf } from './mail-links.ts';
import { renderReviewMail } from './review-mail.ts';
import { renderStopMail } from './stop-mail.ts';

/** What people are mailed about, by whichever way mails go. */
export const MAIL_KINDS = [
  'progress',
  'escalation',
  'workflow-failure',
  'channel-failure',
  'approval-asked',
  'approval-too-late',
  'capacity-forecast',
  'quality-degraded',
  'alert-raised',
  'learning-reviewed',
  'still-stopped',
  'reports-gathered',
] as const satisfies readonly AnnouncementKind[];

/**
 * The announcement as subject and plain text; null for kinds that nobody is mailed about. Only addresses that the announcement itself links to can
 * become links in a mail program.
 */
export function mailOf(announcement: Announcement): Mail | null {
  const mail = withoutUntold(announcement);
  if (mail === null) return null;
  const { untold = [] } = announcement;
  const reasons = untold.map((reason) => `- ${cleanText(reason, 300)}`);
  const note = ['\n\nCould not be told elsewhere', '-'.repeat(27), ...reasons].join('\n');
  const links = linksOf(announcement);
  const lines = `${mail.message}${untold.length === 0 ? '' : note}`.toWellFormed().split('\n');
  return {
    ...mail,
    message: redactOutgoing(lines.map((line) => (links.has(line) ? line : inert(line))).join('\n')),
  };
}

function withoutUntold(announcement: Announcement): Mail | null {
  switch (announcement.kind) {
    case 'progress': {
      const { incident, diagnosis } = announcement.story;
      const isCode = diagnosis?.classification.verdict === 'regression';
      const headline = incident.status === 'resolved' ? 'Resolved' : isCode ? 'Needs a change' : 'Needs a human';
      return renderMail(headline, incident.outcomeReason, announcement.story);
    }
    case 'escalation':
    case 'workflow-failure':
      return renderMail('Needs a human', announcement.reason, announcement.story);
    case 'channel-failure': {
      const { headline, reason, story } = announcement;
      return renderMail(headline, `${reason} ${story.incident.outcomeReason ?? ''}`.trim(), story);
    }
    case 'approval-asked':
      return renderApprovalMail(announcement.story, announcement);
    case 'approval-too-late':
      return renderTooLateMail(announcement);
    case 'capacity-forecast':
      return renderForecastMail(announcement);
    case 'quality-degraded':
      return renderDegradationMail(announcement);
    case 'learning-reviewed':
      return renderReviewMail(announcement);
    case 'alert-raised':
      return renderAlertMail(announcement);
    case 'reports-gathered':
      return renderDigestMail(announcement);
    case 'still-stopped':
      return renderStopMail(announcement);
    case 'approval-decided':
    case 'approval-expired':
      return null;
    default:
      return announcement satisfies never;
  }
}

function renderTooLateMail({ approval, action }: AnnouncementOf<'approval-too-late'>): Mail {
  const { decision } = approval;
  const when = decision === undefined ? '' : ` on ${instantWords(new Date(decision.at), 'UTC')}`;
  const message = [
    'Approved too late: nothing was done.',
    '',
    `${deciderNameOf(approval) ?? 'Somebody'} approved this${when}, but the decision did not reach the workflow before it stopped waiting. The approval can no longer be used.`,
    '',
    `What was approved: ${action.description}`,
    `Incident: ${approval.incidentId}`,
    '',
    'The incident was handed to a person. If the change is still needed, make it by hand.',
  ].join('\n');
  return {
    subject: subjectOfWords(`[Selfheal] Approved too late, nothing was done: ${action.description}`),
    message: redactOutgoing(message),
  };
}
