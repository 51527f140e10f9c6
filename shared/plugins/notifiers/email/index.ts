import type { GithubRunTarget } from '#shared/domain/incident/target-context.ts';
import { redactOutgoing } from '#shared/domain/redaction/redact.ts';
import type { Announcement, AnnouncementOf, IncidentStory } from '#shared/ports/announcement.ts';
import { deciderNameOf } from '#shared/ports/incident-store.ts';
import { defineNotifier } from '../contract.ts';
import { renderAlertMail } from './alert-mail.ts';
import { renderApprovalMail } from './approval-mail.ts';
import { renderDigestMail } from './digest-mail.ts';
import { renderForecastMail } from './forecast-mail.ts';
import { type Mail, renderMail } from './mail.ts';
import { renderDegradationMail } from './quality-mail.ts';
import { renderReviewMail } from './review-mail.ts';
import { renderStopMail } from './stop-mail.ts';

/**
 * Mails what people must know or do: escalations, requests for approval, forecasts, and the end of incidents without a pull request. GitHub
 * reports runs of forks without their pull request; proposals about these are not mailed, because anybody can make such runs fail. SNS cannot
 * be read back, so the caller prevents repeats; after a crash a mail may be sent twice, but it is never lost.
 */
export const email = defineNotifier({
  id: 'email',
  title: 'E-mail through SNS',
  uses: { escalationTopic: ['sns:Publish'] },
  needs: ['mailer'],
  takes: [
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
  ],
  repeatable: false,
  wants: (announcement) => announcement.kind !== 'progress' || isMailedEnd(announcement.story),
  async notify(announcement, { mailer }) {
    const mail = mailOf(announcement);
    if (mail === null) return null;
    await mailer.publish(mail.subject, mail.message);
    return { where: 'e-mail' };
  },
});

function mailOf(announcement: Announcement): Mail | null {
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

function isMailedEnd({ incident, stage }: IncidentStory): boolean {
  return (
    stage === 'final' &&
    (incident.status === 'resolved' || incident.status === 'suggested') &&
    !(incident.target.kind === 'github-run' && isContributed(incident.target))
  );
}

/** Whether the run belongs to a pull request; for a fork GitHub reports only the event. */
function isContributed({ pullRequest, event }: GithubRunTarget): boolean {
  return pullRequest !== null || event.startsWith('pull_request');
}

function renderTooLateMail({ approval, action }: AnnouncementOf<'approval-too-late'>): Mail {
  const message = [
    `${deciderNameOf(approval) ?? 'Somebody'} approved this at ${approval.decision?.at ?? 'an unknown time'}, but the decision did not reach the workflow before it stopped waiting.`,
    'The approval was not carried out and can no longer be used.',
    '',
    `What was approved: ${action.description}`,
    `Incident: ${approval.incidentId}`,
    '',
    'The incident was handed to a person. If the change is still needed, make it by hand.',
  ].join('\n');
  const subject = `[Selfheal] Approved too late, nothing was done: ${action.actionId}`;
  return { subject: redactOutgoing(subject), message: redactOutgoing(message) };
}
