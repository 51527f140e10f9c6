import { canonicalJson, digestOf } from '@selfheal/kernel/digest.ts';
import { CorruptRecord } from '@selfheal/kernel/errors.ts';
import type { Clock } from '@selfheal/kernel/time.ts';
import * as z from 'zod';
import { type Actor, actorOf, type Caller } from '#shared/domain/access/caller.ts';
import type { PolicyEvent } from '#shared/domain/audit/access-event.ts';
import type { Configuration } from '#shared/domain/configuration/configuration.ts';
import { denyingPolicy, effectivePolicy } from '#shared/domain/configuration/effective-policy.ts';
import {
  leavesOf,
  mergePatch,
  OverlaySettings,
  type PolicyOverlay,
  type StoredOverlay,
  settingsOf,
} from '#shared/domain/configuration/overlay.ts';
import {
  type FieldProblem,
  originsOf,
  overlayProblems,
  type PolicyView,
  policyView,
  type ValueOrigin,
} from '#shared/domain/configuration/policy-view.ts';
import type { PolicyTrail } from '#shared/ports/audit-reader.ts';
import type { ControlSettings, Controls } from '#shared/ports/control-store.ts';
import type { PolicyStore } from '#shared/ports/policy-store.ts';
import type { RulePreview } from './preview-rules.ts';

export interface PolicyDeps {
  /** As deployed. */
  readonly configuration: Configuration;
  readonly policy: PolicyStore;
  readonly trail: PolicyTrail;
  readonly control: Pick<ControlSettings, 'controls' | 'setControls' | 'liftKillSwitch'>;
  readonly actions: readonly { readonly id: string }[];
  readonly clock: Clock;
  /** What rules would have done to the last week: asked for a dry run. */
  readonly preview: (before: Configuration, after: Configuration) => Promise<RulePreview | null>;
}

/** What holds now, and why. */
export interface PolicyReport {
  /** Changes with everything else in the report: whoever changes something says which report they saw. */
  readonly tag: string;
  /** Of the overlay; null while nobody has written one. */
  readonly revision: number | null;
  readonly killSwitch: Controls;
  /** Why the overlay cannot be used, so that nothing is changed by Selfheal; null when it can. */
  readonly unreadable: string | null;
  readonly lastChange: Pick<PolicyOverlay, 'change' | 'reason' | 'changedBy' | 'changedAt'> | null;
  readonly effective: PolicyView;
  readonly deployed: PolicyView;
  readonly overlay: OverlaySettings;
  readonly origins: readonly ValueOrigin[];
}

/** What somebody wants and what they saw. */
export interface PolicyRequest {
  readonly reason: string;
  /** The tag of the report they saw; null: whatever holds now. */
  readonly seen: string | null;
  /** Whether only to say what would be. */
  readonly dryRun: boolean;
}

export interface ValueChange {
  readonly field: string;
  /** Undefined when the overlay does not have it: the deployed value holds. */
  readonly before?: unknown;
  readonly after?: unknown;
}

export type PolicyChange =
  | {
      readonly kind: 'changed';
      readonly changes: readonly ValueChange[];
      readonly report: PolicyReport;
      /** Of a dry run: what the change would have done to the last week; null where it does nothing to what comes in. */
      readonly preview: RulePreview | null;
    }
  | { readonly kind: 'invalid'; readonly problems: readonly FieldProblem[] }
  /** Somebody else changed it meanwhile. */
  | { readonly kind: 'outdated' }
  | { readonly kind: 'not-found' }
  /** The overlay cannot be used: only a reset or a restored revision mends it. */
  | { readonly kind: 'unreadable'; readonly reason: string };

export async function readPolicy(deps: PolicyDeps): Promise<PolicyReport> {
  const [stored, killSwitch] = await Promise.all([deps.policy.current(), deps.control.controls()]);
  return reportOf(stored, killSwitch, deps);
}

