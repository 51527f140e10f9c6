import {
  type Chance,
  type Classification,
  chanceOf,
  type FailureClass,
  type Verdict,
} from '@selfheal/kernel/failure-class.ts';
import { withoutAddressed } from '@selfheal/log-reading/logs/addressed-line.ts';
import { type Evidence, type EvidenceLine, logsOf, REPORT_STATEMENT } from '@selfheal/log-reading/logs/evidence.ts';
import { isWorded } from './class-wordings.ts';
import { fingerprintOf } from './fingerprint.ts';
import { matchSignatures, type SignatureMatch } from './matching.ts';
import { calibrated } from './model/calibration.ts';
import { type FailureModel, type Opinion, opinionOf } from './model/failure-model.ts';
import { signsOfModel, signsOfSignature } from './model/signs.ts';
import { plainMeaningOf } from './plain-words.ts';
import type { RunHistory } from './run-history.ts';
import { answerOfSignatures, type ClassScore, errorsAmong, scoreClasses } from './scoring.ts';
import { byChance, failuresOf, type SingleFailure } from './several-failures.ts';
import type { SignatureSet } from './signatures.ts';
import { CLEAR, isServiceLog, isTransient, judgeVerdict, type VerdictWithFactor } from './verdict.ts';

export interface ClassifyContext {
  readonly signatures: SignatureSet;
  /** The trained model; without it only signatures decide, and confidence is not calibrated. */
  readonly model?: FailureModel | undefined;
  readonly history?: RunHistory | undefined;
  /**
   * `service`: the log of something that runs, as reported by an alarm; no test failed there and no linter ran.
   * Otherwise of a run's jobs.
   */
  readonly about?: 'run' | 'service';
}

/** Classes that only occur where code is built and tested. */
const OF_RUNS: ReadonlySet<FailureClass> = new Set([
  'test_failure',
  'lint_violation',
  'compilation_error',
  'flaky_tests',
  'test_environment_issues',
]);

/** Below it the answer is `unknown`. */
const ABSTAIN_BELOW = 0.45;
/** The same where a signature matched and confidence is calibrated: a pattern that people wrote needs less. */
const ABSTAIN_SIGNATURE_BELOW = 0.25;
/** The model overrules a signature only with this confidence. */
const OVERRULES_FROM = 0.8;
/**
 * A signature with this confidence names the cause in the tool's own words; the model, which sees only what a log looks
 * like, does not overrule it.
 */
const CERTAIN_FROM = 0.96;
/** A signature's confidence is reduced to this share when its line is a minor one in its log. */
const CERTAIN_STRENGTH = 0.72;
const MAX_DECIDING_LINES = 3;
/** Lines cited where no signature matched: headings of failed tests and what they say. */
const MAX_CITED_STRONGEST = 6;
/** Cited lines of the strongest signature; the remaining room is for others of its class. */
const MAX_LEADING = 12;
const MAX_ALTERNATIVES = 4;
/** A less probable class is none worth naming. */
const MIN_ALTERNATIVE = 0.01;

type Alternatives = Classification['alternatives'];

/** The decided class: by a signature, or by the model alone. */
interface Choice {
  readonly class: FailureClass;
  readonly confidence: number;
  readonly score: ClassScore | undefined;
  readonly alternatives: Alternatives;
  /** The lines whose words say it, where no signature and no model does. */
  readonly lines?: readonly EvidenceLine[];
}

const round = (value: number): number => Math.round(value * 1000) / 1000;

function strongestLines(evidence: Evidence, most: number): EvidenceLine[] {
  const ranked = evidence.sources
    .flatMap((source) => source.lines)
    .filter((line) => line.text.trim() !== '')
    .map((line, order) => ({ line, order }))
    .sort((a, b) => b.line.score - a.line.score || a.order - b.order)
    .slice(0, most);
  return ranked.sort((a, b) => a.order - b.order).map(({ line }) => line);
}

