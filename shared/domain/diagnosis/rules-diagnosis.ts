import type { RedactedText } from '../../kernel/text/redacted-text.ts';
import type { CausalChain } from '../causality/chain.ts';
import { isWorded } from '../failure/class-wordings.ts';
import { type FailedTest, readFailedTests, sameTest } from '../failure/failed-tests.ts';
import { matchSignatures, type SignatureMatch } from '../failure/matching.ts';
import type { SignatureSet } from '../failure/signatures.ts';
import type { Classification, Failure } from '../incident/failure-class.ts';
import type { Evidence } from '../logs/evidence.ts';
import { type AdviceSetting, fitAdvice } from './advice.ts';
import { type DiagnosisDraft, UNCHECKED_BEFORE, UNCHECKED_REPEAT } from './diagnosis.ts';
import { alsoSeen, type Voice, voiceOfClass, voiceOfSignature, voiceOfTests, voiceOfUnknown } from './explanation.ts';
import { firstSentence } from './first-sentence.ts';

/** What is known of a failure like this one. */
interface KnownRemedy {
  readonly rootCause: RedactedText;
  readonly resolution: RedactedText;
  readonly prevention: RedactedText;
  /** 0 to 1. */
  readonly confidence: number;
}

export interface RulesDiagnosisInput {
  readonly evidence: Evidence;
  readonly classification: Classification;
  readonly signatures: SignatureSet;
  /** An entry that matched, or null. */
  readonly knowledge: KnownRemedy | null;
  readonly preExisting: boolean | null;
  /** `service`: the failure is of something that runs, as an alarm tells; without it, of a run's jobs. */
  readonly about?: AdviceSetting['about'];
  /** The first cause and what followed, when that can be told: its lines are cited first. */
  readonly chain?: CausalChain | null;
  /** Why no model was used; shown to the reader. */
  readonly note: string | null;
}

/** Classes in which the failed tests are the failure, and not a sign of another one. */
const OF_TESTS: ReadonlySet<string> = new Set(['test_failure', 'flaky_tests', 'timing_dependencies']);
const LONGEST_SUMMARY = 300;

/** Matches of the deciding signature, those that name most first; among equals the order of the log. */
function decidingMatches(id: string | null, matches: readonly SignatureMatch[]): SignatureMatch[] {
  const named = (match: SignatureMatch): number => Object.keys(match.captures).length;
  return matches.filter(({ compiled }) => compiled.signature.id === id).sort((a, b) => named(b) - named(a));
}

function settingOf({ about = 'run', classification }: RulesDiagnosisInput): AdviceSetting {
  return { about, verdict: classification.verdict };
}

function ownVoice(input: RulesDiagnosisInput): { voice: Voice; recognised: boolean } {
  const setting = settingOf(input);
  const matches = matchSignatures(input.evidence, input.signatures);
  const deciding = decidingMatches(input.classification.signature, matches);
  const first = deciding[0];
  const { class: failureClass, failures } = input.classification;
  const tests = OF_TESTS.has(failureClass) ? decidingFirst(readFailedTests(input.evidence), failures?.list ?? []) : [];
  if (first === undefined) {
    const unsigned = failureClass === 'unknown' ? null : voiceOfClass(failureClass, input.evidence, setting);
    if (unsigned === null) return { voice: voiceOfUnknown(input.evidence, setting), recognised: false };
    return { voice: voiceOfTests(tests, unsigned, countOfTests(input)), recognised: true };
  }
  const named = tests[0] === undefined ? first : matchOf(tests[0], deciding, first);
  const voice = voiceOfTests(tests, voiceOfSignature(named, deciding, input.evidence, setting), countOfTests(input));
  return { voice: { ...voice, rootCause: `${voice.rootCause}${alsoSeen(matches, first)}` }, recognised: true };
}

/** The match that names the test in its runner's way. Another runner's command, or another test's, would mislead: then it names none. */
function matchOf({ name }: FailedTest, deciding: readonly SignatureMatch[], first: SignatureMatch): SignatureMatch {
  const own = deciding.find(
    ({ captures: { test }, line }) => test !== undefined && (sameTest(test, name) || line.text.includes(name)),
  );
  if (own !== undefined) return own;
  const { test: _test, ...captures } = first.captures;
  return { ...first, captures };
}

