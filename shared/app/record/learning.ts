import type { Diagnosis } from '@selfheal/diagnosis/diagnosis/diagnosis.ts';
import { adviceOfSolution, solutionOfAction } from '@selfheal/diagnosis/diagnosis/solution-words.ts';
import { phrase } from '@selfheal/kernel/text/redacted-text.ts';
import type { Clock } from '@selfheal/kernel/time.ts';
import { type Evidence, logsOf } from '@selfheal/log-reading/logs/evidence.ts';
import { redact } from '@selfheal/redaction/redact.ts';
import type { Incident } from '#shared/domain/incident/incident.ts';
import { knowledgeScopeOf } from '#shared/domain/incident/scope.ts';
import type { KnowledgeEntry } from '#shared/domain/knowledge/knowledge-entry.ts';
import { type Embedding, textToEmbed } from '#shared/domain/knowledge/search/embedding.ts';
import { PastIncident, pastIncidentOf } from '#shared/domain/knowledge/search/past-incident.ts';
import { weighed } from '#shared/domain/knowledge/search/terms.ts';
import { type ActionRecord, isUnclear } from '#shared/domain/plan/bound-action.ts';
import type { ActionPlugin } from '#shared/plugins/actions/contract.ts';
import { actionOf } from '#shared/plugins/actions/registry.ts';
import type { EvidenceStore } from '#shared/ports/evidence-store.ts';
import type { KnowledgeStore } from '#shared/ports/knowledge-store.ts';
import type { Embedder } from '#shared/ports/recall.ts';
import type { Meter } from '#shared/ports/telemetry-sink.ts';

export interface LearnDeps {
  readonly evidence: Pick<EvidenceStore, 'getDiagnosis' | 'getEvidence'>;
  readonly knowledge: Pick<KnowledgeStore, 'findByFingerprint' | 'recordOutcome' | 'remember'>;
  /** Their titles are the solutions. */
  readonly actions: readonly ActionPlugin[];
  readonly clock: Clock;
  readonly meter: Meter;
  /** Computes embeddings of incidents; without one, incidents are recalled by their words. */
  readonly embedder?: Embedder | null;
}

/**
 * Stores the ended incident, so that similar ones are recalled, and counts whether the action helped for this fingerprint. Only verified
 * actions count: not proposals, recoveries by themselves or unknown outcomes.
 */
export async function learn(
  incident: Incident,
  actions: readonly ActionRecord[],
  outcome: string,
  deps: LearnDeps,
): Promise<void> {
  const scope = knowledgeScopeOf(incident.target);
  const diagnosis = scope === null ? null : await deps.evidence.getDiagnosis(incident.id);
  if (scope === null || diagnosis === null) return;
  await remember(incident, { actions, outcome, diagnosis, scope }, deps);
  const fingerprint = incident.classification?.fingerprint ?? null;
  const decisive = actions.findLast((action) => action.verified !== null && !isUnclear(action));
  if (fingerprint === null || decisive === undefined) return;
  const success = outcome === 'resolved' && decisive.verified === 'recovered';
  if (!success && decisive.verified !== 'failed') return;
  const known = await deps.knowledge.findByFingerprint(fingerprint, scope);
  const solution = solutionOf(decisive, deps);
  const entry = entryOf(fingerprint, diagnosis, { solution, known, success });
  await deps.knowledge.recordOutcome(entry, incident.id, success ? 'success' : 'failure', deps.clock.now(), scope);
}

/** Stores the incident, unless it is linked to another one, whose end counts instead. */
async function remember(
  { id, classification }: Incident,
  ended: { actions: readonly ActionRecord[]; outcome: string; diagnosis: Diagnosis; scope: string },
  deps: LearnDeps,
): Promise<void> {
  const outcome = PastIncident.shape.outcome.safeParse(ended.outcome);
  if (classification === null || !outcome.success) return;
  const gathered = await deps.evidence.getEvidence(id);
  const evidence = gathered && logsOf(gathered);
  const embedding = await embeddingOf(evidence, deps);
  const actions = ended.actions.map((action) => ({
    ...action,
    inconclusive: isUnclear(action),
    solution: solutionOf(action, deps),
  }));
  const at = deps.clock.now();
  const past = pastIncidentOf({ ...ended, actions, id, evidence, embedding, outcome: outcome.data, endedAt: at });
  await deps.knowledge.remember(past, ended.scope);
  deps.meter.count('incident-remembered');
}

/** What to do the next time: the title of the action, without what this execution did to its target. */
function solutionOf({ actionId }: ActionRecord, { actions }: Pick<LearnDeps, 'actions'>): string {
  return solutionOfAction(actionOf(actionId, actions)?.title ?? actionId);
}

/** Null without an embedding model or its answer; then the incident is recalled by its words. */
async function embeddingOf(
  evidence: Evidence | null,
  { embedder }: Pick<LearnDeps, 'embedder'>,
): Promise<Embedding | null> {
  const text = textToEmbed((evidence?.sources ?? []).flatMap((source) => source.lines.map(weighed)));
  if (!embedder || text === '') return null;
  const answer = await embedder.embed(redact(text).text, 'document');
  return answer.kind === 'embedded' ? answer.embedding : null;
}

function entryOf(
  fingerprint: string,
  diagnosis: Diagnosis,
  {
    solution,
    known,
    success,
  }: { readonly solution: string; readonly known: KnowledgeEntry | null; readonly success: boolean },
): KnowledgeEntry {
  const successes = (known?.successes ?? 0) + (success ? 1 : 0);
  const failures = (known?.failures ?? 0) + (success ? 0 : 1);
  const title = diagnosis.rootCause.split('\n')[0]?.slice(0, 200) ?? phrase``;
  const before = known === null ? null : adviceOfSolution(known.resolution);
  const resolution = success ? solution : (before ?? diagnosis.fix);
  return {
    version: 1,
    id: `learned-${fingerprint}`,
    title: title === '' ? phrase`A failure seen before` : title,
    origin: 'incident',
    class: diagnosis.classification.class,
    fingerprints: [fingerprint],
    keywords: diagnosis.classification.signature === null ? [] : [diagnosis.classification.signature.toLowerCase()],
    rootCause: diagnosis.rootCause,
    resolution: redact(resolution).text.slice(0, 4000),
    prevention: diagnosis.prevention,
    confidence: ruleOfSuccession(successes, failures),
    successes,
    failures,
    updatedAt: null,
  };
}

/** Laplace's rule of succession: the probability of success next time. */
function ruleOfSuccession(successes: number, failures: number): number {
  return (successes + 1) / (successes + failures + 2);
}
