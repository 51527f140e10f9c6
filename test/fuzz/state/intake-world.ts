import * as fc from 'fast-check';
import { type IngestDeps, ingestSignal } from '#shared/app/intake/ingest-signal.ts';
import { type RecordDeps, record } from '#shared/app/record/record.ts';
import { identify } from '#shared/domain/incident/identity.ts';
import type { Incident } from '#shared/domain/incident/incident.ts';
import { runAttemptOf } from '#shared/domain/incident/open-incident.ts';
import type { Signal } from '#shared/domain/incident/signal.ts';
import { ACTIONS } from '#shared/plugins/actions/registry.ts';
import { aConfiguration, aGithubTarget, anAlarmTarget, aSignal } from '#test/builders/index.ts';
import { makeMemoryPorts, makeMemoryWorkflowEngine } from '#test/fakes/index.ts';

/** Mostly one place, two or three runs and failures, so that signals meet. */
const runSignal = fc
  .record({
    place: fc.constantFrom(1, 1, 1, 2),
    run: fc.constantFrom(1, 1, 2, 2, 3),
    attempt: fc.integer({ min: 1, max: 3 }),
    failed: fc.constantFrom(true, true, true, false),
    copy: fc.constantFrom(1, 1, 1, 2),
  })
  .map(({ place, run, attempt, failed, copy }) =>
    aSignal({
      deliveryId: `run-${place}-${run}-${attempt}-${failed}-${copy}`,
      kind: failed ? 'run-failed' : 'run-succeeded',
      target: aGithubTarget({ pullRequest: place, runId: place * 100 + run, runAttempt: attempt }),
    }),
  );
/** An alarm that flaps: raised and cleared at some minute. */
const alarmSignal = fc
  .record({ minute: fc.integer({ min: 0, max: 3 }), raised: fc.boolean() })
  .map(({ minute, raised }) =>
    aSignal({
      deliveryId: `alarm-${minute}-${raised}`,
      kind: raised ? 'alarm-raised' : 'alarm-cleared',
      target: anAlarmTarget({ changedAt: `2026-11-21T11:5${minute}:00.000Z` }),
    }),
  );

/** The same report has the same delivery id, as a re-delivery has; now and then a copy of it has another. */
export const signal: fc.Arbitrary<Signal> = fc.oneof(
  { weight: 6, arbitrary: runSignal },
  { weight: 1, arbitrary: alarmSignal },
);

export const ENDINGS = ['resolved', 'suggested', 'escalated'] as const;
export type Ending = (typeof ENDINGS)[number];

export const isFailure = ({ kind }: Signal) => kind === 'run-failed' || kind === 'alarm-raised';

/** What both the intake and the record step work with. */
export type IntakePorts = IngestDeps & RecordDeps;

function somePorts(stormIncidentsPerMinute: number) {
  return {
    ...makeMemoryPorts(),
    workflow: makeMemoryWorkflowEngine(),
    actions: ACTIONS,
    configuration: aConfiguration({ policy: { stormIncidentsPerMinute } }),
  } satisfies IntakePorts;
}

