/** Finds which of many literals occur in a text, in one pass. ASCII letters match in either case. */
export interface LiteralFinder {
  /** Indexes of the literals that occur, each once, in no order. Empty for most lines. */
  find(text: string): readonly number[];
  /** Whether any of them occurs. */
  occursIn(text: string): boolean;
  /**
   * For callers that search for more in the same pass: as in `LiteralAutomaton`, with the needs of the literals that end
   * in a state, 0 where none does.
   */
  readonly machine: Pick<LiteralAutomaton, 'letters' | 'next'> & { readonly needs: Uint8Array };
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

interface Trie {
  readonly next: Int32Array;
  readonly ends: number[][];
  readonly size: number;
}

function buildTrie(literals: readonly string[], { letters, size: width }: Alphabet): Trie {
  const capacity = literals.reduce((sum, literal) => sum + literal.length, 1);
  const next = new Int32Array(capacity * width).fill(-1);
  const ends: number[][] = [[]];
  literals.forEach((literal, index) => {
    let node = 0;
    for (let at = 0; at < literal.length; at++) {
      const slot = node * width + (letters[literal.charCodeAt(at)] ?? 0);
      if ((next[slot] ?? -1) < 0) {
        next[slot] = ends.length;
        ends.push([]);
      }
      node = next[slot] ?? 0;
    }
    if (node === 0) throw new RangeError('A literal is empty.');
    ends[node]?.push(index);
  });
  return { next, ends, size: ends.length };
}

/** Turns the trie into an automaton by breadth-first completion (Aho and Corasick, 1975). */
function complete(trie: Trie, width: number): void {
  const { next, ends } = trie;
  const fallback = new Int32Array(trie.size);
  const queue = [0];
  for (let head = 0; head < queue.length; head++) {
    const node = queue[head] ?? 0;
    for (let letter = 0; letter < width; letter++) {
      const slot = node * width + letter;
      const viaFallback = node === 0 ? 0 : (next[(fallback[node] ?? 0) * width + letter] ?? 0);
      const child = next[slot] ?? -1;
      if (child < 0) {
        next[slot] = viaFallback;
        continue;
      }
      fallback[child] = viaFallback;
      ends[child]?.push(...(ends[viaFallback] ?? []));
      queue.push(child);
    }
  }
}

/** Builds the automaton once; literals must not be empty (`RangeError` otherwise). */
export function makeLiteralAutomaton(literals: readonly string[]): LiteralAutomaton {
  const alphabet = alphabetOf(literals);
  const trie = buildTrie(literals, alphabet);
  complete(trie, alphabet.size);
  // A state is the position of its row, which saves a multiplication per character.
  const next = trie.next.slice(0, trie.size * alphabet.size).map((node) => node * alphabet.size);
  const accepting = trie.ends.map((list, node) => [node * alphabet.size, list] as const);
  return { letters: alphabet.letters, next, ends: new Map(accepting.filter(([, list]) => list.length > 0)) };
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
    machine: { letters, next, needs },
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
