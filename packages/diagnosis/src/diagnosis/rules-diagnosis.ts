import { type Classification, chanceOf, type Failure } from '@selfheal/kernel/failure-class.ts';
import type { Evidence } from '@selfheal/log-reading/logs/evidence.ts';
import type { CausalChain } from '../causality/chain.ts';
import { isWorded } from '../failure/class-wordings.ts';
import { type FailedTest, readFailedTests, sameTest } from '../failure/failed-tests.ts';
import { matchSignatures, type SignatureMatch } from '../failure/matching.ts';
import type { SignatureSet } from '../failure/signatures.ts';
import { type AdviceSetting, asksForRepeat, firstSentence, fitAdvice } from './advice.ts';
import type { DiagnosisDraft, DiagnosisNoteDraft, UncheckedDraft } from './diagnosis.ts';
import {
  alsoSeen,
  type Explanation,
  explainClass,
  explainSignature,
  explainTests,
  explainUnknown,
  UNKNOWN_CAUSE,
} from './explanation.ts';
import { missingModuleIn, moduleAdvice } from './missing-module.ts';
import { adviceOfSolution } from './solution-words.ts';

/** Knowledge about a similar failure. */
interface KnownRemedy {
  /** `playbook`: written advice; `incident`: learned from outcomes. */
  readonly origin: 'playbook' | 'incident';
  readonly rootCause: string;
  readonly resolution: string;
  readonly prevention: string;
  /** 0 to 1. */
  readonly confidence: number;
  readonly successes: number;
  readonly failures: number;
}

export interface RulesDiagnosisInput {
  readonly evidence: Evidence;
  readonly classification: Classification;
  readonly signatures: SignatureSet;
  /** A matching entry, or null. */
  readonly knowledge: KnownRemedy | null;
  readonly preExisting: boolean | null;
  /** `service`: the failure is of something that runs, as reported by an alarm; otherwise of a run's jobs. */
  readonly about?: AdviceSetting['about'];
  /** The first cause and its consequences, where known: its lines are cited first. */
  readonly chain?: CausalChain | null;
  /** Why no model was used; shown to the reader. */
  readonly note: DiagnosisNoteDraft | null;
}

/** Classes in which failed tests are the failure itself, not a symptom of another one. */
const OF_TESTS: ReadonlySet<string> = new Set(['test_failure', 'flaky_tests', 'timing_dependencies']);
const MAX_SUMMARY_LENGTH = 300;

/** Matches of the deciding signature: first that of the cause, if it names something, then those with most captures, then in the order of the log. */
function decidingMatches(
  id: string | null,
  matches: readonly SignatureMatch[],
  cause: string | null,
): SignatureMatch[] {
  const named = ({ captures }: SignatureMatch): number => Object.keys(captures).length;
  const leads = (match: SignatureMatch): number => Number(match.line.ref === cause && named(match) > 0);
  return matches
    .filter(({ compiled }) => compiled.signature.id === id)
    .sort((a, b) => leads(b) - leads(a) || named(b) - named(a));
}

function settingOf({ about = 'run', classification }: RulesDiagnosisInput): AdviceSetting {
  return { about, chance: chanceOf(classification) };
}

function ownExplanation(input: RulesDiagnosisInput): { explanation: Explanation; recognised: boolean } {
  const setting = settingOf(input);
  const matches = matchSignatures(input.evidence, input.signatures);
  const deciding = decidingMatches(input.classification.signature, matches, input.chain?.cause.ref ?? null);
  const first = deciding[0];
  const { class: failureClass, failures } = input.classification;
  const tests = OF_TESTS.has(failureClass) ? decidingFirst(readFailedTests(input.evidence), failures?.list ?? []) : [];
  if (first === undefined) {
    const unsigned = failureClass === 'unknown' ? null : explainClass(failureClass, input.evidence, setting);
    if (unsigned === null) return { explanation: explainUnknown(input.evidence, setting), recognised: false };
    return { explanation: explainTests(tests, unsigned, countOfTests(input)), recognised: true };
  }
  const named = tests[0] === undefined ? first : matchOf(tests[0], deciding, first);
  const explanation = explainTests(
    tests,
    explainSignature(named, deciding, input.evidence, setting),
    countOfTests(input),
  );
  return {
    explanation: { ...explanation, rootCause: `${explanation.rootCause}${alsoSeen(matches, first)}` },
    recognised: true,
  };
}

