import { redact, redactName } from '@selfheal/redaction/redact.ts';
import type { FalsePositive, IncidentResolution } from '#shared/domain/incident/annotations.ts';
import type { Incident } from '#shared/domain/incident/incident.ts';
import { isSimulated } from '#shared/domain/incident/target-context.ts';
import type { ActionRecord } from '#shared/domain/plan/bound-action.ts';
import type { IncidentStore } from '#shared/ports/incident-store.ts';
import type { IncidentTeller } from '#shared/ports/incident-teller.ts';
import type { Log } from '#shared/ports/telemetry-sink.ts';
import { type SettleDeps, settleApproval } from '../approve/settle.ts';
import { type WatchHealingDeps, watchHealing } from '../record/recurrence-watch.ts';
import { type AnnotateDeps, auditChange, changeIncident, type IncidentChange } from './annotate-incident.ts';
import { type LearnFromPersonDeps, learnFromFalsePositive, learnFromResolution } from './learn-from-person.ts';

export interface EndIncidentDeps extends AnnotateDeps, LearnFromPersonDeps, WatchHealingDeps, SettleDeps {
  readonly incidents: AnnotateDeps['incidents'] &
    LearnFromPersonDeps['incidents'] &
    WatchHealingDeps['incidents'] &
    SettleDeps['incidents'] &
    Pick<IncidentStore, 'listActions' | 'listApprovals' | 'listNotifications'>;
  readonly teller: Pick<IncidentTeller, 'tellEnd'>;
  readonly log: Log;
}

/** How a person ended it. Texts are raw. */
export interface ResolutionOrder extends Pick<IncidentResolution, 'minutes' | 'success' | 'class'> {
  readonly solution: string;
  readonly actionTaken: string | null;
}

/** What was learned, in words for people. */
export interface Lessons {
  readonly learned: readonly string[];
}

const MAX_TEXT = 2000;

/**
 * Ends an incident by a person's word, and learns from it: the solution is recalled for similar failures, and a pattern of it is observed. A
 * solution that did not help ends nothing, and is remembered as such. The guard denies every later action of a workflow that still runs;
 * while one of its actions is under way, nothing is ended. Its pending requests for approval are rejected in that person's name, and tickets and pages about it are closed. Repeatable: the same words by the same person change nothing twice.
 */
export async function resolveIncident(
  id: string,
  order: ResolutionOrder,
  by: string,
  deps: EndIncidentDeps,
): Promise<IncidentChange & Partial<Lessons>> {
  const actions = await deps.incidents.listActions(id);
  const at = deps.clock.now().toISOString();
  const solution = redact(order.solution).text.slice(0, MAX_TEXT);
  const actionTaken = order.actionTaken === null ? null : redact(order.actionTaken).text.slice(0, MAX_TEXT);
  const { minutes, success, class: actual } = order;
  const result = await changeIncident(
    id,
    (incident, current) => {
      const refused = objectionTo(incident, actions);
      if (refused !== null) return { refused };
      const said = { by, attempt: incident.attempt, solution, actionTaken, minutes, success, class: actual };
      if (isSame(current.resolution, said)) return null;
      const annotations = { ...current, falsePositive: null, resolution: { ...said, at } };
      return success ? { annotations, ...endOf(incident, `Resolved by ${by}: ${solution}`) } : { annotations };
    },
    deps,
  );
  const resolution = result.kind === 'changed' ? result.incident.annotations?.resolution : null;
  if (result.kind !== 'changed' || !resolution) return result;
  const { incident } = result;
  const { at: writtenAt, ...facts } = resolution;
  await auditChange(incident, { at: writtenAt, event: 'incident.person-resolved', facts }, deps);
  if (success) await closeElsewhere(incident, by, deps);
  // What a person teaches by a rehearsal counts as ever; its end is none of the figures'.
  if (success && !isSimulated(incident.target)) await watchHealing(incident, actions, deps);
  return { ...result, learned: await learnFromResolution(incident, resolution, deps) };
}

