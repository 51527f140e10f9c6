import { digestOf } from '#shared/kernel/digest.ts';
import { templateOf } from '../../failure/fingerprint.ts';
import type { EvidenceLine } from '../../logs/evidence.ts';
import { termsOfLine, versionsNamed } from './line-terms.ts';
import { bareTerm, fieldOf, TERM_FIELDS, type Terms } from './term-field.ts';

/** Lines with a score of this speak surely of the failure (see the excerpt's scores), those of the other hardly. */
const SURE_SCORE = 10;
const HARDLY_SCORE = 5;
const HARDLY = 0.02;
/** Terms kept of one text. What is cut are the least weighty ones. */
const MOST_TERMS = 160;
const MOST_LINES = 400;
/** The best lines, whose whole message with its values masked is a term too. */
const MESSAGES = 8;
const MESSAGE = 'm:';
const LONGEST_TERM = 100;
/** A name that is printed a hundred times is a loop, not a hundred times the evidence. */
const MOST_SAID = 1.5;
const SEEN_IN = 200;

/** A line of a text with how surely it speaks of the failure, 0 to 1. */
export interface WeighedLine {
  readonly text: string;
  readonly weight: number;
}

export function weighed({ text, score }: Pick<EvidenceLine, 'text' | 'score'>): WeighedLine {
  const certainty = (score - HARDLY_SCORE) / (SURE_SCORE - HARDLY_SCORE);
  return { text, weight: Math.max(HARDLY, Math.min(1, certainty)) };
}

/**
 * The terms of a failure's lines with what is said of each: a message that is printed again and again, only with other numbers, counts
 * once. Lines are given as they were printed. Bounded whatever is given: at most so many lines and terms.
 */
export function termsOfLines(lines: readonly WeighedLine[]): Terms {
  const best = [...lines].sort((a, b) => b.weight - a.weight || (a.text < b.text ? -1 : 1)).slice(0, MOST_LINES);
  const said = new Map<string, number>();
  const seen = new Set<string>();
  for (const { text, weight } of best) {
    const form = text.slice(0, SEEN_IN).replace(/\d+/g, '#');
    if (seen.has(form) || weight <= 0) continue;
    seen.add(form);
    const terms = termsOfLine(text);
    if (seen.size <= MESSAGES && weight >= 1) terms.add(`${MESSAGE}${messageDigestOf(text)}`);
    for (const term of terms) say(said, term, weight);
  }
  for (const term of firstNamed(lines)) say(said, term, 1);
  return weightiest(said, MOST_TERMS);
}

/** The package that the sure lines name first with its version, as a term with the version and one without. */
function firstNamed(lines: readonly WeighedLine[]): string[] {
  for (const { text, weight } of lines.slice(0, MOST_LINES)) {
    const [name] = weight < 1 ? [] : versionsNamed(text);
    if (name !== undefined) return [`f:${name}`, `f:${name.replace(/@[^@]*$/, '')}`];
  }
  return [];
}

/** Says which message a line is, whatever its values. */
export function messageDigestOf(line: string): string {
  return digestOf(templateOf(line), 12);
}

/** Digests of the whole messages among terms. */
export function messagesIn(terms: Terms): string[] {
  return [...terms.keys()].flatMap((term) => (term.startsWith(MESSAGE) ? [term.slice(MESSAGE.length)] : []));
}

/** The terms of a question or of an entry's words. */
export function termsOfText(text: string, weight = 1): Terms {
  return termsOfLines(text.split('\n').map((line) => ({ text: line, weight })));
}

/** Several terms as one: what is said of a term adds up. */
export function joinTerms(...parts: readonly Terms[]): Terms {
  const said = new Map<string, number>();
  for (const part of parts) for (const [term, much] of part) say(said, term, much);
  return weightiest(said, MOST_TERMS);
}

function say(said: Map<string, number>, term: string, much: number): void {
  if (term.length > LONGEST_TERM || bareTerm(term).length < 2 || /\s/.test(term)) return;
  said.set(term, Math.min(MOST_SAID, (said.get(term) ?? 0) + much));
}

/** By field and by how much is said; equals by their letters, so that nothing hangs on an order. */
function weightiest(said: ReadonlyMap<string, number>, most: number): Terms {
  const weight = (term: string, much: number) => TERM_FIELDS[fieldOf(term)].weight * Math.log1p(much);
  const sorted = [...said].map(([term, much]) => ({ term, much, weight: weight(term, much) }));
  sorted.sort((a, b) => b.weight - a.weight || (a.term < b.term ? -1 : 1));
  return new Map(sorted.slice(0, most).map(({ term, much }) => [term, Math.round(much * 100) / 100]));
}

/** Terms as one text, the weightiest first: `v:guava@31.1 1.5` on a line each. Small to keep and quick to read back by the thousand. */
export function writeTerms(terms: Terms): string {
  return [...terms].map(([term, much]) => `${term} ${much}`).join('\n');
}

/** What `writeTerms` wrote. Lines that it would not write are passed over. */
export function readTerms(text: string): Terms {
  const terms = new Map<string, number>();
  for (const line of text.split('\n')) {
    const at = line.lastIndexOf(' ');
    const much = Number(line.slice(at + 1));
    if (at > 0 && much > 0 && Number.isFinite(much)) terms.set(line.slice(0, at), much);
  }
  return terms;
}
