import type { CausalChain } from '../causality/chain.ts';
import type { Evidence } from '../evidence/evidence.ts';
import type { Classification } from '../failure/failure-class.ts';
import { matchSignatures, type SignatureMatch } from '../failure/matching.ts';
import type { SignatureSet } from '../failure/signatures.ts';
import type { KnowledgeEntry } from '../knowledge/knowledge-entry.ts';
import { type Diagnosis, UNCHECKED_BEFORE, UNCHECKED_REPEAT } from './diagnosis.ts';
import { readFailedTests } from './failed-tests.ts';
import { firstSentence } from './first-sentence.ts';
import { alsoSeen, type Voice, voiceOfSignature, voiceOfTests, voiceOfUnknown } from './voice.ts';

export interface RulesDiagnosisInput {
  readonly evidence: Evidence;
  readonly classification: Classification;
  readonly signatures: SignatureSet;
  /** An entry that matched, or null. */
  readonly knowledge: KnowledgeEntry | null;
  readonly preExisting: boolean | null;
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

function ownVoice(input: RulesDiagnosisInput): { voice: Voice; recognised: boolean } {
  const matches = matchSignatures(input.evidence, input.signatures);
  const deciding = decidingMatches(input.classification.signature, matches);
  const first = deciding[0];
  if (first === undefined) return { voice: voiceOfUnknown(input.evidence), recognised: false };
  const tests = OF_TESTS.has(input.classification.class) ? readFailedTests(input.evidence) : [];
  const test = tests[0]?.name ?? first.captures.test;
  const named = test === undefined ? first : { ...first, captures: { ...first.captures, test } };
  const voice = voiceOfTests(tests, voiceOfSignature(named, deciding, input.evidence));
  return { voice: { ...voice, rootCause: `${voice.rootCause}${alsoSeen(matches, first)}` }, recognised: true };
}

function voiceOf(input: RulesDiagnosisInput): Voice {
  const { knowledge } = input;
  const { voice, recognised } = ownVoice(input);
  if (knowledge === null) return voice;
  return {
    summary: recognised ? voice.summary : firstSentence(knowledge.rootCause),
    rootCause: recognised ? voice.rootCause : knowledge.rootCause,
    fix: knowledge.resolution,
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
  if (rival !== undefined && rival.confidence > 0.75 * Math.max(classification.confidence, 0.4)) {
    unchecked.push(`The log also shows signs of ${rival.class.replaceAll('_', ' ')}.`);
  }
  return [...unchecked, ...evidence.notes.map((note) => note.slice(0, 300))].slice(0, 10);
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
export function diagnoseByRules(input: RulesDiagnosisInput): Diagnosis {
  const voice = voiceOf(input);
  const inherited =
    input.preExisting === true ? ' The default branch fails too, so this change is probably not the cause.' : '';
  const existing = new Set(input.evidence.sources.flatMap((source) => source.lines.map((line) => line.ref)));
  return {
    version: 1,
    source: input.knowledge === null ? 'rules' : 'knowledge',
    classification: input.classification,
    confidence: confidenceIn(input),
    summary: voice.summary.slice(0, LONGEST_SUMMARY),
    rootCause: `${voice.rootCause.slice(0, 1900)}${inherited}`,
    evidence: citedRefs(input)
      .filter((ref) => existing.has(ref))
      .slice(0, 20),
    fix: voice.fix.slice(0, 4000),
    prevention: voice.prevention.slice(0, 2000),
    unchecked: uncheckedOf(input),
    preExisting: input.preExisting,
    choice: null,
    note: input.note === null ? null : input.note.slice(0, 300),
  };
}
