import { readFailure } from '@selfheal/diagnosis/causality/read-failure.ts';
import { adviceOfClass } from '@selfheal/diagnosis/diagnosis/explanation.ts';
import { redactDiagnosis } from '@selfheal/diagnosis/diagnosis/redact-diagnosis.ts';
import { diagnoseByRules } from '@selfheal/diagnosis/diagnosis/rules-diagnosis.ts';
import { classOfWords } from '@selfheal/diagnosis/failure/class-of-words.ts';
import type { FailureModel } from '@selfheal/diagnosis/failure/model/failure-model.ts';
import type { SignatureSet } from '@selfheal/diagnosis/failure/signatures.ts';
import { FAMILY_OF, type FailureClass } from '@selfheal/kernel/failure-class.ts';
import type { Clock } from '@selfheal/kernel/time.ts';
import type { Evidence } from '@selfheal/log-reading/logs/evidence.ts';
import { redact } from '@selfheal/redaction/redact.ts';
import type { Configuration } from '#shared/domain/configuration/configuration.ts';
import type { KnowledgeEntry } from '#shared/domain/knowledge/knowledge-entry.ts';
import { outcomeWords } from '#shared/domain/knowledge/search/seen-before.ts';
import type { Terms } from '#shared/domain/knowledge/search/term-field.ts';
import { termsOfLines, termsOfQuestion, weighed } from '#shared/domain/knowledge/search/terms.ts';
import type { ActionOutcome } from '#shared/domain/learning/action-experience.ts';
import { expectBenefits } from '#shared/domain/learning/expected-benefit.ts';
import type { ActionPlugin } from '#shared/plugins/actions/contract.ts';
import type { ExperienceStore } from '#shared/ports/learning-stores.ts';
import type { FailureRecall } from '#shared/ports/recall.ts';
import type { LogTriage, PredictedCause, Recommendation, Recommended, SimilarIncident } from './log-answers.ts';
import { readLog, scanLines } from './read-log.ts';
import { nothingFailed, reportEvidence } from './text-evidence.ts';

export interface TriageRequestDeps {
  readonly signatures: SignatureSet;
  readonly model: () => Promise<FailureModel | undefined>;
  readonly recall: FailureRecall;
  readonly experience: Pick<ExperienceStore, 'actionOutcomes'>;
  readonly actions: readonly Pick<ActionPlugin, 'id' | 'title' | 'risk'>[];
  readonly configuration: Pick<Configuration, 'services'>;
  readonly clock: Clock;
}

/** Text of a request: one string or its lines. */
export type Logs = string | readonly string[];

const MAX_SIMILAR = 5;
/** Results below these scores are irrelevant: of a whole log, and of a few words. */
const MIN_SCORE = { log: 0.1, words: 0.03 };
const MAX_RECOMMENDED = 10;
const OUTCOMES_LOOKED_AT = 500;

/** The cause of a failure, by the classifier and the rules of the workflow. Nothing is kept. */
export async function predictCause(logs: Logs, deps: TriageRequestDeps): Promise<PredictedCause> {
  return await causeOf(readLog(logs).evidence, deps);
}

async function causeOf(evidence: Evidence, { signatures, model }: TriageRequestDeps): Promise<PredictedCause> {
  const { classification, chain } = readFailure(evidence, { signatures, model: await model() });
  const { class: failureClass, verdict, confidence, alternatives, signature, fingerprint } = classification;
  const rest = { knowledge: null, preExisting: null, note: null };
  const diagnosis = redactDiagnosis(diagnoseByRules({ ...rest, evidence, classification, chain, signatures }));
  const lines = new Map(evidence.sources.flatMap((source) => source.lines.map((line) => [line.ref, line] as const)));
  return {
    class: failureClass,
    family: FAMILY_OF[failureClass],
    verdict,
    confidence,
    alternatives,
    signature,
    fingerprint,
    cause: diagnosis.rootCause,
    fix: diagnosis.fix,
    prevention: diagnosis.prevention,
    evidence: classification.evidence.flatMap((ref) => {
      const line = lines.get(ref);
      return line === undefined ? [] : [{ line: line.number, text: line.text }];
    }),
    failed: !nothingFailed(evidence, classification),
  };
}

interface Question {
  readonly class: FailureClass;
  readonly fingerprint: string | null;
  readonly terms: Terms;
  readonly minScore: number;
}

/** Past incidents of these scopes and written advice that share most with a log or a few words, best first. */
export async function searchSimilar(
  question: { readonly logs: Logs } | { readonly query: string },
  scopes: readonly string[],
  limit: number,
  deps: TriageRequestDeps,
): Promise<SimilarIncident[]> {
  if ('query' in question) {
    const terms = termsOfQuestion(redact(question.query).text);
    return await similarTo(
      { class: 'unknown', fingerprint: null, terms, minScore: MIN_SCORE.words },
      scopes,
      limit,
      deps,
    );
  }
  const { evidence } = readLog(question.logs);
  return await similarTo(questionOf(evidence, await causeOf(evidence, deps)), scopes, limit, deps);
}

