import { firstSentence } from '@selfheal/diagnosis/diagnosis/advice.ts';
import type { FailureClass } from '@selfheal/kernel/failure-class.ts';
import { phrase } from '@selfheal/kernel/text/redacted-text.ts';
import type { Clock } from '@selfheal/kernel/time.ts';
import { type Evidence, logsOf } from '@selfheal/log-reading/logs/evidence.ts';
import { redactName } from '@selfheal/redaction/redact.ts';
import type { Configuration } from '#shared/domain/configuration/configuration.ts';
import type { FalsePositive, IncidentResolution } from '#shared/domain/incident/annotations.ts';
import type { Incident } from '#shared/domain/incident/incident.ts';
import { knowledgeScopeOf, knowledgeScopesOf } from '#shared/domain/incident/scope.ts';
import { isSimulated } from '#shared/domain/incident/target-context.ts';
import type { PastIncident } from '#shared/domain/knowledge/search/past-incident.ts';
import { termsOfLines, writeTerms } from '#shared/domain/knowledge/search/terms.ts';
import { tagsOf } from '#shared/domain/learning/new-pattern.ts';
import { settled, withOutcomes } from '#shared/domain/learning/pattern-trust.ts';
import { caseOfPastIncident, makeCaseTest } from '#shared/domain/learning/replay.ts';
import { Resolution } from '#shared/domain/learning/resolution.ts';
import type { EvidenceStore } from '#shared/ports/evidence-store.ts';
import type { KnowledgeStore } from '#shared/ports/knowledge-store.ts';
import type { PatternStore, PredictionStore } from '#shared/ports/learning-stores.ts';
import { linesToRecall } from '../knowledge/recall-incidents.ts';
import { changePattern, noteOf } from '../learning/change-pattern.ts';
import { correctPrediction } from '../learning/correct-prediction.ts';
import { learnPatterns } from '../learning/learn-patterns.ts';
import { type FileAgainDeps, fileAgain } from '../record/correction.ts';

export interface LearnFromPersonDeps extends FileAgainDeps {
  readonly evidence: Pick<EvidenceStore, 'getEvidence' | 'getDiagnosis'>;
  readonly knowledge: Pick<KnowledgeStore, 'remember' | 'remembered'>;
  readonly patterns: Pick<PatternStore, 'list' | 'write' | 'takeNew' | 'note'>;
  readonly predictions: Pick<PredictionStore, 'recentPredictions' | 'correctPrediction'>;
  readonly configuration: Configuration;
  readonly clock: Clock;
}

/** How many past incidents a new pattern is replayed over, newest first. */
const REPLAYED = 2000;
const MAX_TITLE = 300;
const MAX_RESOLUTION = 1000;

/**
 * Learns from how a person ended an incident. The solution is recalled for similar failures, and becomes an outcome of each pattern that names it
 * or else a new pattern to be observed. A class that the person names corrects the prediction. Repeatable: an incident counts once. Returns
 * what was learned.
 */
export async function learnFromResolution(
  incident: Incident,
  resolution: IncidentResolution,
  deps: LearnFromPersonDeps,
): Promise<string[]> {
  const scope = knowledgeScopeOf(incident.target);
  const { classification } = incident;
  const failureClass = resolution.class ?? classification?.class ?? 'unknown';
  if (scope === null) return [];
  const gathered = await deps.evidence.getEvidence(incident.id);
  const evidence = gathered && logsOf(gathered);
  const { solution, success, by, minutes } = resolution;
  const said = { resolution: solution, helped: success, by, minutes };
  await remember(incident, { scope, evidence, class: failureClass, ...said, deps });
  return [
    success
      ? 'The solution will be shown with similar failures.'
      : 'It did not help, so nothing ends; similar failures will say so.',
    ...(await correction(incident, resolution, deps)),
    ...(await learnPattern(incident, resolution, { scope, evidence, class: failureClass }, deps)),
  ];
}

/** Nothing was wrong: similar incidents say so from then on, and patterns that recognised it did not help. */
export async function learnFromFalsePositive(
  incident: Incident,
  { by, at, reason, updatePatterns }: FalsePositive,
  deps: LearnFromPersonDeps,
): Promise<string[]> {
  const scope = knowledgeScopeOf(incident.target);
  if (scope === null) return [];
  const gathered = await deps.evidence.getEvidence(incident.id);
  const evidence = gathered && logsOf(gathered);
  const failureClass = incident.classification?.class ?? 'unknown';
  const resolution = phrase`A false alarm: ${reason}`;
  await remember(incident, { scope, evidence, class: failureClass, resolution, helped: null, by, minutes: null, deps });
  if (!updatePatterns || evidence === null) return [];
  const failure = { id: incident.id, lines: textsOf(evidence), messages: new Set<string>() };
  const known = (await Promise.all(knowledgeScopesOf(incident.target).map((one) => deps.patterns.list(one)))).flat();
  const wrong = known.filter((one) => one.retired === null && makeCaseTest(one)(failure));
  const now = deps.clock.now();
  const changes: string[] = [];
  for (const pattern of wrong) {
    const outcome = { incident: incident.id, at, by: 'human', helped: false, trusted: true, minutes: null } as const;
    const why = `incident ${incident.id} was a false alarm`;
    const changed = await changePattern(deps.patterns, pattern, (one) => {
      const others = one.outcomes.filter((known) => known.incident !== incident.id);
      const isKnown = one.outcomes.some((known) => known.incident === incident.id && !known.helped);
      return isKnown
        ? one
        : settled(withOutcomes({ ...one, outcomes: others }, [outcome]), deps.configuration.learning, now, why);
    });
    if (changed === null) continue;
    const { before, after } = changed;
    if (before !== after) {
      const event = after.retired === null ? 'pattern.adjusted' : 'pattern.retired';
      await deps.patterns.note(noteOf({ scope: pattern.scope, by, at: now }, event, pattern.id, why));
    }
    const state = after.retired === null ? `now at confidence ${after.confidence.toFixed(2)}` : 'now retired';
    changes.push(`Pattern ${pattern.id} is ${state}.`);
  }
  return changes;
}

