/** Finds which of many literals occur in a text, in one pass. ASCII letters match in either case. */
export interface LiteralFinder {
  /** Indexes of the literals that occur, each once, in no order. Empty for most lines. */
  find(text: string): readonly number[];
  /** The same for each end of a literal, without a list: one may be told more than once. */
  eachFound(text: string, take: (index: number) => void): void;
  /** Every place of every literal, in the order of their ends; the list is the caller's. */
  places(text: string): LiteralPlace[];
  /** For callers that search for more in the same pass. */
  readonly automaton: Pick<LiteralAutomaton, 'letters' | 'steps'>;
}

export interface LiteralPlace {
  /** Index of the literal. */
  readonly index: number;
  /** Where it begins. */
  readonly start: number;
}

/**
 * The automaton behind a finder, for callers that read characters themselves: from `step` (0 at first) a character code
 * leads to `steps[(step >>> STEP_BITS) + letters[code]]`. A step has the state in its upper bits and, in the lowest
 * eight, the bits of the literals that end there.
 */
export interface LiteralAutomaton {
  /** Letter of each UTF-16 code; 0 for what occurs in no literal. */
  readonly letters: Uint8Array;
  readonly steps: Int32Array;
  /** Indexes of the literals that end in the state of a step. */
  endingAt(step: number): readonly number[];
}

export const STEP_BITS = 8;
export const STEP_MARKS = (1 << STEP_BITS) - 1;
const CODES = 65_536;
const NONE: readonly number[] = [];

/** ASCII in lower case. */
function folded(code: number): number {
  return code >= 65 && code <= 90 ? code + 32 : code;
}

/** Characters in no literal share one letter: the automaton is a quarter of the size, and built accordingly faster. */
interface Alphabet {
  readonly letters: Uint8Array;
  readonly size: number;
}

function alphabetOf(literals: readonly string[]): Alphabet {
  const letters = new Uint8Array(CODES);
  let size = 1;
  for (const literal of literals) {
    for (let at = 0; at < literal.length; at++) {
      const code = folded(literal.charCodeAt(at));
      if (letters[code] === 0) letters[code] = size++;
    }
  }
  if (size > 256) throw new RangeError('The literals contain more than 255 different characters.');
  for (let code = 65; code <= 90; code++) letters[code] = letters[code + 32] ?? 0;
  return { letters, size };
}

/** A tree of the literals' characters; nodes are numbered, the root is 0. */
interface Trie {
  readonly size: number;
  /** By number of a node: the last of its children, and for a child the one before it; 0 for none. */
  readonly lastChild: Int32Array;
  readonly sibling: Int32Array;
  /** The letter that leads to a node. */
  readonly letter: Uint8Array;
  /** By number of a node: the last literal that ends there, and for a literal the one before it, as index + 1; 0 for none. */
  readonly lastEnd: Int32Array;
  readonly endBefore: Int32Array;
}

function buildTrie(literals: readonly string[], { letters }: Alphabet): Trie {
  const capacity = literals.reduce((sum, literal) => sum + literal.length, 1);
  const [lastChild, sibling, letter] = [new Int32Array(capacity), new Int32Array(capacity), new Uint8Array(capacity)];
  const lastEnd = new Int32Array(capacity);
  const endBefore = new Int32Array(literals.length);
  let size = 1;
  literals.forEach((literal, index) => {
    let node = 0;
    for (let at = 0; at < literal.length; at++) {
      const wanted = letters[literal.charCodeAt(at)] ?? 0;
      let child = lastChild[node] ?? 0;
      while (child !== 0 && letter[child] !== wanted) child = sibling[child] ?? 0;
      if (child === 0) {
        child = size++;
        letter[child] = wanted;
        sibling[child] = lastChild[node] ?? 0;
        lastChild[node] = child;
      }
      node = child;
    }
    if (node === 0) throw new RangeError('A literal is empty.');
    endBefore[index] = lastEnd[node] ?? 0;
    lastEnd[node] = index + 1;
  });
  return { size, lastChild, sibling, letter, lastEnd, endBefore };
}

