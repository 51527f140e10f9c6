import * as z from 'zod';
import { settingsOf } from '#shared/domain/configuration/overlay.ts';
import { Policy } from '#shared/domain/policy/policy-settings.ts';
import {
  differences,
  type PolicyChange,
  type PolicyDeps,
  patched,
  previewed,
  type ValueChange,
} from './change-policy.ts';
import type { RulePreview } from './preview-rules.ts';

/** Limits that stand in the deployed configuration alone, and can be tried on the last week all the same. */
const DEPLOYED_LIMITS = z.strictObject({
  stormIncidentsPerMinute: Policy.shape.stormIncidentsPerMinute.unwrap(),
  stormIncidentsPerHour: Policy.shape.stormIncidentsPerHour.unwrap(),
});

export type PolicyTrial =
  | { readonly kind: 'tried'; readonly changes: readonly ValueChange[]; readonly preview: RulePreview | null }
  | Extract<PolicyChange, { kind: 'unreadable' | 'invalid' }>;

/** Tries a merge patch of the overlay, and of the deployed limits of storms, on the last week. Changes nothing. */
export async function tryPolicy(patch: object, deps: PolicyDeps): Promise<PolicyTrial> {
  const { limits, rest } = withoutDeployedLimits(patch);
  const tried = DEPLOYED_LIMITS.partial().safeParse(limits);
  if (!tried.success) {
    const problems = tried.error.issues.map(({ path, message }) => ({
      field: `policy.${path.join('.')}`,
      problem: message,
    }));
    return { kind: 'invalid', problems };
  }
  const stored = await deps.policy.current();
  const next = patched(stored, rest, deps);
  if (next.kind !== 'next') return next;
  const { stormIncidentsPerMinute, stormIncidentsPerHour } = deps.configuration.policy;
  const deployed = { stormIncidentsPerMinute, stormIncidentsPerHour };
  const all = DEPLOYED_LIMITS.parse({ ...deployed, ...tried.data });
  const changes = [
    ...differences(settingsOf(stored), next.settings),
    ...Object.entries(tried.data)
      .map(([name, after]) => ({
        field: `policy.${name}`,
        before: deployed[name as keyof typeof deployed],
        after,
      }))
      .filter(({ before, after }) => before !== after),
  ];
  const preview = changes.length === 0 ? null : await previewed(stored, next.settings, deps, all);
  return { kind: 'tried', changes, preview };
}

function withoutDeployedLimits(patch: object): { readonly limits: object; readonly rest: object } {
  const { policy, ...others } = patch as { policy?: unknown };
  if (typeof policy !== 'object' || policy === null) return { limits: {}, rest: patch };
  const isDeployed = ([name]: [string, unknown]) => name in DEPLOYED_LIMITS.shape;
  const entries = Object.entries(policy);
  return {
    limits: Object.fromEntries(entries.filter(isDeployed)),
    rest: { ...others, policy: Object.fromEntries(entries.filter((entry) => !isDeployed(entry))) },
  };
}
