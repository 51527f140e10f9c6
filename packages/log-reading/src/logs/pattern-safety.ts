/** State of an open parenthesis while a pattern is read. */
interface Group {
  readonly start: number;
  /** Whether anything inside repeats more than three times. */
  repeats: boolean;
}

/** The largest count of a quantifier at `at` (`*`, `+`, `?`, `{n,m}`), and where it ends; null when there is none. */
function quantifierAt(pattern: string, at: number): { most: number; end: number } | null {
  const char = pattern[at];
  if (char === '*' || char === '+') return { most: Number.POSITIVE_INFINITY, end: at + 1 };
  if (char === '?') return { most: 1, end: at + 1 };
  if (char !== '{') return null;
  const counted = /^\{(\d+)(,(\d*))?\}/.exec(pattern.slice(at, at + 12));
  if (counted === null) return null;
  const most =
    counted[2] === undefined ? Number(counted[1]) : counted[3] === '' ? Number.POSITIVE_INFINITY : Number(counted[3]);
  return { most, end: at + counted[0].length };
}

/** The end of the atom at `at`: an escape, a class or one character. */
function atomEnd(pattern: string, at: number): number {
  if (pattern[at] === '\\') return at + 2;
  if (pattern[at] !== '[') return at + 1;
  let end = at + 1;
  while (end < pattern.length && pattern[end] !== ']') end += pattern[end] === '\\' ? 2 : 1;
  return end + 1;
}

/** Characters without a meaning of their own that no quantifier follows: most of a pattern. */
const PLAIN = /[\w ,:;'"=/<>!@#%&~`-]+(?![*+?{])/y;

/** Whole lines, each begun by an LF that its text excludes; such a group can match in one way only. */
const WHOLE_LINES = /^\(\?:\\n\[\^\\n\]\{\d+,\d+\}\)$/;

/**
 * Why a built-in pattern may run longer than linear time on V8's backtracking engine, or null. The rules are stricter than needed and
 * simple to check: no back-reference, no look-around, no quantifier over a group in which something repeats, and no unbounded `.`.
 * Texts are cut before matching, so what remains is bounded by (text length x sum of counted repeats).
 */
export function problemOfPattern(pattern: string): string | null {
  const groups: Group[] = [{ start: 0, repeats: false }];
  let at = 0;
  while (at < pattern.length) {
    PLAIN.lastIndex = at;
    if (PLAIN.test(pattern)) {
      at = PLAIN.lastIndex;
      continue;
    }
    const char = pattern[at];
    if (char === '\\' && /^\\([1-9]|k<)/.test(pattern.slice(at, at + 3))) return 'back-references are not linear';
    if (char === '(' && /^\(\?(<?[=!])/.test(pattern.slice(at, at + 4))) return 'look-around is not allowed';
    if (char === '(') {
      groups.push({ start: at, repeats: false });
      at += (/^\((\?:|\?<\w+>)?/.exec(pattern.slice(at, at + 40))?.[0] ?? '(').length;
      continue;
    }
    const closed = char === ')' ? groups.pop() : undefined;
    if (char === ')' && groups.length === 0) return 'a parenthesis is not balanced';
    const end = char === ')' ? at + 1 : atomEnd(pattern, at);
    const quantifier = quantifierAt(pattern, end);
    const top = groups[groups.length - 1] ?? { start: 0, repeats: false };
    if (closed !== undefined && WHOLE_LINES.test(pattern.slice(closed.start, end))) closed.repeats = false;
    if (closed?.repeats === true && (quantifier?.most ?? 1) > 3) return 'a repeated group repeats inside';
    if (char === '.' && quantifier?.most === Number.POSITIVE_INFINITY)
      return '`.` must be repeated a bounded number of times';
    if (closed?.repeats === true || (quantifier?.most ?? 1) > 3) top.repeats = true;
    at = quantifier === null ? end : quantifier.end + (pattern[quantifier.end] === '?' ? 1 : 0);
  }
  return groups.length === 1 ? null : 'a parenthesis is not balanced';
}
