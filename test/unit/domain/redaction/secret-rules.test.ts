import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { redact } from '@selfheal/redaction/redact.ts';
import { describe, expect, it } from 'vitest';
import { packSecretRules, readSecretRules } from '../../../../tools/pack-secret-rules.ts';

const ROOT = join(import.meta.dirname, '../../../..');
const { rules, words, vendors } = readSecretRules(ROOT);

const ALPHABETS: Readonly<Record<string, string>> = {
  alnum: 'a1B2c3D4e5F6g7H8j9K0m1N2p3Q4r5S6t7U8v9W0x2Y3',
  hex: '0a1b2c3d4e5f6789',
  upper: 'A1B2C3D4E5F6G7H8J9K0M1N2P3Q4R5S6T7U8V9W0X2Y3',
  lower: 'a1b2c3d4e5f6g7h8j9k0m1n2p3q4r5s6t7u8v9w0x2y3',
  digit: '1234567890',
  letter: 'bqxkzwvjmf',
  LETTER: 'BQXKZWVJMF',
};

/** `{hex 40}` in an example stands for that many characters: written out, scanners would take the file for a leak. */
function spelled(example: string): string {
  return example.replace(/\{(\w+) (\d+)\}/g, (_, alphabet: string, length: string) =>
    (ALPHABETS[alphabet] ?? '').repeat(40).slice(0, Number(length)),
  );
}

/** What an example says, and how it reads once what stands in `<<...>>` is redacted. */
function readExample(example: string, kind: string): { text: string; redacted: string } {
  const full = spelled(example);
  return { text: full.replace(/<<|>>/g, ''), redacted: full.replace(/<<.*>>/, `[redacted:${kind}:1]`) };
}

/** One spelling of a word's pattern. */
function spelling(word: string): string {
  return word.replace(/\[(.).*?\]\??/g, '$1').replace(/[A-Za-z]\?$/, '');
}

describe('a rule of the data', () => {
  const matches = rules.flatMap(({ kind, examples, literals }) =>
    examples.matches.flatMap((example) =>
      example.includes('{vendor}')
        ? literals.map((vendor) => [kind, example.replace('{vendor}', vendor)] as const)
        : [[kind, example] as const],
    ),
  );
  it.each(matches)('[A72] redacts the %s in %j and nothing else', (kind, example) => {
    const { text, redacted } = readExample(example, kind);
    expect(redact(text).text).toBe(redacted);
  });

  const rejects = rules.flatMap(({ examples, literals }) =>
    examples.rejects.map((example) => example.replace('{vendor}', literals[0] ?? '')),
  );
  it.each(rejects)('leaves %j as it is', (example) => {
    expect(redact(spelled(example))).toEqual({ text: spelled(example), counts: {} });
  });

  it('has no literal that another case or a longer one of the same rule makes needless', () => {
    for (const { kind, literals } of rules) {
      expect(literals, kind).toEqual([...new Set(literals.map((literal) => literal))]);
    }
    expect(vendors).toEqual([...vendors].sort());
  });
});

describe('a word for password', () => {
  const matches = words.passwords.flatMap((word) =>
    words.examples.matches.map((example) => example.replace('{word}', spelling(word))),
  );
  it.each(matches)('[A72] gives the value away in %j', (example) => {
    const { text, redacted } = readExample(example, 'assigned-secret');
    expect(redact(text).text).toBe(redacted);
  });

  const rejects = words.passwords.flatMap((word) =>
    words.examples.rejects.map((example) => example.replace('{word}', spelling(word))),
  );
  it.each(rejects)('says nothing in %j', (example) => {
    expect(redact(example).text).toBe(example);
  });
});

it('the packed rules are those of the data: `node tools/pack-secret-rules.ts` packs them again', () => {
  expect(readFileSync(join(ROOT, 'packages/redaction/src/secret-rules.json'), 'utf8')).toBe(packSecretRules(ROOT));
});
