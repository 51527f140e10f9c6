import type { Clock } from '@selfheal/kernel/time.ts';
import { redactName } from '@selfheal/redaction/redact.ts';
import type { Configuration } from '#shared/domain/configuration/configuration.ts';
import type { Incident } from '#shared/domain/incident/incident.ts';
import type { SignalQueue, WorkflowEngine } from '#shared/ports/cloud.ts';
import type { IncidentLocks } from '#shared/ports/control-store.ts';
import type { IncidentStore } from '#shared/ports/incident-store.ts';
import type { Log, Meter } from '#shared/ports/telemetry-sink.ts';
import { releaseIncidentLock } from '../common/incident-lock.ts';
import { releaseWaiting } from '../common/pending-signal.ts';
import { type AnnounceDeps, announce } from '../notify/announce.ts';
import { type BeginCallsDeps, beginCalls } from '../notify/begin-calls.ts';
import { storyFrame } from '../notify/report.ts';
import { readStop, type StopDeps } from '../notify/stop-notice.ts';

export interface ReconcileDeps extends AnnounceDeps, BeginCallsDeps {
  readonly incidents: Pick<IncidentStore, 'listStalled' | 'update' | 'audit' | 'listActions' | 'listNotifications'>;
  readonly control: Pick<IncidentLocks, 'releaseGroup' | 'waiting' | 'dropWaiting'> & StopDeps['control'];
  readonly queue: SignalQueue;
  readonly workflow: Pick<WorkflowEngine, 'start' | 'status'>;
  readonly configuration: Configuration;
  readonly clock: Clock;
  readonly meter: Meter;
  readonly log: Log;
}

export type ReconcileOutcome = 'running' | 'started' | 'restarted' | 'given-up' | 'failed';

/** An open incident without activity for this long may have lost its workflow. */
const MAX_REASON = 2000;
const STALLED_MILLISECONDS = 10 * 60_000;
const AT_ONCE = 50;
/** Later than any clock. */
const NEVER = new Date('9999-01-01T00:00:00.000Z');
/** No further page is started after this time, so that the round ends within the function's two minutes. */
const BUDGET_MILLISECONDS = 70_000;
/** Restarts of one incident; after that a person takes over. */
const MAX_RESTARTS = 2;

/**
 * Checks open incidents without recent activity, page by page, the longest idle first. Checked incidents are touched, so that failing or
 * long-waiting ones do not block the others. The first page also has incidents updated in the future: the clock was set back, and they would
 * otherwise be skipped until it has caught up.
 */
export async function reconcile(deps: ReconcileDeps): Promise<Record<ReconcileOutcome, number>> {
  const counts: Record<ReconcileOutcome, number> = { running: 0, started: 0, restarted: 0, 'given-up': 0, failed: 0 };
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

async function reconcileSafely(incident: Incident, deps: ReconcileDeps): Promise<ReconcileOutcome> {
  try {
    return await reconcileOne(incident, deps);
  } catch (error) {
    const name = error instanceof Error ? error.name : 'unknown';
    deps.log.error('An incident could not be reconciled.', { incidentId: incident.id, error: name });
    // It moves to the end of the list; if that fails as well, it waits for the next round.
    await touch(incident, deps).catch(() => undefined);
    return 'failed';
  }
}

async function touch({ id }: Incident, deps: ReconcileDeps): Promise<void> {
  await deps.incidents.update(id, {}, { ifStatus: ['open'], at: deps.clock.now() });
}

async function reconcileOne(incident: Incident, deps: ReconcileDeps): Promise<ReconcileOutcome> {
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

/** Writes the next attempt before it starts it, so that after a crash in between the missing execution is found and started. */
async function restart(incident: Incident, deps: ReconcileDeps): Promise<ReconcileOutcome> {
  if (incident.restarts >= MAX_RESTARTS) return await giveUp(incident, deps);
  const at = deps.clock.now();
  const attempt = incident.attempt + 1;
  await deps.incidents.audit(incident.id, `restarted#${attempt}`, {
    at: at.toISOString(),
    event: 'workflow.restarted',
    facts: { attempt, runAttempt: incident.runAttempt },
  });
  const updated = await deps.incidents.update(
    incident.id,
    { attempt, reopened: false, restarts: incident.restarts + 1 },
    { ifStatus: ['open'], ifAttempt: incident.attempt, at },
  );
  if (updated === 'updated') await deps.workflow.start(incident.id, attempt);
  return 'restarted';
}

/**
 * Mails first, so that an incident is never closed without anybody knowing, and closes last. After a crash in between the incident is
 * escalated again, and a waiting signal finds its lock released instead of an incident that nobody will end.
 */
async function giveUp(incident: Incident, deps: ReconcileDeps): Promise<ReconcileOutcome> {
  const reason = `Its workflow ended ${MAX_RESTARTS + 1} times without recording an outcome.`;
  const actions = await deps.incidents.listActions(incident.id);
  const frame = storyFrame(incident, deps.configuration);
  const stopped = await readStop(deps);
  const story = { incident, diagnosis: null, evidence: null, actions, stage: 'final' as const, stopped, ...frame };
  await beginCalls(story, { key: `workflow-failure#${incident.attempt}` }, deps);
  await announce({ kind: 'workflow-failure', story, reason }, deps);
  await releaseIncidentLock(incident, deps.control);
  await releaseWaiting(incident, deps);
  await deps.incidents.update(
    incident.id,
    { status: 'escalated', outcomeReason: redactName(reason, MAX_REASON) },
    { ifStatus: ['open'], ifAttempt: incident.attempt, at: deps.clock.now() },
  );
  return 'given-up';
}
