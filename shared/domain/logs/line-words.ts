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

/** The hash of what `hash` is of, followed by a word. */
function hashed(word: string, hash: number): number {
  let longer = hash;
  for (let at = 0; at < word.length; at++) longer = Math.imul(longer ^ word.charCodeAt(at), 0x01000193);
  return longer;
}

const folded = (hash: number): number => ((hash >>> 16) ^ hash) & (WORD_BUCKETS - 1);

const WORD = /[a-z]{2,24}|[^\w\s]{1,4}/g;

/**
 * Buckets of the words of a message, of neighbouring pairs, and of the first word, each once. Numbers do not count; words joined in
 * CamelCase are taken apart.
 */
export function wordBuckets(message: string): Uint16Array {
  const words =
    message
      .replace(/([a-z])([A-Z])/g, '$1 $2')
      .toLowerCase()
      .match(WORD) ?? [];
  const buckets = new Set<number>();
  let before = hashed('^ ', EMPTY_HASH);
  for (const word of words.slice(0, MAX_WORDS)) {
    const hash = hashed(word, EMPTY_HASH);
    buckets.add(folded(hash));
    buckets.add(folded(hashed(word, before)));
    before = hashed(' ', hash);
  }
  if (words[0] !== undefined) buckets.add(bucketOf(`first ${words[0]}`));
  return Uint16Array.from(buckets);
}

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
