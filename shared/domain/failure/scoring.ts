import type { FailureClass } from '../incident/failure-class.ts';
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

/** Flaky and infrastructure failures are both re-run. */
function remedyOf({ leading }: ClassScore): string | undefined {
  const verdict = leading[0]?.compiled.signature.verdict;
  return verdict === 'flaky' || verdict === 'infrastructure' ? 'repeat' : verdict;
}

/**
 * Confidence in the first class beside its strongest rival: an equally strong rival with another remedy costs a third.
 */
function strengthBeside(first: ClassScore, rivals: readonly ClassScore[]): number {
  const remedy = remedyOf(first);
  const second = Math.max(0, ...rivals.map((rival) => rival.strength * (remedyOf(rival) === remedy ? SAME_REMEDY : 1)));
  const rivalry = first.strength <= 0 ? 1 : second / first.strength;
  return first.strength * (1 - Math.max(0, rivalry - 0.6) * 0.8);
}

/** What is left of a class that only a runner reports, where a signature of another class names a cause. */
const WRAPPER_SHARE = 0.75;
const MIN_NAMED = 0.5;

/** The classes that signatures indicate, strongest first. */
export function scoreClasses(matches: readonly SignatureMatch[]): ClassScore[] {
  const naming = matches.filter(({ compiled }) => !compiled.signature.wraps);
  const classes = naming
    .filter(({ strength }) => strength >= MIN_NAMED)
    .map(({ compiled }) => compiled.signature.class);
  // An exception in a test is how that test failed.
  const named = new Set<FailureClass>(classes.filter((one) => one !== 'runtime_exceptions'));
  return [...groupBy(matches, (match) => match.compiled.signature.class)]
    .map(([failureClass, group]) => {
      const score = scoreClass(failureClass, group);
      if (named.size === 0 || (named.size === 1 && named.has(failureClass))) return score;
      const own = group.filter((match) => naming.includes(match));
      return { ...score, strength: Math.max(score.strength * WRAPPER_SHARE, scoreClass(failureClass, own).strength) };
    })
    .sort((a, b) => b.strength - a.strength || (a.class < b.class ? -1 : 1));
}

/** The signatures' own answer, or null when none matched. */
export function answerOfSignatures(scores: readonly ClassScore[]): SignatureAnswer | null {
  const first = scores[0];
  const leader = first?.leading[0]?.compiled.signature;
  if (first === undefined || leader === undefined) return null;
  return { class: first.class, verdict: leader.verdict, strength: strengthBeside(first, scores.slice(1)) };
}