function questionOf(evidence: Evidence, cause: Pick<PredictedCause, 'class' | 'fingerprint'>): Question {
  const terms = termsOfLines(evidence.sources.flatMap(({ lines }) => lines.map(weighed)));
  return { class: cause.class, fingerprint: cause.fingerprint, terms, minScore: MIN_SCORE.log };
}

async function similarTo(
  { minScore, ...question }: Question,
  scopes: readonly string[],
  limit: number,
  { recall, clock }: TriageRequestDeps,
): Promise<SimilarIncident[]> {
  const query = { ...question, incidentId: '', now: clock.now() };
  const found = new Map<string, SimilarIncident>();
  const add = (one: SimilarIncident): void => {
    if (one.score >= minScore && one.score > (found.get(one.id)?.score ?? 0)) found.set(one.id, one);
  };
  for (const scope of scopes.length === 0 ? [''] : scopes) {
    const { incidents, entries } = await recall.find(scope, query, limit);
    for (const { item, score, reasons } of incidents)
      add({
        id: item.id,
        summary: item.past.title,
        resolution: outcomeWords(item.past),
        score: Number(score.toFixed(3)),
        kind: 'incident',
        reasons: reasons.map(({ text }) => text),
      });
    for (const { item, score, reasons } of entries)
      add({
        id: item.entry.id,
        summary: item.entry.title,
        resolution: item.entry.resolution,
        score: Number(score.toFixed(3)),
        kind: 'advice',
        reasons: reasons.map(({ text }) => text),
      });
  }
  return [...found.values()].sort((a, b) => b.score - a.score || (a.id < b.id ? -1 : 1)).slice(0, limit);
}

/** What a cause is about; without a service no owner's remedies are among the answers. */
export interface CauseOrder {
  /** Null: as its words tell. */
  readonly class: FailureClass | null;
  readonly service: string | null;
  readonly scope: string | null;
  /** What is known of the cause, in words. */
  readonly words: string;
}

const MAX_STEPS = 12;

/** What may help against a cause, with the steps for a person in words: there is always one. */
export async function recommend(order: CauseOrder, deps: TriageRequestDeps): Promise<Recommended> {
  const { words } = order;
  const read = await readCause(words, deps);
  const failureClass = order.class ?? read.class;
  const recommended = await recommendActions({ ...order, class: failureClass }, deps);
  const written = recommended.filter(({ action }) => action === null).map(({ title }) => title);
  const alike =
    written.length > 0 || words.trim() === '' ? [] : (await adviceOn(null, words, deps)).map(({ title }) => title);
  const own = read.fix !== null && read.class === failureClass ? [read.fix] : [];
  const [first] = [...written, ...own, ...alike];
  const usual = adviceOfClass(failureClass, { about: 'service', chance: 'unknown' });
  const steps = [...(first === undefined ? [] : stepsOf(first)), ...stepsOf(usual)];
  const named = steps.map((step) => namingThing(step, words));
  return { class: failureClass, steps: [...new Set(named)].slice(0, MAX_STEPS), recommended_actions: recommended };
}

const THING = /\b(database|cache|queue|broker|server|website|gateway)\b/i;

/** `See whether it runs` beside no log means nothing: the thing that the cause names stands in place of `it`. */
const namingThing = (step: string, words: string): string =>
  step.replace(/\bwhether it runs\b/, () => `whether the ${THING.exec(words)?.[1]?.toLowerCase() ?? 'service'} runs`);

/** A cause may be the line of a log or what somebody says of it. `fix`: what a signature that recognises it advises. */
async function readCause(
  words: string,
  deps: TriageRequestDeps,
): Promise<{ readonly class: FailureClass; readonly fix: string | null }> {
  if (words.trim() === '') return { class: 'unknown', fix: null };
  for (const evidence of [readLog(words).evidence, reportEvidence(words)]) {
    const cause = await causeOf(evidence, deps);
    if (cause.class !== 'unknown') return { class: cause.class, fix: cause.signature === null ? null : cause.fix };
  }
  return { class: classOfWords(words) ?? 'unknown', fix: null };
}

/** `1. Do this. 2. Then that.` as a list; prose by its sentences. */
function stepsOf(advice: string): string[] {
  const parts = /^\s*1\. /.test(advice) ? advice.split(/(?:^|\s)\d{1,2}\. /) : advice.split(/(?<=[.;])\s+(?=[A-Z])/);
  return parts.map((part) => part.trim()).filter((part) => part !== '');
}

/**
 * What may help against a cause, best first: actions by their verified outcomes for its class and those that the service's owner lists, and
 * written advice. It binds and executes nothing; what is done about an incident is planned from what is measured then.
 */
async function recommendActions(
  { class: failureClass, service: serviceId, scope, words }: CauseOrder & { readonly class: FailureClass },
  deps: TriageRequestDeps,
): Promise<Recommendation[]> {
  const outcomes = await deps.experience.actionOutcomes(failureClass, OUTCOMES_LOOKED_AT);
  const [, reported = ''] = /^service#(.*)$/s.exec(scope ?? '') ?? [];
  const advice = await adviceOn(failureClass, `${words}\n${serviceId ?? reported}`, deps);
  const actions = actionsFor(outcomes, { serviceId, scope: scope ?? '' }, deps);
  return [...actions, ...advice].sort((a, b) => b.expectedBenefit - a.expectedBenefit).slice(0, MAX_RECOMMENDED);
}

