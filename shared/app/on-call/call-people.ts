import { messageOf, Refused } from '@selfheal/kernel/errors.ts';
import type { Clock } from '@selfheal/kernel/time.ts';
import { redactOutgoing } from '@selfheal/redaction/redact.ts';
import { endedByPerson } from '#shared/domain/incident/annotations.ts';
import type { Incident } from '#shared/domain/incident/incident.ts';
import {
  type CallWay,
  type EscalationChain,
  missingCalls,
  nextLevelAt,
  onDuty,
} from '#shared/domain/on-call/escalation-chain.ts';
import type { Contact } from '#shared/domain/on-call/on-call-settings.ts';
import { mailHtml } from '#shared/plugins/notifiers/common/mail/mail-html.ts';
import type { NotifierPorts } from '#shared/plugins/notifiers/contract.ts';
import { SmtpSettings } from '#shared/plugins/notifiers/smtp/index.ts';
import type { EscalationChains } from '#shared/ports/escalation-chains.ts';
import type { IncidentStore } from '#shared/ports/incident-store.ts';
import type { Log, Meter } from '#shared/ports/telemetry-sink.ts';
import { readStory, type StoryDeps } from '../notify/report.ts';
import { type CallMessage, callMessage } from './call-message.ts';
import { readSchedule } from './read-schedule.ts';

export interface CallDeps extends StoryDeps, Partial<Pick<NotifierPorts, 'texter' | 'smtp' | 'poster'>> {
  readonly chains: EscalationChains;
  readonly incidents: StoryDeps['incidents'] & Pick<IncidentStore, 'get' | 'audit'>;
  readonly dashboardUrl: string;
  readonly clock: Clock;
  readonly meter: Meter;
  readonly log: Log;
}

const AT_ONCE = 50;
/** Time for the calls of one level; after that another round may go on with it. */
const CALLING_MILLISECONDS = 50_000;
const MINUTE = 60_000;
/** Of a call that failed on the last level: nobody comes after it. */
const LAST_LEVEL_TRIES = 5;
const MAX_PROBLEM = 200;

/**
 * Calls the people of every level that is due: one level after the other until somebody acknowledges the incident or it ends. Each call is recorded after it was
 * made, and each level after its calls, so that a round goes on where another died. A chain that fails does not keep others from going on. Returns how many
 * people were told.
 */
export async function callPeople(deps: CallDeps): Promise<number> {
  // Then the function has no rights either.
  if (deps.configuration.onCall.levels.length === 0) return 0;
  let told = 0;
  for (const chain of await deps.chains.due(deps.clock.now(), AT_ONCE)) {
    try {
      told += await goOn(chain, deps);
    } catch (error) {
      const name = error instanceof Error ? error.name : 'unknown';
      deps.log.error('The calls about an incident failed; the next round goes on.', {
        incidentId: chain.incidentId,
        error: name,
      });
      deps.meter.count('on-call-failed');
    }
  }
  return told;
}

/** Levels that have nobody left to tell follow each other at once. */
async function goOn(first: EscalationChain, deps: CallDeps): Promise<number> {
  let told = 0;
  let chain: EscalationChain | null = first;
  while (chain !== null && chain.state === 'calling' && Date.parse(chain.nextAt) <= deps.clock.now().getTime()) {
    const level: number | null = await callLevel(chain, deps);
    if (level === null) break;
    told += level;
    chain = await deps.chains.get(chain.incidentId, chain.attempt);
  }
  return told;
}

