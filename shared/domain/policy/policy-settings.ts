import * as z from 'zod';
import { AlertRule } from './alert-rule.ts';
import { Autonomy, checkAutonomy } from './autonomy-settings.ts';
import { type ChangeWindow, CircumstanceRules } from './circumstances/circumstance-rules.ts';

/** How far Selfheal may go: off (ignore), observe (record), suggest (comment or mail), act (remediate within policy). */
export const Mode = z.enum(['off', 'observe', 'suggest', 'act']);
export type Mode = z.infer<typeof Mode>;

/** A period, `to` not included, in which nothing is changed. */
export const Freeze = z.strictObject({
  from: z.iso.datetime({ offset: true }),
  to: z.iso.datetime({ offset: true }),
  reason: z.string().max(200),
});
export type Freeze = z.infer<typeof Freeze>;

/** What can be switched for the whole deployment. */
export const Features = z
  .strictObject({
    /** Off: nothing is changed anywhere, whatever the modes say; proposals are still made. */
    automation: z.boolean().default(true),
    /** Off: diagnoses come from the rules alone, whatever model is configured. */
    languageModel: z.boolean().default(true),
    /** Off: proposed patches are neither tested nor pushed, whatever `fixes` lists. */
    codeChanges: z.boolean().default(true),
    /** Off: a verified action creates no learned pattern. */
    learning: z.boolean().default(true),
    /** Off: no incident takes part in an experiment. */
    experiments: z.boolean().default(true),
    /** On: the load, the deployments and the other incidents of a service may raise the risk of an action. */
    riskAssessment: z.boolean().default(true),
  })
  .prefault({});
export type Features = z.infer<typeof Features>;

/** When Selfheal acts by itself, asks or leaves it to people, and how much it may do. */
export const Policy = z
  .strictObject({
    /** At or above: act without asking (low risk). Between: ask. Below `escalateBelowConfidence`: a person decides. */
    actAtConfidence: z.number().min(0).max(1).default(0.85),
    escalateBelowConfidence: z.number().min(0).max(1).default(0.6),
    /** Actions of these risks always need an approval. */
    approvalRequiredRisks: z.array(z.enum(['low', 'medium', 'high'])).default(['high']),
    maxActionsPerIncident: z.number().int().min(0).max(20).default(5),
    /** For all actions; workflow runs may use 70 % of it, the rest is reserved for services. */
    maxActionsPerHour: z.number().int().min(0).max(1000).default(10),
    /** For all actions of a day (UTC); null: only the limits per hour hold. */
    maxActionsPerDay: z.number().int().min(0).max(10_000).nullable().default(null),
    maxActionsPerTargetPerHour: z.number().int().min(0).max(100).default(3),
    breakerFailures: z.number().int().min(1).default(3),
    breakerWindowMinutes: z.number().int().min(1).default(30),
    /** A deployment younger than this when the alarm went off may be its cause. */
    recentDeploymentHours: z.number().min(0).default(24),
    approvalMinutes: z.number().int().min(1).max(1440).default(240),
    stormIncidentsPerMinute: z.number().int().min(1).max(1000).default(30),
    /**
     * For each kind of incident (own runs, contributed runs, alarms): with some 20 requests each, two kinds stay below
     * GitHub's 5,000 requests an hour.
     */
    stormIncidentsPerHour: z.number().int().min(1).max(1000).default(100),
    /**
     * An alarm that goes off again this soon after its incident ended reopens it, and is mailed at most once in this
     * time; 0: never.
     */
    flapWindowMinutes: z.number().int().min(0).max(1440).default(30),
    freezes: z.array(Freeze).default([]),
    alerts: z.array(AlertRule).max(50).default([]),
    autonomy: Autonomy.prefault({}),
    circumstances: CircumstanceRules,
  })
  .superRefine(checkAutonomy);
export type Policy = z.infer<typeof Policy>;

/** The part of a service that policy needs. */
export interface GovernedService {
  readonly id: string;
  readonly criticality: 'low' | 'medium' | 'high' | 'critical';
  readonly changeWindows: readonly ChangeWindow[] | null;
  readonly load: object | null;
}
