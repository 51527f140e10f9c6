import { type Chance, chanceOf, type FailureClass } from '@selfheal/kernel/failure-class.ts';
import type { SignatureMatch } from './matching.ts';
import type { SignatureAnswer } from './model/signs.ts';

/** Weight of a rival class with the same remedy: which of two networks failed matters less than whether to re-run. */
const SAME_REMEDY = 0.6;

/** Strength with which the signatures indicate one class. */
export interface ClassScore {
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

/** Strength of one class: that of its best signature. */
function scoreClass(failureClass: FailureClass, matches: readonly SignatureMatch[]): ClassScore {
  const bySignature = [...groupBy(matches, (match) => match.compiled).values()]
    .map((group) => [...group].sort((a, b) => b.strength - a.strength))
    .sort((a, b) => (b[0]?.strength ?? 0) - (a[0]?.strength ?? 0));
  const leading = bySignature[0] ?? [];
  return { class: failureClass, strength: leading[0]?.strength ?? 0, leading, matches };
}

function chanceOfScore({ leading }: ClassScore): Chance {
  const signature = leading[0]?.compiled.signature;
  return signature === undefined ? 'unknown' : chanceOf(signature);
}

/** One is to be repeated and the other mended; where one does not say, nothing is contradicted. */
function contradicts(a: ClassScore, b: ClassScore): boolean {
  const chances = new Set([chanceOfScore(a), chanceOfScore(b)]);
  return chances.has('may-pass') && chances.has('lasts');
}

/**
 * Confidence in the first class beside its strongest rival: an equally strong rival with another remedy costs a third.
 */
function strengthBeside(first: ClassScore, rivals: readonly ClassScore[]): number {
  const second = Math.max(0, ...rivals.map((rival) => rival.strength * (contradicts(first, rival) ? 1 : SAME_REMEDY)));
  const rivalry = first.strength <= 0 ? 1 : second / first.strength;
  return first.strength * (1 - Math.max(0, rivalry - 0.6) * 0.8);
}

/** What is left of a class that only a runner reports, where a signature of another class names a cause. */
const WRAPPER_SHARE = 0.75;
const MIN_NAMED = 0.5;

/** What is left of a match whose line is a warning, where another match's line is an error. */
const WARNING_SHARE = 0.5;

/**
 * How runners and loggers mark a line as a warning. A tool's own `WARNING:` or `W:` may be all that it says of a cause (a data race, a package
 * source that is away).
 */
const WARNING_LINE =
  /^\s{0,8}(?:##\[warning\]|::warning|npm (?:warn|WARN)\b|\[WARN(?:ING)?\])|^[\d[(][^A-Za-z\n]{6,40}(?:[TZ][^A-Za-z\n]{0,20})?\[?WARN(?:ING)?\b/;

function isWarning({ line: { text } }: SignatureMatch): boolean {
  return WARNING_LINE.test(text.slice(0, 200)) && !CLUSTER_EVENT.test(text);
}

/** Kubernetes calls every event that is not normal a warning, a container's death too. */
const CLUSTER_EVENT = /\bWarning\s{1,12}[A-Z][A-Za-z]{2,40}\s/;

/** The matches that count where a line says an error: those of warnings do not compete with it. */
export function errorsAmong(matches: readonly SignatureMatch[]): readonly SignatureMatch[] {
  const errors = matches.filter((match) => !isWarning(match));
  return errors.length === 0 ? matches : errors;
}

function weakenWarnings(matches: readonly SignatureMatch[]): readonly SignatureMatch[] {
  const errors = new Set(errorsAmong(matches));
  return matches.map((match) => (errors.has(match) ? match : { ...match, strength: match.strength * WARNING_SHARE }));
}

/** What is left of an exception where a harness counts failed tests: it is how one of them failed, or what a test provokes. */
const IN_TEST_SHARE = 0.75;

const scaled = (score: ClassScore, share: number): ClassScore =>
  share === 1 ? score : { ...score, strength: score.strength * share };

/** The classes that signatures indicate, strongest first. */
export function scoreClasses(all: readonly SignatureMatch[]): ClassScore[] {
  const matches = weakenWarnings(all);
  const naming = matches.filter(({ compiled }) => !compiled.signature.wraps);
  const classes = naming
    .filter(({ strength }) => strength >= MIN_NAMED)
    .map(({ compiled }) => compiled.signature.class);
  // An exception in a test is how that test failed.
  const named = new Set<FailureClass>(classes.filter((one) => one !== 'runtime_exceptions'));
  const testsFailed = matches.some(({ isVerdict }) => isVerdict);
  return [...groupBy(matches, (match) => match.compiled.signature.class)]
    .map(([failureClass, group]) => {
      const share = testsFailed && failureClass === 'runtime_exceptions' ? IN_TEST_SHARE : 1;
      const score = scaled(scoreClass(failureClass, group), share);
      if (named.size === 0 || (named.size === 1 && named.has(failureClass))) return score;
      const own = scoreClass(
        failureClass,
        group.filter((match) => naming.includes(match)),
      );
      return { ...score, strength: Math.max(score.strength * WRAPPER_SHARE, own.strength * share) };
    })
    .sort((a, b) => b.strength - a.strength || (a.class < b.class ? -1 : 1));
}

/** The signatures' own answer, or null when none matched. */
export function answerOfSignatures(scores: readonly ClassScore[]): SignatureAnswer | null {
  const first = scores[0];
  const leader = first?.leading[0]?.compiled.signature;
  if (first === undefined || leader === undefined) return null;
  const isByStep = leader.where === 'step';
  return { class: first.class, verdict: leader.verdict, strength: strengthBeside(first, scores.slice(1)), isByStep };
}
