import type { KnownHere } from '@selfheal/diagnosis/diagnosis/diagnosis.ts';
import { adviceOfSolution, isReceipt } from '@selfheal/diagnosis/diagnosis/solution-words.ts';
import { phrase } from '@selfheal/kernel/text/redacted-text.ts';
import { redact, redactName } from '@selfheal/redaction/redact.ts';
import { identifierKind } from '../access/identity.ts';
import type { KnowledgeEntry } from '../knowledge/knowledge-entry.ts';
import { type KnowledgeMatch, MAX_UNSURE_CONFIDENCE, type SimilarEntry } from '../knowledge/lookup.ts';
import type { LearnedPattern } from './learned-pattern.ts';
import { effectivenessOf, verifiedOutcomes } from './pattern-trust.ts';

const MAX_SIMILAR = 5;

/** The title of a deployed action; null for one that is not deployed. */
export type TitleOfAction = (actionId: string) => string | null;

/** What the pattern advises: an imperative, also where an earlier release stored a receipt. Empty where that gives none. */
function solutionOfPattern(
  { solution, actionId }: Pick<LearnedPattern, 'solution' | 'actionId'>,
  titleOf: TitleOfAction,
): string {
  return adviceOfSolution(solution, actionId === null ? null : titleOf(actionId)) ?? '';
}

/** The stored solution, to be shown and edited; the title of the action where an earlier release stored a receipt. */
export function withoutReceipt(pattern: Pick<LearnedPattern, 'solution' | 'actionId'>, titleOf: TitleOfAction): string {
  return isReceipt(pattern.solution) ? solutionOfPattern(pattern, titleOf) || pattern.solution : pattern.solution;
}

/** A learned pattern in the form that people and models see. */
export function entryOfPattern(pattern: LearnedPattern, titleOf: TitleOfAction): KnowledgeEntry {
  const { id, class: failureClass, tags, confidence, history } = pattern;
  const title = redactName(pattern.title, 200);
  const helped = effectivenessOf(pattern);
  return {
    version: 1,
    id: `pattern-${id}`,
    title,
    origin: 'incident',
    class: failureClass,
    fingerprints: [],
    keywords: tags,
    rootCause: title,
    resolution: redact(solutionOfPattern(pattern, titleOf)).text,
    prevention: phrase``,
    confidence,
    successes: helped?.hits ?? 0,
    failures: (helped?.cases ?? 0) - (helped?.hits ?? 0),
    updatedAt: history.at(-1)?.at ?? null,
  };
}

/** Those that are shown, surest first; what is only observed is not. */
function shownOf(recognised: readonly LearnedPattern[]): LearnedPattern[] {
  return recognised
    .filter(({ stage, retired }) => stage !== 'observe' && retired === null)
    .sort((a, b) => b.confidence - a.confidence || (a.id < b.id ? -1 : 1));
}

/**
 * Adds the patterns that recognised a failure to what is known about it, according to their stages: observed ones
 * change nothing, suggestions are shown, and a match is used where nothing else is known. Only a pattern that may act
 * makes a model unnecessary.
 */
export function withPatterns(
  found: KnowledgeMatch,
  recognised: readonly LearnedPattern[],
  titleOf: TitleOfAction,
): KnowledgeMatch {
  const named = shownOf(recognised);
  const best = named.find(({ stage }) => stage === 'match' || stage === 'act');
  const confidence = best === undefined ? 0 : confidenceOf(best);
  const chosen = best !== undefined && confidence > found.confidence ? best : null;
  const left = named.filter((pattern) => pattern !== chosen).map((pattern) => similarOf(pattern, titleOf));
  const before =
    chosen !== null && found.match !== null ? [{ entry: found.match, score: 1, why: 'known as well' }] : [];
  const similar = [...before, ...left, ...found.similar].slice(0, MAX_SIMILAR);
  return chosen === null ? { ...found, similar } : { match: entryOfPattern(chosen, titleOf), confidence, similar };
}

const MAX_KNOWN = 3;

/**
 * The recognised patterns as a diagnosis shows them, best first: what persons taught before what was learned. Those that are only observed
 * are left out.
 */
export function knownByPatterns(recognised: readonly LearnedPattern[], titleOf: TitleOfAction): KnownHere[] {
  return shownOf(recognised)
    .sort((a, b) => Number(b.written === true) - Number(a.written === true))
    .slice(0, MAX_KNOWN)
    .map((pattern) => knownByPattern(pattern, titleOf));
}

function knownByPattern(pattern: LearnedPattern, titleOf: TitleOfAction): KnownHere {
  const { id, provenance, outcomes, written, actionId } = pattern;
  return {
    patternId: id,
    title: redactName(pattern.title, 200),
    solution: redact(solutionOfPattern(pattern, titleOf)).text.slice(0, 2000),
    source: provenance.source === 'human' ? (written === true ? 'taught' : 'resolved') : provenance.source,
    by: redactName(provenance.by, 200),
    at: provenance.at,
    cases: outcomes.length,
    helped: outcomes.filter(({ helped }) => helped).length,
    verified: verifiedOutcomes(pattern),
    confidence: pattern.confidence,
    advises: actionId !== null && isByPersons(pattern) && titleOf(actionId) !== null ? actionId : null,
  };
}

/**
 * Whether persons alone wrote it, of whom the sign-in is known: a key's word, a file's and a log's name no action. Records without
 * authors are of earlier releases, which did not keep who wrote them.
 */
function isByPersons({ provenance: { source, authors = [] }, written }: LearnedPattern): boolean {
  const names = authors.map((name) => identifierKind(name));
  return source === 'human' && written === true && names.includes('user') && !names.includes('key');
}

function confidenceOf({ stage, confidence }: LearnedPattern): number {
  return stage === 'act' ? confidence : Math.min(confidence, MAX_UNSURE_CONFIDENCE);
}

function similarOf(pattern: LearnedPattern, titleOf: TitleOfAction): SimilarEntry {
  const helped = effectivenessOf(pattern);
  const often = helped === null ? '' : `: helped in ${helped.hits} of ${helped.cases} cases`;
  const entry = entryOfPattern(pattern, titleOf);
  return { entry, score: pattern.confidence, why: `a learned pattern recognises it${often}` };
}
