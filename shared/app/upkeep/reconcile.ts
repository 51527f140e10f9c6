import type { Configuration } from '#shared/domain/configuration/configuration.ts';
import type { Incident } from '#shared/domain/incident/incident.ts';
import { redactName } from '#shared/domain/redaction/redact-name.ts';
import { renderMail } from '#shared/plugins/notifiers/mail.ts';
import type { Mailer, SignalQueue, WorkflowEngine } from '#shared/ports/cloud.ts';
import type { ControlStore } from '#shared/ports/control-store.ts';
import type { IncidentStore } from '#shared/ports/incident-store.ts';
import type { Log, Meter } from '#shared/ports/telemetry-sink.ts';
import type { Clock } from '#shared/ports/time.ts';
import { freePlace } from '../common/incident-lock.ts';
import { releaseWaiting } from '../common/pending-signal.ts';
import { sendMail } from '../notify/escalate.ts';
import { storyFrame } from '../notify/report.ts';

export interface ReconcileDeps {
  readonly incidents: Pick<IncidentStore, 'listStalled' | 'update' | 'audit' | 'listAudit' | 'listActions'>;
  readonly control: Pick<ControlStore, 'releaseGroup' | 'waiting' | 'dropWaiting'>;
  readonly queue: SignalQueue;
  readonly workflow: Pick<WorkflowEngine, 'start' | 'status'>;
  readonly mailer: Mailer;
  readonly configuration: Configuration;
  readonly clock: Clock;
  readonly meter: Meter;
  readonly log: Log;
}

export type Reconciled = 'running' | 'started' | 'restarted' | 'given-up' | 'failed';

/** An open incident that nothing touched for so long may have lost its workflow. */
const MAX_REASON = 2000;
const STALLED_MILLISECONDS = 10 * 60_000;
const AT_ONCE = 50;
/** Later than any clock. */
const NEVER = new Date('9999-01-01T00:00:00.000Z');
/** No further page is begun after it; the function has two minutes. */
const BUDGET_MILLISECONDS = 70_000;
/** Of one failure; after that a human gets it. */
const MAX_RESTARTS = 2;

/**
 * Looks after open incidents nothing happened to for a while, page after page, the longest untouched first. What was looked at is
 * touched, so that neither those that fail nor those that wait for long keep the others from being looked at. Those touched in the
 * future come with the first page: the clock was set back, and they would be passed over until it is as late again.
 */
export async function reconcile(deps: ReconcileDeps): Promise<Record<Reconciled, number>> {
  const counts: Record<Reconciled, number> = { running: 0, started: 0, restarted: 0, 'given-up': 0, failed: 0 };
  const startedAt = deps.clock.now().getTime();
  const before = new Date(startedAt - STALLED_MILLISECONDS);
  const seen = new Set<string>();
  const ahead = await deps.incidents.listStalled(NEVER, AT_ONCE, new Date(startedAt + STALLED_MILLISECONDS));
  do {
    const stalled = await deps.incidents.listStalled(before, AT_ONCE + seen.size);
    const page = [...ahead.splice(0), ...stalled].filter(({ id }) => !seen.has(id)).slice(0, AT_ONCE);
    if (page.length === 0) break;
    for (const incident of page) {
      seen.add(incident.id);
      counts[await reconcileSafely(incident, deps)] += 1;
    }
  } while (deps.clock.now().getTime() - startedAt < BUDGET_MILLISECONDS);
  for (const [what, count] of Object.entries(counts)) deps.meter.count(`reconciled-${what}`, count);
  return counts;
}

async function reconcileSafely(incident: Incident, deps: ReconcileDeps): Promise<Reconciled> {
  try {
    return await reconcileOne(incident, deps);
  } catch (error) {
    const name = error instanceof Error ? error.name : 'unknown';
    deps.log.error('An incident could not be reconciled.', { incidentId: incident.id, error: name });
    // It goes to the end of the list; should that fail too, it is passed over in this round.
    await touch(incident, deps).catch(() => undefined);
    return 'failed';
  }
}

async function touch({ id }: Incident, deps: ReconcileDeps): Promise<void> {
  await deps.incidents.update(id, {}, { ifStatus: ['open'], at: deps.clock.now() });
}

async function reconcileOne(incident: Incident, deps: ReconcileDeps): Promise<Reconciled> {
  switch (await deps.workflow.status(incident.id, incident.attempt)) {
    case 'running':
      await touch(incident, deps);
      return 'running';
    case 'missing':
      await deps.workflow.start(incident.id, incident.attempt);
      await touch(incident, deps);
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

/**
 * The mail goes first: an incident is never closed without anybody knowing. Closed last, it is given up again after a crash in between,
 * and what waited for its place finds that free, not an incident that nobody will end.
 */
async function giveUp(incident: Incident, deps: ReconcileDeps): Promise<Reconciled> {
  const reason = `Its workflow ended ${MAX_RESTARTS + 1} times without recording an outcome.`;
  const actions = await deps.incidents.listActions(incident.id);
  const frame = storyFrame(incident, deps.configuration);
  const story = { incident, diagnosis: null, evidence: null, actions, stage: 'final' as const, ...frame };
  const { subject, message } = renderMail('Needs a human', reason, story);
  await sendMail(deps.mailer, subject, message);
  await freePlace(incident, deps.control);
  await releaseWaiting(incident, deps);
  await deps.incidents.update(
    incident.id,
    { status: 'escalated', outcomeReason: redactName(reason, MAX_REASON) },
    { ifStatus: ['open'], ifAttempt: incident.attempt, at: deps.clock.now() },
  );
  return 'given-up';
}
