import { describe, expect, it } from 'vitest';
import { redact } from '../src/redact.ts';

const PASSWORDS = [['Kettle', '42!x'].join(''), ['hunter', '2bee'].join('')];
const TOKENS = [['q7Zr2kVx9', 'Lm4Tb8Wd'].join('')];

/** The last words of a name, and the values that they give away. */
const LAST: readonly (readonly [words: readonly string[], values: readonly string[]])[] = [
  [
    ['password', 'passwd', 'pwd', 'passphrase', 'passcode', 'pass', 'psk', 'storepass', 'keypass'],
    [...PASSWORDS, ...TOKENS],
  ],
  [['secret', 'token', 'credential', 'api key', 'private key', 'shared key', 'encryption key'], TOKENS],
];
/** The words before it: those of other secrets, and those that speak against one. */
const BEFORE = [
  '',
  'db',
  'wifi',
  'admin',
  'token',
  'secret',
  'private key',
  'ssl key store',
  'javax net ssl trust store',
  'credential store',
  'token provider',
  'auth service',
  'cache',
  'file',
];
/** The words before `key` that make it that of somebody. */
const OWNERS = ['stripe', 'datadog', 'ring central', 'spring datasource', 'wifi'];

const capital = (word: string): string => word.charAt(0).toUpperCase() + word.slice(1);
const CASES: Readonly<Record<string, (words: readonly string[]) => readonly string[]>> = {
  lower: (words) => words,
  upper: (words) => words.map((word) => word.toUpperCase()),
  camel: (words) => words.map((word, at) => (at === 0 ? word : capital(word))),
  pascal: (words) => words.map(capital),
};
const SEPARATORS = ['_', '-', '.', ''];
const FORMS: readonly ((name: string, value: string) => string)[] = [
  (name, value) => `${name}=${value}`,
  (name, value) => `export ${name}="${value}"`,
  (name, value) => `  ${name}: ${value}`,
  (name, value) => `{"${name}":"${value}"}`,
  (name, value) => `  "${name}": "${value}",`,
  (name, value) => `${name} = ${value}`,
  (name, value) => `java -D${name}=${value} -jar app.jar`,
  (name, value) => `tool --${name} ${value} --verbose`,
  (name, value) => `tool --${name}=${value} --verbose`,
];

function* namesOf(words: readonly string[]): Generator<string> {
  for (const separator of SEPARATORS)
    for (const [name, cased] of Object.entries(CASES)) {
      // Words in one case with nothing between them cannot be told apart.
      if (separator === '' && (name === 'lower' || name === 'upper')) continue;
      yield cased(words).join(separator);
    }
}

function left(words: readonly string[], values: readonly string[]): string[] {
  const found: string[] = [];
  for (const name of new Set(namesOf(words)))
    for (const value of values)
      for (const form of FORMS) {
        const line = form(name, value);
        if (redact(line).text.includes(value.slice(0, 6))) found.push(line);
      }
  return found;
}

describe('the name of a secret', () => {
  for (const [words, values] of LAST)
    it.each(words)('gives the value away that ends in %s, whatever is before it, in every notation', (last) => {
      const given = BEFORE.flatMap((before) =>
        left(
          `${before} ${last}`.split(' ').filter((word) => word !== ''),
          values,
        ),
      );
      expect(given).toEqual([]);
    });

  it.each(OWNERS)('gives the key of %s away, in every notation', (owner) => {
    expect(left([...owner.split(' '), 'key'], [...TOKENS, ['Kettle', '42!x'].join('')])).toEqual([]);
  });

  it.each([
    'db_pass: 12 of 14 tests',
    'pass: 12ms',
    'Pass: 12_Fail #',
    'PSK identity: None\\n    PSK identity hint: None',
    'passed: true',
    'PASS src/cart.test.ts (5.1 s)',
    '  pass: 2024-05-01T10:00:00Z',
    'first_pass: step2',
    'cache-key: Linux-node-20',
    'CACHE_KEY=v2-deps-9f3c1ab8',
    'ssl.keyStorePath=/etc/ssl/keystore.jks',
    'javax.net.ssl.trustStorePasswordFile=/run/password',
    'token_password_reset_url=https://example.com/reset',
    'WPA2-PSK: supported',
    'cipher: TLS_PSK_WITH_AES_256_GCM_SHA384',
    'tokenProvider.passwordPolicy=strong12',
    'publicTokenKey=abc',
    'compass: north12!',
  ])('gives nothing away in %j', (line) => {
    expect(redact(line).text).toBe(line);
  });
});
