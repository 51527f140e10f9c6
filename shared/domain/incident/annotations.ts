import { FailureClass } from '@selfheal/kernel/failure-class.ts';
import { recordText } from '@selfheal/kernel/text/record-text.ts';
import * as z from 'zod';
import { Severity } from './target-context.ts';

/** Who wrote it, as the API authenticated them, when, and about which attempt of the incident. */
const WRITTEN = {
  by: z.string().min(1).max(200),
  at: z.iso.datetime(),
  attempt: z.number().int().positive(),
};
const Rating = z.number().int().min(1).max(5);

/** How a person ended an incident. */
export const IncidentResolution = z.strictObject({
  ...WRITTEN,
  solution: recordText({ min: 1, max: 2000 }),
  actionTaken: recordText({ min: 1, max: 2000 }).nullable(),
  /** How long people worked on it. */
  minutes: z.number().nonnegative().nullable(),
  /** Whether the solution helped. */
  success: z.boolean(),
  /** What the failure really was, where the person said so. */
  class: FailureClass.nullable(),
});
export type IncidentResolution = z.infer<typeof IncidentResolution>;

/** That nothing was wrong. */
export const FalsePositive = z.strictObject({
  ...WRITTEN,
  reason: recordText({ min: 1, max: 2000 }),
  /** Whether it counts against the learned patterns that recognised it. */
  updatePatterns: z.boolean(),
});
export type FalsePositive = z.infer<typeof FalsePositive>;

/** What a person thought of how an incident was handled. The latest of each person and attempt counts. */
export const IncidentFeedback = z.strictObject({
  ...WRITTEN,
  /** Whether the action was the right one. */
  actionCorrect: z.boolean(),
  /** 1 (bad) to 5 (good). */
  speed: Rating.nullable(),
  effectiveness: Rating.nullable(),
  comments: recordText({ max: 2000 }).nullable(),
});
export type IncidentFeedback = z.infer<typeof IncidentFeedback>;

export const MAX_FEEDBACK = 20;

/** What people wrote about an incident. Nothing of it decides what Selfheal does. */
export const Annotations = z.strictObject({
  /** Counts changes; a writer names the revision that it read. */
  revision: z.number().int().nonnegative(),
  title: recordText({ min: 1, max: 300 }).nullable(),
  severity: Severity.nullable(),
  assignee: recordText({ min: 1, max: 200 }).nullable(),
  notes: recordText({ max: 8000 }).nullable(),
  /** Who took it on first, of the attempt; earlier records lack it. */
  acknowledged: z.strictObject(WRITTEN).nullable().optional(),
  /** Who said that nobody is to be called about the attempt any more; earlier records lack it. */
  callsEnded: z.strictObject(WRITTEN).nullable().optional(),
  /** Who asked first that others are told of the attempt, and why; earlier records lack it. */
  handedOver: z
    .strictObject({ ...WRITTEN, reason: recordText({ min: 1, max: 500 }) })
    .nullable()
    .optional(),
  resolution: IncidentResolution.nullable(),
  falsePositive: FalsePositive.nullable(),
  feedback: z.array(IncidentFeedback).max(MAX_FEEDBACK),
});
export type Annotations = z.infer<typeof Annotations>;

export const NO_ANNOTATIONS: Annotations = {
  revision: 0,
  title: null,
  severity: null,
  assignee: null,
  notes: null,
  resolution: null,
  falsePositive: null,
  feedback: [],
};

/** Whether a person ended this attempt of the incident, while its workflow may still be running. */
export function endedByPerson(incident: {
  readonly status: string;
  readonly attempt: number;
  readonly annotations?: Annotations | undefined;
}): boolean {
  const { resolution, falsePositive } = incident.annotations ?? NO_ANNOTATIONS;
  const isResolved = resolution?.success === true && resolution.attempt === incident.attempt;
  const isOfThisAttempt = isResolved || falsePositive?.attempt === incident.attempt;
  return incident.status !== 'open' && isOfThisAttempt;
}

/** Why a person approved or rejected a plan, in their own words. */
export const DecisionReason = recordText({ min: 1, max: 500 });

export const MAX_REPORT_LINES = 1000;

/** What somebody wrote when they reported an incident, redacted. Tainted: quoted as evidence, followed by nobody. */
export const Report = z.strictObject({
  version: z.literal(1),
  incidentId: z.string(),
  description: recordText({ max: 8000 }),
  lines: z.array(recordText({ max: 4000 })).max(MAX_REPORT_LINES),
});
export type Report = z.infer<typeof Report>;
