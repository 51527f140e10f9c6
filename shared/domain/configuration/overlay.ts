import * as z from 'zod';
import { Actor } from '../access/caller.ts';
import { MetricAlert } from '../capacity/metric-alert.ts';
import { RepositoryName } from '../incident/target-context.ts';
import { LearningReview } from '../learning/learning-review.ts';
import { LearningLimits } from '../learning/learning-settings.ts';
import { Risk } from '../plan/bound-action.ts';
import { AlertRule } from '../policy/alert-rule.ts';
import { Features, Freeze, Mode } from '../policy/policy-settings.ts';

const Name = z.string().regex(/^[a-z0-9][a-z0-9-]{0,59}$/, 'Must be 1 to 60 of a-z, 0-9 and "-"');
/** GitHub limits requests, and each look costs some. */
const MIN_INTERVAL_SECONDS = 5;
const Share = z.number().min(0).max(1);
const Instant = z.iso.datetime({ offset: true });
/** Why somebody wants something: shown to people, never interpreted. */
export const Reason = z
  .string()
  .trim()
  .min(3, 'Say why, in at least 3 characters')
  .max(300)
  .regex(/^\P{Cc}*$/u, 'Must be one line without control characters');

/** A repository or a service. While it is muted, Selfheal only records what happens there. */
const PlaceSettings = z
  .strictObject({
    mode: Mode,
    mute: z.strictObject({
      /** Without it: until it is taken back. */
      until: Instant.optional(),
      reason: Reason,
    }),
  })
  .partial();
export type PlaceSettings = z.infer<typeof PlaceSettings>;

const atMost = <T extends z.ZodType>(values: z.ZodRecord<z.ZodString, T>, count: number, what: string) =>
  values.refine((value) => Object.keys(value).length <= count, `Must hold at most ${count} ${what}`);

/**
 * What people change at run time, within what is deployed. Everything is optional; what is absent is as deployed. See
 * `effectivePolicy` for what each setting may do.
 */
export const OverlaySettings = z
  .strictObject({
    features: z.strictObject(mapOfBooleans()).partial(),
    github: z
      .strictObject({
        defaultMode: Mode,
        repositories: atMost(z.record(RepositoryName, PlaceSettings), 500, 'repositories'),
      })
      .partial(),
    services: atMost(z.record(Name, PlaceSettings), 200, 'services'),
    policy: z
      .strictObject({
        actAtConfidence: Share,
        escalateBelowConfidence: Share,
        approvalRequiredRisks: z.array(Risk).max(3),
        maxActionsPerIncident: z.number().int().min(0).max(20),
        maxActionsPerHour: z.number().int().min(0).max(1000),
        maxActionsPerDay: z.number().int().min(0).max(10_000),
        maxActionsPerTargetPerHour: z.number().int().min(0).max(100),
        breakerFailures: z.number().int().min(1).max(1000),
        breakerWindowMinutes: z.number().int().min(1).max(10_080),
      })
      .partial(),
    verification: z
      .strictObject({
        /** Seconds between two looks at a target after an action; for how long it is watched stays as deployed. */
        intervalSeconds: z.number().int().min(MIN_INTERVAL_SECONDS).max(86_400),
      })
      .partial(),
    /** By action plug-in. */
    actions: atMost(
      z.record(
        Name,
        z
          .strictObject({ actAtConfidence: Share, askAtConfidence: Share, alwaysAsk: z.boolean(), off: z.boolean() })
          .partial(),
      ),
      100,
      'actions',
    ),
    /** By a name of their own, so that one can be taken back. */
    freezes: atMost(
      z.record(
        Name,
        Freeze.refine(({ from, to }) => Date.parse(from) < Date.parse(to), {
          path: ['to'],
          message: 'Must be later than "from"',
        }),
      ),
      50,
      'freezes',
    ),
    /** In place of the deployed one. A review only lowers, retires and suggests. */
    learningReview: LearningReview,
    /** Stricter limits of learning. */
    learning: LearningLimits,
    /** By a name of their own, as freezes. */
    alerts: atMost(z.record(Name, AlertRule), 50, 'alerts'),
    metricAlerts: atMost(z.record(Name, MetricAlert), 20, 'alerts on metrics'),
  })
  .partial();
export type OverlaySettings = z.infer<typeof OverlaySettings>;

function mapOfBooleans() {
  const names = Features.unwrap().keyof().options;
  return Object.fromEntries(names.map((name) => [name, z.boolean()])) as Record<keyof Features, z.ZodBoolean>;
}

/** One revision of the overlay. Revisions are written once; the one with the highest number counts. */
export const PolicyOverlay = z.strictObject({
  version: z.literal(1),
  /** From 1. */
  revision: z.number().int().min(1),
  settings: OverlaySettings,
  /** What was done: settings were changed, all were removed, or those of an earlier revision were taken again. */
  change: z.enum(['changed', 'reset', 'restored']),
  reason: Reason,
  changedBy: Actor,
  changedAt: z.iso.datetime(),
});
export type PolicyOverlay = z.infer<typeof PolicyOverlay>;

/** What is known of the overlay: nobody has written one, it was read, or it cannot be used. */
export type StoredOverlay =
  | { readonly kind: 'none' }
  | { readonly kind: 'stored'; readonly overlay: PolicyOverlay }
  /** `revision`: the number of the newest one, if that is known. */
  | { readonly kind: 'unreadable'; readonly reason: string; readonly revision: number | null };

export const settingsOf = (stored: StoredOverlay): OverlaySettings =>
  stored.kind === 'stored' ? stored.overlay.settings : {};

/** The settings after a JSON merge patch (RFC 7396): null removes, objects are merged, anything else replaces. */
export function mergePatch(target: unknown, patch: unknown): unknown {
  if (!isObject(patch)) return patch;
  const merged = new Map(isObject(target) ? Object.entries(target) : []);
  for (const [name, value] of Object.entries(patch)) {
    if (value === null) merged.delete(name);
    else merged.set(name, mergePatch(merged.get(name), value));
  }
  return Object.fromEntries(merged);
}

/** Each value of a nested object by its path (`policy.actAtConfidence`); lists are values. */
export function leavesOf(value: unknown, path: readonly string[] = []): Map<string, unknown> {
  if (!isObject(value)) return new Map(value === undefined ? [] : [[path.join('.'), value]]);
  return new Map(Object.entries(value).flatMap(([name, inner]) => [...leavesOf(inner, [...path, name])]));
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  value !== null && typeof value === 'object' && !Array.isArray(value);