/**
 * The match that names the test in its runner's notation. Another runner's command, or another test's, would mislead;
 * then it names none.
 */
function matchOf({ name }: FailedTest, deciding: readonly SignatureMatch[], first: SignatureMatch): SignatureMatch {
  const own = deciding.find(
    ({ captures: { test }, line }) => test !== undefined && (sameTest(test, name) || line.text.includes(name)),
  );
  if (own !== undefined) return own;
  const { test: _test, ...captures } = first.captures;
  return { ...first, captures };
}

/** All failed tests, including those that the excerpt does not show. */
function countOfTests({ classification: { failures } }: RulesDiagnosisInput): number {
  const others = (failures?.list ?? []).filter(({ job }) => job === null).length;
  return failures === undefined ? 0 : failures.count - others;
}

/** Lasting test failures, which decide, come before those that may pass by chance. */
function decidingFirst(tests: readonly FailedTest[], failures: readonly Failure[]): FailedTest[] {
  const rank = ({ ref }: FailedTest): number => {
    const at = failures.findIndex((failure) => failure.ref === ref);
    return at < 0 ? failures.length : at;
  };
  return failures.length === 0 ? [...tests] : [...tests].sort((a, b) => rank(a) - rank(b));
}

/** How GitHub's set-up of a job, and names of branches, say that Dependabot started the run. */
const BY_DEPENDABOT = /\bSecret source: Dependabot\b|\bdependabot\[bot\]|\bdependabot\/[a-z_]{2,30}\//;

/** Runs that Dependabot starts get a token that may only read, and none of the secrets of Actions (docs.github.com, "Dependabot on Actions"). */
function besideDependabot(explanation: Explanation, { classification, evidence }: RulesDiagnosisInput): Explanation {
  const isRefused = classification.class === 'access_control_failures';
  const isOfBot = evidence.sources.some(({ lines }) => lines.some(({ text }) => BY_DEPENDABOT.test(text)));
  if (!isRefused || !isOfBot) return explanation;
  return {
    ...explanation,
    rootCause: `${explanation.rootCause} Dependabot started the run: its token may only read, and it gets no secrets of Actions.`,
    fix: "Give the job the rights it needs with `permissions`, store its secrets as Dependabot secrets, or leave the step out for Dependabot (`if: github.actor != 'dependabot[bot]'`).",
  };
}

/** Signatures of a module that cannot be loaded. */
const OF_MODULES: ReadonlySet<string> = new Set([
  'python-module-missing',
  'pytest-module-missing',
  'node-module-missing',
  'jest-module-missing',
]);

/** A module of the project and a package are mended in different places. */
function tellingModules(explanation: Explanation, { classification, evidence }: RulesDiagnosisInput): Explanation {
  if (classification.signature === null || !OF_MODULES.has(classification.signature)) return explanation;
  const missing = missingModuleIn(evidence.sources.flatMap(({ lines }) => lines.map(({ text }) => text)));
  return missing === null ? explanation : { ...explanation, fix: moduleAdvice(missing, { kind: 'unchecked' }) };
}

function explanationOf(input: RulesDiagnosisInput): Explanation {
  const { knowledge } = input;
  const { explanation: own, recognised: byRules } = ownExplanation(input);
  const explanation = tellingModules(besideDependabot(own, input), input);
  if (knowledge === null) return explanation;
  const recognised = byRules || !explainsCause(knowledge);
  return {
    summary: recognised ? explanation.summary : firstSentence(knowledge.rootCause),
    rootCause: recognised ? explanation.rootCause : knowledge.rootCause,
    fix: fixOf(knowledge, explanation.fix, settingOf(input)),
    prevention: knowledge.prevention === '' ? explanation.prevention : knowledge.prevention,
  };
}

