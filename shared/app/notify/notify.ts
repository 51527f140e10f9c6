import { modeOf } from '#shared/domain/configuration/scope.ts';
import type { Incident } from '#shared/domain/incident/incident.ts';
import { approvalMinutesOf } from '#shared/domain/policy/approval-settings.ts';
import type { StepInput, StepOutput } from '#shared/domain/workflow/steps.ts';
import { OutcomeUnknown, Refused, Retryable } from '#shared/kernel/errors.ts';
import type { IncidentStory, NotifierPlugin, NotifierPorts } from '#shared/plugins/notifiers/contract.ts';
import { renderMail } from '#shared/plugins/notifiers/mail.ts';
import type { ControlStore } from '#shared/ports/control-store.ts';
import type { AuditEntry, IncidentStore } from '#shared/ports/incident-store.ts';
import type { Log, Meter } from '#shared/ports/telemetry-sink.ts';
import type { Clock } from '#shared/ports/time.ts';
import { loadIncident } from '../common/load-incident.ts';
import { type AskingStoryDeps, readAskingStory } from './asked-plan.ts';
import { type MailLimitDeps, mayMail } from './mail-limit.ts';
import { type Ending, isToldAlready, mailFacts } from './notification-dedup.ts';
import { isQuiet } from './quiet-pull-request.ts';
import { readStory } from './report.ts';

export interface NotifyDeps extends AskingStoryDeps, MailLimitDeps {
  readonly control: MailLimitDeps['control'] & Pick<ControlStore, 'cursor'>;
  readonly incidents: AskingStoryDeps['incidents'] & Pick<IncidentStore, 'audit'>;
  readonly notifiers: readonly NotifierPlugin[];
  readonly ports: NotifierPorts;
  readonly clock: Clock;
  readonly meter: Meter;
  readonly log: Log;
}

/** Tells the story on every channel that wants it. A channel that fails for now is repeated with the step; the others are not lost. */
export async function notify(input: StepInput<'notify'>, deps: NotifyDeps): Promise<StepOutput<'notify'>> {
  const incident = await loadIncident(input.incidentId, deps.incidents);
  if (modeOf(deps.configuration, incident.target) === 'observe') return null;
  const quiet = await isQuiet(incident.target, deps.control);
  const trail = await deps.incidents.listAudit(incident.id);
  const known =
    input.stage === 'asking'
      ? await askingStory(incident, trail, deps)
      : await readStory(incident, input.stage, trail, deps);
  if (known === null) return null;
  const story = { ...known, quiet };
  const told = new Set(trail.flatMap(({ facts }) => facts.told ?? []));
  let failure: Error | null = null;
  for (const notifier of deps.notifiers.filter((one) => one.wants(story))) {
    const key = `told#${notifier.id}#${story.stage}#${incident.attempt}`;
    if (!notifier.repeatable && (told.has(key) || isLeftOut(story, trail, deps))) continue;
    try {
      await tell(notifier.id, key, () => notifier.notify(story, deps.ports), story, deps);
    } catch (error) {
      if (error instanceof Refused) failure = (await tellByMail(notifier, story, told, deps)) ?? failure;
      else failure = passing(error);
    }
  }
  if (failure !== null) throw failure;
  return null;
}

/** The request is made right after it is announced: its time is counted from now. Null when nothing waits for an approval. */
async function askingStory(
  { id: incidentId }: Incident,
  trail: readonly AuditEntry[],
  deps: NotifyDeps,
): Promise<IncidentStory | null> {
  const planned = trail.findLast(({ event }) => event === 'plan.made');
  const digest = planned?.facts.digest;
  if (planned?.facts.decision !== 'approve' || typeof digest !== 'string') return null;
  const now = deps.clock.now();
  const expires = new Date(now.getTime() + approvalMinutesOf(deps.configuration) * 60_000);
  const request = { incidentId, digest, requestedAt: now.toISOString(), expiresAt: expires.toISOString() };
  return (await readAskingStory(request, deps)).story;
}

/** A channel that cannot be read back would tell the same again and again of an alarm that flaps. */
function isLeftOut(story: IncidentStory, trail: readonly AuditEntry[], deps: NotifyDeps): boolean {
  const { flapWindowMinutes: windowMinutes } = deps.configuration.policy;
  const leftOut = isToldAlready(story.incident, factsOf(story), trail, { now: deps.clock.now(), windowMinutes });
  if (leftOut) deps.meter.count('mail-left-out');
  return leftOut;
}

function factsOf({ incident, actions }: IncidentStory): ReturnType<typeof mailFacts> {
  const ending: Ending =
    incident.status === 'resolved' || incident.status === 'suggested' ? incident.status : 'escalated';
  return mailFacts(incident, ending, actions.length);
}

async function tell(
  channel: string,
  key: string,
  send: () => Promise<{ where: string } | null>,
  story: IncidentStory,
  deps: NotifyDeps,
): Promise<void> {
  const sent = await send();
  if (sent === null) return;
  deps.meter.count(`told-${channel}`);
  await deps.incidents.audit(story.incident.id, key, {
    at: deps.clock.now().toISOString(),
    event: 'incident.told',
    facts: {
      told: key,
      channel,
      where: sent.where,
      stage: story.stage,
      ...(channel === 'email' ? factsOf(story) : {}),
    },
  });
}

/** A channel that refuses for good must not hide the end of an incident: the mail list gets it instead. */
async function tellByMail(
  refused: NotifierPlugin,
  story: IncidentStory,
  told: ReadonlySet<unknown>,
  deps: NotifyDeps,
): Promise<Error | null> {
  deps.log.warn('A channel refused a notification.', { incidentId: story.incident.id, channel: refused.id });
  deps.meter.count(`refused-${refused.id}`);
  const key = `told#instead-of-${refused.id}#${story.stage}#${story.incident.attempt}`;
  if (story.stage !== 'final' || story.incident.status === 'escalated' || told.has(key)) return null;
  if (!(await mayMail(story.incident, `${story.incident.id}#${key}`, deps))) {
    deps.meter.count('mail-left-out');
    return null;
  }
  const reason = `${refused.title} was refused. ${story.incident.outcomeReason ?? ''}`;
  const { subject, message } = renderMail('Not told elsewhere', reason, story);
  const send = async () => {
    await deps.ports.mailer.publish(subject, message);
    return { where: 'e-mail' };
  };
  try {
    await tell('email', key, send, story, deps);
    return null;
  } catch (error) {
    return passing(error);
  }
}

/** A lost answer is repeated: comments are read back first, and a mail twice is better than none. */
function passing(error: unknown): Error {
  if (error instanceof OutcomeUnknown)
    return new Retryable('It is not known whether a notification arrived.', { cause: error });
  return error instanceof Error ? error : new Error(String(error));
}
