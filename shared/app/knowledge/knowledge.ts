import type { Clock } from '@selfheal/kernel/time.ts';
import { type Evidence, logsOf } from '@selfheal/log-reading/logs/evidence.ts';
import type { Incident } from '#shared/domain/incident/incident.ts';
import { knowledgeScopeOf, knowledgeScopesOf } from '#shared/domain/incident/scope.ts';
import { type Known, nothingKnown } from '#shared/domain/knowledge/known.ts';
import { isSureMatch, lookupKnowledge } from '#shared/domain/knowledge/lookup.ts';
import { SAME_FINGERPRINT } from '#shared/domain/knowledge/search/reasons.ts';
import { rememberedEntry } from '#shared/domain/knowledge/search/remembered-entry.ts';
import { seenBefore } from '#shared/domain/knowledge/search/seen-before.ts';
import { knownByPatterns, withPatterns } from '#shared/domain/learning/known-by-pattern.ts';
import type { StepInput, StepOutput } from '#shared/domain/workflow/steps.ts';
import type { ActionPlugin } from '#shared/plugins/actions/contract.ts';
import { titlesOf } from '#shared/plugins/actions/registry.ts';
import type { EvidenceStore } from '#shared/ports/evidence-store.ts';
import type { IncidentStore } from '#shared/ports/incident-store.ts';
import type { KnowledgeStore } from '#shared/ports/knowledge-store.ts';
import type { FailureRecall } from '#shared/ports/recall.ts';
import { loadIncident } from '../../ports/incident-store.ts';
import { recallLike } from './recall-incidents.ts';
import type { PatternReader } from './recognise-patterns.ts';

export interface KnowledgeDeps {
  readonly incidents: Pick<IncidentStore, 'get'>;
  readonly evidence: Pick<EvidenceStore, 'getEvidence' | 'putKnown'>;
  readonly knowledge: Pick<KnowledgeStore, 'findByFingerprint'>;
  readonly recall: FailureRecall;
  readonly patterns: PatternReader;
  readonly actions: readonly ActionPlugin[];
  readonly clock: Clock;
}

/**
 * Finds out whether this failure is known, and how many entries and past incidents resemble it; stores them for the diagnosis.
 */
export async function knowledge(input: StepInput<'knowledge'>, deps: KnowledgeDeps): Promise<StepOutput<'knowledge'>> {
  const incident = await loadIncident(input.incidentId, deps.incidents);
  const gathered = await deps.evidence.getEvidence(incident.id);
  const known = await findKnown(incident, gathered && logsOf(gathered), deps);
  await deps.evidence.putKnown({ ...known, incident });
  const { found, seen } = known;
  const similar = found.similar.length + seen.length;
  return { matchId: found.match?.id ?? null, useModel: !isSureMatch(found), similar, isKept: true };
}

/** Searches past incidents and lessons of this scope, and the built-in advice. */
export async function findKnown(
  incident: Incident,
  evidence: Evidence | null,
  deps: Pick<KnowledgeDeps, 'knowledge' | 'recall' | 'patterns' | 'actions' | 'clock'>,
): Promise<Known> {
  const { classification } = incident;
  const scope = knowledgeScopeOf(incident.target);
  if (classification === null || scope === null) return nothingKnown(incident.id);
  const { fingerprint } = classification;
  const [{ incidents, entries, limits, isLearned = true }, recognised] = await Promise.all([
    recallLike(incident, evidence, deps),
    deps.patterns.recognising(
      knowledgeScopesOf(incident.target),
      classification.class,
      linesToRecognise(incident, evidence),
    ),
  ]);
  // The index may lag behind in what it says of an entry, so an exact match is read from the store.
  const exact = fingerprint === null || !isLearned ? null : await deps.knowledge.findByFingerprint(fingerprint, scope);
  const others = entries.filter(({ item }) => item.id !== exact?.id);
  const first =
    exact === null ? [] : [{ item: rememberedEntry(exact), score: 1, sameFailure: true, reasons: [SAME_FINGERPRINT] }];
  const looked = lookupKnowledge(classification, [...first, ...others]);
  const { similar, ...match } = withPatterns(looked, recognised, titlesOf(deps.actions));
  return {
    version: 1,
    incidentId: incident.id,
    found: { ...match, similar: [...similar] },
    seen: seenBefore(incidents),
    patterns: knownByPatterns(recognised, titlesOf(deps.actions)),
    limits: [...limits],
  };
}

/** What patterns are compared with: the lines of the evidence, among them the title of a report; evidence of earlier versions lacks it. */
function linesToRecognise({ target, tainted }: Incident, evidence: Evidence | null): string[] {
  const lines = (evidence?.sources ?? []).flatMap((source) => source.lines.map(({ text }) => text));
  return target.kind === 'report' || target.kind === 'alert' ? [...new Set([tainted.title, ...lines])] : lines;
}
