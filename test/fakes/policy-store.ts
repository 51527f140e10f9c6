import { POLICY_TRAIL, PolicyEvent } from '#shared/domain/audit/access-event.ts';
import { chainEntry } from '#shared/domain/audit/audit-chain.ts';
import type { TrailEntry } from '#shared/domain/audit/audit-entry.ts';
import { type OverlaySettings, PolicyOverlay, type StoredOverlay } from '#shared/domain/configuration/overlay.ts';
import type { PolicyTrail } from '#shared/ports/audit-reader.ts';
import type { PolicyStore } from '#shared/ports/policy-store.ts';
import { aPolicyOverlay } from '../builders/access.ts';

export interface MemoryPolicyStore extends PolicyStore {
  /** Makes everything that reads the policy find it like this; null: as it is. */
  breaks(as: StoredOverlay | null): void;
  /** Adds a revision with these settings. */
  set(settings: OverlaySettings): Promise<void>;
}

export function makeMemoryPolicyStore(): MemoryPolicyStore {
  const revisions: PolicyOverlay[] = [];
  let broken: StoredOverlay | null = null;
  const add = async (overlay: PolicyOverlay): Promise<boolean> => {
    if (revisions.some(({ revision }) => revision === overlay.revision)) return false;
    revisions.push(PolicyOverlay.parse(structuredClone(overlay)));
    return true;
  };
  return {
    current: async () => {
      const overlay = revisions.toSorted((a, b) => b.revision - a.revision)[0];
      return broken ?? (overlay === undefined ? { kind: 'none' } : { kind: 'stored', overlay });
    },
    revision: async (revision) => revisions.find((one) => one.revision === revision) ?? null,
    add,
    breaks: (as) => {
      broken = as;
    },
    set: async (settings) => {
      await add(aPolicyOverlay({ revision: revisions.length + 1, settings }));
    },
  };
}

export function makeMemoryPolicyTrail(): PolicyTrail {
  const entries: TrailEntry[] = [];
  return {
    append: async (key, event) => {
      if (entries.some((entry) => entry.key === key)) return;
      const last = entries.at(-1)?.link ?? null;
      entries.push(chainEntry({ incidentId: POLICY_TRAIL, key, last }, PolicyEvent.parse(event)));
    },
    newest: async (limit) => entries.toReversed().slice(0, limit),
  };
}
