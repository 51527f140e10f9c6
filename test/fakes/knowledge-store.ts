import { InvalidInput } from '@selfheal/kernel/errors.ts';
import { KnowledgeEntry } from '#shared/domain/knowledge/knowledge-entry.ts';
import { PastIncident } from '#shared/domain/knowledge/search/past-incident.ts';
import type { KnowledgeStore } from '#shared/ports/knowledge-store.ts';

/** Learned knowledge in memory. The counters are the store's own: those of a given entry are not believed. */
export function makeMemoryKnowledgeStore(): KnowledgeStore {
  const scopes = new Map<string, Map<string, KnowledgeEntry>>();
  const counted = new Set<string>();
  const past = new Map<string, { scope: string; incident: PastIncident }>();
  const entriesOf = (scope: string): Map<string, KnowledgeEntry> => {
    const entries = scopes.get(scope) ?? new Map<string, KnowledgeEntry>();
    scopes.set(scope, entries);
    return entries;
  };
  return {
    findByFingerprint: async (fingerprint, scope) => structuredClone(entriesOf(scope).get(fingerprint) ?? null),
    learned: async (scope, { after, limit }) =>
      [...entriesOf(scope).values()]
        .filter(({ updatedAt }) => after === null || (updatedAt ?? '') > after)
        .sort((a, b) => (`${a.updatedAt} ${a.id}` < `${b.updatedAt} ${b.id}` ? 1 : -1))
        .slice(0, limit)
        .map((entry) => structuredClone(entry)),
    recordOutcome: async (entry, incidentId, outcome, at, scope) => {
      const entries = entriesOf(scope);
      const fingerprint = entry.fingerprints[0];
      if (fingerprint === undefined) throw new InvalidInput(`Knowledge entry ${entry.id} has no fingerprint.`);
      if (counted.has(`${scope}#${fingerprint}#${incidentId}`)) return;
      counted.add(`${scope}#${fingerprint}#${incidentId}`);
      const { successes = 0, failures = 0 } = entries.get(fingerprint) ?? {};
      entries.set(
        fingerprint,
        KnowledgeEntry.parse({
          ...entry,
          successes: successes + (outcome === 'success' ? 1 : 0),
          failures: failures + (outcome === 'failure' ? 1 : 0),
          updatedAt: at.toISOString(),
        }),
      );
    },
    remember: async (incident, scope) => {
      past.set(`${scope}#${incident.endedAt}#${incident.id}`, { scope, incident: PastIncident.parse(incident) });
    },
    remembered: async (scope, { after, limit }) =>
      [...past.values()]
        .filter((one) => one.scope === scope && (after === null || one.incident.endedAt > after))
        .map(({ incident }) => structuredClone(incident))
        .sort((a, b) => (`${a.endedAt}#${a.id}` < `${b.endedAt}#${b.id}` ? 1 : -1))
        .slice(0, limit),
  };
}
