import { lazy } from '@selfheal/kernel/lazy.ts';

/** One part of what a logger or a runner puts before its message: time, level, thread, file and line, process, priority. */
const HEADER =
  /^(?:\[[^\]\n]{1,80}\]:?|\d{4}[-/]\d\d[-/]\d\d[T ]\d\d:\d\d\S{0,30}|\d\d:\d\d:\d\d\S{0,30}|(?:TRACE|DEBUG|INFO|NOTICE|WARN(?:ING)?|ERROR|SEVERE|FATAL|CRITICAL|ERR)\b:?(?=\s)|[\w.-]{1,40}\.(?:py|go|js|java|rb|cc?):\d{1,6}:|<\d{1,3}>|[A-Z][a-z]{2} {1,2}\d{1,2} \d\d:\d\d:\d\d\S{0,30}|[FEWI]\d{4} [\d:.]{8,20}|[\w.-]{1,40}\[\d{1,7}\]:|[-|](?=\s)) ?/;
const MAX_PARTS = 8;

/** The message of a cleaned log line, without its header. Keeps the indentation of the message. */
export function messageOf(line: string): string {
  let message = line;
  for (let part = 0; part < MAX_PARTS; part++) {
    const found = HEADER.exec(message);
    if (found === null) break;
    message = message.slice(found[0].length);
  }
  return message;
}

/** Number of buckets into which words are hashed (K. Weinberger et al., "Feature hashing", ICML 2009). */
export const WORD_BUCKETS = 65_536;
const MAX_WORDS = 40;

/**
 * How much each hashed word speaks for a line that explains a failure: the logarithm of how much more frequent it is there than in other
 * lines, over many sources. 0: not known.
 */
export type WordWeights = Float32Array;

/** The bucket of a word or another feature: FNV-1a (G. Fowler, L. C. Noll, P. Vo), folded to the number of buckets. */
export function bucketOf(word: string): number {
  return folded(hashed(word, EMPTY_HASH));
}

const EMPTY_HASH = 0x811c9dc5;
const PRIME = 0x01000193;

/** The hash of what `hash` is of, followed by a word. */
function hashed(word: string, hash: number): number {
  let longer = hash;
  for (let at = 0; at < word.length; at++) longer = Math.imul(longer ^ word.charCodeAt(at), PRIME);
  return longer;
}

const folded = (hash: number): number => ((hash >>> 16) ^ hash) & (WORD_BUCKETS - 1);

const WORD = /[a-z]{2,24}|[^\w\s]{1,4}/g;
const MAX_WORD = 24;
const MAX_MARKS = 4;

/**
 * Buckets of the words of a message, of neighbouring pairs, and of the first word, each once. Numbers do not count; words joined in
 * CamelCase are taken apart.
 */
export function wordBuckets(message: string): Uint16Array {
  const buckets = collector().start();
  for (let at = 0; at < message.length; at++) {
    if (message.charCodeAt(at) > LAST_ASCII) return bucketsByPattern(message, buckets);
  }
  for (let at = 0; at < message.length && buckets.words < MAX_WORDS; ) {
    const end = endOfWord(message, at);
    if (end - at > 1 || KIND[message.charCodeAt(at)] === MARK) buckets.add(message, at, end);
    at = end;
  }
  return buckets.end();
}

/** The same for texts with other letters than those of ASCII. */
function bucketsByPattern(message: string, buckets: BucketCollector): Uint16Array {
  const spaced = message.replace(/([a-z])([A-Z])/g, '$1 $2').toLowerCase();
  for (const word of (spaced.match(WORD) ?? []).slice(0, MAX_WORDS)) buckets.add(word, 0, word.length);
  return buckets.end();
}

const LAST_ASCII = 127;
const NONE = 0;
const SMALL = 1;
const CAPITAL = 2;
const MARK = 3;
/** What each character of ASCII is in a word. */
const KIND = Uint8Array.from({ length: 128 }, (_, code) => {
  const character = String.fromCharCode(code);
  if (/[a-z]/.test(character)) return SMALL;
  if (/[A-Z]/.test(character)) return CAPITAL;
  return /[^\w\s]/.test(character) ? MARK : NONE;
});

/** Where the word, the marks or the other character ends that begins at `at`. A word ends before a capital that follows a small letter. */
function endOfWord(text: string, at: number): number {
  const kind = KIND[text.charCodeAt(at)];
  if (kind === NONE) return at + 1;
  const longest = Math.min(text.length, at + (kind === MARK ? MAX_MARKS : MAX_WORD));
  let end = at + 1;
  for (let before = kind; end < longest; end++) {
    const next = KIND[text.charCodeAt(end)];
    if (kind === MARK ? next !== MARK : next === NONE || next === MARK || (before === SMALL && next === CAPITAL)) break;
    before = next;
  }
  return end;
}

const FIRST = hashed('first ', EMPTY_HASH);
const START = hashed('^ ', EMPTY_HASH);
const SPACE = 32;

/** Collects the buckets of one message after the other. What a bucket was last seen in is numbered, so that nothing is emptied between messages. */
class BucketCollector {
  words = 0;
  #message = 0;
  #size = 0;
  #pair = START;
  #first = FIRST;
  readonly #buckets = new Uint16Array(2 * MAX_WORDS + 1);
  readonly #seenIn = new Uint32Array(WORD_BUCKETS);

  start(): this {
    this.#message += 1;
    this.#size = 0;
    this.#pair = START;
    this.words = 0;
    return this;
  }

  /** Adds the word of `text` from one position up to another. */
  add(text: string, from: number, to: number): void {
    let own = EMPTY_HASH;
    let pair = this.#pair;
    let first = FIRST;
    for (let at = from; at < to; at++) {
      const code = text.charCodeAt(at);
      const small = code > 64 && code < 91 ? code + 32 : code;
      own = Math.imul(own ^ small, PRIME);
      pair = Math.imul(pair ^ small, PRIME);
      first = Math.imul(first ^ small, PRIME);
    }
    this.#put(own);
    this.#put(pair);
    if (this.words === 0) this.#first = first;
    this.#pair = Math.imul(own ^ SPACE, PRIME);
    this.words += 1;
  }

  end(): Uint16Array {
    if (this.words > 0) this.#put(this.#first);
    return this.#buckets.slice(0, this.#size);
  }

  #put(hash: number): void {
    const bucket = folded(hash);
    if (this.#seenIn[bucket] === this.#message) return;
    this.#seenIn[bucket] = this.#message;
    this.#buckets[this.#size++] = bucket;
  }
}
const collector = lazy(() => new BucketCollector());

/** How much the words of a line together speak for a line that explains a failure; 0 when none is known. */
export function weightOfWords(buckets: Uint16Array, weights: WordWeights): number {
  let sum = 0;
  let known = 0;
  for (const bucket of buckets) {
    const weight = weights[bucket] ?? 0;
    if (weight === 0) continue;
    sum += weight;
    known += 1;
  }
  return known === 0 ? 0 : sum / Math.sqrt(known + 2);
}
