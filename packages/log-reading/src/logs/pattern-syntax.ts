/** Part of a regular expression, as far as what it matches is read from it. */
export type PatternPart =
  /** One character. `few`: every character it may be, in lower case; null when there are many. `samples`: at least one of them. */
  | { readonly kind: 'character'; readonly few: readonly string[] | null; readonly samples: readonly string[] }
  | { readonly kind: 'anchor' }
  | { readonly kind: 'sequence'; readonly parts: readonly PatternPart[] }
  | { readonly kind: 'branches'; readonly branches: readonly PatternPart[] }
  | { readonly kind: 'repeat'; readonly part: PatternPart; readonly least: number; readonly most: number };

/** A class with more characters counts as many. */
const MAX_FEW = 4;
const CONTROLS: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r', f: '\f', v: '\v', 0: '\0' };
const SEVERAL = /[dwsDWS]/;
/** What a part that matches many characters is tried with. */
const COMMON = ['x', 'a', '1', ' ', '-', 'A', '.', ':', '/', '~', 'é'];

function acceptedBy(characterClass: string, members: readonly string[]): string[] {
  const own = new RegExp(characterClass);
  return [...members, ...COMMON].filter((one) => own.test(one));
}

class Unsupported extends Error {
  override readonly name = 'Unsupported';
}

/**
 * Reads a regular expression of ECMAScript or RE2. Null for what it does not know (look-around, back-references, inline flags), so that
 * nobody relies on half of a pattern. With `ignoreCase`, letters outside of ASCII count as many characters.
 */
export function readPattern(source: string, ignoreCase = false): PatternPart | null {
  let at = 0;

  function branches(): PatternPart {
    const found = [sequence()];
    while (source[at] === '|') {
      at += 1;
      found.push(sequence());
    }
    return found.length === 1 && found[0] !== undefined ? found[0] : { kind: 'branches', branches: found };
  }

  function sequence(): PatternPart {
    const parts: PatternPart[] = [];
    while (at < source.length && source[at] !== '|' && source[at] !== ')') parts.push(repeated(atom()));
    return { kind: 'sequence', parts };
  }

  function atom(): PatternPart {
    const char = source[at] ?? '';
    at += 1;
    if (char === '(') return group();
    if (char === '[') return characterClass();
    if (char === '.') return { kind: 'character', few: null, samples: COMMON };
    if (char === '^' || char === '$') return { kind: 'anchor' };
    if (char === '\\') return escapedPart();
    if ('*+?'.includes(char)) throw new Unsupported('a quantifier without anything before it');
    return plain(char);
  }

  function group(): PatternPart {
    const opening = /^\?(?::|P?<\w+>)/.exec(source.slice(at, at + 60))?.[0];
    if (opening === undefined && source[at] === '?') throw new Unsupported('a group of another kind');
    at += opening?.length ?? 0;
    const inner = branches();
    if (source[at] !== ')') throw new Unsupported('a parenthesis is not balanced');
    at += 1;
    return inner;
  }

  function escapedPart(): PatternPart {
    const char = source[at] ?? '';
    at += 1;
    if (char === 'b' || char === 'B') return { kind: 'anchor' };
    if (SEVERAL.test(char)) return { kind: 'character', few: null, samples: acceptedBy(`\\${char}`, []) };
    return plain(escaped(char));
  }

  /** The character that an escape stands for; `at` is behind its letter. */
  function escaped(char: string): string {
    if (char === 'u' || char === 'x') {
      const code = (char === 'u' ? /^[\da-f]{4}/i : /^[\da-f]{2}/i).exec(source.slice(at, at + 4))?.[0];
      if (code === undefined) throw new Unsupported('an escape of another kind');
      at += code.length;
      return String.fromCharCode(Number.parseInt(code, 16));
    }
    const control = CONTROLS[char];
    if (control !== undefined) return control;
    if (/[a-zA-Z\d]/.test(char)) throw new Unsupported(`\\${char}`);
    return char;
  }

  function plain(char: string): PatternPart {
    const isFolded = ignoreCase && char.charCodeAt(0) > 127 && char.toLowerCase() !== char.toUpperCase();
    return { kind: 'character', few: isFolded ? null : [char.toLowerCase()], samples: [char] };
  }

  function characterClass(): PatternPart {
    const start = at - 1;
    const isNegated = source[at] === '^';
    if (isNegated) at += 1;
    const members: string[] = [];
    let isWide = isNegated;
    while (at < source.length && source[at] !== ']') {
      const first = member();
      if (first === null) {
        isWide = true;
        continue;
      }
      members.push(first);
      if (source[at] === '-' && source[at + 1] !== ']') {
        at += 1;
        const last = member() ?? '';
        const [low, high] = [first.charCodeAt(0), last.charCodeAt(0)];
        if (high - low >= MAX_FEW) isWide = true;
        else for (let code = low + 1; code <= high; code++) members.push(String.fromCharCode(code));
      }
    }
    at += 1;
    const samples = acceptedBy(source.slice(start, at), members);
    const few = [...new Set(members.map((one) => one.toLowerCase()))];
    const isAscii = members.every((one) => one.charCodeAt(0) < 128);
    return { kind: 'character', few: isWide || few.length > MAX_FEW || (ignoreCase && !isAscii) ? null : few, samples };
  }

  /** One character of a class, or null for several (`\d`). */
  function member(): string | null {
    const char = source[at] ?? '';
    at += 1;
    if (char === '[' && source[at] === ':') throw new Unsupported('a POSIX class');
    if (char !== '\\') return char;
    const code = source[at] ?? '';
    at += 1;
    if (SEVERAL.test(code)) return null;
    return code === 'b' ? '\b' : escaped(code);
  }

  function repeated(part: PatternPart): PatternPart {
    const counted = /^(?:[*+?]|\{(\d+)(,(\d*))?\})/.exec(source.slice(at, at + 14));
    if (counted === null) return part;
    at += counted[0].length;
    if (source[at] === '?') at += 1;
    const many = Number.POSITIVE_INFINITY;
    const [text, low, comma, high] = counted;
    if (text === '*') return { kind: 'repeat', part, least: 0, most: many };
    if (text === '+') return { kind: 'repeat', part, least: 1, most: many };
    if (text === '?') return { kind: 'repeat', part, least: 0, most: 1 };
    const least = Number(low);
    return { kind: 'repeat', part, least, most: comma === undefined ? least : high === '' ? many : Number(high) };
  }

  try {
    const whole = branches();
    return at === source.length ? whole : null;
  } catch (error) {
    if (error instanceof Unsupported || error instanceof SyntaxError) return null;
    throw error;
  }
}
