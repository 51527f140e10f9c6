import type { Evidence, EvidenceLine } from '../evidence/evidence.ts';
import { type Classification, FAMILY_OF, type FailureClass, type Verdict } from './failure-class.ts';
import { fingerprintOf } from './fingerprint.ts';
import { matchSignatures, type SignatureMatch } from './matching.ts';
import type { SignatureSet } from './signatures.ts';

export interface ClassifyContext {
  readonly signatures: SignatureSet;
  readonly history?: {
    /** Conclusions of the newest completed runs on the default branch, newest first. */
    readonly defaultBranchConclusions: readonly string[];
    /** Attempt number of the run, 1 for the first. */
    readonly attempt: number;
  };
}

/** Below it the answer is `unknown`. */
const ABSTAIN_BELOW = 0.45;
/** How much another signature of the same class adds. */
const AGREEMENT = 0.25;
/** How much of a rival counts that asks for the same remedy: which of two networks failed matters less than whether to run it again. */
const SAME_REMEDY = 0.6;
const MOST_DECIDING_LINES = 3;
/** Cited lines of the strongest signature; the rest of the room is for the others of its class. */
const MOST_LEADING = 12;

interface ClassScore {
  readonly class: FailureClass;
  readonly strength: number;
  /** The strongest signature's matches, strongest first. */
  readonly leading: readonly SignatureMatch[];
  readonly matches: readonly SignatureMatch[];
}

function groupBy<K>(matches: readonly SignatureMatch[], keyOf: (match: SignatureMatch) => K): Map<K, SignatureMatch[]> {
  const groups = new Map<K, SignatureMatch[]>();
  for (const match of matches) {
    const key = keyOf(match);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [match]);
    else group.push(match);
  }
  return groups;
}

/** Strength of one class: its best signature, and what others of the class add to the remaining doubt. */
function scoreClass(failureClass: FailureClass, matches: readonly SignatureMatch[]): ClassScore {
  const bySignature = [...groupBy(matches, (match) => match.compiled).values()]
    .map((group) => [...group].sort((a, b) => b.strength - a.strength))
    .sort((a, b) => (b[0]?.strength ?? 0) - (a[0]?.strength ?? 0));
  const strength = bySignature.reduce((sum, group, at) => {
    const own = group[0]?.strength ?? 0;
    return at === 0 ? own : sum + (1 - sum) * own * AGREEMENT;
  }, 0);
  return { class: failureClass, strength: Math.min(0.99, strength), leading: bySignature[0] ?? [], matches };
}

/** How sure the first is beside its strongest rival: an equally strong one that asks for another remedy costs a third. */
function confidenceOf(first: ClassScore, rivals: readonly ClassScore[]): number {
  const remedy = remedyOf(first);
  const second = Math.max(0, ...rivals.map((rival) => rival.strength * (remedyOf(rival) === remedy ? SAME_REMEDY : 1)));
  const rivalry = first.strength <= 0 ? 1 : second / first.strength;
  return first.strength * (1 - Math.max(0, rivalry - 0.6) * 0.8);
}

/** What is flaky and what the infrastructure did are both run again. */
function remedyOf({ leading }: ClassScore): string | undefined {
  const verdict = leading[0]?.compiled.signature.verdict;
  return verdict === 'flaky' || verdict === 'infrastructure' ? 'repeat' : verdict;
}

/** How often the default branch changed between passing and failing, newest ten runs. */
function flips(conclusions: readonly string[]): number {
  const known = conclusions.filter((one) => one === 'success' || one === 'failure').slice(0, 10);
  return known.filter((one, at) => at > 0 && one !== known[at - 1]).length;
}

