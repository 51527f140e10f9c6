import { templateOf } from '@selfheal/diagnosis/failure/fingerprint.ts';
import { digestOf } from '@selfheal/kernel/digest.ts';
import type { EvidenceLine } from '@selfheal/log-reading/logs/evidence.ts';
import { termsOfLine } from './line-terms.ts';
import { bareTerm, fieldOf, type Terms, weightOfTerm } from './term-field.ts';

/** Lines with the first score surely show the failure (see the excerpt's scores), those with the second hardly. */
const SURE_SCORE = 4;
const HARDLY_SCORE = 0;
const HARDLY = 0.02;
/** Terms kept of one text; the lightest ones are dropped. */
const MAX_TERMS = 224;
const MAX_LINES = 400;
/** The best lines, whose whole masked message is a term too. */
const MESSAGES = 8;
const MESSAGE = 'm:';
const MAX_TERM_LENGTH = 100;
/** A name that is printed a hundred times is a loop, not a hundredfold evidence. */
const MAX_REPETITION_WEIGHT = 1.5;
const SEEN_IN = 200;

/** A line of a text with how surely it shows the failure, 0 to 1. */
export interface WeighedLine {
  readonly text: string;
  readonly weight: number;
}

export function weighed({ text, score }: Pick<EvidenceLine, 'text' | 'score'>): WeighedLine {
  const certainty = (score - HARDLY_SCORE) / (SURE_SCORE - HARDLY_SCORE);
  return { text, weight: Math.max(HARDLY, Math.min(1, certainty)) };
}

/**
 * The terms of a failure's lines with their weights: a message that is repeated with other numbers counts once. Lines
 * are in printed order. Bounded in lines and terms.
 */
export function termsOfLines(lines: readonly WeighedLine[]): Terms {
  return weightiest(gatheredFrom(lines), MAX_TERMS);
}

/** All terms of lines with their weights, in no order. */
function gatheredFrom(lines: readonly WeighedLine[]): Map<string, number> {
  const best = [...lines].sort((a, b) => b.weight - a.weight || (a.text < b.text ? -1 : 1)).slice(0, MAX_LINES);
  const said = new Map<string, number>();
  const read = new Map<string, ReadonlySet<string>>();
  const seen = new Set<string>();
  for (const { text, weight } of best) {
    const form = text.slice(0, SEEN_IN).replace(/\d+/g, '#');
    if (seen.has(form) || weight <= 0) continue;
    seen.add(form);
    const terms = termsOfLine(text);
    read.set(text, terms);
    for (const term of terms) say(said, term, weight);
    if (seen.size <= MESSAGES && weight >= 1) say(said, `${MESSAGE}${messageDigestOf(text)}`, weight);
  }
  for (const term of firstNamed(lines, read)) say(said, term, 1);
  return said;
}

/** The package that the most certain lines name first, as a term with its version and one without. `read`: terms of lines. */
function firstNamed(lines: readonly WeighedLine[], read: ReadonlyMap<string, ReadonlySet<string>>): string[] {
  for (const { text, weight } of lines.slice(0, MAX_LINES)) {
    if (weight < 1) continue;
    for (const term of read.get(text) ?? termsOfLine(text)) {
      if (fieldOf(term) !== 'v') continue;
      const name = bareTerm(term);
      return [`f:${name}`, `f:${name.replace(/@[^@]*$/, '')}`];
    }
  }
  return [];
}

/** Digest of a message, ignoring its values. */
export function messageDigestOf(line: string): string {
  return digestOf(templateOf(line), 12);
}

/** Digests of whole messages among terms. */
export function messagesIn(terms: Terms): string[] {
  return [...terms.keys()].flatMap((term) => (term.startsWith(MESSAGE) ? [term.slice(MESSAGE.length)] : []));
}

/** The terms of an entry's words. */
export function termsOfText(text: string, weight = 1): Terms {
  return termsOfLines(text.split('\n').map((line) => ({ text: line, weight })));
}

/**
 * The terms of a question. Fields have no weight in it: someone quotes whatever lines are at hand, and the package that a stray line names
 * first would drown all others. A field's weight is in the query and in the documents, so that it is taken out twice.
 */
export function termsOfQuestion(text: string): Terms {
  const said = gatheredFrom(text.split('\n').map((line) => ({ text: line, weight: 1 })));
  const terms = new Map(said.size > MAX_TERMS ? weightiest(said, MAX_TERMS) : said);
  for (const [term, much] of terms) terms.set(term, much / weightOfTerm(term) ** 2);
  return terms;
}

/** Merges several terms; their weights add up. */
export function joinTerms(...parts: readonly Terms[]): Terms {
  const said = new Map<string, number>();
  for (const part of parts) for (const [term, much] of part) say(said, term, much);
  return weightiest(said, MAX_TERMS);
}

function say(said: Map<string, number>, term: string, much: number): void {
  const field = term.charAt(1) === ':' ? 2 : 0;
  if (term.length > MAX_TERM_LENGTH || term.length < field + 2 || /\s/.test(term)) return;
  said.set(term, Math.min(MAX_REPETITION_WEIGHT, (said.get(term) ?? 0) + much));
}

/** By field and weight; ties by their letters, so that the result is independent of the input's order. */
function weightiest(said: ReadonlyMap<string, number>, most: number): Terms {
  const sorted = [...said].map(([term, much]) => ({ term, much, weight: weightOfTerm(term) * Math.log1p(much) }));
  sorted.sort((a, b) => b.weight - a.weight || (a.term < b.term ? -1 : 1));
  return new Map(sorted.slice(0, most).map(({ term, much }) => [term, Math.round(much * 100) / 100]));
}

/**
 * Terms as one text, weightiest first: `v:guava@31.1 1.5`, one per line. Small to store and quick to read by the
 * thousand.
 */
export function writeTerms(terms: Terms): string {
  return [...terms].map(([term, much]) => `${term} ${much}`).join('\n');
}

/** Reads what `writeTerms` wrote. Other lines are skipped. */
export function readTerms(text: string): Terms {
  const terms = new Map<string, number>();
  for (const line of text.split('\n')) {
    const at = line.lastIndexOf(' ');
    const much = Number(line.slice(at + 1));
    if (at > 0 && much > 0 && Number.isFinite(much)) terms.set(line.slice(0, at), much);
  }
  return terms;
}
