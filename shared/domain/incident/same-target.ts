import { canonicalJson } from '../../kernel/digest.ts';
import type { TargetContext } from './target-context.ts';

/** Whether two are about the same thing. Who is behind a run is known only to plans that a person has to approve. */
export function isSameTarget(a: TargetContext, b: TargetContext): boolean {
  return canonicalJson(withoutPeople(a)) === canonicalJson(withoutPeople(b));
}

function withoutPeople(target: TargetContext): TargetContext {
  if (target.kind !== 'github-run') return target;
  const { people: _people, ...identity } = target;
  return identity;
}
