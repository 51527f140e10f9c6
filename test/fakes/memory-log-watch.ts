import type { CheckState } from '#shared/domain/health/health-check.ts';
import type { ArrivedDigest, KeptWatch, LogWatchStore } from '#shared/ports/log-watch-store.ts';

/** What logs were counted to, in memory. */
export function makeMemoryLogWatch(): LogWatchStore {
  const lastSeen = new Map<string, string>();
  const digests = new Map<string, ArrivedDigest[]>();
  const checks = new Map<string, CheckState>();
  const watches = new Map<string, KeptWatch>();
  const arrived = (service: string): ArrivedDigest[] =>
    (digests.get(service) ?? []).toSorted((a, b) => a.position.localeCompare(b.position));
  return {
    addDigests: async (added, receivedAt) => {
      for (const digest of added) {
        const position = `${String(receivedAt.getTime()).padStart(14, '0')}#${digest.id}#${digest.window}`;
        const others = arrived(digest.service).filter((one) => one.position !== position);
        digests.set(digest.service, [...others, { position, digest }]);
        lastSeen.set(digest.service, receivedAt.toISOString());
      }
    },
    services: async () => [...lastSeen].map(([service, at]) => ({ service, lastSeen: at })),
    digestsAfter: async (service, position) => arrived(service).filter((one) => one.position > (position ?? '')),
    latestDigests: async (service, limit) => arrived(service).slice(-limit),
    watch: async (service) => watches.get(service) ?? null,
    checkState: async (target) => checks.get(target) ?? null,
    keepCheckState: async (target, state) => void checks.set(target, state),
    keepWatch: async (service, kept, revision) => {
      if ((watches.get(service)?.revision ?? null) !== revision) return false;
      watches.set(service, { ...structuredClone(kept), revision: (revision ?? 0) + 1 });
      return true;
    },
  };
}
