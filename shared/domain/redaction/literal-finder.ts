import { type LiteralMachine, makeLiteralMachine } from './character-runs.ts';

/** Finds which of many literals occur in a text, in one pass. ASCII letters match in either case. */
export interface LiteralFinder {
  /** Indexes of the literals that occur, each once, in no order. Empty for most lines. */
  find(text: string): readonly number[];
  /** Whether any of them occurs. */
  occursIn(text: string): boolean;
  /** For callers that search for more in the same pass. */
  readonly machine: LiteralMachine;
}

/**
 * The automaton behind a finder, for callers that read characters themselves: from `state` (0 at first) a character
 * code leads to `next[state + (letters[code] ?? 0)]`; `ends[state]` lists the literals that end there.
 */
export interface LiteralAutomaton {
  /** Letter of each UTF-16 code; 0 for what occurs in no literal. */
  readonly letters: Uint8Array;
  readonly next: Int32Array;
  /** Only accepting states have an entry. */
  readonly ends: ReadonlyMap<number, readonly number[]>;
}

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

/** A tree of the literals' characters. A node is the position of its row, which saves a multiplication per character. */
interface Trie {
  readonly size: number;
  /** By number of a node: the last of its children, and for a child the one before it; 0 for none. */
  readonly lastChild: Int32Array;
  readonly sibling: Int32Array;
  /** The letter that leads to a node. */
  readonly letter: Uint8Array;
  readonly ends: Map<number, number[]>;
}

function buildTrie(literals: readonly string[], { letters }: Alphabet): Trie {
  const capacity = literals.reduce((sum, literal) => sum + literal.length, 1);
  const [lastChild, sibling, letter] = [new Int32Array(capacity), new Int32Array(capacity), new Uint8Array(capacity)];
  const ends = new Map<number, number[]>();
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
    const others = ends.get(node);
    if (others === undefined) ends.set(node, [index]);
    else others.push(index);
  });
  return { size, lastChild, sibling, letter, ends };
}

/**
 * Builds the automaton once by breadth-first completion (Aho and Corasick, 1975); literals must not be empty (`RangeError` otherwise). The row of a
 * node is that of its fallback, copied, with its own children put in: most rows have one or two, so that a cold process builds a million entries in
 * milliseconds.
 */
export function makeLiteralAutomaton(literals: readonly string[]): LiteralAutomaton {
  const alphabet = alphabetOf(literals);
  const { size, lastChild, sibling, letter, ends } = buildTrie(literals, alphabet);
  const width = alphabet.size;
  const next = new Int32Array(size * width);
  const fallback = new Int32Array(size);
  const accepting = new Map<number, readonly number[]>();
  const queue = new Int32Array(size);
  for (let head = 0, tail = 1; head < tail; head++) {
    const node = queue[head] ?? 0;
    const row = node * width;
    const back = fallback[node] ?? 0;
    const found = [...(ends.get(node) ?? NONE), ...(node === 0 ? NONE : (accepting.get(back) ?? NONE))];
    if (found.length > 0) accepting.set(row, found);
    if (node !== 0) next.copyWithin(row, back, back + width);
    for (let child = lastChild[node] ?? 0; child !== 0; child = sibling[child] ?? 0) {
      const slot = row + (letter[child] ?? 0);
      fallback[child] = next[slot] ?? 0;
      next[slot] = child * width;
      queue[tail++] = child;
    }
  }
  return { letters: alphabet.letters, next, ends: accepting };
}

/**
 * Builds the finder once; literals must not be empty (`RangeError` otherwise). `needOf`: bits for a literal by its index,
 * never 0.
 */
export function makeLiteralFinder(
  literals: readonly string[],
  needOf: (index: number) => number = () => 1,
): LiteralFinder {
  const { letters, next, ends } = makeLiteralAutomaton(literals);
  const needs = new Uint8Array(next.length);
  for (const [state, indexes] of ends) for (const index of indexes) needs[state] = (needs[state] ?? 0) | needOf(index);
  return {
    machine: makeLiteralMachine(letters, next, needs),
    occursIn(text) {
      let state = 0;
      for (let at = 0; at < text.length; at++) {
        state = next[state + (letters[text.charCodeAt(at)] ?? 0)] ?? 0;
        if (needs[state] !== 0) return true;
      }
      return false;
    },
    find(text) {
      let state = 0;
      let found: Set<number> | null = null;
      for (let at = 0; at < text.length; at++) {
        state = next[state + (letters[text.charCodeAt(at)] ?? 0)] ?? 0;
        if (needs[state] === 0) continue;
        found ??= new Set();
        for (const index of ends.get(state) ?? NONE) found.add(index);
      }
      return found === null ? NONE : [...found];
    },
  };
}
