import { ApiKey, isUseDue } from '#shared/domain/access/api-key.ts';
import { AccessEvent } from '#shared/domain/audit/access-event.ts';
import type { AccessTrail, ApiKeyStore } from '#shared/ports/access.ts';

export function makeMemoryApiKeyStore(): ApiKeyStore {
  const keys = new Map<string, ApiKey>();
  const change = (id: string, to: (key: ApiKey) => ApiKey): ApiKey | null => {
    const key = keys.get(id);
    if (key === undefined) return null;
    const changed = ApiKey.parse(to(key));
    keys.set(id, changed);
    return changed;
  };
  return {
    get: async (id) => keys.get(id) ?? null,
    list: async () => [...keys.values()],
    create: async (key) => {
      if (keys.has(key.id)) return false;
      keys.set(key.id, ApiKey.parse(key));
      return true;
    },
    noteUse: async (id, at) =>
      void change(id, (key) => (isUseDue(key, at) ? { ...key, lastUsedAt: at.toISOString() } : key)),
    revoke: async (id, by, at) =>
      change(id, (key) => (key.revokedAt === null ? { ...key, revokedAt: at.toISOString(), revokedBy: by } : key)),
  };
}

export interface MemoryAccessTrail extends AccessTrail {
  readonly entries: ReadonlyMap<string, AccessEvent>;
}

export function makeMemoryAccessTrail(): MemoryAccessTrail {
  const entries = new Map<string, AccessEvent>();
  return {
    entries,
    append: async (key, event) => {
      if (!entries.has(key)) entries.set(key, AccessEvent.parse(event));
    },
  };
}