/** Confidence in what words alone say, where they say this and something else equally, and where they say only this. */
const PLAIN_CONFIDENCE = { least: 0.35, most: 0.65 };

/** The choice, or what the strongest lines say in plain words where the choice would be no answer. */
function orByWords(
  choice: Choice | null,
  evidence: Evidence,
  { least, isPossible }: { least: number; isPossible: (failureClass: FailureClass) => boolean },
): Choice | null {
  if (choice !== null && choice.class !== 'unknown' && choice.confidence >= least) return choice;
  const lines = evidence.sources.flatMap((source) => source.lines);
  const meaning = plainMeaningOf(lines, isPossible);
  if (meaning === null) return choice;
  const confidenceOf = (share: number): number =>
    PLAIN_CONFIDENCE.least + (PLAIN_CONFIDENCE.most - PLAIN_CONFIDENCE.least) * share;
  const confidence = confidenceOf(meaning.share);
  const alternatives = meaning.others.map((one) => ({
    class: one.class,
    confidence: round((1 - confidence) * one.share),
  }));
  return { class: meaning.class, confidence, score: undefined, alternatives, lines: meaning.lines };
}

/** The lines that identify this failure: those that name something, or the strongest when none does. */
function decidingLines(evidence: Evidence, leading: readonly SignatureMatch[]): string[] {
  const naming = leading.filter((match) => Object.keys(match.captures).length > 0);
  const templates = (matches: readonly SignatureMatch[]) =>
    [...new Set(matches.map((match) => match.line.text))].sort().slice(0, MAX_DECIDING_LINES);
  if (naming.length > 0) return templates(naming);
  return [...templates(leading), ...strongestLines(evidence, MAX_DECIDING_LINES).map((line) => line.text)];
}

function chooseBySignatures(scores: readonly ClassScore[]): Choice | null {
  const answer = answerOfSignatures(scores);
  if (answer === null) return null;
  const others = scores.filter((one) => one.class !== answer.class);
  return {
    class: answer.class,
    confidence: answer.strength,
    score: scores[0],
    alternatives: others.map((one) => ({ class: one.class, confidence: round(one.strength) })),
  };
}

/**
 * Signatures come first: the model answers where none matched, or where it is much more certain, both calibrated in the
 * same way.
 */
function chooseWithModel(
  evidence: Evidence,
  scores: readonly ClassScore[],
  opinion: Opinion,
  model: FailureModel,
): Choice {
  const answer = answerOfSignatures(scores);
  const guessed = opinion.classes[0]?.class ?? 'unknown';
  // The model always has a most likely class. A guess that no word of the log supports is no answer.
  const likeliest = isWorded(guessed, evidence) ? guessed : 'unknown';
  const { signature, model: alone } = model.calibrations;
  // The model learned from logs. What people write of a failure it may support, but not overrule.
  const isOfLogs = evidence.sources.some(({ id }) => id !== REPORT_STATEMENT);
  const bySignature = answer === null ? 0 : calibrated(signature, signsOfSignature(answer, opinion, isOfLogs));
  const answers = likeliest !== 'unknown' && likeliest !== answer?.class;
  const byModel = answers ? calibrated(alone, signsOfModel(opinion)) : 0;
  // What a step is for is the last resort.
  const isByStep = answer?.isByStep === true;
  const least = isByStep ? ABSTAIN_BELOW : OVERRULES_FROM;
  const overruled =
    answer === null || (isOfLogs && byModel >= least && (isByStep || byModel >= bySignature) && !isCertain(scores[0]));
  const [chosen, confidence] = overruled ? [likeliest, byModel] : [answer.class, bySignature];
  return {
    class: chosen,
    confidence,
    score: scores.find((one) => one.class === chosen),
    alternatives: alternativesTo(chosen, confidence, opinion),
  };
}

