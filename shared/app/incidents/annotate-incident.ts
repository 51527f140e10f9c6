import { canonicalJson, digestOf } from '@selfheal/kernel/digest.ts';
import { Retryable } from '@selfheal/kernel/errors.ts';
import { present } from '@selfheal/kernel/present.ts';
import type { Clock } from '@selfheal/kernel/time.ts';
import { redact, redactName, redactOutgoing } from '@selfheal/redaction/redact.ts';
import type { AuditEntry } from '#shared/domain/audit/audit-event.ts';
import {
  type Annotations,
  type IncidentFeedback,
  MAX_FEEDBACK,
  NO_ANNOTATIONS,
} from '#shared/domain/incident/annotations.ts';
import type { Incident } from '#shared/domain/incident/incident.ts';
import { isSimulated } from '#shared/domain/incident/target-context.ts';
import { circumstancesOfPlan } from '#shared/domain/policy/plan-record.ts';
import type { IncidentStore } from '#shared/ports/incident-store.ts';
import type { ExperienceStore, PredictionStore } from '#shared/ports/learning-stores.ts';
import { outcomeOf } from '../record/experience.ts';

export interface AnnotateDeps {
  readonly incidents: Pick<IncidentStore, 'get' | 'update' | 'audit'>;
  readonly clock: Clock;
}

/** What people may change of an incident; null removes it, absent keeps it. Texts are raw. */
export interface IncidentEdit {
  readonly title?: string | null | undefined;
  readonly severity?: Annotations['severity'] | undefined;
  readonly assignee?: string | null | undefined;
  readonly notes?: string | null | undefined;
}

/** An incident after a change, or why there was none. */
export type IncidentChange =
  | { readonly kind: 'changed'; readonly incident: Incident }
  | { readonly kind: 'not-found' }
  /** Somebody else changed it since the revision that the caller read. */
  | { readonly kind: 'outdated'; readonly revision: number }
  /** It may not be changed so, now or ever. */
  | { readonly kind: 'refused'; readonly reason: string };

interface Change {
  readonly annotations: Omit<Annotations, 'revision'>;
  readonly status?: Incident['status'];
  readonly outcomeReason?: Incident['outcomeReason'];
}

const MAX_RACES = 4;

/**
 * Changes what people wrote about an incident, on top of the state that was read: neither the workflow nor another person's change is lost.
 * `change` returns null where there is nothing to do. With a revision, only while it is the current one. Throws `Retryable` when others keep
 * changing the incident.
 */
export async function changeIncident(
  id: string,
  change: (incident: Incident, annotations: Annotations) => Change | { readonly refused: string } | null,
  deps: AnnotateDeps,
  ifRevision?: number,
): Promise<IncidentChange> {
  for (let races = 0; races < MAX_RACES; races += 1) {
    const incident = await deps.incidents.get(id);
    if (incident === null) return { kind: 'not-found' };
    const current = incident.annotations ?? NO_ANNOTATIONS;
    const { revision } = current;
    if (ifRevision !== undefined && ifRevision !== revision) return { kind: 'outdated', revision };
    const wanted = change(incident, current);
    if (wanted === null) return { kind: 'changed', incident };
    if ('refused' in wanted) return { kind: 'refused', reason: wanted.refused };
    const annotations = { ...wanted.annotations, revision: revision + 1 };
    const condition = { ifStatus: [incident.status], ifAttempt: incident.attempt, ifRevision: revision };
    const at = deps.clock.now();
    const written = await deps.incidents.update(id, { ...wanted, annotations }, { ...condition, at });
    if (written === 'updated')
      return { kind: 'changed', incident: { ...incident, ...wanted, annotations, updatedAt: at.toISOString() } };
  }
  throw new Retryable(`Incident ${id} changed ${MAX_RACES} times while it was being written.`);
}

/** Adds to the audit trail; the same words by the same person count once per revision. */
export async function auditChange(
  { id }: Incident,
  entry: AuditEntry,
  { incidents }: Pick<AnnotateDeps, 'incidents'>,
): Promise<void> {
  await incidents.audit(id, `${entry.event}#${digestOf(canonicalJson(entry.facts), 24)}#${entry.at}`, entry);
}

const redacted = (text: string | null, limit: number) => (text === null ? null : redact(text).text.slice(0, limit));

/** Changes title, severity, assignee or notes. The same change again changes nothing. */
export async function editIncident(
  id: string,
  edit: IncidentEdit,
  {
    by,
    reason,
    ifRevision,
  }: { readonly by: string; readonly reason: string | null; readonly ifRevision?: number | undefined },
  deps: AnnotateDeps,
): Promise<IncidentChange> {
  let fields: string[] = [];
  const result = await changeIncident(
    id,
    (_incident, current) => {
      const next = {
        ...current,
        ...(edit.title === undefined ? {} : { title: edit.title === null ? null : redactName(edit.title, 300) }),
        ...present({ severity: edit.severity }),
        ...(edit.assignee === undefined
          ? {}
          : { assignee: edit.assignee === null ? null : redactName(edit.assignee, 200) }),
        ...(edit.notes === undefined ? {} : { notes: redacted(edit.notes, 8000) }),
      };
      fields = (['title', 'severity', 'assignee', 'notes'] as const).filter((name) => next[name] !== current[name]);
      return fields.length === 0 ? null : { annotations: next };
    },
    deps,
    ifRevision,
  );
  if (result.kind !== 'changed' || fields.length === 0) return result;
  const at = deps.clock.now().toISOString();
  const facts = { by, fields: fields.join(', '), reason: reason === null ? null : redactOutgoing(reason) };
  await auditChange(result.incident, { at, event: 'incident.edited', facts }, deps);
  return result;
}

