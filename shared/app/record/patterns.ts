import { firstSentence } from '@selfheal/diagnosis/diagnosis/advice.ts';
import { solutionOfAction } from '@selfheal/diagnosis/diagnosis/solution-words.ts';
import type { Clock } from '@selfheal/kernel/time.ts';
import type { Configuration } from '#shared/domain/configuration/configuration.ts';
import type { Incident } from '#shared/domain/incident/incident.ts';
import type { ActionOutcome } from '#shared/domain/learning/action-experience.ts';
import { tagsOf } from '#shared/domain/learning/new-pattern.ts';
import type { ResolvedCase } from '#shared/domain/learning/propose-patterns.ts';
import { caseOfPastIncident } from '#shared/domain/learning/replay.ts';
import { Resolution } from '#shared/domain/learning/resolution.ts';
import { type ActionRecord, isUnclear } from '#shared/domain/plan/bound-action.ts';
import type { ActionPlugin } from '#shared/plugins/actions/contract.ts';
import { actionOf } from '#shared/plugins/actions/registry.ts';
import type { EvidenceStore } from '#shared/ports/evidence-store.ts';
import type { KnowledgeStore } from '#shared/ports/knowledge-store.ts';
import type { PatternStore } from '#shared/ports/learning-stores.ts';
import type { PolicyReader } from '#shared/ports/policy-store.ts';
import type { Meter } from '#shared/ports/telemetry-sink.ts';
import { learnPatterns } from '../learning/learn-patterns.ts';
import { governed } from '../policy/governed.ts';
import { outcomeOf } from './experience.ts';

export interface KeepPatternsDeps {
  readonly evidence: Pick<EvidenceStore, 'getDiagnosis' | 'getEvidence'>;
  readonly knowledge: Pick<KnowledgeStore, 'remembered'>;
  readonly patterns: Pick<PatternStore, 'list' | 'write' | 'takeNew' | 'note'>;
  readonly actions: readonly ActionPlugin[];
  readonly configuration: Configuration;
  readonly policy: PolicyReader;
  readonly clock: Clock;
  readonly meter: Meter;
}

/** How many past incidents a new pattern is replayed over, newest first. */
const REPLAYED = 2000;

/**
 * Learns patterns from the verification of the last action. It becomes an outcome of each pattern that matches the failure and names that
 * action, or else a new pattern to be observed. What outsiders could have staged creates no pattern. If this cannot be written, it is counted
 * and the incident is closed anyway.
 */
export async function keepPatterns(
  incident: Incident,
  actions: readonly ActionRecord[],
  deps: KeepPatternsDeps,
): Promise<void> {
  const decisive = actions.findLast((action) => action.verified !== null && !isUnclear(action));
  const outcome = decisive === undefined ? null : outcomeOf(incident, decisive, null);
  if (decisive === undefined || outcome === null) return;
  try {
    await learnFrom(incident, decisive, outcome, deps);
  } catch {
    deps.meter.count('pattern-lost');
  }
}

async function learnFrom(
  incident: Incident,
  action: ActionRecord,
  outcome: ActionOutcome,
  deps: KeepPatternsDeps,
): Promise<void> {
  const { configuration, clock, knowledge, patterns } = await governed(deps);
  const found = await resolvedCaseOf(incident, action, outcome, deps);
  if (found === null) return;
  const mayLearn = configuration.learning.fromOutcomes && outcome.trusted && found.resolution.success;
  const { scope } = outcome;
  const past = mayLearn ? await knowledge.remembered(scope, { after: null, limit: REPLAYED }) : [];
  const { results } = await learnPatterns(
    {
      scope,
      by: 'selfheal',
      at: clock.now(),
      cases: [found],
      past: past.filter(({ id }) => id !== incident.id).map(caseOfPastIncident),
      dryRun: false,
      source: mayLearn ? 'verified' : null,
    },
    { patterns, rules: configuration.learning },
  );
  for (const { kind } of results) deps.meter.count(`pattern-${kind}`);
}

/** The incident as a resolution record, from the lines that decided its class; null when there are none. */
async function resolvedCaseOf(
  incident: Incident,
  { actionId }: ActionRecord,
  { trusted, verified, at }: ActionOutcome,
  { evidence, actions, clock }: KeepPatternsDeps,
): Promise<ResolvedCase | null> {
  const { id, classification, openedAt } = incident;
  const [diagnosis, gathered] = await Promise.all([evidence.getDiagnosis(id), evidence.getEvidence(id)]);
  if (classification === null || diagnosis === null || gathered === null) return null;
  const deciding = new Set(classification.evidence);
  const lines = gathered.sources.flatMap((source) => source.lines.filter(({ ref }) => deciding.has(ref)));
  if (lines.length === 0) return null;
  const resolution = Resolution.parse({
    timestamp: at,
    title: firstSentence(diagnosis.rootCause),
    description: lines.map(({ text }) => text).join('\n'),
    resolution_time: Math.max(0, clock.now().getTime() - Date.parse(openedAt)) / 1_000,
    solution: solutionOfAction(actionOf(actionId, actions)?.title ?? actionId),
    success: verified === 'recovered',
    incident: id,
    class: classification.class,
    action: actionId,
    tainted: !trusted,
  });
  const tags = tagsOf(classification.class, classification, resolution);
  return { line: 1, resolution, class: classification.class, tags, by: 'verified' };
}
