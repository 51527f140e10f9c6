import { templateOf } from '@selfheal/diagnosis/failure/fingerprint.ts';
import { type FailureModel, toModelFile } from '@selfheal/diagnosis/failure/model/failure-model.ts';
import {
  ADAPTATION_PARAMETERS,
  adaptFailureModel,
  type TrainingCase,
} from '@selfheal/diagnosis/failure/model/train.ts';
import type { SignatureSet } from '@selfheal/diagnosis/failure/signatures.ts';
import { digestOf } from '@selfheal/kernel/digest.ts';
import type { Clock } from '@selfheal/kernel/time.ts';
import { type Evidence, logsOf } from '@selfheal/log-reading/logs/evidence.ts';
import type { Prediction } from '#shared/domain/answers/prediction.ts';
import type { Retraining } from '#shared/domain/answers/watch.ts';
import { type AnswerToCase, answerToCase, saysPasses } from '#shared/domain/learning/answer-to-case.ts';
import { compareModels } from '#shared/domain/learning/comparison.ts';
import { encodeAnswers, type HeldOutAnswer } from '#shared/domain/learning/held-out-answers.ts';
import {
  MIN_SHARED_CASES,
  type ModelVersion,
  reasonsAgainst,
  versionOf,
} from '#shared/domain/learning/model-registry.ts';
import { PROMISES, type Provenance } from '#shared/domain/learning/provenance.ts';
import type { EvidenceStore } from '#shared/ports/evidence-store.ts';
import type { PredictionStore } from '#shared/ports/learning-stores.ts';
import { type RegistryDeps, registerModel } from './model-registry.ts';

export interface RetrainDeps extends RegistryDeps {
  readonly predictions: Pick<PredictionStore, 'recentPredictions'>;
  readonly evidence: Pick<EvidenceStore, 'getEvidence'>;
  readonly signatures: SignatureSet;
  /** The model in production; undefined where only signatures decide. */
  readonly production: () => Promise<FailureModel | undefined>;
  readonly clock: Clock;
}

/** How many predictions are searched for failures with a known class. */
const MAX_PREDICTIONS = 2000;
/** Failures to learn from, newest first: as many excerpts as the function's time and memory allow. */
const MAX_CASES = 500;
const READ_AT_ONCE = 10;

interface KnownCase extends TrainingCase {
  readonly digest: string;
}

/**
 * Adapts the model in production to failures whose class is known, because a person named it or because an action showed whether they pass on
 * a re-run. Registers the result as a candidate; an operator decides about promotion. Repeatable: the same failures give the same candidate.
 */
export async function retrain(deps: RetrainDeps): Promise<Retraining> {
  const base = await deps.production();
  if (base === undefined) return { kind: 'no-model' };
  const cases = await knownCases(deps);
  const labelled = cases.filter((one) => one.class !== null).length;
  if (labelled < MIN_SHARED_CASES) return { kind: 'too-few', cases: labelled, needed: MIN_SHARED_CASES };
  const { version, file, before, after } = adaptedVersion(base, cases, deps);
  await registerModel(version, file, { at: deps.clock.now(), by: 'retraining after answers got worse' }, deps);
  return {
    kind: 'candidate',
    id: version.provenance.model,
    cases: labelled,
    rights: { before: rightsOf(before), after: rightsOf(after) },
    reasonsAgainst: reasonsAgainst(compareModels(before, after)),
  };
}

const rightsOf = (answers: readonly HeldOutAnswer[]): number => answers.filter(({ right }) => right === true).length;

async function knownCases({ predictions, evidence }: RetrainDeps): Promise<KnownCase[]> {
  const known = (await predictions.recentPredictions(MAX_PREDICTIONS))
    .filter(({ correction, ending }) => correction !== undefined || (ending && ending.shown !== 'unknown'))
    .slice(0, MAX_CASES);
  const cases: KnownCase[] = [];
  for (let at = 0; at < known.length; at += READ_AT_ONCE) {
    const some = known.slice(at, at + READ_AT_ONCE);
    const read = await Promise.all(
      some.map(async (one) => ({ one, found: await evidence.getEvidence(one.incidentId) })),
    );
    // Evidence expires before predictions do.
    for (const { one, found } of read) if (found !== null) cases.push(caseOf(one, logsOf(found)));
  }
  return cases;
}

function caseOf({ incidentId, attempt, correction, ending }: Prediction, evidence: Evidence): KnownCase {
  const shown = ending?.shown ?? 'unknown';
  return {
    digest: digestOf(`${incidentId}#${attempt}`, 16),
    // Identical failures are held out together, so that a recurring failure does not confirm itself.
    group: digestOf(evidence.sources.flatMap(({ lines }) => lines.map(({ text }) => templateOf(text))).join('\n'), 16),
    evidence,
    class: correction?.class ?? null,
    accepted: [],
    transient: shown === 'unknown' ? null : shown === 'transient',
  };
}

interface AdaptedVersion {
  readonly version: ModelVersion;
  readonly file: string;
  /** Answers of the model in production, and of the adapted one, about the held-out failures. */
  readonly before: readonly HeldOutAnswer[];
  readonly after: readonly HeldOutAnswer[];
}

function adaptedVersion(base: FailureModel, cases: readonly KnownCase[], deps: RetrainDeps): AdaptedVersion {
  const { signatures, clock } = deps;
  const rows = cases.map(({ digest, ...one }) => JSON.stringify([digest, one.class, one.transient])).sort();
  const id = digestOf([base.id, ...rows].join('\n'), 16);
  const trained = adaptFailureModel(base, cases, signatures, { id });
  const file = `${JSON.stringify(toModelFile(trained.model))}\n`;
  const answersOf = (modelFor: (one: KnownCase) => FailureModel) =>
    cases.map((one) => ({ one, ...answerToCase(one, modelFor(one), signatures) }));
  const given = answersOf((one) => trained.heldOut(one));
  const before = answersOf(() => base).map(toHeldOut);
  const after = given.map(toHeldOut);
  const provenance: Provenance = {
    version: 1,
    model: id,
    trainedAt: clock.now().toISOString(),
    parameters: { ...ADAPTATION_PARAMETERS },
    sources: [{ source: 'incidents', cases: cases.length, groups: new Set(cases.map(({ group }) => group)).size }],
    data: id,
    metrics: metricsOf(given),
    ...encodeAnswers(after),
    adapts: { model: base.id, answers: encodeAnswers(before).answers },
  };
  return { version: versionOf(provenance, file), file, before, after };
}

type AnsweredCase = AnswerToCase & { readonly one: KnownCase };

function toHeldOut({ one, answer, right, verdictRight }: AnsweredCase): HeldOutAnswer {
  const { digest, class: known } = one;
  return { digest, right: known === null ? null : right, confidence: answer.confidence, verdictRight };
}

/** The accuracy that the candidate promises if it is promoted; see `promisedBy`. */
function metricsOf(answers: readonly AnsweredCase[]): Provenance['metrics'] {
  const classes = answers.filter(({ one, answer }) => one.class !== null && answer.class !== 'unknown');
  const verdicts = answers.filter(({ answer, verdictRight }) => verdictRight !== null && saysPasses(answer));
  const share = (name: string, hits: number, count: number) =>
    count === 0 ? [] : [{ name, value: hits / count, cases: count }];
  return [
    ...share(PROMISES.class, classes.filter(({ right }) => right).length, classes.length),
    ...share(PROMISES.verdict, verdicts.filter(({ verdictRight }) => verdictRight).length, verdicts.length),
  ];
}