/** The intake and the record step over stores in memory, with what a reader of all tables would see. */
export function anIntake(stormIncidentsPerMinute = 1_000) {
  const ports = somePorts(stormIncidentsPerMinute);
  const seen = new Set<string>();
  const half: [incident: Incident, outcome: Ending][] = [];
  let received = 0;
  const all = async (): Promise<Incident[]> => {
    const read = await Promise.all([...seen].map((id) => ports.incidents.get(id)));
    return read.filter((incident) => incident !== null);
  };
  const open = async () => (await all()).filter(({ status }) => status === 'open');
  const ingest = (sent: Signal, through: IngestDeps = ports) => {
    seen.add(identify(sent).incidentId);
    return ingestSignal(sent, through);
  };
  const end = ({ id, attempt }: Incident, outcome: Ending, through: RecordDeps = ports) =>
    record({ incidentId: id, attempt, outcome, reason: 'Because.', parentId: null }, through);
  /** Takes in what use cases put on the queue since the last time. */
  const drain = async () => {
    for (; received < ports.queue.sent.length; received += 1) await ingest(ports.queue.sent[received]!);
  };
  /** The rest of a record step that crashed half way; an incident that was opened again meanwhile is none of its business. */
  const repeat = async (incident: Incident, outcome: Ending) => {
    const before = await ports.incidents.get(incident.id);
    await end(incident, outcome);
    const after = await ports.incidents.get(incident.id);
    if (before?.attempt !== incident.attempt && after?.status !== before?.status) {
      throw new Error(`Attempt ${incident.attempt} of ${incident.id} ended a later one.`);
    }
  };
  /** Lets every incident end and all that waited for it come to its turn. */
  const settle = async () => {
    for (const [incident, outcome] of half.splice(0)) await repeat(incident, outcome);
    await drain();
    for (let rounds = 0; rounds < 50 && (await open()).length > 0; rounds += 1) {
      for (const incident of await open()) await end(incident, 'escalated');
      await drain();
    }
  };
  return {
    ...ports,
    all,
    open,
    ingest,
    end,
    drain,
    settle,
    /** A record step that crashed half way comes again, as the state machine does it. */
    endHalf: (incident: Incident, outcome: Ending) => void half.push([incident, outcome]),
    snapshot: async () => JSON.stringify([await all(), ports.workflow.started, ports.queue.sent]),
  };
}
export type Intake = ReturnType<typeof anIntake>;

/** Incidents that are open for one and the same place: none, when all is well. */
export function sharedPlaces(open: readonly Incident[]): string[] {
  const keys = open.map(({ intakeKey }) => intakeKey);
  return keys.filter((key, index) => keys.indexOf(key) !== index);
}

/** Open incidents whose workflow was never started for their attempt. */
export const unstarted = (open: readonly Incident[], { workflow }: Intake) =>
  open.map(({ id, attempt }) => `${id}-${attempt}`).filter((name) => !workflow.started.includes(name));

/** An incident of the signal's run, or of its alarm, whose rings soon after one another are one incident. */
export function isAbout(sent: Signal, { id, intakeKey, target }: Incident): boolean {
  const ids = identify(sent);
  return target.kind === 'alarm' ? intakeKey === ids.intakeKey : id === ids.incidentId;
}

/** Whether the incident is about what the signal reports, or about something later of the same run or alarm. */
export function isCovered(sent: Signal, incident: Incident): boolean {
  if (!isAbout(sent, incident)) return false;
  if (sent.target.kind !== 'alarm' || incident.target.kind !== 'alarm')
    return incident.runAttempt >= runAttemptOf(sent);
  return Date.parse(incident.target.changedAt) >= Date.parse(sent.target.changedAt);
}

/** Whether somebody was told of the failure: an incident covers it, or the place's incident counted it. */
export function isAccountedFor(sent: Signal, incidents: readonly Incident[]): boolean {
  const { incidentId, intakeKey } = identify(sent);
  return incidents.some(
    (incident) =>
      isCovered(sent, incident) ||
      (incident.id !== incidentId && incident.intakeKey === intakeKey && incident.occurrences > 1),
  );
}

/** A failed run of a place of its own. */
export const stormSignal = (place: number): Signal =>
  aSignal({ deliveryId: `storm-${place}`, target: aGithubTarget({ pullRequest: place, runId: 9_000 + place }) });

const runOf = ({ target }: Signal) => (target.kind === 'run' ? target.runId : 0);

/**
 * Newest failed runs of their places that no incident knows, though no such run passed. When nothing is open any more
 * there must be none: the last failure of a place is always worked on.
 */
export function neglected(sent: readonly Signal[], incidents: readonly Incident[]): string[] {
  const runs = sent.filter(({ target }) => target.kind === 'run');
  const places = [...new Set(runs.map((one) => identify(one).intakeKey))];
  return places.flatMap((place) => {
    const here = runs.filter((one) => identify(one).intakeKey === place);
    const newest = Math.max(...here.filter(isFailure).map(runOf));
    const passed = here.some((one) => !isFailure(one) && runOf(one) >= newest);
    const last = here.findLast((one) => isFailure(one) && runOf(one) === newest);
    if (last === undefined || passed) return [];
    return incidents.some(({ id }) => id === identify(last).incidentId) ? [] : [last.deliveryId];
  });
}
