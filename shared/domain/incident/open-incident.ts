import { present } from '@selfheal/kernel/present.ts';
import { redactName } from '@selfheal/redaction/redact.ts';
import type { IncidentIds } from './identity.ts';
import type { Incident } from './incident.ts';
import type { Signal } from './signal.ts';
import type { StormTarget } from './target-context.ts';

/** Creates the record of a new incident. Pure: the same signal, ids and instant give the same record. */
export function openIncident(signal: Signal, ids: IncidentIds, now: Date): Incident {
  return {
    version: 1,
    id: ids.incidentId,
    status: 'open',
    target: signal.target,
    intakeKey: ids.intakeKey,
    tainted: signal.tainted,
    source: signal.source,
    attempt: 1,
    occurrences: 1,
    runAttempt: runAttemptOf(signal),
    reopened: false,
    restarts: 0,
    recurrence: null,
    parentId: null,
    classification: null,
    outcomeReason: null,
    githubRequests: {},
    ...present({ request: signal.request }),
    openedAt: now.toISOString(),
    updatedAt: now.toISOString(),
  };
}

/** The record of a storm: `minute` is the ISO 8601 minute in which it began. */
export function openStorm(ids: IncidentIds, minute: string, now: Date): Incident {
  return openParent(ids, { kind: 'storm', startedAt: minute }, `Many failures since ${minute}`, now);
}

/** The record that counts the alarms of other accounts and regions in an hour that became no incident of their own. */
export function openForeignCount(ids: IncidentIds, hour: string, now: Date): Incident {
  const target: StormTarget = { kind: 'storm', startedAt: hour, of: 'foreign-alarms' };
  return openParent(ids, target, `More alarms of other accounts and regions since ${hour}`, now);
}

function openParent(ids: IncidentIds, target: StormTarget, title: string, now: Date): Incident {
  const signal: Signal = {
    version: 1,
    deliveryId: ids.incidentId,
    source: 'storm',
    kind: 'alarm-raised',
    occurredAt: target.startedAt,
    target,
    tainted: { title: redactName(title, 300), branch: null, branchKey: null, reason: null },
  };
  return openIncident(signal, ids, now);
}

/** The run attempt of a signal; 1 for anything that has none. */
export function runAttemptOf(signal: Signal): number {
  return signal.target.kind === 'run' ? signal.target.runAttempt : 1;
}