/**
 * Builds the automaton once by breadth-first completion (Aho and Corasick, 1975); literals must not be empty and not need
 * too many states (`RangeError` otherwise). The row of a node is that of its fallback, copied, with its own children put
 * in: most rows have one or two, so that a cold process builds a million entries in milliseconds. `bitsOf`: the bits of a
 * literal by its index, within the lowest eight.
 */
export function makeLiteralAutomaton(
  literals: readonly string[],
  bitsOf: (index: number) => number = () => 1,
): LiteralAutomaton {
  const { letters, size: width } = alphabetOf(literals);
  const { size, lastChild, sibling, letter, lastEnd, endBefore } = buildTrie(literals, { letters, size: width });
  if (size * width >= 1 << 23)
    throw new RangeError('The literals need more automaton states than a step can encode (2^23).');
  const steps = new Int32Array(size * width);
  /** By number of a node: the row that it falls back to. */
  const fallback = new Int32Array(size);
  const queue = new Int32Array(size);
  for (let head = 0, tail = 1; head < tail; head++) {
    const node = queue[head] ?? 0;
    const row = node * width;
    const back = fallback[node] ?? 0;
    if (node !== 0) steps.copyWithin(row, back, back + width);
    for (let child = lastChild[node] ?? 0; child !== 0; child = sibling[child] ?? 0) {
      const slot = row + (letter[child] ?? 0);
      const without = steps[slot] ?? 0;
      fallback[child] = without >>> STEP_BITS;
      let bits = without & STEP_MARKS;
      for (let end = lastEnd[child] ?? 0; end !== 0; end = endBefore[end - 1] ?? 0) bits |= bitsOf(end - 1);
      steps[slot] = ((child * width) << STEP_BITS) | bits;
      queue[tail++] = child;
    }
  }
  const known = new Map<number, readonly number[]>();
  const readEnds = (row: number): readonly number[] => {
    const found: number[] = [];
    for (let node = row / width; node !== 0; node = (fallback[node] ?? 0) / width)
      for (let end = lastEnd[node] ?? 0; end !== 0; end = endBefore[end - 1] ?? 0) found.push(end - 1);
    known.set(row, found);
    return found;
  };
  return { letters, steps, endingAt: (step) => known.get(step >>> STEP_BITS) ?? readEnds(step >>> STEP_BITS) };
}

/** Builds the finder once, as `makeLiteralAutomaton`. `bitsOf`: bits for a literal by its index, never 0. */
export function makeLiteralFinder(literals: readonly string[], bitsOf?: (index: number) => number): LiteralFinder {
  const { letters, steps, endingAt } = makeLiteralAutomaton(literals, bitsOf);
  return {
    automaton: { letters, steps },
    find(text) {
      let step = 0;
      let found: Set<number> | null = null;
      for (let at = 0; at < text.length; at++) {
        step = steps[(step >>> STEP_BITS) + (letters[text.charCodeAt(at)] as number)] as number;
        if ((step & STEP_MARKS) === 0) continue;
        found ??= new Set();
        for (const index of endingAt(step)) found.add(index);
      }
      return found === null ? NONE : [...found];
    },
    eachFound(text, take) {
      let step = 0;
      for (let at = 0; at < text.length; at++) {
        step = steps[(step >>> STEP_BITS) + (letters[text.charCodeAt(at)] as number)] as number;
        if ((step & STEP_MARKS) !== 0) for (const index of endingAt(step)) take(index);
      }
    },
    places(text) {
      let step = 0;
      const found: LiteralPlace[] = [];
      for (let at = 0; at < text.length; at++) {
        step = steps[(step >>> STEP_BITS) + (letters[text.charCodeAt(at)] as number)] as number;
        if ((step & STEP_MARKS) === 0) continue;
        for (const index of endingAt(step)) found.push({ index, start: at + 1 - (literals[index]?.length ?? 0) });
      }
      return found;
    },
  };
}
