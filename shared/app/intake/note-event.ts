import { joined } from '@selfheal/kernel/text/redacted-text.ts';
import { redactName } from '@selfheal/redaction/redact.ts';
import type { Change } from '#shared/domain/changes/change.ts';
import { alarmNameOf, identify } from '#shared/domain/incident/identity.ts';
import type { Signal } from '#shared/domain/incident/signal.ts';
import type { PagerAcknowledgement } from '#shared/domain/webhooks/pager-acknowledgement.ts';
import type { DroppedEvent, Rule } from '#shared/domain/webhooks/received-event.ts';
import type { ControlSettings, IncidentLocks } from '#shared/ports/control-store.ts';
import type { EventLedger } from '#shared/ports/event-ledger.ts';
import type { IncidentStore } from '#shared/ports/incident-store.ts';
import type { IntakeMessage } from './ingest-message.ts';
import type { IngestOutcome } from './ingest-signal.ts';
import { newestOfAlarm } from './latest-incident.ts';

export interface NoteDeps {
  readonly ledger: Pick<EventLedger, 'note'>;
  readonly clock: { now(): Date };
}

type OutcomeRule = Exclude<IngestOutcome, 'opened' | 'reopened'> | 'foreign-repository' | 'ignored-cancelled';

/** Outcomes that concern an incident that was there already, or one that holds the signal's place. */
const OF_AN_INCIDENT: ReadonlySet<OutcomeRule> = new Set([
  'occurrence',
  'noted',
  'closed',
  'resumed',
  'grouped',
  'stale',
  'request-refused',
]);

export interface JoinedDeps {
  readonly incidents: Pick<IncidentStore, 'get'>;
  readonly control: Pick<ControlSettings, 'cursor'> & Pick<IncidentLocks, 'groupHolder'>;
}

/**
 * The incident that a signal was counted for: its own, the storm that took it, the newest of its alarm, or the one that holds its place. Null where there is
 * none. Read afterwards, so that it may have ended meanwhile.
 */
export async function joinedIncident(signal: Signal, outcome: OutcomeRule, deps: JoinedDeps): Promise<string | null> {
  if (!OF_AN_INCIDENT.has(outcome)) return null;
  const ids = identify(signal);
  // A recovery of a run is noted at its own incident, which is open.
  if (outcome === 'noted' && signal.target.kind === 'run') return ids.incidentId;
  const own = await deps.incidents.get(ids.incidentId);
  if (own !== null) return own.parentId ?? own.id;
  const newest = await newestOfAlarm(signal, ids, deps);
  if (newest !== null) return newest.id;
  // A claim is `<incident>#<attempt>`.
  return (await deps.control.groupHolder(ids.intakeKey))?.split('#')[0] ?? null;
}

/** Notes a signal that opened no incident in the ledger, with the rule that kept it from it. Throws when it cannot; the queue repeats the signal. */
export async function noteOutcome(
  signal: Signal,
  outcome: OutcomeRule,
  { ledger, clock }: NoteDeps,
  incidentId: string | null = null,
): Promise<void> {
  const isSuccess = signal.kind === 'run-succeeded' && (outcome === 'stale' || outcome === 'noted');
  const rule: Rule = isSuccess && outcome === 'stale' ? 'success' : outcome;
  const { target, source, tainted } = signal;
  const event: DroppedEvent = {
    source,
    connection: target.kind === 'alert' ? target.connection : null,
    rule,
    subject: redactName(subjectOf(signal), 300),
    sample: joined(
      [tainted.title, tainted.reason].filter((text) => text !== null),
      '\n',
    ).slice(0, 2000),
    incidentId,
    // A success has nothing to replay.
    signal: isSuccess ? null : signal,
  };
  await ledger.note(event, clock.now());
}

/** Notes an event of the bus that its source left aside. */
export async function noteIgnored(
  { reason, about }: Extract<IntakeMessage, { kind: 'ignored' }>,
  { ledger, clock }: NoteDeps,
): Promise<void> {
  const { source = 'bus', subject = 'an event of no source' } = about ?? {};
  const nothing = { connection: null, sample: null, incidentId: null, signal: null };
  await ledger.note({ ...nothing, source, rule: `ignored-${reason}`, subject: redactName(subject, 300) }, clock.now());
}

/** Notes an acknowledgement that changed nothing, with the reason. */
export async function noteAcknowledgement(
  { incidentId, from }: PagerAcknowledgement,
  rule: 'unknown-incident' | 'place-not-allowed',
  { ledger, clock }: NoteDeps,
): Promise<void> {
  const { source, connection } = from ?? { source: 'pager', connection: null };
  const subject = redactName(`acknowledgement of ${incidentId}`, 300);
  await ledger.note({ source, connection, rule, subject, sample: null, incidentId: null, signal: null }, clock.now());
}

/** Notes a change that says nothing of trouble in the ledger: whoever asks where a deployment went finds it there. */
export async function noteChange(
  change: Change,
  { ledger, clock }: NoteDeps,
  rule: 'recorded-change' | 'foreign-repository' = 'recorded-change',
): Promise<void> {
  const event: DroppedEvent = {
    source: change.source,
    connection: null,
    rule,
    subject: change.title,
    sample: null,
    incidentId: null,
    signal: null,
  };
  await ledger.note(event, clock.now());
}

/** What people call it: the name of the alarm, the service with the alert's title, the repository. */
export function subjectOf({ target, tainted }: Signal): string {
  switch (target.kind) {
    case 'alarm':
      return alarmNameOf(target);
    case 'alert':
      return target.service === null ? tainted.title : `${target.service}: ${tainted.title}`;
    case 'run':
      return target.repository;
    case 'report':
      return target.service ?? target.repository ?? tainted.title;
    case 'storm':
      return 'storm';
    default:
      return target satisfies never;
  }
}