function isCertain(score: ClassScore | undefined): boolean {
  const leader = score?.leading[0];
  return (
    leader !== undefined && leader.compiled.signature.confidence >= CERTAIN_FROM && leader.strength >= CERTAIN_STRENGTH
  );
}

/** The remaining confidence, distributed among the other classes as the model sees them. */
function alternativesTo(chosen: FailureClass, confidence: number, { classes }: Opinion): Alternatives {
  const others = classes.filter((one) => one.class !== chosen && one.class !== 'unknown');
  const rest = classes.reduce((sum, one) => (one.class === chosen ? sum : sum + one.probability), 0);
  return others.map((one) => ({
    class: one.class,
    confidence: rest > 0 ? round(((1 - confidence) * one.probability) / rest) : 0,
  }));
}

/** What is no log makes two failures equal or different, but is not cited. */
function unknown(evidence: Evidence, alternatives: Alternatives): Omit<Classification, 'verdict' | 'chance'> {
  const strongest = strongestLines(evidence, MAX_DECIDING_LINES);
  const texts = strongest.map((line) => line.text);
  return {
    class: 'unknown',
    confidence: 0,
    alternatives,
    signature: null,
    fingerprint: strongest.length === 0 ? null : fingerprintOf('unknown', texts),
    evidence: strongestLines(logsOf(evidence), MAX_DECIDING_LINES).map((line) => line.ref),
  };
}

function described(
  evidence: Evidence,
  choice: Choice,
  alternatives: Alternatives,
): Omit<Classification, 'verdict' | 'chance'> {
  const leading = choice.score?.leading ?? [];
  const leader = leading[0]?.compiled.signature;
  const besides = (choice.score?.matches ?? []).filter((match) => match.compiled.signature !== leader);
  const cited = [...leading.slice(0, MAX_LEADING), ...besides, ...leading].map((match) => match.line.ref);
  const plain = choice.lines ?? strongestLines(logsOf(evidence), MAX_CITED_STRONGEST);
  const refs = cited.length > 0 ? cited : plain.map((line) => line.ref);
  return {
    class: choice.class,
    confidence: round(choice.confidence),
    alternatives,
    signature: leader?.id ?? null,
    fingerprint: fingerprintOf(leader?.id ?? choice.class, decidingLines(evidence, leading)),
    evidence: [...new Set(refs)].slice(0, 20),
  };
}

/**
 * Classifies the evidence, or answers `unknown`, which costs less than a wrong answer. Signatures come first; the
 * trained model answers where they do not and calibrates both. Deterministic; evidence is only matched, never followed
 * as an instruction.
 */