/**
 * Ends an incident that was none. Where `updatePatterns` is set, it counts against every learned pattern that recognises it. What is said of
 * `resolveIncident` about workflows and repeats holds here, too.
 */
export async function markFalsePositive(
  id: string,
  order: { readonly reason: string; readonly updatePatterns: boolean },
  by: string,
  deps: EndIncidentDeps,
): Promise<IncidentChange & Partial<Lessons>> {
  const actions = await deps.incidents.listActions(id);
  const at = deps.clock.now().toISOString();
  const reason = redact(order.reason).text.slice(0, MAX_TEXT);
  const { updatePatterns } = order;
  const result = await changeIncident(
    id,
    (incident, current) => {
      const refused = objectionTo(incident, actions);
      if (refused !== null) return { refused };
      const said = { by, attempt: incident.attempt, reason, updatePatterns };
      if (isSame(current.falsePositive, said)) return null;
      const annotations = { ...current, resolution: null, falsePositive: { ...said, at } };
      return { annotations, ...endOf(incident, `A false alarm, says ${by}: ${reason}`) };
    },
    deps,
  );
  const marked = result.kind === 'changed' ? result.incident.annotations?.falsePositive : null;
  if (result.kind !== 'changed' || !marked) return result;
  const { incident } = result;
  await closeElsewhere(incident, by, deps);
  const learned = isSimulated(incident.target) ? [] : await learnFromFalsePositive(incident, marked, deps);
  await auditChange(
    incident,
    {
      at: marked.at,
      event: 'incident.false-positive',
      facts: { by, attempt: marked.attempt, reason, patterns: updatePatterns ? learned.length : 0 },
    },
    deps,
  );
  return { ...result, learned };
}

/** Ends what stands open about it: requests for approval, and whatever channels keep. It has ended, even where they cannot be told. */
async function closeElsewhere({ id, target }: Incident, by: string, deps: EndIncidentDeps): Promise<void> {
  await rejectRequests(id, by, deps);
  if (isSimulated(target) || (await deps.incidents.listNotifications(id)).length === 0) return;
  try {
    await deps.teller.tellEnd(id);
  } catch (error) {
    deps.log.warn('The end of an incident could not be told.', {
      incidentId: id,
      error: error instanceof Error ? error.name : 'unknown',
    });
    deps.meter.count('end-untold');
  }
}

/** Nobody needs to decide about an incident that has ended. Whoever decided before keeps the decision, which the guard refuses. */
async function rejectRequests(id: string, by: string, deps: EndIncidentDeps): Promise<void> {
  for (const approval of await deps.incidents.listApprovals(id)) {
    if (approval.state !== 'pending') continue;
    await settleApproval(approval, 'rejected', { by, onBehalfOf: null, channel: 'incident ended', roles: [] }, deps);
  }
}

function isSame<T extends IncidentResolution | FalsePositive>(known: T | null, said: Omit<T, 'at'>): boolean {
  if (known === null) return false;
  return Object.entries(said).every(([name, value]) => known[name as keyof T] === value);
}

const endOf = (incident: Incident, reason: string): Pick<Incident, 'status' | 'outcomeReason'> => ({
  status: incident.status === 'healed' ? 'healed' : 'resolved',
  outcomeReason: redactName(reason, MAX_TEXT),
});

/** Why a person's word cannot end it now. */
function objectionTo({ status, attempt, parentId }: Incident, actions: readonly ActionRecord[]): string | null {
  if (status === 'linked' || status === 'grouped')
    return `It is handled as part of incident ${parentId}: end that one.`;
  const underWay = actions.find(
    ({ state, verified }) => status === 'open' && (state === 'intended' || (state === 'done' && verified === null)),
  );
  return underWay === undefined
    ? null
    : `Selfheal is carrying out ${underWay.actionId} in attempt ${attempt}, and checks whether it helps. Try again when it is done.`;
}