/** Null when the chain has ended, or another round is at it. */
async function callLevel(chain: EscalationChain, deps: CallDeps): Promise<number | null> {
  const { incidentId, attempt } = chain;
  const { onCall, policy } = deps.configuration;
  const incident = await deps.incidents.get(incidentId);
  const end = endOf(chain, incident);
  if (end !== null || incident === null) {
    await deps.chains.close(chain, end ?? 'ended');
    return null;
  }
  const now = deps.clock.now();
  if (!(await deps.chains.claim(chain, now, new Date(now.getTime() + CALLING_MILLISECONDS)))) return null;
  const number = chain.level + 1;
  const level = onCall.levels[chain.level];
  if (level === undefined) {
    await deps.incidents.audit(incidentId, `on-call-unanswered#${attempt}`, {
      at: now.toISOString(),
      event: 'on-call.unanswered',
      facts: { attempt, levels: onCall.levels.length },
    });
    await deps.chains.close(chain, 'unanswered');
    deps.meter.count('on-call-unanswered');
    return null;
  }
  const scheduled =
    level.schedule === null ? null : await readSchedule(level.schedule, onCall.people, now, deps.poster);
  const duty = onDuty(onCall, number, scheduled, { now, timeZone: policy.circumstances.timeZone });
  const isLast = number === onCall.levels.length;
  const todo = missingCalls(chain, number, duty.people, isLast ? LAST_LEVEL_TRIES : 1);
  const nextAt = nextLevelAt(chain, level, now);
  let reached = chain.calls.filter((call) => call.level === number && call.problem === null).length;
  let fresh = 0;
  if (todo.length > 0) {
    const story = await readStory(incident, 'final', deps);
    const message = callMessage(story, {
      level: number,
      levels: onCall.levels.length,
      gap: duty.gap,
      nextAt: isLast ? null : nextAt,
      waited: onCall.levels[chain.level - 1]?.minutes ?? null,
      dashboardUrl: deps.dashboardUrl,
    });
    for (const { person, way } of todo) {
      const problem = await tell(person, way, message, incident, deps);
      const at = deps.clock.now().toISOString();
      await deps.chains.note(chain, { level: number, person: person.name, way, at, problem });
      if (problem === null) fresh += 1;
    }
    reached += fresh;
  }
  if (reached === 0 && isLast && todo.length > 0) {
    await deps.chains.advance(chain, chain.level, new Date(now.getTime() + MINUTE));
    return null;
  }
  await deps.incidents.audit(incidentId, `on-call#${attempt}#${number}`, {
    at: now.toISOString(),
    event: 'on-call.called',
    facts: {
      attempt,
      level: number,
      people: duty.people.map(({ name }) => name).join(', '),
      reached,
      gap: duty.gap === null ? null : redactOutgoing(duty.gap),
    },
  });
  deps.meter.count('on-call-level');
  // Nobody new could be told: the next level need not wait for them.
  await deps.chains.advance(chain, number, reached === 0 && !isLast ? now : nextAt);
  return fresh;
}

/** Why nobody is called any more; null while somebody is needed. */
function endOf({ attempt }: EscalationChain, incident: Incident | null): 'acknowledged' | 'ended' | null {
  if (incident === null || incident.attempt !== attempt || endedByPerson(incident)) return 'ended';
  if (incident.annotations?.acknowledged?.attempt === attempt) return 'acknowledged';
  if (incident.annotations?.callsEnded?.attempt === attempt) return 'ended';
  return incident.status === 'resolved' || incident.status === 'healed' ? 'ended' : null;
}

/** Null when the message was taken, else why not. Whether a lost answer arrived is unknown: the person counts as told, and the next level follows. */
async function tell(
  person: Contact,
  way: CallWay,
  { text, mail, announcement }: CallMessage,
  { id }: Incident,
  deps: CallDeps,
): Promise<string | null> {
  try {
    if (way === 'phone') {
      if (deps.texter === undefined) throw new Refused('this function sends no text messages');
      await deps.texter.send(person.phone ?? '', text);
      return null;
    }
    const server = SmtpSettings.safeParse(deps.configuration.notifiers.smtp);
    if (!server.success || deps.smtp === undefined) throw new Refused('no mail server is configured');
    const { host, port, user = null, from } = server.data;
    const refused = await deps.smtp.send({
      server: { host, port, user },
      from,
      to: [person.email ?? ''],
      subject: mail.subject,
      text: mail.message,
      html: mailHtml(mail, announcement),
      threadId: id,
    });
    const [first] = refused;
    if (first !== undefined) throw new Refused(first.reason);
    return null;
  } catch (error) {
    if (error instanceof Error && error.name === 'OutcomeUnknown') return null;
    deps.log.warn('Somebody who is on call could not be told.', { incidentId: id, channel: way });
    deps.meter.count('on-call-not-reached');
    return redactOutgoing(messageOf(error)).slice(0, MAX_PROBLEM);
  }
}