function reportOf(stored: StoredOverlay, killSwitch: Controls, { configuration, clock }: PolicyDeps): PolicyReport {
  const now = clock.now();
  const settings = settingsOf(stored);
  const effective =
    stored.kind === 'unreadable' ? denyingPolicy(configuration, now) : effectivePolicy(configuration, settings, now);
  const overlay = stored.kind === 'stored' ? stored.overlay : null;
  const report = {
    revision: stored.kind === 'unreadable' ? stored.revision : (overlay?.revision ?? null),
    killSwitch,
    unreadable: stored.kind === 'unreadable' ? stored.reason : null,
    lastChange: overlay && {
      change: overlay.change,
      reason: overlay.reason,
      changedBy: overlay.changedBy,
      changedAt: overlay.changedAt,
    },
    effective: policyView(effective),
    deployed: policyView(configuration),
    overlay: settings,
    origins: originsOf(effective, settings),
  };
  return { tag: digestOf(canonicalJson(report), 16), ...report };
}

/**
 * Changes settings by a JSON merge patch; null takes a setting back to what is deployed. A value that is wider than deployed is refused, one
 * that the deployment has since ruled out is left alone. Every change is a new revision.
 */
export async function changePolicy(
  patch: object,
  request: PolicyRequest,
  caller: Caller,
  deps: PolicyDeps,
): Promise<PolicyChange> {
  return await write(
    request,
    caller,
    deps,
    (stored) => {
      const next = patched(stored, patch, deps);
      if (next.kind !== 'next') return next;
      return { kind: 'next', settings: signed(next.settings, settingsOf(stored), actorOf(caller)) };
    },
    'changed',
  );
}

/** The settings after a merge patch, or why they cannot be. What was wrong before the patch is no reason. */
export function patched(
  stored: StoredOverlay,
  patch: object,
  { configuration, actions }: PolicyDeps,
): Next | Extract<PolicyChange, { kind: 'unreadable' | 'invalid' }> {
  if (stored.kind === 'unreadable') return { kind: 'unreadable', reason: stored.reason };
  const before = settingsOf(stored);
  const parsed = OverlaySettings.safeParse(withoutEmpty(mergePatch(before, withLowerCase(patch))));
  if (!parsed.success)
    return {
      kind: 'invalid',
      problems: parsed.error.issues.map(({ path, message }) => ({ field: path.join('.'), problem: message })),
    };
  const ids = actions.map(({ id }) => id);
  const problemsOf = (settings: OverlaySettings) => overlayProblems(configuration, settings, ids);
  const known = new Set(problemsOf(before).map(({ field, problem }) => `${field} ${problem}`));
  const problems = problemsOf(parsed.data).filter(({ field, problem }) => !known.has(`${field} ${problem}`));
  return problems.length > 0 ? { kind: 'invalid', problems } : { kind: 'next', settings: parsed.data };
}

/** Names who set each alert on a metric that is new or different. */
function signed(settings: OverlaySettings, { metricAlerts: known = {} }: OverlaySettings, by: Actor): OverlaySettings {
  if (settings.metricAlerts === undefined) return settings;
  const metricAlerts = Object.entries(settings.metricAlerts).map(([name, alert]) => {
    const earlier = known[name];
    const isSame =
      earlier !== undefined && canonicalJson({ ...earlier, setBy: by }) === canonicalJson({ ...alert, setBy: by });
    return [name, isSame ? earlier : { ...alert, setBy: by }] as const;
  });
  return { ...settings, metricAlerts: Object.fromEntries(metricAlerts) };
}

/** Takes everything back to what is deployed; also mends an overlay that cannot be used. The kill switch stays as it is. */
export async function resetPolicy(request: PolicyRequest, caller: Caller, deps: PolicyDeps): Promise<PolicyChange> {
  return await write(request, caller, deps, () => ({ kind: 'next', settings: {} }), 'reset');
}

/** Takes the settings of an earlier revision again. What is wider than deployed by now has no effect. */
export async function restorePolicy(
  revision: number,
  request: PolicyRequest,
  caller: Caller,
  deps: PolicyDeps,
): Promise<PolicyChange> {
  const earlier = await deps.policy.revision(revision);
  if (earlier === null) return { kind: 'not-found' };
  return await write(request, caller, deps, () => ({ kind: 'next', settings: earlier.settings }), 'restored');
}

