import { phrase } from '../../kernel/text/redacted-text.ts';
import type { KnowledgeEntry } from '../knowledge/knowledge-entry.ts';
import type { KnowledgeMatch, SimilarEntry } from '../knowledge/lookup.ts';
import { redact } from '../redaction/redact.ts';
import { redactName } from '../redaction/redact-name.ts';
import type { LearnedPattern } from './learned-pattern.ts';
import { effectivenessOf } from './pattern-trust.ts';

const MOST_SIMILAR = 5;
/** Below what spares the model: only a pattern that may act reaches it. */
const MOST_OF_A_MATCH = 0.8;

/** A learned pattern as people and models are told of it. */
function entryOfPattern(pattern: LearnedPattern): KnowledgeEntry {
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
    resolution: redact(pattern.solution).text,
    prevention: phrase``,
    confidence,
    successes: helped?.hits ?? 0,
    failures: (helped?.cases ?? 0) - (helped?.hits ?? 0),
    updatedAt: history.at(-1)?.at ?? null,
  };
}

/**
 * What is known of a failure with the patterns that recognised it, as far as their stages go: one that is only observed changes nothing, a
 * suggestion is told, and a match is taken for it where nothing else is known as well. Only one that may act spares the model.
 */
export function withPatterns(found: KnowledgeMatch, recognised: readonly LearnedPattern[]): KnowledgeMatch {
  const told = recognised
    .filter(({ stage, retired }) => stage !== 'observe' && retired === null)
    .sort((a, b) => b.confidence - a.confidence || (a.id < b.id ? -1 : 1));
  const best = told.find(({ stage }) => stage === 'match' || stage === 'act');
  const confidence = best === undefined ? 0 : confidenceOf(best);
  const chosen = best !== undefined && confidence > found.confidence ? best : null;
  const left = told.filter((pattern) => pattern !== chosen).map(similarOf);
  const before =
    chosen !== null && found.match !== null ? [{ entry: found.match, score: 1, why: 'known as well' }] : [];
  const similar = [...before, ...left, ...found.similar].slice(0, MOST_SIMILAR);
  return chosen === null ? { ...found, similar } : { match: entryOfPattern(chosen), confidence, similar };
}

function confidenceOf({ stage, confidence }: LearnedPattern): number {
  return stage === 'act' ? confidence : Math.min(confidence, MOST_OF_A_MATCH);
}

function similarOf(pattern: LearnedPattern): SimilarEntry {
  const helped = effectivenessOf(pattern);
  const often = helped === null ? '' : `: helped in ${helped.hits} of ${helped.cases} cases`;
  return { entry: entryOfPattern(pattern), score: pattern.confidence, why: `a learned pattern recognises it${often}` };
}