/** What is said once of each attempt, by the field that says who did. */
const SAID_OF_ATTEMPT = { acknowledged: 'incident.acknowledged', callsEnded: 'on-call.ended' } as const;

/** Writes who said it of this attempt; the first one stays, and hearing it again changes nothing. */
async function sayOfAttempt(
  field: keyof typeof SAID_OF_ATTEMPT,
  id: string,
  by: string,
  deps: AnnotateDeps,
): Promise<IncidentChange> {
  const at = deps.clock.now().toISOString();
  let isNew = false;
  const result = await changeIncident(
    id,
    ({ attempt }, current) => {
      isNew = current[field]?.attempt !== attempt;
      return isNew ? { annotations: { ...current, [field]: { by, at, attempt } } } : null;
    },
    deps,
  );
  if (result.kind !== 'changed' || !isNew) return result;
  const facts = { by, attempt: result.incident.attempt };
  await auditChange(result.incident, { at, event: SAID_OF_ATTEMPT[field], facts }, deps);
  return result;
}

/** Says that a person works on this attempt. */
export const acknowledgeIncident = (id: string, by: string, deps: AnnotateDeps): Promise<IncidentChange> =>
  sayOfAttempt('acknowledged', id, by, deps);

/** Says that nobody is to be called about this attempt any more, though nobody took it on. */
export const endCalls = (id: string, by: string, deps: AnnotateDeps): Promise<IncidentChange> =>
  sayOfAttempt('callsEnded', id, by, deps);

export interface FeedbackDeps extends AnnotateDeps {
  readonly incidents: AnnotateDeps['incidents'] & Pick<IncidentStore, 'listActions' | 'listPlans'>;
  readonly experience: Pick<ExperienceStore, 'addRecurrence'>;
  readonly predictions: Pick<PredictionStore, 'noteSetback'>;
}

/** What a person thought of it. Texts are raw. */
export interface FeedbackOrder extends Pick<IncidentFeedback, 'actionCorrect' | 'speed' | 'effectiveness'> {
  readonly comments: string | null;
}

/**
 * Keeps what a person thought of how an incident was handled; their latest word about an attempt counts. An action that a person calls wrong
 * counts as failed from then on, whatever its verification found. Praise raises nothing: only verified outcomes do.
 */
export async function giveFeedback(
  id: string,
  order: FeedbackOrder,
  by: string,
  deps: FeedbackDeps,
): Promise<IncidentChange> {
  const at = deps.clock.now().toISOString();
  const comments = redacted(order.comments, 2000);
  const { actionCorrect, speed, effectiveness } = order;
  const result = await changeIncident(
    id,
    ({ attempt }, current) => {
      const feedback: IncidentFeedback = { by, at, attempt, actionCorrect, speed, effectiveness, comments };
      const others = current.feedback.filter((one) => one.by !== by || one.attempt !== attempt);
      if (others.length >= MAX_FEEDBACK)
        return { refused: `${MAX_FEEDBACK} people have given feedback on this incident; more is not kept.` };
      return { annotations: { ...current, feedback: [...others, feedback] } };
    },
    deps,
  );
  if (result.kind !== 'changed') return result;
  const { incident } = result;
  if (!actionCorrect && !isSimulated(incident.target)) await countAgainst(incident, by, deps);
  await auditChange(
    incident,
    {
      at,
      event: 'incident.feedback',
      facts: { by, attempt: incident.attempt, actionCorrect, speed, effectiveness, comments },
    },
    deps,
  );
  return result;
}

/** The last action whose verification found something. */
async function countAgainst(incident: Incident, by: string, deps: FeedbackDeps): Promise<void> {
  const { incidents, experience, predictions, clock } = deps;
  const [actions, plans] = await Promise.all([incidents.listActions(incident.id), incidents.listPlans(incident.id)]);
  const last = actions.findLast(({ verified }) => verified !== null);
  const outcome = last === undefined ? null : outcomeOf(incident, last, circumstancesOfPlan(plans, last.digest));
  if (outcome === null) return;
  await experience.addRecurrence({ ...outcome, by, trusted: false });
  const { id: incidentId, attempt, openedAt } = incident;
  const setback = { at: clock.now().toISOString(), kind: 'called-wrong' as const };
  await predictions.noteSetback({ incidentId, attempt, openedAt }, setback);
}
