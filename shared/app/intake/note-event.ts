import { joined } from '@selfheal/kernel/text/redacted-text.ts';
import { redactName } from '@selfheal/redaction/redact.ts';
import { alarmNameOf } from '#shared/domain/incident/identity.ts';
import type { Signal } from '#shared/domain/incident/signal.ts';
import type { DroppedEvent, Rule } from '#shared/domain/webhooks/received-event.ts';
import type { EventLedger } from '#shared/ports/event-ledger.ts';
import type { IntakeMessage } from './ingest-message.ts';
import type { IngestOutcome } from './ingest-signal.ts';

export interface NoteDeps {
  readonly ledger: Pick<EventLedger, 'note'>;
  readonly clock: { now(): Date };
}

type OutcomeRule = Exclude<IngestOutcome, 'opened' | 'reopened'> | 'foreign-repository' | 'ignored-cancelled';

/** Notes a signal that opened no incident in the ledger, with the rule that kept it from it. Throws when it cannot; the queue repeats the signal. */
export async function noteOutcome(signal: Signal, outcome: OutcomeRule, { ledger, clock }: NoteDeps): Promise<void> {
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
    incidentId: null,
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
