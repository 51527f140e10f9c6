import { createHash, randomUUID } from 'node:crypto';
import type { Expression } from 'jsonata';

const RANGE_LIMIT = 1_000;
const HASH_INPUT_LIMIT = 10_000;
const DIGESTS: Readonly<Record<string, string>> = {
  MD5: 'md5',
  'SHA-1': 'sha1',
  'SHA-256': 'sha256',
  'SHA-384': 'sha384',
  'SHA-512': 'sha512',
};

function partition(array: unknown[] | undefined, size: number | undefined): unknown[][] | undefined {
  if (array === undefined || size === undefined) return undefined;
  const width = Math.round(size);
  if (width < 1) throw new Error('$partition: the size must be a positive integer');
  const count = Math.ceil(array.length / width);
  return Array.from({ length: count }, (_, index) => array.slice(index * width, (index + 1) * width));
}

/** A single value is returned alone, not in a list, as JSONata sequences are. */
function range(first?: number, last?: number, step?: number): number | number[] | undefined {
  if (first === undefined || last === undefined || step === undefined) return undefined;
  const [from, to, by] = [Math.round(first), Math.round(last), Math.round(step)];
  if (by === 0) throw new Error('$range: the increment must not be 0');
  const count = Math.max(0, Math.floor((to - from) / by) + 1);
  if (count > RANGE_LIMIT) throw new Error(`$range: at most ${RANGE_LIMIT} values, not ${count}`);
  const values = Array.from({ length: count }, (_, index) => from + index * by);
  return values.length === 1 ? values[0] : values;
}

function hash(text?: string, algorithm?: string): string | undefined {
  if (text === undefined || algorithm === undefined) return undefined;
  const digest = Object.hasOwn(DIGESTS, algorithm) ? DIGESTS[algorithm] : undefined;
  if (!digest) throw new Error(`$hash: unknown algorithm '${algorithm}'; one of ${Object.keys(DIGESTS).join(', ')}`);
  if (text.length > HASH_INPUT_LIMIT) throw new Error(`$hash: at most ${HASH_INPUT_LIMIT} characters`);
  return createHash(digest).update(text).digest('hex');
}

const MULTIPLIER = 0x5deece66dn;
const MASK_48 = (1n << 48n) - 1n;

/** Uniform in [0, 1). The same seed gives the same number as on AWS, where it is `java.util.Random`. */
function random(seed?: number): number {
  if (seed === undefined) return Math.random();
  let state = (BigInt(Math.trunc(seed)) ^ MULTIPLIER) & MASK_48;
  const bits = (count: bigint) => {
    state = (state * MULTIPLIER + 0xbn) & MASK_48;
    return state >> (48n - count);
  };
  return Number((bits(26n) << 27n) + bits(27n)) / 2 ** 53;
}

function refuseEval(): never {
  throw new Error('$eval is not supported');
}

/**
 * Registers the functions that Step Functions adds to JSONata, and disables `$eval`.
 * Source: AWS Step Functions Developer Guide, "Transforming data with JSONata".
 */
export function registerStepFunctions(expression: Expression): void {
  expression.registerFunction('partition', partition, '<an:a>');
  expression.registerFunction('range', range, '<nnn:x>');
  expression.registerFunction('hash', hash, '<ss:s>');
  expression.registerFunction('random', random, '<n?:n>');
  expression.registerFunction('uuid', () => randomUUID(), '<:s>');
  expression.registerFunction('parse', (text?: string) => (text === undefined ? undefined : JSON.parse(text)), '<s:x>');
  expression.registerFunction('eval', refuseEval);
}
