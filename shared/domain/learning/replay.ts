import { makeWordingTest } from '@selfheal/diagnosis/failure/wording.ts';
import type { FailureClass } from '@selfheal/kernel/failure-class.ts';
import { type Proportion, proportionOf } from '@selfheal/kernel/numbers/proportion.ts';
import type { PastIncident } from '../knowledge/search/past-incident.ts';
import { messagesIn, readTerms } from '../knowledge/search/terms.ts';
import { type LearnedPattern, wordingsOf } from './learned-pattern.ts';

/** A past incident, reduced to what is needed to check whether a pattern would have recognised it. */
export interface PastCase {
  readonly id: string;
  readonly class: FailureClass;
  readonly lines: readonly string[];
  /** Digests of the whole messages of its log, where the log itself was not stored. */
  readonly messages: ReadonlySet<string>;
}

/** An ended incident whose log is no longer stored. */
export function caseOfPastIncident({ id, class: failureClass, title, terms }: PastIncident): PastCase {
  return { id, class: failureClass, lines: [title], messages: new Set(messagesIn(readTerms(terms))) };
}

/** What a pattern would have recognised in the past. */
export interface Replay {
  readonly matched: number;
  /** Of those it matched, the ones of its class; null when it matched none of a known class. */
  readonly precision: Proportion | null;
  /** Of those of its class, the ones it matched; null when there is none. */
  readonly coverage: Proportion | null;
  /** Ids of matched incidents of another class. */
  readonly others: readonly { readonly id: string; readonly class: FailureClass }[];
}

interface Recogniser extends Pick<LearnedPattern, 'wording' | 'alternatives' | 'class'> {
  readonly messages: readonly string[];
}

/** Whether a case matches the pattern. */
export function makeCaseTest(pattern: Omit<Recogniser, 'class'>): (past: Omit<PastCase, 'class'>) => boolean {
  const tests = wordingsOf(pattern).map(makeWordingTest);
  return ({ lines, messages }) =>
    tests.some((says) => lines.some(says)) || pattern.messages.some((message) => messages.has(message));
}

/** Runs a pattern over all past incidents. Cases of an unknown class count neither for nor against it. */
export function replay(pattern: Recogniser, past: readonly PastCase[]): Replay {
  const recognises = makeCaseTest(pattern);
  const matched = past.filter(recognises);
  const known = matched.filter((one) => one.class !== 'unknown');
  const same = known.filter((one) => one.class === pattern.class).length;
  const ofClass = past.filter((one) => one.class === pattern.class).length;
  return {
    matched: matched.length,
    precision: pattern.class === 'unknown' ? null : proportionOf(same, known.length),
    coverage: pattern.class === 'unknown' ? null : proportionOf(same, ofClass),
    others: known.filter((one) => one.class !== pattern.class).map(({ id, class: other }) => ({ id, class: other })),
  };
}

/** Why a pattern must not be learned after its replay, or null. */
export function reasonAgainst(pattern: Recogniser, { matched, others }: Replay): string | null {
  const [first] = others;
  if (first === undefined) return null;
  return `it would have matched ${others.length} of ${matched} past incidents that were of another class than ${pattern.class} (${first.id}: ${first.class})`;
}
