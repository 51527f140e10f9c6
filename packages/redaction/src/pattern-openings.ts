/** What a match can begin with; `isWhole` when nothing more belongs to it. */
interface Opening {
  readonly text: string;
  readonly isWhole: boolean;
}

/** Patterns that can begin in more ways are tried everywhere. */
const MAX_OPENINGS = 1_000;
const MAX_CLASS = 8;
const EMPTY: readonly Opening[] = [{ text: '', isWhole: true }];
const ANYTHING: readonly Opening[] = [{ text: '', isWhole: false }];
/** Stands for one character of many; no literal contains it. */
const ONE_OF_MANY: readonly Opening[] = [{ text: '\0', isWhole: true }];
const MAX_REPEATS = 64;

/** Position of the `]` or `)` that closes what begins at `from`. */
function closingOf(source: string, from: number): number {
  if (source[from] === '[') {
    let at = from + 1;
    while (at < source.length && source[at] !== ']') at += source[at] === '\\' ? 2 : 1;
    return at;
  }
  let at = from + 1;
  while (at < source.length && source[at] !== ')') {
    if (source[at] === '(' || source[at] === '[') at = closingOf(source, at);
    at += source[at] === '\\' ? 2 : 1;
  }
  return at;
}

/** The alternatives of a pattern. */
function alternativesOf(source: string): string[] {
  const alternatives: string[] = [];
  let from = 0;
  for (let at = 0; at < source.length; at++) {
    if (source[at] === '\\') at += 1;
    else if (source[at] === '(' || source[at] === '[') at = closingOf(source, at);
    else if (source[at] === '|') {
      alternatives.push(source.slice(from, at));
      from = at + 1;
    }
  }
  return [...alternatives, source.slice(from)];
}

/** What one element of a pattern, without its quantifier, can begin with. */
function openingsOfElement(element: string): readonly Opening[] {
  if (/^(?:\\[bB]|[\^$])$/.test(element)) return EMPTY;
  if (element.startsWith('\\')) {
    if (/^\\[dDsSwW]$/.test(element)) return ONE_OF_MANY;
    return /^\\\W$/.test(element) ? [{ text: element.slice(1), isWhole: true }] : ANYTHING;
  }
  if (element.startsWith('[')) {
    const characters = element.slice(1, -1).toLowerCase();
    // A hyphen at the end is one of the characters.
    if (characters.length > MAX_CLASS || /[\\^]|-./.test(characters)) return ONE_OF_MANY;
    return [...characters].map((text) => ({ text, isWhole: true }));
  }
  if (element.startsWith('(')) {
    const inside = /^\((?:\?:|\?<\w+>)?(.*)\)$/s.exec(element)?.[1];
    return inside === undefined || inside.startsWith('?') ? ANYTHING : openingsOf(inside);
  }
  return element === '.' ? ONE_OF_MANY : [{ text: element.toLowerCase(), isWhole: true }];
}

function repeated(openings: readonly Opening[], times: number): readonly Opening[] {
  const [{ text, isWhole } = { text: '', isWhole: false }] = openings;
  if (openings.length !== 1 || times > MAX_REPEATS) return openings.map((opening) => ({ ...opening, isWhole: false }));
  return [{ text: isWhole ? text.repeat(times) : text, isWhole }];
}

function openingsOfSequence(source: string): readonly Opening[] {
  let openings = EMPTY;
  for (let at = 0; at < source.length && openings.some(({ isWhole }) => isWhole); ) {
    const char = source[at] ?? '';
    const end = char === '[' || char === '(' ? closingOf(source, at) + 1 : at + (char === '\\' ? 2 : 1);
    const [quantifier = ''] = /^(?:[?*+]|\{\d+(?:,\d*)?\})\??/.exec(source.slice(end)) ?? [];
    let next = openingsOfElement(source.slice(at, end));
    if (quantifier.startsWith('?')) next = [...next, ...EMPTY];
    else if (/^[*]|^\{0/.test(quantifier)) next = ANYTHING;
    else if (/^\{\d+\}$/.test(quantifier)) next = repeated(next, Number(quantifier.slice(1, -1)));
    else if (quantifier !== '') next = next.map(({ text }) => ({ text, isWhole: false }));
    openings = openings.flatMap((begun) =>
      begun.isWhole ? next.map(({ text, isWhole }) => ({ text: begun.text + text, isWhole })) : [begun],
    );
    if (openings.length > MAX_OPENINGS) return ANYTHING;
    at = end + quantifier.length;
  }
  return openings;
}

function openingsOf(source: string): readonly Opening[] {
  return alternativesOf(source).flatMap(openingsOfSequence);
}

/**
 * For each literal how far behind the beginning of a match it may stand; null when a match may begin without any of
 * them. Literals are in lower case, and matched in either.
 */
function literalOffsets(source: string, literals: readonly string[]): readonly (readonly number[])[] | null {
  const offsets = literals.map(() => new Set<number>());
  for (const { text } of openingsOf(source)) {
    const index = literals.findIndex((literal) => text.includes(literal));
    if (index < 0) return null;
    offsets[index]?.add(text.indexOf(literals[index] ?? ''));
  }
  return offsets.map((each) => [...each]);
}

/** Whether a match may begin so that the literal of this index is at `start`. */
export type OpeningTest = (text: string, index: number, start: number) => boolean;

/**
 * Tells the few places of a literal where its pattern matches from all others, without a search through the line. Made
 * at the first question, because most patterns are never asked about. `before`: what stands before a match, as a pattern.
 */
export function makeOpeningTest(
  source: string,
  flags: string,
  literals: readonly string[],
  before: string,
): OpeningTest {
  let made: { readonly offsets: readonly (readonly number[])[] | null; readonly pattern: RegExp } | null = null;
  return (text, index, start) => {
    made ??= { offsets: literalOffsets(source, literals), pattern: new RegExp(`(?<=${before})${source}`, `${flags}y`) };
    const { offsets, pattern } = made;
    if (offsets === null) return true;
    return (offsets[index] ?? []).some((offset) => {
      pattern.lastIndex = start - offset;
      return start >= offset && pattern.test(text);
    });
  };
}