type Next = { readonly kind: 'next'; readonly settings: OverlaySettings };

async function write(
  { reason, seen, dryRun }: PolicyRequest,
  caller: Caller,
  deps: PolicyDeps,
  nextOf: (stored: StoredOverlay) => Next | Exclude<PolicyChange, { kind: 'changed' }>,
  change: PolicyOverlay['change'],
): Promise<PolicyChange> {
  const [stored, killSwitch] = await Promise.all([deps.policy.current(), deps.control.controls()]);
  if (seen !== null && reportOf(stored, killSwitch, deps).tag !== seen) return { kind: 'outdated' };
  const next = nextOf(stored);
  if (next.kind !== 'next') return next;
  const overlay: PolicyOverlay = {
    version: 1,
    revision: newestOf(stored) + 1,
    settings: next.settings,
    change,
    reason,
    changedBy: actorOf(caller),
    changedAt: deps.clock.now().toISOString(),
  };
  const changes = differences(settingsOf(stored), next.settings);
  const report = reportOf({ kind: 'stored', overlay }, killSwitch, deps);
  if (dryRun || (changes.length === 0 && stored.kind !== 'unreadable')) {
    const preview = dryRun && changes.length > 0 ? await previewed(stored, next.settings, deps) : null;
    return { kind: 'changed', changes, report: dryRun ? report : reportOf(stored, killSwitch, deps), preview };
  }
  // The entry of a change whose writer was cut off before it.
  if (stored.kind === 'stored') await deps.trail.append(...entryOf(stored.overlay, null));
  if (!(await deps.policy.add(overlay))) return { kind: 'outdated' };
  await deps.trail.append(...entryOf(overlay, changes));
  return { kind: 'changed', changes, report, preview: null };
}

export async function previewed(
  stored: StoredOverlay,
  next: OverlaySettings,
  deps: PolicyDeps,
  limits: Partial<Configuration['policy']> | null = null,
): Promise<RulePreview | null> {
  const { configuration, clock, preview } = deps;
  const now = clock.now();
  const before =
    stored.kind === 'unreadable'
      ? denyingPolicy(configuration, now)
      : effectivePolicy(configuration, settingsOf(stored), now);
  const after = effectivePolicy(configuration, next, now);
  return await preview(before, { ...after, policy: { ...after.policy, ...limits } });
}

function newestOf(stored: StoredOverlay): number {
  if (stored.kind === 'none') return 0;
  if (stored.kind === 'stored') return stored.overlay.revision;
  if (stored.revision === null) throw new CorruptRecord(`The newest policy has no number: ${stored.reason}`);
  return stored.revision;
}

const MAX_CHANGES_LENGTH = 2000;

function entryOf(overlay: PolicyOverlay, changes: readonly ValueChange[] | null): [key: string, event: PolicyEvent] {
  const { revision, reason, change, changedAt, changedBy } = overlay;
  const words = changes?.map(inWords).join('; ').slice(0, MAX_CHANGES_LENGTH) ?? null;
  const facts = { revision, reason, changes: words === '' ? null : words, ...factsOf(changedBy) };
  return [`revision#${revision}`, { at: changedAt, event: `policy.${change}`, facts }];
}

const factsOf = ({ kind, id, name }: Actor) => ({ by: name, byId: id, byKind: kind });

const inWords = ({ field, before, after }: ValueChange): string =>
  `${field}: ${valueWords(before)} -> ${valueWords(after)}`;
const valueWords = (value: unknown): string => (value === undefined ? 'as deployed' : JSON.stringify(value));

export function differences(before: OverlaySettings, after: OverlaySettings): ValueChange[] {
  const [old, fresh] = [leavesOf(before), leavesOf(after)];
  return [...new Set([...old.keys(), ...fresh.keys()])]
    .filter((field) => canonicalJson(old.get(field) ?? null) !== canonicalJson(fresh.get(field) ?? null))
    .map((field) => ({ field, before: old.get(field), after: fresh.get(field) }));
}

