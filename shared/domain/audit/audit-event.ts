import { FailureClass, Verdict } from '@selfheal/kernel/failure-class.ts';
import { recordText } from '@selfheal/kernel/text/record-text.ts';
import * as z from 'zod';
import { Severity } from '../incident/target-context.ts';
import { Risk } from '../plan/bound-action.ts';
import { Circumstances } from '../policy/circumstances/circumstances.ts';
import { PlanRecord } from '../policy/plan-record.ts';
import { Mode } from '../policy/policy-settings.ts';

/** A sentence for people; redacted like all text that may hold words from outside. */
const Sentence = recordText();
/** An id, a name by which people sign in, a digest or an instant; never a sentence. */
const Name = z.string();
const Count = z.number().int().nonnegative();

const event = <E extends string, F extends z.ZodRawShape>(name: E, facts: F) =>
  z.strictObject({
    /** ISO 8601, by the clock of whoever writes it. */
    at: z.iso.datetime({ offset: true }),
    event: z.literal(name),
    facts: z.strictObject(facts),
  });

const OPENED = { attempt: Count, source: Name, kind: Name };
const CAME_IN = { delivery: Name, runAttempt: Count };
const EFFECT = { action: Name, target: Name, digest: Name };
const ENDED = { attempt: Count, actions: Count, parent: Name.nullable() };
const DECIDED = {
  digest: Name,
  by: Name.nullable(),
  /** The person's name where `by` is their id in the user pool. */
  name: Name.optional(),
  reason: Sentence.optional(),
  onBehalfOf: Name.optional(),
  channel: Name.optional(),
  /** What the person has to do with the run, where the deployment lets them decide all the same. */
  selfApproval: Name.optional(),
};
const GUARDED = {
  action: Name,
  digest: Name,
  reasons: Sentence.nullable(),
  killSwitch: z.boolean(),
  mode: Mode,
  /** Recent failures of the action on the target. */
  failures: Count,
  approval: Name.nullable(),
  risk: Risk,
};
/** The verification, with what the action found beside it. */
const verified = <E extends string>(name: E) =>
  z.strictObject({
    at: z.iso.datetime({ offset: true }),
    event: z.literal(name),
    facts: z
      .object({ ...EFFECT, inconclusive: z.boolean() })
      .catchall(z.union([z.string(), z.number(), z.boolean(), z.null()])),
  });

/** What a plan was made of; a plan that continues an earlier one has none of it. */
const KNOWN = z.strictObject({
  class: FailureClass,
  classConfidence: z.number(),
  verdict: Verdict,
  mode: Mode,
  ...Circumstances.shape,
  /** Labels with confidence and risk. */
  candidates: Sentence.nullable(),
  /** Outcomes that the ranking looked at. */
  outcomes: Count,
  lastTimes: Sentence,
  diagnosis: Name,
  /** The patterns that recognised the failure, with their titles. */
  knownHere: Sentence,
  untried: Sentence,
  quarantined: Sentence,
  modelChoice: Name.nullable(),
  modelConfidence: z.number(),
  experiment: Name,
  variant: Name,
  /** Revision of the policy overlay that held. */
  policyRevision: Count,
});

/**
 * One decision or effect, as it is written down when it happens: its event and the facts known then. For people: the trail is chained and
 * explains an incident, and nothing that decides reads it. What steers is in records.
 */
export const AuditEntry = z.discriminatedUnion('event', [
  event('incident.opened', OPENED),
  event('incident.reopened', OPENED),
  event('incident.reported', {
    by: Name,
    severity: Severity,
    service: Name.nullable(),
    repository: Name.nullable(),
    simulated: z.boolean(),
  }),
  event('incident.acknowledged', { by: Name, attempt: Count }),
  event('incident.person-escalated', { by: Name, attempt: Count, reason: Sentence }),
  event('on-call.called', { attempt: Count, level: Count, people: Name, reached: Count, gap: Sentence.nullable() }),
  event('on-call.ended', { by: Name, attempt: Count }),
  event('on-call.unanswered', { attempt: Count, levels: Count }),
  event('incident.edited', { by: Name, fields: Name, reason: Sentence.nullable() }),
  event('incident.person-resolved', {
    by: Name,
    attempt: Count,
    success: z.boolean(),
    solution: Sentence,
    actionTaken: Sentence.nullable(),
    minutes: z.number().nullable(),
    class: FailureClass.nullable(),
  }),
  event('incident.false-positive', { by: Name, attempt: Count, reason: Sentence, patterns: Count }),
  event('incident.feedback', {
    by: Name,
    attempt: Count,
    actionCorrect: z.boolean(),
    speed: Count.nullable(),
    effectiveness: Count.nullable(),
    comments: Sentence.nullable(),
  }),
  event('incident.grouped', { parent: Name }),
  event('run.succeeded', CAME_IN),
  event('alarm.cleared', CAME_IN),
  event('workflow.restarted', { attempt: Count, runAttempt: Count }),
  event('plan.made', {
    decision: PlanRecord.shape.decision,
    action: Name.nullable(),
    digest: Name.nullable(),
    round: Count,
    reasons: Sentence.nullable(),
    ...KNOWN.partial().shape,
  }),
  event('guard.granted', GUARDED),
  event('guard.denied', GUARDED),
  event('approval.requested', { action: Name, digest: Name, expiresAt: Name }),
  event('approval.reminded', { digest: Name }),
  event('approval.escalated', { digest: Name, level: Count }),
  event('approval.refused', { digest: Name, by: Name, reasons: Sentence, channel: Name }),
  event('approval.approved', DECIDED),
  event('approval.rejected', DECIDED),
  event('approval.too-late', { digest: Name, by: Name.nullable() }),
  event('action.requested', {
    action: Name,
    by: Name,
    to: Count.nullable(),
    about: Name.nullable(),
    reason: Sentence.nullable(),
  }),
  event('action.request-refused', { action: Name, reason: Sentence }),
  event('rerun.requested', { action: Name, digest: Name, by: Name }),
  event('action.intended', EFFECT),
  event('action.done', EFFECT),
  event('action.refused', EFFECT),
  event('action.unknown', EFFECT),
  verified('action.recovered'),
  verified('action.advanced'),
  verified('action.failed'),
  event('action.undo-intended', EFFECT),
  event('action.undone', EFFECT),
  event('action.undo-failed', EFFECT),
  event('incident.notified', { channel: Name, where: Sentence, stage: z.enum(['asking', 'acting', 'final']) }),
  /** `askedBy`: absent where the workflow handed it over. */
  event('incident.handed-over', { attempt: Count, error: Name.nullable(), askedBy: Name.optional() }),
  event('incident.resolved', ENDED),
  event('incident.suggested', ENDED),
  event('incident.escalated', ENDED),
  event('incident.linked', ENDED),
  event('fix.verified', { attempt: Count, pullRequest: Count, mergedAt: Name, run: Count }),
  event('incident.healed', { since: Name, action: Name.nullable() }),
  event('incident.recurred', {
    away: Name,
    action: Name.nullable(),
    as: Name,
    /** Of a deployment after the resolution, which undid the action; absent when there was none. */
    deployedAt: Name.optional(),
  }),
  event('incident.came-back', {
    away: Name,
    action: Name.nullable(),
    earlier: Name,
    attempt: Count,
    /** Of a deployment after the resolution, which undid the action; absent when there was none. */
    deployedAt: Name.optional(),
  }),
]);
export type AuditEntry = z.infer<typeof AuditEntry>;

export type AuditEvent = AuditEntry['event'];
export type AuditFacts<E extends AuditEvent> = Extract<AuditEntry, { event: E }>['facts'];
