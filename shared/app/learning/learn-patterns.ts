import { type LearnedPattern, type PatternOutcome, patternIdOf } from '#shared/domain/learning/learned-pattern.ts';
import type { Learning } from '#shared/domain/learning/learning-settings.ts';
import { newPattern, reasonNotToLearn } from '#shared/domain/learning/new-pattern.ts';
import { settled, withOutcomes } from '#shared/domain/learning/pattern-trust.ts';
import {
  outcomeOf,
  type Proposal,
  pastCaseOf,
  proposePatterns,
  type ResolvedCase,
} from '#shared/domain/learning/propose-patterns.ts';
import { makeCaseTest, type PastCase } from '#shared/domain/learning/replay.ts';
import type { PatternStore } from '#shared/ports/learning-stores.ts';
import { changePattern, type LearningChange, noteOf } from './change-pattern.ts';

interface LearnPatternsDeps {
  readonly patterns: Pick<PatternStore, 'list' | 'write' | 'takeNew' | 'note'>;
  readonly rules: Learning;
}

export interface LearnOrder extends LearningChange {
  readonly cases: readonly ResolvedCase[];
  /** Past incidents, in addition to the records themselves, over which new patterns are replayed. */
  readonly past: readonly PastCase[];
  /** Reports the changes without making them. */
  readonly dryRun: boolean;
  /** Source of new patterns; null creates none and only adds outcomes to known ones. */
  readonly source: LearnedPattern['provenance']['source'] | null;
}

/** Result for one pattern: learned, adjusted, unchanged or refused. */
export interface PatternResult {
  readonly kind: 'learned' | 'adjusted' | 'unchanged' | 'refused';
  readonly patternId: string;
  readonly wording: string;
  readonly class: LearnedPattern['class'];
  readonly stage: LearnedPattern['stage'];
  readonly confidence: number;
  /** Line numbers of the records. */
  readonly lines: readonly number[];
  readonly reason: string;
  readonly conflicts: readonly string[];
  /** Null for a known pattern. */
  readonly replay: Proposal['replay'] | null;
}

/**
 * Learns from how incidents were resolved. A record that matches a known pattern becomes an outcome of it; the others are grouped into new
 * patterns. Each new pattern is replayed over past incidents, refused where it would have matched something else, and otherwise stored to be
 * observed only. Every change leaves a note. Repeatable: an incident counts once.
 */
export async function learnPatterns(
  order: LearnOrder,
  deps: LearnPatternsDeps,
): Promise<{ results: PatternResult[]; unplaced: number[] }> {
  const known = (await deps.patterns.list(order.scope)).filter(({ retired }) => retired === null);
  const { recognised, rest } = sortedByPattern(order, known);
  const results: PatternResult[] = [];
  for (const [pattern, cases] of recognised) results.push(await adjust(pattern, cases, order, deps));
  const { source } = order;
  if (source === null) return { results, unplaced: [] };
  const past = [...order.past, ...order.cases.map(pastCaseOf)];
  const { proposals, unplaced } = proposePatterns(rest, past);
  for (const proposal of proposals) results.push(await learnOne(proposal, { ...order, source }, deps));
  return { results: order.dryRun ? withinADay(results, deps.rules) : results, unplaced };
}

/** Refuses the patterns beyond the daily limit, also in a dry run, which takes nothing from the limit. */
function withinADay(results: readonly PatternResult[], { maxNewPatternsPerDay: most }: Learning): PatternResult[] {
  let learned = 0;
  return results.map((result) => {
    if (result.kind !== 'learned' || ++learned <= most) return result;
    return { ...result, kind: 'refused', reason: `the limit of ${most} new patterns a day is used up` };
  });
}

function sortedByPattern({ cases, scope }: LearnOrder, known: readonly LearnedPattern[]) {
  const tests = known.map((pattern) => ({ pattern, recognises: makeCaseTest(pattern) }));
  const recognised = new Map<LearnedPattern, ResolvedCase[]>();
  const rest: ResolvedCase[] = [];
  for (const one of cases) {
    const { resolution } = one;
    const own = resolution.pattern === null ? null : patternIdOf(scope, resolution.pattern);
    const found = tests.find(({ pattern, recognises }) =>
      own === null ? sameClass(pattern, one) && recognises(pastCaseOf(one)) : pattern.id === own,
    );
    if (found === undefined) rest.push(one);
    else recognised.set(found.pattern, [...(recognised.get(found.pattern) ?? []), one]);
  }
  return { recognised, rest };
}

const sameClass = (pattern: LearnedPattern, one: ResolvedCase): boolean =>
  one.class === 'unknown' || one.class === pattern.class;

