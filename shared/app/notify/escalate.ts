import type { Configuration } from '#shared/domain/configuration/configuration.ts';
import type { StepInput, StepOutput } from '#shared/domain/workflow/steps.ts';
import { OutcomeUnknown, Retryable } from '#shared/kernel/errors.ts';
import type { RedactedText } from '#shared/kernel/text/redacted-text.ts';
import { renderMail } from '#shared/plugins/notifiers/mail.ts';
import type { Mailer } from '#shared/ports/cloud.ts';
import type { IncidentStore } from '#shared/ports/incident-store.ts';
import type { Meter } from '#shared/ports/telemetry-sink.ts';
import type { Clock } from '#shared/ports/time.ts';
import { loadIncident } from '../common/load-incident.ts';
import { type MailLimitDeps, mayMail } from './mail-limit.ts';
import { isToldAlready, mailFacts } from './notification-dedup.ts';
import { readStory, type StoryDeps } from './report.ts';

export interface EscalateDeps extends StoryDeps, MailLimitDeps {
  readonly incidents: Pick<IncidentStore, 'get' | 'listActions' | 'audit' | 'listAudit'>;
  readonly mailer: Mailer;
  readonly configuration: Configuration;
  readonly clock: Clock;
  readonly meter: Meter;
}

/**
 * Hands the incident to a human by mail, once per execution; again only when it is not known whether the mail went out. Of an alarm
 * that rings again and again people were told already: see `isToldAlready`; of a pull request the comment tells: see `mayMail`.
 */
export async function escalate(input: StepInput<'escalate'>, deps: EscalateDeps): Promise<StepOutput<'escalate'>> {
  const incident = await loadIncident(input.incidentId, deps.incidents);
  const key = `escalated#${incident.attempt}`;
  const trail = await deps.incidents.listAudit(incident.id);
  if (trail.some(({ facts }) => facts.mail === key)) return null;
  const story = await readStory(incident, 'final', trail, deps);
  const facts = mailFacts(incident, 'escalated', story.actions.length);
  const now = deps.clock.now();
  const windowMinutes = deps.configuration.policy.flapWindowMinutes;
  const toldAlready = isToldAlready(incident, facts, trail, { now, windowMinutes });
  if (toldAlready || !(await mayMail(incident, `${incident.id}#${key}`, deps))) {
    deps.meter.count('mail-left-out');
    return null;
  }
  const { subject, message } = renderMail('Needs a human', reasonOf(input), story);
  await sendMail(deps.mailer, subject, message);
  deps.meter.count('incident-mailed');
  await deps.incidents.audit(incident.id, key, {
    at: now.toISOString(),
    event: 'incident.handed-over',
    facts: { mail: key, attempt: incident.attempt, error: input.error, ...facts },
  });
  return null;
}

function reasonOf({ reason, error }: StepInput<'escalate'>): string {
  return error === null ? reason : `${reason} (${error})`;
}

/** Mail cannot be read back; one that may be lost is sent again. */
export async function sendMail(mailer: Mailer, subject: RedactedText, message: RedactedText): Promise<void> {
  try {
    await mailer.publish(subject, message);
  } catch (error) {
    if (error instanceof OutcomeUnknown)
      throw new Retryable('It is not known whether the mail was sent.', { cause: error });
    throw error;
  }
}