export function classify(
  everything: Evidence,
  { signatures, model, history, about = 'run' }: ClassifyContext,
): Classification {
  const gathered = withoutAddressed(everything);
  const evidence = logsOf(gathered);
  const isPossible = (failureClass: FailureClass): boolean => about === 'run' || !OF_RUNS.has(failureClass);
  const matches = matchSignatures(evidence, signatures).filter(({ compiled }) => isPossible(compiled.signature.class));
  const scores = scoreClasses(matches);
  const opinion =
    model === undefined || isEmpty(evidence)
      ? null
      : among(opinionOf(model, evidence, errorsAmong(matches)), isPossible);
  const known =
    model === undefined || opinion === null
      ? chooseBySignatures(scores)
      : chooseWithModel(evidence, scores, opinion, model);
  const by = orByWords(known, evidence, { least: leastOf(known, opinion), isPossible });
  const isByWords = by?.lines !== undefined;
  const read = judgeVerdict({ choice: known?.class ?? 'unknown', scores, opinion, model, history });
  // Words that name what failed do not say whether it comes by chance.
  const first = isByWords ? { ...read, verdict: read.verdictIfAbstaining, ruled: null } : read;
  const found =
    about === 'service'
      ? []
      : failuresOf(evidence, { signatures, classifyJob: (one) => classify(one, { signatures, model }) });
  const failures = byHistory(found, first);
  const turned = turnedBy(failures, first);
  const turnedVerdict = turned ?? first.verdict;
  // What only occurs where code is built and tested is of a run; a setting that a program rejects was changed by somebody, whatever runs.
  const isOfService =
    history === undefined &&
    about === 'run' &&
    by !== null &&
    !OF_RUNS.has(by.class) &&
    by.class !== 'configuration_errors' &&
    isServiceLog(evidence, turnedVerdict);
  const judged = { ...first, verdict: isOfService ? ('unknown' as const) : turnedVerdict };
  const lasting = found.find(({ chance }) => chance === 'lasts')?.class ?? 'unknown';
  // A failure that lasts by its words but passed on the same commit is flaky, whatever else timed out beside it.
  const decisive =
    turned === 'regression' ? lasting : failures !== found && lasting === 'test_failure' ? 'flaky_tests' : null;
  const choice = decisive === null ? by : choiceOf(decisive, { by, scores, opinion, model });
  const confidence = Math.min(mostOf(choice), (choice?.confidence ?? 0) * judged.factor);
  const alternatives = (choice?.alternatives ?? [])
    .filter((one) => one.class !== 'unknown' && one.confidence >= MIN_ALTERNATIVE)
    .slice(0, MAX_ALTERNATIVES)
    .map((one) => noSurer(one, confidence));
  const past = { ...pastOf(judged, history), ...listOf(failures) };
  if (choice === null) return { ...unknown(gathered, []), verdict: 'unknown', chance: 'unknown', ...past };
  const ruled = turned === null && decisive === null ? first.ruled : null;
  if (confidence >= leastOf(choice, opinion)) {
    const answer = withChance(judged.verdict, ruled);
    return { ...described(gathered, { ...choice, confidence }, alternatives), ...answer, ...past };
  }
  const doubted = { class: choice.class, confidence: round(confidence) };
  const shown = [doubted, ...alternatives]
    .filter((one) => one.class !== 'unknown' && one.confidence >= MIN_ALTERNATIVE)
    .slice(0, MAX_ALTERNATIVES);
  return { ...unknown(gathered, shown), ...withChance(judged.verdictIfAbstaining, null), ...past };
}

/** The confidence below which a choice is no answer. */
function leastOf(choice: Choice | null, opinion: Opinion | null): number {
  return opinion !== null && choice?.score !== undefined ? ABSTAIN_SIGNATURE_BELOW : ABSTAIN_BELOW;
}

/** A person's words are not calibrated as logs are: an answer by them alone is as certain as their signature at most. */
function mostOf(choice: Choice | null): number {
  const words = choice?.score?.matches ?? [];
  const areReported = words.length > 0 && words.every(({ compiled }) => compiled.signature.where === 'report');
  return areReported ? Math.max(...words.map(({ strength }) => strength)) : 1;
}

function withChance(verdict: Verdict, ruled: Chance | null): Pick<Classification, 'verdict' | 'chance'> {
  return { verdict, chance: ruled ?? chanceOf({ verdict }) };
}

/**
 * Verdict on several failures together, where it differs from that on the whole log; otherwise null. The run passes on
 * a re-run only if each of them may. Attempts on the same commit and records of each failed test count more than
 * wording.
 */
function turnedBy(
  failures: readonly SingleFailure[],
  { verdict, history }: VerdictWithFactor,
): 'regression' | 'unknown' | null {
  // When each failure may pass by its words, the run is not called lasting; nor is that enough to call it transient.
  if (verdict === 'regression' && failures.length > 0 && failures.every(({ chance }) => chance === 'may-pass'))
    return 'unknown';
  if (!isTransient(verdict) || history.logFactor >= CLEAR) return null;
  if (failures.some(({ chance }) => chance === 'lasts')) return 'regression';
  return failures.some(({ chance }) => chance === 'unknown') ? 'unknown' : null;
}