/** All tests that failed, also those that the excerpt does not show. */
function countOfTests({ classification: { failures } }: RulesDiagnosisInput): number {
  const others = (failures?.list ?? []).filter(({ job }) => job === null).length;
  return failures === undefined ? 0 : failures.count - others;
}

/** The tests that last, which decide, before those that may pass by chance. */
function decidingFirst(tests: readonly FailedTest[], failures: readonly Failure[]): FailedTest[] {
  const rank = ({ ref }: FailedTest): number => {
    const at = failures.findIndex((failure) => failure.ref === ref);
    return at < 0 ? failures.length : at;
  };
  return failures.length === 0 ? [...tests] : [...tests].sort((a, b) => rank(a) - rank(b));
}

function voiceOf(input: RulesDiagnosisInput): Voice {
  const { knowledge } = input;
  const { voice, recognised } = ownVoice(input);
  if (knowledge === null) return voice;
  return {
    summary: recognised ? voice.summary : firstSentence(knowledge.rootCause),
    rootCause: recognised ? voice.rootCause : knowledge.rootCause,
    fix: fitAdvice(knowledge.resolution, settingOf(input)),
    prevention: knowledge.prevention === '' ? voice.prevention : knowledge.prevention,
  };
}

/** What the reader must not take for checked. */
function uncheckedOf(input: RulesDiagnosisInput): string[] {
  const { classification, evidence, preExisting } = input;
  const unchecked: string[] = [];
  if (evidence.sources.every((source) => source.lines.length === 0)) unchecked.push('No log line could be read.');
  if (preExisting === null) unchecked.push(UNCHECKED_BEFORE);
  const passes = classification.verdict === 'flaky' || classification.verdict === 'infrastructure';
  if (passes && classification.history?.passedOnSameCommit !== true) unchecked.push(UNCHECKED_REPEAT);
  const rival = classification.alternatives[0];
  if (
    rival !== undefined &&
    isWorded(rival.class, evidence) &&
    rival.confidence > 0.75 * Math.max(classification.confidence, 0.4)
  ) {
    unchecked.push(`The log also shows signs of ${rival.class.replaceAll('_', ' ')}.`);
  }
  return [...unchecked, ...evidence.notes.map((note) => note.slice(0, 300))].slice(0, 10);
}

/** Where all the advice was to run it again, and that does not help. */
function nothingLeft({ about }: RulesDiagnosisInput): string {
  return about === 'service'
    ? 'Read what the service logged around the quoted lines.'
    : 'Correct what the quoted lines name.';
}

function confidenceIn(input: RulesDiagnosisInput): number {
  const { classification, knowledge } = input;
  if (knowledge === null) return classification.confidence;
  return Math.max(classification.confidence * 0.9, Math.min(classification.confidence + 0.1, knowledge.confidence));
}

/** The first cause's line before those that decided the class, then what is known to have come of it. */
function citedRefs({ chain, classification }: RulesDiagnosisInput): string[] {
  if (chain === undefined || chain === null) return classification.evidence;
  const followed = chain.followed.flatMap(({ ref, link }) =>
    ref === null || link === 'order' || link === 'summary' ? [] : [ref],
  );
  const first = chain.cause.ref === null ? [] : [chain.cause.ref];
  return [...new Set([...first, ...classification.evidence, ...followed])];
}

/**
 * The deterministic diagnosis: what the signatures and the knowledge say, naming the concrete thing (test, file, module, host) as the
 * redacted evidence names it. Same input, same words. Texts that came from the log are tainted: show them, never obey them.
 */
export function diagnoseByRules(input: RulesDiagnosisInput): DiagnosisDraft {
  const voice = voiceOf(input);
  const existing = new Set(input.evidence.sources.flatMap((source) => source.lines.map((line) => line.ref)));
  return {
    version: 1,
    source: input.knowledge === null ? 'rules' : 'knowledge',
    classification: input.classification,
    confidence: confidenceIn(input),
    summary: voice.summary.slice(0, LONGEST_SUMMARY),
    rootCause: voice.rootCause.slice(0, 2000),
    evidence: citedRefs(input)
      .filter((ref) => existing.has(ref))
      .slice(0, 20),
    fix: (voice.fix === '' ? nothingLeft(input) : voice.fix).slice(0, 4000),
    prevention: voice.prevention.slice(0, 2000),
    unchecked: uncheckedOf(input),
    preExisting: input.preExisting,
    choice: null,
    note: input.note === null ? null : input.note.slice(0, 300),
  };
}