/** A test that fails now and then on the default branch is flaky; what failed on every attempt is less likely to pass by itself. */
function verdictWithHistory(
  failureClass: FailureClass,
  verdict: Verdict,
  history: ClassifyContext['history'],
): { verdict: Verdict; factor: number } {
  if (history === undefined) return { verdict, factor: 1 };
  const ofTests = failureClass === 'test_failure' || FAMILY_OF[failureClass] === 'testing';
  if (ofTests && verdict === 'regression' && flips(history.defaultBranchConclusions) >= 3) {
    return { verdict: 'flaky', factor: 0.9 };
  }
  const transient = verdict === 'flaky' || verdict === 'infrastructure';
  return { verdict, factor: transient && history.attempt >= 3 ? 0.7 : 1 };
}

function strongestLines(evidence: Evidence, most: number): EvidenceLine[] {
  const ranked = evidence.sources
    .flatMap((source) => source.lines)
    .filter((line) => line.text.trim() !== '')
    .map((line, order) => ({ line, order }))
    .sort((a, b) => b.line.score - a.line.score || a.order - b.order)
    .slice(0, most);
  return ranked.sort((a, b) => a.order - b.order).map(({ line }) => line);
}

/** The lines whose wording makes this failure this one: those that name something, or the strongest when none does. */
function decidingLines(evidence: Evidence, leading: readonly SignatureMatch[]): string[] {
  const naming = leading.filter((match) => Object.keys(match.captures).length > 0);
  const templates = (matches: readonly SignatureMatch[]) =>
    [...new Set(matches.map((match) => match.line.text))].sort().slice(0, MOST_DECIDING_LINES);
  if (naming.length > 0) return templates(naming);
  return [...templates(leading), ...strongestLines(evidence, MOST_DECIDING_LINES).map((line) => line.text)];
}

function unknown(evidence: Evidence, alternatives: Classification['alternatives']): Classification {
  const strongest = strongestLines(evidence, MOST_DECIDING_LINES);
  return {
    class: 'unknown',
    verdict: 'unknown',
    confidence: 0,
    alternatives,
    signature: null,
    fingerprint:
      strongest.length === 0
        ? null
        : fingerprintOf(
            'unknown',
            strongest.map((line) => line.text),
          ),
    evidence: strongest.map((line) => line.ref),
  };
}

const round = (value: number): number => Math.round(value * 1000) / 1000;

/**
 * Says what kind of failure the evidence shows, or `unknown`: an honest answer that costs less than a wrong one. Confidence is the
 * leading signature's, lowered by rivals of other classes. Deterministic; evidence is only matched, never obeyed.
 */
export function classify(evidence: Evidence, context: ClassifyContext): Classification {
  const matches = matchSignatures(evidence, context.signatures);
  const ranked = [...groupBy(matches, (match) => match.compiled.signature.class)]
    .map(([failureClass, group]) => scoreClass(failureClass, group))
    .sort((a, b) => b.strength - a.strength || (a.class < b.class ? -1 : 1));
  const others = (list: readonly ClassScore[]): Classification['alternatives'] =>
    list.slice(0, 4).map(({ class: failureClass, strength }) => ({ class: failureClass, confidence: round(strength) }));
  const first = ranked[0];
  const leader = first?.leading[0]?.compiled.signature;
  if (first === undefined || leader === undefined) return unknown(evidence, []);
  const judged = verdictWithHistory(first.class, leader.verdict, context.history);
  const confidence = confidenceOf(first, ranked.slice(1)) * judged.factor;
  if (confidence < ABSTAIN_BELOW) return unknown(evidence, others(ranked));
  const besides = first.matches.filter((match) => match.compiled.signature !== leader);
  const refs = [...first.leading.slice(0, MOST_LEADING), ...besides, ...first.leading].map((match) => match.line.ref);
  return {
    class: first.class,
    verdict: judged.verdict,
    confidence: round(confidence),
    alternatives: others(ranked.slice(1)),
    signature: leader.id,
    fingerprint: fingerprintOf(leader.id, decidingLines(evidence, first.leading)),
    evidence: [...new Set(refs)].slice(0, 20),
  };
}