interface IncidentEnding {
  readonly scope: string;
  readonly evidence: Evidence | null;
  readonly class: FailureClass;
}

/** By what people say of it; the newest end of an incident is the one that is recalled. */
async function remember(
  incident: Incident,
  {
    scope,
    evidence,
    class: failureClass,
    resolution,
    helped,
    by,
    minutes,
    deps,
  }: IncidentEnding & {
    readonly by: string;
    readonly minutes: IncidentResolution['minutes'];
    readonly resolution: IncidentResolution['solution'];
    readonly helped: boolean | null;
    readonly deps: LearnFromPersonDeps;
  },
): Promise<void> {
  const diagnosis = await deps.evidence.getDiagnosis(incident.id);
  const known = diagnosis === null ? null : (diagnosis.summary ?? firstSentence(diagnosis.rootCause));
  const title = redactName(incident.annotations?.title ?? known ?? incident.tainted.title, MAX_TITLE);
  const past: PastIncident = {
    version: 1,
    id: incident.id,
    endedAt: deps.clock.now().toISOString(),
    class: failureClass,
    fingerprint: incident.classification?.fingerprint ?? null,
    title: title === '' ? phrase`A failure without a diagnosis` : title,
    resolution: redactName(resolution, MAX_RESOLUTION),
    outcome: helped === false ? 'escalated' : 'resolved',
    helped,
    reportedBy: redactName(by, 200),
    ...(minutes === null ? {} : { workedMinutes: minutes }),
    terms: writeTerms(termsOfLines(linesToRecall(incident, evidence))),
  };
  await deps.knowledge.remember(past, scope);
}

async function correction(
  incident: Incident,
  { class: actual, by, at }: IncidentResolution,
  deps: LearnFromPersonDeps,
): Promise<string[]> {
  // A rehearsal is no prediction.
  if (actual === null || actual === 'unknown' || isSimulated(incident.target)) return [];
  const corrected = await correctPrediction(
    { incidentId: incident.id, class: actual, by, at: new Date(at) },
    deps.predictions,
  );
  if (corrected.kind === 'refused') return [`The class was not corrected: ${corrected.reason}`];
  await fileAgain(incident, { class: actual, by }, deps);
  return corrected.right ? [] : [`The class was ${actual}, not ${corrected.said}: the prediction counts as wrong.`];
}

/** What outsiders could have worded teaches no new pattern. */
const isTainted = ({ target }: Incident): boolean => target.kind === 'run' && !target.onDefaultBranch;

const textsOf = ({ sources }: Evidence): string[] => sources.flatMap(({ lines }) => lines.map(({ text }) => text));

async function learnPattern(
  incident: Incident,
  { by, at, solution, success, minutes }: IncidentResolution,
  { scope, evidence, class: failureClass }: IncidentEnding,
  deps: LearnFromPersonDeps,
): Promise<string[]> {
  const deciding = new Set(incident.classification?.evidence ?? []);
  const lines = (evidence?.sources ?? []).flatMap((source) => source.lines.filter(({ ref }) => deciding.has(ref)));
  if (lines.length === 0 || failureClass === 'unknown') return [];
  const resolution = Resolution.parse({
    timestamp: at,
    title: incident.annotations?.title ?? incident.tainted.title,
    description: lines.map(({ text }) => text).join('\n'),
    resolution_time: minutes === null ? null : minutes * 60,
    solution,
    success,
    incident: incident.id,
    class: failureClass,
    by,
    tainted: isTainted(incident),
  });
  const mayLearn = success && !isTainted(incident);
  const past = mayLearn ? await deps.knowledge.remembered(scope, { after: null, limit: REPLAYED }) : [];
  const tags = tagsOf(failureClass, { signature: incident.classification?.signature ?? null }, resolution);
  const { results } = await learnPatterns(
    {
      scope,
      by,
      at: deps.clock.now(),
      cases: [{ line: 1, resolution, class: failureClass, tags }],
      past: past.filter(({ id }) => id !== incident.id).map(caseOfPastIncident),
      dryRun: false,
      source: mayLearn ? 'human' : null,
    },
    { patterns: deps.patterns, rules: deps.configuration.learning },
  );
  return results.map(({ kind, patternId, reason }) => `Pattern ${patternId} ${kind}: ${reason}.`);
}
