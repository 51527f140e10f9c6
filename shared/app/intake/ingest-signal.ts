import { Retryable } from '@selfheal/kernel/errors.ts';
import { redactOutgoing } from '@selfheal/redaction/redact.ts';
import type { Configuration } from '#shared/domain/configuration/configuration.ts';
import { modeOf } from '#shared/domain/configuration/scope.ts';
import { classifyRecurrence, transitionOf } from '#shared/domain/incident/alarm-recurrence.ts';
import { deliveryKeyOf, type IncidentIds, identify } from '#shared/domain/incident/identity.ts';
import type { Incident } from '#shared/domain/incident/incident.ts';
import { openIncident, runAttemptOf } from '#shared/domain/incident/open-incident.ts';
import { runsKeyOf } from '#shared/domain/incident/scope.ts';
import type { Signal } from '#shared/domain/incident/signal.ts';
import type { ControlSettings, Deduplication, IncidentLocks } from '#shared/ports/control-store.ts';
import type { IncidentStore } from '#shared/ports/incident-store.ts';
import type { PolicyReader } from '#shared/ports/policy-store.ts';
import type { StatsStore } from '#shared/ports/test-store.ts';
import { acquireIncidentLock } from '../common/incident-lock.ts';
import { deferSignal, forgetWaiting } from '../common/pending-signal.ts';
import { auditRequest } from '../common/requested-action.ts';
import { governed } from '../policy/governed.ts';
import { closeAlert, wasResolvedFirst } from './close-alert.ts';
import { newestOfAlarm, rememberNewest } from './latest-incident.ts';
import { type AdmissionDeps, admitIncident, isOnlyCounted, resumeIncident, startWorkflow } from './start-or-group.ts';

export interface IngestDeps extends AdmissionDeps {
  readonly incidents: AdmissionDeps['incidents'] & Pick<IncidentStore, 'get'>;
  readonly control: AdmissionDeps['control'] &
    Deduplication &
    Pick<IncidentLocks, 'claimGroup' | 'keepWaiting' | 'waiting' | 'dropWaiting'> &
    Pick<ControlSettings, 'cursor' | 'setCursor'>;
  readonly stats: Pick<StatsStore, 'addRun' | 'keepDefaultBranch'>;
  readonly policy: PolicyReader;
}

/** Outcome of a signal; also the name of its counter. */
export type IngestOutcome =
  | 'duplicate-delivery'
  | 'mode-off'
  | 'noted'
  | 'stale'
  | 'resolved-first'
  | 'resolved-unknown'
  | 'closed'
  | 'occurrence'
  | 'opened'
  | 'reopened'
  | 'resumed'
  | 'request-refused'
  | 'foreign-counted'
  | 'grouped';

/**
 * Applies one signal to the incidents. Every write is conditional or repeatable, and the delivery is marked as processed last. So a crash at
 * any point, followed by a repeat, ends in the same state: one incident, one execution.
 */
export async function ingestSignal(signal: Signal, deps: IngestDeps): Promise<IngestOutcome> {
  // Asked for at the same moment, so that they come in one request.
  const [isProcessed, { configuration }, waiting] = await Promise.all([
    deps.control.isProcessed(deliveryKeyOf(signal)),
    governed(deps),
    signal.kind === 'run-succeeded' ? deps.control.waiting(identify(signal).intakeKey) : null,
  ]);
  if (isProcessed) return 'duplicate-delivery';
  const outcome = await applySignal(signal, { configuration, hasWaiting: waiting !== null }, deps);
  if (outcome !== 'mode-off') await rememberRun(signal, deps);
  await deps.control.markProcessed(deliveryKeyOf(signal), deps.clock.now());
  return outcome;
}

async function applySignal(
  signal: Signal,
  { configuration, hasWaiting }: { readonly configuration: Configuration; readonly hasWaiting: boolean },
  deps: IngestDeps,
): Promise<IngestOutcome> {
  if (modeOf(configuration, signal.target) === 'off') return 'mode-off';
  const ids = identify(signal);
  switch (signal.kind) {
    case 'run-succeeded':
      if (hasWaiting) await forgetWaiting(signal, ids, deps.control);
      return await noteRecovery(signal, ids, deps);
    case 'alarm-cleared':
      return signal.target.kind === 'alert'
        ? await closeAlert(signal, ids, deps)
        : await noteRecovery(signal, ids, deps);
    case 'run-failed':
    case 'alarm-raised':
    case 'reported':
      return await applyFailure(signal, ids, deps);
    case 'action-requested':
      return await applyRequest(signal, ids, deps);
    // `completeSignal` has made a failure of it unless it was cancelled on purpose.
    case 'run-cancelled':
      return 'stale';
    default:
      return signal.kind satisfies never;
  }
}