/** Confidence that a parsed test failure or finding, with its values, is what it looks like. */
const READ_FAILURE = 0.9;
const MIN_READ_SHARE = 0.8;

/** A class that several failures share, where another one was chosen. */
function choiceOf(
  wanted: FailureClass,
  {
    by,
    scores,
    opinion,
    model,
  }: {
    by: Choice | null;
    scores: readonly ClassScore[];
    opinion: Opinion | null;
    model: FailureModel | undefined;
  },
): Choice | null {
  if (wanted === 'unknown' || by?.class === wanted) return by;
  const score = scores.find((one) => one.class === wanted);
  const verdict = wanted === 'flaky_tests' ? 'flaky' : 'regression';
  const answer = { class: wanted, verdict, strength: Math.max(score?.strength ?? 0, READ_FAILURE) } as const;
  const confidence =
    opinion === null || model === undefined
      ? answer.strength
      : Math.max(MIN_READ_SHARE, calibrated(model.calibrations.signature, signsOfSignature(answer, opinion)));
  const before = by === null || by.class === 'unknown' ? [] : [{ class: by.class, confidence: round(1 - confidence) }];
  const others = (by?.alternatives ?? []).filter((one) => one.class !== wanted);
  return {
    class: wanted,
    confidence,
    score,
    alternatives: [...before, ...others.map((one) => ({ ...one, confidence: 0 }))],
  };
}

/** The failures as the run's history shows them: where all of them passed on the same commit, each may pass again. */
function byHistory(
  failures: readonly SingleFailure[],
  { verdict, history }: VerdictWithFactor,
): readonly SingleFailure[] {
  if (!isTransient(verdict) || history.logFactor < CLEAR) return failures;
  return failures.map((failure) => ({ ...failure, chance: 'may-pass' }));
}

const MAX_LISTED = 20;

function listOf(failures: readonly SingleFailure[]): Pick<Classification, 'failures'> {
  if (failures.length === 0) return {};
  const list = byChance(failures).slice(0, MAX_LISTED);
  return { failures: { count: failures.length, list: list.map(({ class: _class, ...failure }) => failure) } };
}

/**
 * An answer must not have a less probable confidence than its alternatives: the remaining doubt is shared among all
 * that was not chosen.
 */
function noSurer(one: Alternatives[number], confidence: number): Alternatives[number] {
  return one.confidence <= confidence ? one : { ...one, confidence: round(confidence) };
}

const MAX_REASON_LENGTH = 300;
const MAX_REASONS = 6;

function pastOf(
  { history: { logFactor, reasons } }: VerdictWithFactor,
  history: RunHistory | undefined,
): Pick<Classification, 'history'> {
  if (reasons.length === 0) return {};
  const kept = reasons.slice(0, MAX_REASONS).map((reason) => reason.slice(0, MAX_REASON_LENGTH));
  return {
    history: {
      support: round(logFactor),
      passedOnSameCommit: (history?.sameCommit?.successes ?? 0) > 0,
      reasons: kept,
    },
  };
}

/** The opinion with the probability of impossible classes moved to `unknown`. */
function among(opinion: Opinion, isPossible: (failureClass: FailureClass) => boolean): Opinion {
  const excluded = opinion.classes.filter((one) => !isPossible(one.class));
  if (excluded.length === 0) return opinion;
  const given = excluded.reduce((sum, { probability }) => sum + probability, 0);
  const possible = opinion.classes.filter((one) => isPossible(one.class));
  const classes = possible.map((one) =>
    one.class === 'unknown' ? { ...one, probability: one.probability + given } : one,
  );
  return { ...opinion, classes: classes.sort((a, b) => b.probability - a.probability) };
}

function isEmpty({ sources }: Evidence): boolean {
  return sources.every(({ lines }) => lines.every(({ text }) => text.trim() === ''));
}
