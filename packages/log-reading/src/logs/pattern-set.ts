import { type LiteralFinder, makeLiteralFinder } from '@selfheal/redaction/literal-finder.ts';
import { literalsOfPattern } from './pattern-literals.ts';

/** Many patterns for one text. One pass over the text finds those whose literals occur in it, and only these run. */
export interface PatternSet {
  /** Index of the first pattern, at or behind `from`, that matches the text; -1 when none does. */
  first(text: string, from?: number): number;
  /** Whether the pattern with this index may match the text; false only where it cannot. */
  mayMatch(index: number, text: string): boolean;
}

export interface PatternInSet {
  readonly pattern: RegExp;
  /** One of these (ASCII, any case) stands in every text that the pattern matches; read from the pattern when left out. */
  readonly literals?: readonly string[];
}

const LOOK_AROUND = /^\(\?<?[=!]/;

/** The pattern without its look-arounds, which only rule out matches. */
function withoutLookAround(source: string): string {
  let kept = '';
  let skipped = 0;
  let isInClass = false;
  for (let at = 0; at < source.length; at++) {
    const char = source[at] ?? '';
    const isEscaped = char === '\\';
    const piece = isEscaped ? source.slice(at, at + 2) : char;
    if (isEscaped) at += 1;
    else if (isInClass) isInClass = char !== ']';
    else if (char === '[') isInClass = true;
    else if (char === '(' && (skipped > 0 || LOOK_AROUND.test(source.slice(at, at + 4)))) skipped += 1;
    else if (char === ')' && skipped > 0) {
      skipped -= 1;
      continue;
    }
    if (skipped === 0) kept += piece;
  }
  return kept;
}

/** Whether a literal is found in any case: the finder folds ASCII alone. */
const isFoldable = (source: string): boolean =>
  [...source].every((char) => char <= '\u007f' || (char === char.toLowerCase() && char === char.toUpperCase()));

function literalsIn({ source, ignoreCase, unicode, unicodeSets }: RegExp): readonly string[] | null {
  if (unicode || unicodeSets || !isFoldable(source)) return null;
  return literalsOfPattern(withoutLookAround(source), ignoreCase);
}

/** Compiles the set; patterns without literals run on every text. `patterns` are not global. */
export function makePatternSet(patterns: readonly PatternInSet[]): PatternSet {
  const owners: number[] = [];
  const literals: string[] = [];
  const always = patterns.map(({ pattern, literals: given }, index) => {
    const own = given ?? literalsIn(pattern) ?? [];
    for (const literal of own) {
      owners.push(index);
      literals.push(literal);
    }
    return own.length === 0;
  });
  const finder: LiteralFinder = makeLiteralFinder(literals);
  /** Number of the text in which a literal of each pattern was last found. */
  const foundIn = new Uint32Array(patterns.length);
  let number = 0;
  let read: string | null = null;
  const look = (text: string): void => {
    if (text === read) return;
    read = text;
    number += 1;
    finder.eachFound(text, (index) => {
      foundIn[owners[index] ?? 0] = number;
    });
  };
  const mayMatch = (index: number): boolean => always[index] === true || foundIn[index] === number;
  return {
    first(text, from = 0) {
      look(text);
      for (let index = from; index < patterns.length; index++) {
        if (mayMatch(index) && patterns[index]?.pattern.test(text) === true) return index;
      }
      return -1;
    },
    mayMatch(index, text) {
      look(text);
      return mayMatch(index);
    },
  };
}
