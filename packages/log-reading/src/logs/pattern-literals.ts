import { type PatternPart, readPattern } from './pattern-syntax.ts';

/** Shorter ones occur in too many lines to rule anything out. */
const MIN_LITERAL = 3;
/** A longer literal rules out no more. */
const LONG_ENOUGH = 12;
/** Texts that are kept of one part, and their length. */
const MAX_TEXTS = 40;
const MAX_TEXT = 80;
/** Literals of one pattern. */
const MAX_LITERALS = 250;

type Texts = readonly string[];

/** `exact`: everything the part matches. `required`: every match contains one of these. Both in lower case; null: unknown. */
interface Facts {
  readonly exact: Texts | null;
  readonly required: Texts | null;
}

const NOTHING: Facts = { exact: null, required: null };

/** The set that rules out more: its shortest literal is longer, or there are fewer. Sets with a short literal rule out nothing. */
function better(a: Texts | null, b: Texts | null): Texts | null {
  const [ofA, ofB] = [worthOf(a), worthOf(b)];
  if (ofB === 0) return ofA === 0 ? null : a;
  return ofA >= ofB ? a : b;
}

function worthOf(texts: Texts | null): number {
  if (texts === null || texts.length === 0 || texts.length > MAX_LITERALS) return 0;
  const shortest = Math.min(...texts.map(weightOf));
  return shortest < MIN_LITERAL ? 0 : Math.min(shortest, LONG_ENOUGH) - texts.length / (MAX_LITERALS + 1);
}

/** Letters; those outside of ASCII, which few lines contain, count twice. */
const weightOf = (text: string): number => [...text].reduce((sum, char) => sum + (char > '\u007f' ? 2 : 1), 0);

const requiredOf = ({ exact, required }: Facts): Texts | null => better(exact, required);

function joined(a: Texts, b: Texts): Texts | null {
  if (a.length * b.length > MAX_TEXTS) return null;
  const texts = [...new Set(a.flatMap((first) => b.map((second) => first + second)))];
  return texts.some(({ length }) => length > MAX_TEXT) ? null : texts;
}

function factsOfSequence(parts: readonly PatternPart[]): Facts {
  let run: Texts = [''];
  let isExact = true;
  let required: Texts | null = null;
  for (const part of parts) {
    const facts = factsOf(part);
    const longer = facts.exact === null ? null : joined(run, facts.exact);
    if (longer !== null) {
      run = longer;
      continue;
    }
    isExact = false;
    required = better(better(required, run), requiredOf(facts));
    run = facts.exact ?? [''];
  }
  return isExact ? { exact: run, required: null } : { exact: null, required: better(required, run) };
}

function factsOfBranches(branches: readonly PatternPart[]): Facts {
  const facts = branches.map(factsOf);
  const exact = facts.flatMap((one) => one.exact ?? []);
  if (facts.every((one) => one.exact !== null) && exact.length <= MAX_TEXTS)
    return { exact: [...new Set(exact)], required: null };
  const required: string[] = [];
  for (const one of facts) {
    const own = requiredOf(one);
    if (own === null) return NOTHING;
    required.push(...own);
  }
  return { exact: null, required: [...new Set(required)] };
}

function factsOfRepeat(part: PatternPart, least: number, most: number): Facts {
  const facts = factsOf(part);
  if (least === 0 && most === 1 && facts.exact !== null && facts.exact.length < MAX_TEXTS)
    return { exact: [...new Set(['', ...facts.exact])], required: null };
  if (least === 0) return NOTHING;
  if (most === 1) return facts;
  return { exact: null, required: requiredOf(facts) };
}

function factsOf(part: PatternPart): Facts {
  switch (part.kind) {
    case 'anchor':
      return { exact: [''], required: null };
    case 'character':
      return { exact: part.few, required: null };
    case 'sequence':
      return factsOfSequence(part.parts);
    case 'branches':
      return factsOfBranches(part.branches);
    case 'repeat':
      return factsOfRepeat(part.part, part.least, part.most);
    default:
      return part satisfies never;
  }
}

/**
 * Literals in lower case of which every match of the pattern contains at least one, in any case; null where no such set of at least
 * three letters each can be read from it. The way of RE2's prefilter (R. Cox, "Regular Expression Matching with a Trigram Index", 2012).
 */
export function literalsOfPattern(source: string, ignoreCase = false): readonly string[] | null {
  const pattern = readPattern(source, ignoreCase);
  if (pattern === null) return null;
  const literals = requiredOf(factsOf(pattern));
  if (literals === null) return null;
  return literals.filter((one) => !literals.some((other) => other !== one && one.includes(other)));
}