/** Names of repositories mean the same in every case; the overlay has them in lower case. */
function withLowerCase(patch: object): object {
  const { github } = patch as { github?: { repositories?: unknown } };
  const repositories = github?.repositories;
  if (typeof repositories !== 'object' || repositories === null) return patch;
  const lower = Object.entries(repositories).map(([name, value]) => [name.toLowerCase(), value] as const);
  return { ...patch, github: { ...github, repositories: Object.fromEntries(lower) } };
}

/** Without objects that hold nothing: what is left of a setting that was taken back. */
function withoutEmpty(value: unknown): unknown {
  if (value === null || typeof value !== 'object' || Array.isArray(value)) return value;
  const kept = Object.entries(value)
    .map(([name, inner]) => [name, withoutEmpty(inner)] as const)
    .filter(
      ([, inner]) =>
        !(inner !== null && typeof inner === 'object' && !Array.isArray(inner) && Object.keys(inner).length === 0),
    );
  return Object.fromEntries(kept);
}

/** Turns the kill switch on: from now on no effect is allowed, until somebody resumes. Needs to know nothing, so that it always works. */
export async function stopEverything(reason: string, caller: Caller, deps: PolicyDeps): Promise<PolicyReport> {
  const at = deps.clock.now().toISOString();
  const { killSwitch, since = at } = await knownControls(deps);
  await deps.control.setControls({
    killSwitch: true,
    reason,
    since: killSwitch ? since : at,
    by: caller.name.slice(0, 200),
  });
  await deps.trail.append(`stopped#${at}#${caller.id}`, {
    at,
    event: 'policy.stopped',
    facts: { reason, ...factsOf(actorOf(caller)) },
  });
  return await readPolicy(deps);
}

/** Stopping works even where what is stored cannot be read. */
async function knownControls({ control }: PolicyDeps): Promise<Partial<Controls>> {
  try {
    return await control.controls();
  } catch {
    return {};
  }
}

export type Resumption =
  | { readonly kind: 'resumed'; readonly report: PolicyReport }
  | { readonly kind: 'not-stopped' }
  | { readonly kind: 'outdated' };

/** Turns the kill switch off, if it still is as the caller saw it. */
export async function resume(
  { reason, seen }: Omit<PolicyRequest, 'dryRun'>,
  caller: Caller,
  deps: PolicyDeps,
): Promise<Resumption> {
  const report = await readPolicy(deps);
  if (seen !== null && report.tag !== seen) return { kind: 'outdated' };
  if (!report.killSwitch.killSwitch) return { kind: 'not-stopped' };
  const at = deps.clock.now().toISOString();
  // Before it has effect: nobody resumes without a trace.
  await deps.trail.append(`resumed#${at}#${caller.id}`, {
    at,
    event: 'policy.resumed',
    facts: { reason, ...factsOf(actorOf(caller)) },
  });
  if (!(await deps.control.liftKillSwitch(report.killSwitch))) return { kind: 'outdated' };
  return { kind: 'resumed', report: await readPolicy(deps) };
}

/** One thing that somebody did to the policy. */
export const PolicyHistoryEntry = z
  .object({
    /** Its place in the trail, from 1. */
    sequence: z.number(),
    at: z.string(),
    what: z.string(),
    by: z.string(),
    reason: z.string(),
    /** Of the overlay; null for the kill switch. Its number is what `restorePolicy` takes. */
    revision: z.number().nullable(),
    changes: z.string().nullable(),
  })
  .meta({ id: 'PolicyHistoryEntry' });
export type PolicyHistoryEntry = z.infer<typeof PolicyHistoryEntry>;

/** What was done, newest first, `limit` entries at most. */
export async function policyHistory(
  limit: number,
  { trail }: Pick<PolicyDeps, 'trail'>,
): Promise<PolicyHistoryEntry[]> {
  return (await trail.newest(limit)).map(({ at, event, facts, link }) => ({
    sequence: link.sequence,
    at,
    what: event.replace(/^policy\./, ''),
    by: String(facts.by ?? ''),
    reason: String(facts.reason ?? ''),
    revision: typeof facts.revision === 'number' ? facts.revision : null,
    changes: typeof facts.changes === 'string' ? facts.changes : null,
  }));
}
