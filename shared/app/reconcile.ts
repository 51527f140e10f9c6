import type { Incident } from '#shared/domain/incident/incident.ts';
import { renderMail } from '#shared/plugins/notifiers/mail.ts';
import type { Mailer, WorkflowEngine } from '#shared/ports/cloud.ts';
import type { ControlStore } from '#shared/ports/control-store.ts';
import type { IncidentStore } from '#shared/ports/incident-store.ts';
import type { Log, Meter } from '#shared/ports/telemetry-sink.ts';
import type { Clock } from '#shared/ports/time.ts';
import { sendMail } from './escalate.ts';
import { freePlace } from './ingest-place.ts';

export interface ReconcileDeps {
  readonly incidents: Pick<IncidentStore, 'listStalled' | 'update' | 'audit' | 'listAudit' | 'listActions'>;
  readonly control: Pick<ControlStore, 'releaseGroup'>;
  readonly workflow: Pick<WorkflowEngine, 'start' | 'status'>;
  readonly mailer: Mailer;
  readonly clock: Clock;
  readonly meter: Meter;
  readonly log: Log;
}

export type Reconciled = 'running' | 'started' | 'restarted' | 'given-up' | 'failed';

/** An open incident that nothing touched for so long may have lost its workflow. */
const STALLED_MILLISECONDS = 10 * 60_000;
const AT_ONCE = 50;
/** Of one failure; after that a human gets it. */
const MAX_RESTARTS = 2;

/** Looks after open incidents nothing happened to for a while. One that fails does not keep the others from being looked at. */
export async function reconcile(deps: ReconcileDeps): Promise<Record<Reconciled, number>> {
  const counts: Record<Reconciled, number> = { running: 0, started: 0, restarted: 0, 'given-up': 0, failed: 0 };
  const before = new Date(deps.clock.now().getTime() - STALLED_MILLISECONDS);
  for (const incident of await deps.incidents.listStalled(before, AT_ONCE)) {
    try {
      counts[await reconcileOne(incident, deps)] += 1;
    } catch (error) {
      counts.failed += 1;
      deps.log.error('An incident could not be reconciled.', {
        incidentId: incident.id,
        error: error instanceof Error ? error.name : 'unknown',
      });
    }
  }
  for (const [what, count] of Object.entries(counts)) deps.meter.count(`reconciled-${what}`, count);
  return counts;
}

async function reconcileOne(incident: Incident, deps: ReconcileDeps): Promise<Reconciled> {
  switch (await deps.workflow.status(incident.id, incident.attempt)) {
    case 'running':
      // Touched, so that long waits for an approval do not fill the list.
      await deps.incidents.update(incident.id, {}, { ifStatus: ['open'], at: deps.clock.now() });
      return 'running';
    case 'missing':
      await deps.workflow.start(incident.id, incident.attempt);
      await deps.incidents.update(incident.id, {}, { ifStatus: ['open'], at: deps.clock.now() });
      return 'started';
    case 'ended':
      return await restart(incident, deps);
  }
}

/** The next attempt is written before it is started: after a crash in between it is found missing and started. */
async function restart(incident: Incident, deps: ReconcileDeps): Promise<Reconciled> {
  const trail = await deps.incidents.listAudit(incident.id);
  const restarts = trail.filter(
    ({ event, facts }) => event === 'workflow.restarted' && facts.runAttempt === incident.runAttempt,
  ).length;
  if (restarts >= MAX_RESTARTS) return await giveUp(incident, deps);
  const at = deps.clock.now();
  const attempt = incident.attempt + 1;
  await deps.incidents.audit(incident.id, `restarted#${attempt}`, {
    at: at.toISOString(),
    event: 'workflow.restarted',
    facts: { attempt, runAttempt: incident.runAttempt },
  });
  const updated = await deps.incidents.update(
    incident.id,
    { attempt },
    { ifStatus: ['open'], ifAttempt: incident.attempt, at },
  );
  if (updated === 'updated') await deps.workflow.start(incident.id, attempt);
  return 'restarted';
}

/** The mail goes first: an incident is never closed without anybody knowing. */
async function giveUp(incident: Incident, deps: ReconcileDeps): Promise<Reconciled> {
  const reason = `Its workflow ended ${MAX_RESTARTS + 1} times without recording an outcome.`;
  const actions = await deps.incidents.listActions(incident.id);
  const story = { incident, diagnosis: null, evidence: null, actions, stage: 'final' as const };
  const { subject, message } = renderMail('Needs a human', reason, story);
  await sendMail(deps.mailer, subject, message);
  await deps.incidents.update(
    incident.id,
    { status: 'escalated', outcomeReason: reason },
    { ifStatus: ['open'], ifAttempt: incident.attempt, at: deps.clock.now() },
  );
  await freePlace(incident, deps.control);
  return 'given-up';
}
