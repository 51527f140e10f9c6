import { createHash } from 'node:crypto';
import { numbersFrom } from '@selfheal/kernel/numbers/seeded-numbers.ts';
import { redact } from '@selfheal/redaction/redact.ts';
import { describe, expect, it } from 'vitest';

const BASE58 = '123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz';
const sha256 = (bytes: Uint8Array): Buffer => createHash('sha256').update(bytes).digest();

/** Base58Check of a version and twenty bytes by chance. */
function anAddress(version: number, random: () => number): string {
  const bytes = Buffer.from([version, ...Array.from({ length: 20 }, () => Math.floor(random() * 256))]);
  const whole = Buffer.concat([bytes, sha256(sha256(bytes)).subarray(0, 4)]);
  let number = BigInt(`0x${whole.toString('hex')}`);
  let text = '';
  for (; number > 0n; number /= 58n) text = (BASE58[Number(number % 58n)] ?? '') + text;
  return (version === 0 ? '1' : '') + text;
}

const drawn = (random: () => number, alphabet: string, length: number): string =>
  Array.from({ length }, () => alphabet[Math.floor(random() * alphabet.length)]).join('');

const VERSIONS = { 'a key': 0, 'a script': 5, 'a key of the test network': 111, 'a script of the test network': 196 };

describe('an address of Bitcoin', () => {
  it.each(Object.entries(VERSIONS))('for %s is no secret', (_, version) => {
    const random = numbersFrom(version + 1);
    for (let times = 0; times < 200; times += 1) {
      const text = `sent to ${anAddress(version, random)} at last`;
      expect(redact(text).text).toBe(text);
    }
  });

  it.each(['1', '2', '3', 'm', 'n'])('excuses no token that only begins with %s', (first) => {
    const random = numbersFrom(first.charCodeAt(0));
    const hex = `${first}${drawn(random, '123456789abcdef', 31)}`;
    if (/\d/.test(first)) expect(redact(`{"acme":"${hex}"}`).text).not.toContain(hex);
    for (const length of [28, 30, 32]) {
      // Of both cases and digits in turn, as random as can be.
      const rest = Array.from(
        { length: length / 2 },
        () => drawn(random, 'abcdefgh', 1) + drawn(random, '23456789ABCDEFGH', 1),
      );
      const token = `${first}${rest.join('')}`.slice(0, length);
      expect(redact(`POST https://api.example.com/v1/${token}/send`).text).not.toContain(token);
    }
  });
});