/** Confidence of an action that an owner lists and of which nothing is known yet. */
const UNTRIED = 0.5;

function actionsFor(
  outcomes: readonly ActionOutcome[],
  { serviceId, scope }: { readonly serviceId: string | null; readonly scope: string },
  { actions, configuration, clock }: TriageRequestDeps,
): Recommendation[] {
  const service = configuration.services.find(({ id }) => id === serviceId) ?? null;
  const listed = new Set(service?.remedies.map(({ action }) => action) ?? []);
  const tried = new Set(outcomes.map(({ actionId }) => actionId));
  const fitting = actions.filter(({ id }) => listed.has(id) || tried.has(id));
  const own = fitting.map(({ id }) => outcomes.filter(({ actionId }) => actionId === id));
  const known = own.map((some) => ({ stated: UNTRIED, outcomes: some }));
  const expectations = expectBenefits(known, { scope, now: clock.now(), circumstances: null });
  return fitting.flatMap(({ id, title, risk }, at) => {
    const all = own[at] ?? [];
    const helped = all.filter(({ verified }) => verified === 'recovered').length;
    const history =
      all.length === 0
        ? 'It has not been tried on this kind of failure.'
        : `It helped in ${helped} of ${all.length} verified cases of this kind.`;
    const owner = listed.has(id) ? ` The owner of ${serviceId} lists it.` : '';
    const expectedBenefit = Number((expectations[at]?.mean ?? UNTRIED).toFixed(3));
    return [{ action: id, title, expectedBenefit, risk, why: `${history}${owner}` }];
  });
}

/** Advice that fits less than this share of the best one is about another thing: Neo4j, where PostgreSQL was named. */
const MIN_SHARE_OF_BEST = 0.6;

/** The keywords of advice that its title has, too: the product that it is about, where it is about one. */
const ownNames = ({ title, keywords }: KnowledgeEntry): string[] =>
  keywords.filter((one) => title.toLowerCase().includes(one));

/**
 * Written advice for the class, or for any where it is null, what fits the words best first. The words have to name one of the things that the advice
 * is about: a database outage is none of Neo4j. Where they name a product that there is advice on, advice on other products is left out: a Redis that refuses
 * connections is no PostgreSQL.
 */
async function adviceOn(
  failureClass: FailureClass | null,
  words: string,
  { recall, clock }: TriageRequestDeps,
): Promise<Recommendation[]> {
  const terms = termsOfQuestion(redact(words).text);
  const query = {
    incidentId: '',
    class: failureClass ?? 'unknown',
    fingerprint: null,
    terms,
    now: clock.now(),
  } as const;
  const said = words.toLowerCase();
  const { entries } = await recall.find('', query, MAX_RECOMMENDED);
  const fitting = entries.filter(
    ({ item: { entry } }) =>
      (failureClass === null || entry.class === failureClass) &&
      (said.trim() === '' || entry.keywords.some((one) => said.includes(one))),
  );
  const named = fitting.filter(({ item: { entry } }) => ownNames(entry).some((name) => said.includes(name)));
  const about =
    named.length === 0
      ? fitting
      : fitting.filter((one) => named.includes(one) || ownNames(one.item.entry).length === 0);
  const best = about[0]?.score ?? 0;
  return about
    .filter(({ score }) => score >= MIN_SHARE_OF_BEST * best)
    .slice(0, MAX_SIMILAR)
    .map(({ item: { entry } }) => ({
      action: null,
      title: entry.resolution,
      expectedBenefit: entry.confidence,
      risk: null,
      why: `Written advice: ${entry.title}.`,
    }));
}

/** Everything about one log: analysed, its cause predicted, similar incidents searched, actions recommended. Nothing is kept. */
export async function triageLogs(
  logs: Logs,
  { service, scopes }: { readonly service: string | null; readonly scopes: readonly string[] },
  deps: TriageRequestDeps,
): Promise<LogTriage> {
  const log = readLog(logs);
  const { anomalies, events, levels } = scanLines(log.lines);
  const cause = await causeOf(log.evidence, deps);
  const words = cause.evidence.map(({ text }) => text).join('\n');
  const scope = scopes[0] ?? null;
  const [similar, recommended] = await Promise.all([
    similarTo(questionOf(log.evidence, cause), scopes, MAX_SIMILAR, deps),
    recommendActions({ class: cause.class, service, scope, words }, deps),
  ]);
  return {
    anomalies,
    events,
    levels,
    root_cause: cause,
    similar_incidents: similar,
    recommended_actions: recommended.length === 0 ? adviceOfCause(cause) : recommended,
  };
}

/** The advice that stands with the cause itself, for a failure on which there is no other. */
const adviceOfCause = ({ failed, fix, cause }: PredictedCause): Recommendation[] =>
  !failed || fix === ''
    ? []
    : [{ action: null, title: fix, expectedBenefit: UNTRIED, risk: null, why: `Advice for this cause: ${cause}` }];
