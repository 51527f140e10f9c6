import { Retryable } from '@selfheal/kernel/errors.ts';
import type { Clock } from '@selfheal/kernel/time.ts';
import { redactName } from '@selfheal/redaction/redact.ts';
import { awsPlaceOf } from '#shared/domain/incident/aws-resource.ts';
import type { IncidentIds } from '#shared/domain/incident/identity.ts';
import type { Incident } from '#shared/domain/incident/incident.ts';
import type { Signal } from '#shared/domain/incident/signal.ts';
import type { AlertTarget } from '#shared/domain/incident/target-context.ts';
import type { WorkflowEngine } from '#shared/ports/cloud.ts';
import type { ControlSettings, Deduplication, IncidentLocks } from '#shared/ports/control-store.ts';
import type { IncidentStore } from '#shared/ports/incident-store.ts';
import { deferResolution } from '../common/pending-signal.ts';
import { newestOfAlarm } from './latest-incident.ts';

export interface CloseAlertDeps {
  readonly incidents: Pick<IncidentStore, 'get' | 'update' | 'audit'>;
  readonly control: Pick<ControlSettings, 'cursor' | 'setCursor'> & Deduplication & Pick<IncidentLocks, 'keepWaiting'>;
  readonly workflow: Pick<WorkflowEngine, 'start'>;
  readonly clock: Clock;
}

const resolvedKey = (incidentId: string): string => `resolved#${incidentId}`;

/** Of an event of AWS, whose end does not say when the trouble began: when the newest end of it was. */
const endOf = (intakeKey: string): string => `ended#${intakeKey}`;

/** Whether the sender had called this alert resolved before its beginning arrived: then nothing is opened. */
export async function wasResolvedFirst(
  { target }: Signal,
  { incidentId, intakeKey }: IncidentIds,
  { control }: { readonly control: Pick<Deduplication, 'isProcessed'> & Pick<ControlSettings, 'cursor'> },
): Promise<boolean> {
  if (target.kind !== 'alert') return false;
  if (await control.isProcessed(resolvedKey(incidentId))) return true;
  const ended = awsPlaceOf(target) === null ? null : await control.cursor(endOf(intakeKey));
  return ended !== null && Date.parse(target.changedAt) <= Date.parse(ended);
}

async function rememberEnd(
  target: AlertTarget,
  { incidentId, intakeKey }: IncidentIds,
  { control, clock }: Pick<CloseAlertDeps, 'control' | 'clock'>,
): Promise<void> {
  await control.markProcessed(resolvedKey(incidentId), clock.now());
  if (awsPlaceOf(target) === null) return;
  const known = await control.cursor(endOf(intakeKey));
  if (known === null || Date.parse(known) < Date.parse(target.changedAt))
    await control.setCursor(endOf(intakeKey), target.changedAt);
}

/**
 * Applies an alert's end as its sender reports it, which is all that can be known of its state. An incident that is worked on is closed once its
 * workflow has ended; one that ended without a recovery is closed now, and people are told. Repeatable.
 */
export async function closeAlert(
  signal: Signal,
  ids: IncidentIds,
  deps: CloseAlertDeps,
): Promise<'stale' | 'noted' | 'closed' | 'resolved-unknown'> {
  const { target } = signal;
  if (target.kind !== 'alert') return 'stale';
  await rememberEnd(target, ids, deps);
  const incident = (await deps.incidents.get(ids.incidentId)) ?? (await newestOfAlarm(signal, ids, deps));
  if (incident === null) return 'resolved-unknown';
  if (incident.target.kind !== 'alert' || Date.parse(incident.target.changedAt) > Date.parse(target.changedAt))
    return 'stale';
  switch (incident.status) {
    case 'open':
      await deferResolution(signal, incident, deps);
      return 'noted';
    case 'suggested':
    case 'escalated':
      return await close(incident, signal, target, deps);
    case 'linked':
    case 'grouped':
      await note(incident, signal, deps);
      return 'noted';
    case 'resolved':
    case 'healed':
      return await repeatClose(incident, deps);
    default:
      return incident.status satisfies never;
  }
}

async function close(incident: Incident, signal: Signal, sender: AlertTarget, deps: CloseAlertDeps): Promise<'closed'> {
  const at = deps.clock.now();
  const outcomeReason = redactName(
    `${reporterOf(sender)} reported at ${signal.occurredAt} that it is resolved. Selfheal did not check it.`,
    300,
  );
  await note(incident, signal, deps);
  const attempt = incident.attempt + 1;
  const closed = await deps.incidents.update(
    incident.id,
    { status: 'resolved', outcomeReason, attempt },
    { ifStatus: [incident.status], ifAttempt: incident.attempt, at },
  );
  if (closed === 'condition-failed')
    throw new Retryable(`Incident ${incident.id} changed while it was being closed; the intake queue will retry.`);
  // Its workflow finds it closed, and only tells people.
  await deps.workflow.start(incident.id, attempt);
  return 'closed';
}

function reporterOf(sender: AlertTarget): string {
  const place = awsPlaceOf(sender);
  return place === null
    ? `${sender.provider} (connection ${sender.connection})`
    : `${sender.provider} (account ${place.account} in ${place.region})`;
}

/** After a crash between the record and its workflow, a repeat starts that; execution names are unique. */
async function repeatClose(incident: Incident, deps: CloseAlertDeps): Promise<'stale'> {
  await deps.workflow.start(incident.id, incident.attempt);
  return 'stale';
}

async function note({ id }: Incident, { deliveryId }: Signal, deps: CloseAlertDeps): Promise<void> {
  await deps.incidents.audit(id, `signal#${deliveryId}`, {
    at: deps.clock.now().toISOString(),
    event: 'alarm.cleared',
    facts: { delivery: deliveryId, runAttempt: 1 },
  });
}