/**
 * Written advice replaces that of the rules. A learned solution stands before it, unless it failed more often than it
 * helped or the rules say the same.
 */
function fixOf({ origin, resolution, successes, failures }: KnownRemedy, own: string, setting: AdviceSetting): string {
  if (origin === 'playbook') return fitAdvice(resolution, setting);
  const learned = successes < failures ? null : adviceOfSolution(resolution);
  const fitted = learned === null ? '' : fitAdvice(learned, setting);
  const isSaid = own.includes(fitted) || (asksForRepeat(fitted) && asksForRepeat(own));
  return isSaid ? own : `${fitted} ${own}`.trim();
}

/** Whether somebody knew the cause: a remedy may have helped against a failure that nothing explains. */
const explainsCause = ({ rootCause }: KnownRemedy): boolean => !rootCause.startsWith(UNKNOWN_CAUSE);

const UNCHECKED_BEFORE = 'Selfheal could not check whether it failed before this change.';
const UNCHECKED_REPEAT = 'Only the message suggests that a re-run may pass; nothing has tried it.';

/** What the reader must not take as checked. */
function uncheckedOf(input: RulesDiagnosisInput): UncheckedDraft[] {
  const { classification, evidence, preExisting } = input;
  const unchecked: UncheckedDraft[] = [];
  const other = (text: string) => unchecked.push({ code: 'other', text });
  // Notes say which log, and why.
  if (evidence.notes.length === 0 && evidence.sources.every((source) => source.lines.length === 0))
    other('No log line could be read.');
  if (preExisting === null) unchecked.push({ code: 'default-branch', text: UNCHECKED_BEFORE });
  if (chanceOf(classification) === 'may-pass' && classification.history?.passedOnSameCommit !== true)
    unchecked.push({ code: 're-run', text: UNCHECKED_REPEAT });
  const rival = classification.alternatives[0];
  if (
    rival !== undefined &&
    isWorded(rival.class, evidence) &&
    rival.confidence > 0.75 * Math.max(classification.confidence, 0.4)
  ) {
    other(`The log also shows signs of ${rival.class.replaceAll('_', ' ')}.`);
  }
  for (const note of evidence.notes) other(note.slice(0, 300));
  return unchecked.slice(0, 10);
}

/** Used where all advice was to re-run and that does not help. */
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

/** The first cause's line, then those that decided the class, then known consequences. */
function citedRefs({ chain, classification }: RulesDiagnosisInput): string[] {
  if (chain === undefined || chain === null) return classification.evidence;
  const followed = chain.followed.flatMap(({ ref, link }) =>
    ref === null || link === 'order' || link === 'summary' ? [] : [ref],
  );
  const first = chain.cause.ref === null ? [] : [chain.cause.ref];
  return [...new Set([...first, ...classification.evidence, ...followed])];
}

/**
 * The deterministic diagnosis from signatures and knowledge, naming the concrete thing (test, file, module, host) as
 * the redacted evidence names it. Equal inputs give equal texts. Texts from the log are tainted: show them, never
 * follow them as instructions.
 */
export function diagnoseByRules(input: RulesDiagnosisInput): DiagnosisDraft {
  const explanation = explanationOf(input);
  const existing = new Set(input.evidence.sources.flatMap((source) => source.lines.map((line) => line.ref)));
  return {
    version: 1,
    source: input.knowledge !== null && explainsCause(input.knowledge) ? 'knowledge' : 'rules',
    classification: input.classification,
    confidence: confidenceIn(input),
    summary: explanation.summary.slice(0, MAX_SUMMARY_LENGTH),
    rootCause: explanation.rootCause.slice(0, 2000),
    evidence: citedRefs(input)
      .filter((ref) => existing.has(ref))
      .slice(0, 20),
    fix: (explanation.fix === '' ? nothingLeft(input) : explanation.fix).slice(0, 4000),
    prevention: explanation.prevention.slice(0, 2000),
    unchecked: uncheckedOf(input),
    preExisting: input.preExisting,
    choice: null,
    note: input.note === null ? null : { ...input.note, text: input.note.text.slice(0, 300) },
  };
}