/** A recovery opens and decides nothing, because verification reads the state itself. */
async function noteRecovery(signal: Signal, ids: IncidentIds, deps: IngestDeps): Promise<IngestOutcome> {
  const incident = (await deps.incidents.get(ids.incidentId)) ?? (await newestOfAlarm(signal, ids, deps));
  if (incident?.status !== 'open') return 'stale';
  await deps.incidents.audit(incident.id, `signal#${signal.deliveryId}`, {
    at: deps.clock.now().toISOString(),
    event: signal.kind === 'run-succeeded' ? 'run.succeeded' : 'alarm.cleared',
    facts: { delivery: signal.deliveryId, runAttempt: runAttemptOf(signal) },
  });
  return 'noted';
}

/**
 * Starts the incident of a request, which the API has opened; that of an alert is opened here. Only one incident works on a target: while another
 * one has the lock, the request is refused, and a person may repeat it afterwards.
 */
async function applyRequest(signal: Signal, ids: IncidentIds, deps: IngestDeps): Promise<IngestOutcome> {
  if (signal.request?.alert !== undefined) {
    await deps.incidents.create(openIncident(signal, ids, deps.clock.now()));
    await auditRequest(ids.incidentId, signal.request, deps.incidents);
  }
  const incident = await deps.incidents.get(ids.incidentId);
  if (incident?.status !== 'open') return 'stale';
  const owner = await acquireIncidentLock(ids, incident.attempt, deps);
  if (owner === null) {
    await startWorkflow(incident, deps);
    return 'opened';
  }
  const at = deps.clock.now();
  const outcomeReason = redactOutgoing(
    `Nothing was done: incident ${owner.id} is working on the same target. Ask again when it has ended.`,
  );
  await deps.incidents.audit(incident.id, `request-refused#${incident.attempt}`, {
    at: at.toISOString(),
    event: 'action.request-refused',
    facts: { action: incident.request?.actionId ?? '', reason: outcomeReason },
  });
  await deps.incidents.update(
    incident.id,
    { status: 'linked', parentId: owner.id, outcomeReason },
    { ifStatus: ['open'], ifAttempt: incident.attempt, at },
  );
  return 'request-refused';
}

async function applyFailure(signal: Signal, ids: IncidentIds, deps: IngestDeps): Promise<IngestOutcome> {
  const known = await deps.incidents.get(ids.incidentId);
  if (known !== null) return await applyToKnown(known, signal, deps);
  if (await wasResolvedFirst(signal, ids, deps)) return 'resolved-first';
  const newest = await newestOfAlarm(signal, ids, deps);
  // What joins an open incident opens none.
  if (newest?.status !== 'open' && (await isOnlyCounted(signal, ids, deps))) return 'foreign-counted';
  return (newest && (await applyToNewest(newest, signal, deps))) ?? (await open(signal, ids, deps));
}

/** Applies a signal to the alarm's newest incident; null when it does not concern that one. */
async function applyToNewest(newest: Incident, signal: Signal, deps: IngestDeps): Promise<IngestOutcome | null> {
  const flap = classifyRecurrence(newest, signal, deps.configuration.policy.flapWindowMinutes);
  switch (flap.kind) {
    case 'unrelated':
      return null;
    case 'stale':
      return 'stale';
    case 'resume':
      return (await resumeIncident(newest, deps)) === 'grouped' ? 'grouped' : 'resumed';
    case 'reopen':
      await deps.incidents.addOccurrence(newest.id, signal.deliveryId, newest.runAttempt, deps.clock.now());
      return await reopen(newest, signal, flap, deps);
    default:
      return flap satisfies never;
  }
}

async function applyToKnown(known: Incident, signal: Signal, deps: IngestDeps): Promise<IngestOutcome> {
  const transition = transitionOf(known, signal);
  switch (transition.kind) {
    case 'stale':
      return 'stale';
    case 'occurrence':
      await deps.incidents.addOccurrence(known.id, signal.deliveryId, runAttemptOf(signal), deps.clock.now());
      return 'occurrence';
    case 'resume':
      return (await resumeIncident(known, deps)) === 'grouped' ? 'grouped' : 'resumed';
    case 'reopen':
      return await reopen(known, signal, transition, deps);
    default:
      return transition satisfies never;
  }
}

