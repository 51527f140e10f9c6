import type { Evidence } from '#shared/domain/evidence/evidence.ts';
import type { Incident } from '#shared/domain/incident/incident.ts';
import { knowledgeScopeOf } from '#shared/domain/incident/scope.ts';
import type { KnowledgeEntry } from '#shared/domain/knowledge/knowledge-entry.ts';
import { type KnowledgeMatch, lookupKnowledge } from '#shared/domain/knowledge/lookup.ts';
import { seenBefore } from '#shared/domain/recall/seen-before.ts';
import type { StepInput, StepOutput } from '#shared/domain/workflow/steps.ts';
import type { EvidenceStore } from '#shared/ports/evidence-store.ts';
import type { IncidentStore } from '#shared/ports/incident-store.ts';
import type { KnowledgeStore } from '#shared/ports/knowledge-store.ts';
import type { IncidentRecall } from '#shared/ports/recall.ts';
import type { Clock } from '#shared/ports/time.ts';
import { loadIncident } from './load-incident.ts';
import { recallLike } from './recall-incidents.ts';

export interface KnowledgeDeps {
  readonly incidents: Pick<IncidentStore, 'get'>;
  readonly evidence: Pick<EvidenceStore, 'getEvidence'>;
  readonly knowledge: Pick<KnowledgeStore, 'findByFingerprint' | 'listByClass'>;
  readonly playbooks: readonly KnowledgeEntry[];
  readonly recall: IncidentRecall;
  readonly clock: Clock;
}

const LEARNED_ENTRIES = 25;
const NOTHING_KNOWN: KnowledgeMatch = { match: null, confidence: 0, similar: [] };

/** Whether this very failure is known, and how many similar entries and failures of past incidents are. */
export async function knowledge(input: StepInput<'knowledge'>, deps: KnowledgeDeps): Promise<StepOutput<'knowledge'>> {
  const incident = await loadIncident(input.incidentId, deps.incidents);
  const evidence = await deps.evidence.getEvidence(incident.id);
  const found = await findKnowledge(incident, evidence, deps);
  const seen = seenBefore(await recallLike(incident, evidence, deps));
  const similar = found.similar.length + seen.length;
  return { matchId: found.match?.id ?? null, matchConfidence: found.confidence, similar };
}

/** Looks into what this place taught and into the playbooks. The same stores give the same answer to a later step. */
export async function findKnowledge(
  incident: Incident,
  evidence: Evidence | null,
  deps: Pick<KnowledgeDeps, 'knowledge' | 'playbooks'>,
): Promise<KnowledgeMatch> {
  const { classification } = incident;
  const scope = knowledgeScopeOf(incident.target);
  if (classification === null || scope === null) return NOTHING_KNOWN;
  const { fingerprint } = classification;
  const exact = fingerprint === null ? null : await deps.knowledge.findByFingerprint(fingerprint, scope);
  const learned = await deps.knowledge.listByClass(classification.class, LEARNED_ENTRIES, scope);
  const entries = new Map([...deps.playbooks, ...learned, ...(exact ? [exact] : [])].map((entry) => [entry.id, entry]));
  const lines = (evidence?.sources ?? []).flatMap((source) => source.lines.map(({ text }) => text));
  return lookupKnowledge({ classification, lines }, [...entries.values()]);
}
