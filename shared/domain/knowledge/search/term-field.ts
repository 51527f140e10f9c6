/**
 * Kind of a term, by its first letter (`v:spring-core@6.0.1`), with its weight. A package in its exact version
 * indicates a cause more surely than any word; a missing symbol comes next. Between failures that name several
 * packages, the one named first decides: compilers and resolvers report in order, and later errors mostly follow from
 * it.
 */
const TERM_FIELDS = {
  f: { weight: 5, called: 'first package' },
  v: { weight: 3, called: 'package' },
  b: { weight: 2, called: 'blamed' },
  m: { weight: 2, called: 'message' },
  x: { weight: 1.5, called: 'code' },
  e: { weight: 1, called: 'error' },
  p: { weight: 1, called: 'name' },
  n: { weight: 1, called: 'name' },
  w: { weight: 1, called: 'word' },
} as const satisfies Readonly<Record<string, { weight: number; called: string }>>;

export type TermField = keyof typeof TERM_FIELDS;

/** Term -> its weight: 1 for one line that surely shows the failure, less for a line beside it. */
export type Terms = ReadonlyMap<string, number>;

/** The field of a term; words when its field is unknown. */
export function fieldOf(term: string): TermField {
  const letter = term.charAt(0);
  return term.charAt(1) === ':' && letter in TERM_FIELDS ? (letter as TermField) : 'w';
}

/** The term without its field. */
export function bareTerm(term: string): string {
  return term.charAt(1) === ':' ? term.slice(2) : term;
}

/** Weights of fields by the code of their letter. */
const WEIGHT_OF_CODE = Float64Array.from({ length: 128 }, (_, code) => {
  const letter = String.fromCharCode(code);
  return letter in TERM_FIELDS ? TERM_FIELDS[letter as TermField].weight : TERM_FIELDS.w.weight;
});

/** Weight of the field of a term that begins with these letters, by their codes. */
export function weightOfField(letter: number, next: number): number {
  return next === COLON ? (WEIGHT_OF_CODE[letter] ?? TERM_FIELDS.w.weight) : TERM_FIELDS.w.weight;
}
const COLON = 0x3a;

export const weightOfTerm = (term: string): number => weightOfField(term.charCodeAt(0), term.charCodeAt(1));