/** Opens the incident; if another attempt of the same run has just opened it, applies the signal to that one. */
async function open(signal: Signal, ids: IncidentIds, deps: IngestDeps): Promise<IngestOutcome> {
  const owner = await acquireIncidentLock(ids, 1, deps);
  if (owner !== null) return await joinOwner(owner, signal, deps);
  await rememberNewest(signal, ids, deps.control);
  const incident = openIncident(signal, ids, deps.clock.now());
  if ((await deps.incidents.create(incident, { isNew: true })) === 'created') {
    return (await resumeIncident(incident, deps)) === 'grouped' ? 'grouped' : 'opened';
  }
  const current = await deps.incidents.get(incident.id);
  if (current === null)
    throw new Retryable(
      `Incident ${incident.id} was just created and cannot be read yet; the intake queue will retry.`,
    );
  return await applyToKnown(current, signal, deps);
}

/**
 * Counts the signal for the incident that holds the lock: another run with the same intake key is an occurrence for now. Its attempts are not
 * those of the lock owner's run.
 */
async function joinOwner(owner: Incident, signal: Signal, deps: IngestDeps): Promise<IngestOutcome> {
  await deps.incidents.addOccurrence(owner.id, signal.deliveryId, owner.runAttempt, deps.clock.now());
  if (signal.target.kind === 'alert') await forgetWaiting(signal, owner, deps.control);
  await deferSignal(signal, owner, deps);
  return 'occurrence';
}

async function reopen(
  known: Incident,
  signal: Signal,
  next: { attempt: number; runAttempt: number },
  deps: IngestDeps,
): Promise<IngestOutcome> {
  const owner = await acquireIncidentLock({ incidentId: known.id, intakeKey: known.intakeKey }, next.attempt, deps);
  if (owner !== null) return await joinOwner(owner, signal, deps);
  const reopened = await openAgain(known, signal, next, deps);
  return (await admitIncident(reopened, deps.clock.now(), deps)) === 'grouped' ? 'grouped' : 'reopened';
}

const MAX_RACES = 3;

/**
 * Writes the next attempt on top of the incident that was read. Signals of other attempts that were counted meanwhile are kept.
 */
async function openAgain(
  known: Incident,
  signal: Signal,
  next: { attempt: number; runAttempt: number },
  deps: IngestDeps,
): Promise<Incident> {
  let current: Incident | null = known;
  for (let races = 0; races < MAX_RACES && current?.attempt === known.attempt; races += 1) {
    const runAttempt = Math.max(current.runAttempt, next.runAttempt);
    const updated = await deps.incidents.update(
      known.id,
      {
        status: 'open',
        parentId: null,
        outcomeReason: null,
        classification: null,
        reopened: true,
        restarts: 0,
        recurrence: null,
        target: signal.target,
        attempt: next.attempt,
        runAttempt,
      },
      {
        ifStatus: [known.status],
        ifAttempt: known.attempt,
        ifRunAttempt: current.runAttempt,
        at: deps.clock.now(),
      },
    );
    current = await deps.incidents.get(known.id);
    if (updated === 'updated' && current !== null) return current;
  }
  throw new Retryable(`Incident ${known.id} changed while it was being reopened; the intake queue will retry.`);
}

/** Default branches that this process wrote to a store, by repository: one write each, not one with every run. */
const writtenBranches = new WeakMap<object, Map<number, string>>();

/** Records every finished run for the workflow's baseline, and the default branch that a run of it names. */
async function rememberRun(signal: Signal, deps: IngestDeps): Promise<void> {
  const { target, tainted } = signal;
  if (target.kind !== 'run') return;
  await deps.stats.addRun(runsKeyOf(target), {
    runId: target.runId,
    runAttempt: target.runAttempt,
    conclusion: signal.kind === 'run-succeeded' ? 'success' : 'failure',
    onDefaultBranch: target.onDefaultBranch,
    at: signal.occurredAt,
    headSha: target.headSha,
  });
  const { repositoryId, repository, onDefaultBranch } = target;
  const { branch } = tainted;
  const written = writtenBranches.get(deps.stats) ?? new Map<number, string>();
  if (!onDefaultBranch || branch === null || written.get(repositoryId) === `${repository} ${branch}`) return;
  await deps.stats.keepDefaultBranch(repositoryId, { repository, branch });
  writtenBranches.set(deps.stats, written.set(repositoryId, `${repository} ${branch}`));
}
