import { type Classification, FAMILY_OF, type FailureClass } from '@selfheal/kernel/failure-class.ts';
import { percentText } from '@selfheal/kernel/numbers/number-words.ts';
import { phrase } from '@selfheal/kernel/text/redacted-text.ts';
import { contentOf, type LearnedPattern, MAX_KEPT, patternIdOf, Tag } from './learned-pattern.ts';
import type { Learning } from './learning-settings.ts';
import type { Proposal } from './propose-patterns.ts';
import type { Resolution } from './resolution.ts';

/** Initial confidence of every new pattern: nothing is known about it. */
const FIRST_CONFIDENCE = 0.5;

interface Origin {
  readonly scope: string;
  readonly by: string;
  readonly at: Date;
  readonly source: LearnedPattern['provenance']['source'];
}

/** A new pattern: only observed, whatever the records say. */
export function newPattern(proposal: Proposal, { scope, by, at, source }: Origin): LearnedPattern {
  const { wording, outcomes } = proposal;
  const [now, confidence, stage] = [at.toISOString(), FIRST_CONFIDENCE, 'observe' as const];
  const inOrder = [...outcomes].sort((a, b) => (a.at < b.at ? -1 : 1));
  return {
    version: 1,
    id: patternIdOf(scope, wording),
    scope,
    revision: 1,
    ...contentOf(proposal),
    provenance: { source, by: proposal.by ?? by, at: now, from: null },
    approved: null,
    prior: confidence,
    cap: null,
    stage,
    confidence,
    outcomes: inOrder.slice(-MAX_KEPT),
    history: [{ at: now, confidence, stage, reason: phrase`learned from ${outcomes.length} records` }],
    retired: null,
  };
}

/** Why a proposal must not become a pattern, or null. Records of a person may be of any class, like what a person writes down. */
export function reasonNotToLearn(proposal: Proposal, pattern: LearnedPattern, rules: Learning): string | null {
  if (proposal.problem !== null) return proposal.problem;
  if (pattern.provenance.source !== 'human' && rules.classes !== null && !rules.classes.includes(pattern.class)) {
    return `patterns of the class ${pattern.class} (${FAMILY_OF[pattern.class]}) are not learned here (learning.classes)`;
  }
  const failed = proposal.outcomes.filter(({ helped }) => !helped).length;
  const cases = proposal.outcomes.length;
  if (cases >= rules.rollbackCases && failed / cases > rules.rollbackFailureRate) {
    return `it failed in ${failed} of ${cases} cases, more than ${percentText(rules.rollbackFailureRate)}`;
  }
  return null;
}

const MAX_TAGS = 20;

/** Tags of a failure: its class and family, how it was recognised, and what its record says. */
export function tagsOf(
  failureClass: FailureClass,
  { signature }: Pick<Classification, 'signature'>,
  { tags, service, severity }: Pick<Resolution, 'tags' | 'service' | 'severity'>,
): string[] {
  const family = FAMILY_OF[failureClass];
  const known = failureClass === 'unknown' ? [] : [failureClass, family];
  const all = [...tags, ...known, service, severity, signature].filter((tag) => tag !== null);
  return [...new Set(all)].filter((tag) => Tag.safeParse(tag).success).slice(0, MAX_TAGS);
}
