import { digestOf } from '@selfheal/kernel/digest.ts';
import { phrase } from '@selfheal/kernel/text/redacted-text.ts';
import type { Clock } from '@selfheal/kernel/time.ts';
import type { Configuration } from '#shared/domain/configuration/configuration.ts';
import { isForeign } from '#shared/domain/incident/home.ts';
import {
  FOREIGN_ALARMS,
  hourOf,
  type IncidentIds,
  minuteOf,
  stormIdOf,
  stormScopeOf,
} from '#shared/domain/incident/identity.ts';
import type { Incident } from '#shared/domain/incident/incident.ts';
import { openForeignCount, openStorm } from '#shared/domain/incident/open-incident.ts';
import type { Signal } from '#shared/domain/incident/signal.ts';
import { isSimulated } from '#shared/domain/incident/target-context.ts';
import type { WorkflowEngine } from '#shared/ports/cloud.ts';
import type { IncidentLocks, Limits } from '#shared/ports/control-store.ts';
import type { IncidentStore } from '#shared/ports/incident-store.ts';
import { releaseIncidentLock } from '../common/incident-lock.ts';

export interface AdmissionDeps {
  readonly incidents: Pick<IncidentStore, 'create' | 'update' | 'addOccurrence' | 'audit'>;
  readonly control: Pick<Limits, 'countInMinute' | 'takePlace' | 'joinStorm'> & Pick<IncidentLocks, 'releaseGroup'>;
  readonly workflow: Pick<WorkflowEngine, 'start'>;
  readonly configuration: Configuration;
  readonly clock: Clock;
}

/** Alarms of other accounts and regions that become incidents in an hour, also by flapping; the rest is only counted. */
export const FOREIGN_INCIDENTS_PER_HOUR = 10;

/** Not the storm's own scope: the first minute of an hour has the hour's key. */
const ADMITTED = `${FOREIGN_ALARMS}-admitted`;

/** A storm is over when no incident has joined it for this long. */
const QUIET_MINUTES = 5;

/**
 * Starts the workflow of an open incident. If too many incidents were opened in its minute or hour, it joins the storm instead, and only the
 * storm's parent is worked on. Repeatable: an incident's attempt is counted once, and executions have fixed names.
 */
export async function admitIncident(
  incident: Incident,
  openedAt: Date,
  deps: AdmissionDeps,
): Promise<'started' | 'grouped'> {
  const minute = minuteOf(openedAt);
  // A rehearsal takes no place from real failures, and joins no storm.
  if (isSimulated(incident.target)) {
    await startWorkflow(incident, deps);
    return 'started';
  }
  if (!(await hasPlace(incident, openedAt, deps))) return await joinStorm(incident, minute, deps);
  await startWorkflow(incident, deps);
  return 'started';
}

/**
 * Whether the minute and the hour have room. Only incidents within the minute's limit count for the hour, so that the rest of GitHub's hourly
 * rate limit is left for later failures.
 */
async function hasPlace(
  incident: Incident,
  openedAt: Date,
  { control, configuration }: AdmissionDeps,
): Promise<boolean> {
  const member = `${incident.id}-${incident.attempt}`;
  const scope = stormScopeOf(incident.target, configuration.home);
  const { stormIncidentsPerMinute, stormIncidentsPerHour } = configuration.policy;
  const window = { minute: minuteOf(openedAt), hour: hourOf(openedAt), perMinute: stormIncidentsPerMinute };
  const inHour = await control.takePlace(member, scope, window);
  return inHour !== null && inHour <= stormIncidentsPerHour;
}

/**
 * Makes sure that an open incident is worked on after a crash. Its first attempt is admitted again, by the minute it was opened in. A later
 * attempt has no such minute and is simply started.
 */
export async function resumeIncident(incident: Incident, deps: AdmissionDeps): Promise<'started' | 'grouped'> {
  if (incident.attempt === 1) return await admitIncident(incident, new Date(incident.openedAt), deps);
  await startWorkflow(incident, deps);
  return 'started';
}

/** Starts it without counting it for storms. */
export async function startWorkflow(incident: Incident, deps: AdmissionDeps): Promise<void> {
  await deps.workflow.start(incident.id, incident.attempt);
  await auditOpened(incident, deps);
}

async function joinStorm(incident: Incident, minute: string, deps: AdmissionDeps): Promise<'grouped'> {
  const now = deps.clock.now();
  const scope = stormScopeOf(incident.target, deps.configuration.home);
  const { parentId } = await deps.control.joinStorm(stormIdOf(minute, scope), now, QUIET_MINUTES, scope);
  const parent = openStorm({ incidentId: parentId, intakeKey: digestOf(parentId, 40) }, minute, now);
  await deps.incidents.create(parent);
  await deps.workflow.start(parentId, 1);
  await deps.incidents.addOccurrence(parentId, `${incident.id}-${incident.attempt}`, 1, now);
  await deps.incidents.audit(incident.id, `grouped#${incident.attempt}`, {
    at: now.toISOString(),
    event: 'incident.grouped',
    facts: { parent: parentId },
  });
  await deps.incidents.update(
    incident.id,
    { status: 'grouped', parentId, outcomeReason: phrase`Too many failures at once: handled as one storm.` },
    { ifStatus: ['open'], ifAttempt: incident.attempt, at: now },
  );
  await releaseIncidentLock(incident, deps.control);
  return 'grouped';
}

/**
 * Whether an alarm of another account or region is more than the hour allows. Then it becomes no incident of its own: one
 * incident of the hour counts it, and tells people once. Repeatable: a delivery counts once.
 */
export async function isOnlyCounted(
  signal: Signal,
  { incidentId }: IncidentIds,
  deps: AdmissionDeps,
): Promise<boolean> {
  if (!isForeign(signal.target, deps.configuration.home)) return false;
  const now = deps.clock.now();
  const hour = hourOf(now);
  if ((await deps.control.countInMinute(hour, incidentId, ADMITTED)) <= FOREIGN_INCIDENTS_PER_HOUR) return false;
  const id = stormIdOf(hour, FOREIGN_ALARMS);
  const parent = openForeignCount({ incidentId: id, intakeKey: digestOf(id, 40) }, hour, now);
  const isFirst = (await deps.incidents.create(parent)) === 'created';
  await startWorkflow(parent, deps);
  // The record begins with one occurrence: the first alarm.
  if (!isFirst) await deps.incidents.addOccurrence(id, signal.deliveryId, 1, now);
  return true;
}

async function auditOpened(incident: Incident, deps: AdmissionDeps): Promise<void> {
  await deps.incidents.audit(incident.id, `opened#${incident.attempt}`, {
    at: deps.clock.now().toISOString(),
    event: incident.attempt === 1 ? 'incident.opened' : 'incident.reopened',
    facts: { attempt: incident.attempt, source: incident.source, kind: incident.target.kind },
  });
}