/** Whether the record tried the pattern's own solution; success of another one says nothing about it. */
function speaksOf(pattern: LearnedPattern, { resolution }: ResolvedCase): boolean {
  const sameAction = pattern.actionId !== null && pattern.actionId === resolution.action;
  return sameAction || pattern.solution.toLowerCase() === resolution.solution.toLowerCase();
}

async function adjust(
  pattern: LearnedPattern,
  cases: readonly ResolvedCase[],
  order: LearnOrder,
  deps: LearnPatternsDeps,
): Promise<PatternResult> {
  const outcomes = cases.filter((one) => speaksOf(pattern, one)).map(outcomeOf);
  const others = cases.filter((one) => !speaksOf(pattern, one)).map(({ line }) => line);
  const conflicts =
    others.length === 0
      ? []
      : [`line ${others.join(', ')}: not counted, because another solution was tried than the pattern's`];
  const after = await addOutcomes(pattern, outcomes, order, deps);
  const kind = after.outcomes === pattern.outcomes ? 'unchanged' : 'adjusted';
  const reason = after.retired?.reason ?? (kind === 'adjusted' ? reasonOf(outcomes) : 'nothing new');
  return { ...faceOf(after), kind, lines: cases.map(({ line }) => line), reason, conflicts, replay: null };
}

const reasonOf = (outcomes: readonly PatternOutcome[]): string =>
  `${outcomes.filter(({ helped }) => helped).length} of ${outcomes.length} further cases were resolved by it`;

/** Adds outcomes to a pattern, updates it by the rules, and notes the change. */
async function addOutcomes(
  pattern: LearnedPattern,
  outcomes: readonly PatternOutcome[],
  order: LearningChange & { readonly dryRun: boolean },
  { patterns, rules }: LearnPatternsDeps,
): Promise<LearnedPattern> {
  const change = (one: LearnedPattern): LearnedPattern => {
    const added = withOutcomes(one, outcomes);
    return added === one ? one : settled(added, rules, order.at, reasonOf(outcomes));
  };
  if (order.dryRun) return change(pattern);
  const changed = await changePattern(patterns, pattern, change);
  if (changed === null || changed.after === changed.before) return pattern;
  const { before, after } = changed;
  const event = after.retired !== null && before.retired === null ? 'pattern.retired' : 'pattern.adjusted';
  await patterns.note(noteOf(order, event, pattern.id, after.retired?.reason ?? reasonOf(outcomes)));
  return after;
}

function faceOf({ id, wording, class: failureClass, stage, confidence }: LearnedPattern) {
  return { patternId: id, wording, class: failureClass, stage, confidence };
}

type NewOrder = LearnOrder & { readonly source: LearnedPattern['provenance']['source'] };

async function learnOne(proposal: Proposal, order: NewOrder, deps: LearnPatternsDeps): Promise<PatternResult> {
  const { lines, conflicts, replay } = proposal;
  const pattern = newPattern(proposal, order);
  const entry = { ...faceOf(pattern), lines, conflicts, replay };
  const reason = await putNew(pattern, reasonNotToLearn(proposal, pattern, deps.rules), order, deps);
  if (!order.dryRun) {
    const event = reason === null ? 'pattern.learned' : 'pattern.refused';
    await deps.patterns.note(noteOf(order, event, pattern.id, reason ?? `learned from ${lines.length} records`));
  }
  if (reason === null) return { ...entry, kind: 'learned', reason: 'only observed until its outcomes are good enough' };
  return { ...entry, kind: 'refused', reason };
}

/** Stores a new pattern within the daily limit; returns null, or the reason when it was not stored. */
export async function putNew(
  pattern: LearnedPattern,
  problem: string | null,
  { scope, at, dryRun }: Pick<LearnOrder, 'scope' | 'at' | 'dryRun'>,
  { patterns, rules }: LearnPatternsDeps,
): Promise<string | null> {
  if (problem !== null || dryRun) return problem;
  const existing = (await patterns.list(scope)).find(({ id }) => id === pattern.id);
  const retired = existing?.retired ?? null;
  // A person who teaches it again means it, unless its outcomes speak against it.
  const isBack = existing !== undefined && pattern.provenance.source === 'human' && !isFailing(existing, rules, at);
  if (retired !== null && !isBack) return `it was retired on ${retired.at.slice(0, 10)}: ${retired.reason}`;
  const most = rules.maxNewPatternsPerDay;
  if (!(await patterns.takeNew(scope, at.toISOString().slice(0, 10), most))) {
    return `the limit of ${most} new patterns a day is used up; it may be learned tomorrow`;
  }
  const revision = retired === null ? pattern.revision : (existing?.revision ?? 0) + 1;
  const written = await patterns.write({ ...pattern, revision });
  return written === 'written' ? null : 'it was learned by another process meanwhile';
}

const isFailing = (pattern: LearnedPattern, rules: Learning, at: Date): boolean =>
  settled({ ...pattern, retired: null }, rules, at, 'taught again').retired !== null;
