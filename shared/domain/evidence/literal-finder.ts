/**
 * Finds which of many literals occur in a text, in one pass and whatever their number. ASCII letters match in either case;
 * other characters share 64 slots, so that a literal with such characters may be reported where a similar one stands.
 */
export interface LiteralFinder {
  /** Indexes of the literals that occur, each once, in no order. Empty for most lines. */
  find(text: string): readonly number[];
}

const ASCII = 128;
const SLOTS = 192;
const NONE: readonly number[] = [];

/** A node's transitions over ASCII, and the literals that end there or at a suffix of it. */
interface Automaton {
  readonly next: Int32Array;
  readonly ends: readonly (readonly number[])[];
}

/** A character's slot: lower-case ASCII, or one of 64 for all others. */
function slotOf(code: number): number {
  if (code >= ASCII) return ASCII + (code & 63);
  return code >= 65 && code <= 90 ? code + 32 : code;
}

/** Characters that no literal holds are one letter: the automaton is a quarter of the size, and built as much faster. */
interface Alphabet {
  /** Letter of each slot; 0 for what occurs in no literal. */
  readonly letters: Uint8Array;
  readonly size: number;
}

function alphabetOf(literals: readonly string[]): Alphabet {
  const letters = new Uint8Array(SLOTS);
  let size = 1;
  for (const literal of literals) {
    for (let at = 0; at < literal.length; at++) {
      const slot = slotOf(literal.charCodeAt(at));
      if (letters[slot] === 0) letters[slot] = size++;
    }
  }
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
      const slot = node * width + (letters[slotOf(literal.charCodeAt(at))] ?? 0);
      if ((next[slot] ?? -1) < 0) {
        next[slot] = ends.length;
        ends.push([]);
      }
      node = next[slot] ?? 0;
    }
    if (node === 0) throw new RangeError('An empty literal would be found everywhere.');
    ends[node]?.push(index);
  });
  return { next, ends, size: ends.length };
}

/** Turns the trie into an automaton by breadth-first completion (Aho and Corasick, 1975). */
function complete(trie: Trie, width: number): Automaton {
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
  return { next: next.slice(0, trie.size * width), ends };
}

/** Builds the finder once; literals must not be empty (`RangeError` otherwise). */
export function makeLiteralFinder(literals: readonly string[]): LiteralFinder {
  const alphabet = alphabetOf(literals);
  const { letters, size: width } = alphabet;
  const { next, ends } = complete(buildTrie(literals, alphabet), width);
  const accepting = Uint8Array.from(ends, (list) => (list.length > 0 ? 1 : 0));
  const ascii = Uint8Array.from({ length: ASCII }, (_, code) => letters[slotOf(code)] ?? 0);
  const others = letters.slice(ASCII);
  return {
    find(text) {
      let node = 0;
      let found: Set<number> | null = null;
      for (let at = 0; at < text.length; at++) {
        const code = text.charCodeAt(at);
        const letter = code < ASCII ? (ascii[code] ?? 0) : (others[code & 63] ?? 0);
        node = next[node * width + letter] ?? 0;
        if (accepting[node] !== 1) continue;
        found ??= new Set();
        for (const index of ends[node] ?? NONE) found.add(index);
      }
      return found === null ? NONE : [...found];
    },
  };
}
