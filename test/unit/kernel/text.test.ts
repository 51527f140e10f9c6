import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { rawNameOf } from '@selfheal/kernel/text/raw-name.ts';
import { keyedHashOf, RawRef } from '@selfheal/kernel/text/raw-ref.ts';
import { joined, phrase } from '@selfheal/kernel/text/redacted-text.ts';
import { redact, redactName } from '@selfheal/redaction/redact.ts';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { redactedText } from '#test/builders/index.ts';
import { anyText } from '../any-text.ts';

const ROOT = join(import.meta.dirname, '../../..');
const KEY = 'a key of the deployment';
// Split, so that nothing takes it for a real one.
const TOKEN = ['ghp', 'Zx9Qw3Er7Ty1Ui5Op2As8Df4Gh6Jk0Lz3XcV'].join('_');

function sourcesOf(folder: string): string[] {
  return readdirSync(join(ROOT, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.ts') && !entry.parentPath.includes('node_modules'))
    .map((entry) => join(entry.parentPath, entry.name));
}

describe('redacted text', () => {
  it('is made by no cast anywhere in the product', () => {
    const casts = ['shared', 'functions', 'infra', 'apps', 'packages', 'tools']
      .flatMap(sourcesOf)
      .filter((file) => !file.endsWith('.test.ts') && !file.includes(join('packages', 'kernel', 'src', 'text')))
      .filter((file) =>
        /\bas (?:unknown as )?(?:readonly )?RedactedText\b|<RedactedText>\s*[\w('"`]/.test(readFileSync(file, 'utf8')),
      );
    expect(casts).toEqual([]);
  });

  it('is put together from code, numbers and other redacted text, and stays what it was', () => {
    const name = redactedText('unit tests');
    expect(phrase`job ${2}: ${name}, ${joined([name, phrase`lint`], ', ')}\n`).toBe(
      'job 2: unit tests, unit tests, lint\n',
    );
    const cut: readonly string[] = [name.slice(0, 4), ...name.split(' ')];
    expect(cut).toEqual(['unit', 'unit', 'tests']);
  });

  it('of a name is redacted before it is cut, wherever the cut falls', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 340 }), fc.constantFrom(' ', '\n', '\u200b '), (before, gap) => {
        const shown = redactName(`${'x'.repeat(before)}${gap}${TOKEN} rest`, 300);
        expect(shown.length).toBeLessThanOrEqual(300);
        for (let at = 0; at + 8 <= TOKEN.length; at += 1) expect(shown).not.toContain(TOKEN.slice(at, at + 8));
      }),
    );
  });

  it('of a name holds no piece of a private key that is longer than what is read', () => {
    const line = `${'AbC9'.repeat(16)}\n`;
    const key = ['-----BEGIN RSA PRIVATE', ` KEY-----\n${line.repeat(2000)}-----END RSA PRIVATE KEY-----`].join('');
    expect(redactName(`deploy with ${key}`, 300)).not.toContain('AbC9AbC9');
  });

  it('of any name is one line and stays as it is when it is redacted again', () => {
    fc.assert(
      fc.property(anyText(), (text) => {
        const shown = redactName(text, 200);
        expect(shown).not.toMatch(/[\n\r]/);
        expect(redactName(shown, 200)).toBe(shown);
        expect(redact(shown).text).toBe(shown);
      }),
    );
  });
});

describe('a raw name', () => {
  it('shows itself in no text, JSON, key, error or inspection', () => {
    const ref = new RawRef(`feature/${TOKEN}`);
    const shown = [
      String(ref),
      `${ref}`,
      ''.concat(ref as never),
      JSON.stringify({ ref, deep: [{ ref }] }),
      inspect(ref, { showHidden: true, depth: 9, getters: true }),
      inspect({ ref }),
      String(new Error(`No ${ref}.`, { cause: ref })),
      inspect(new Error('No.', { cause: { ref } })),
      JSON.stringify(Object.entries(ref)),
      JSON.stringify(Reflect.ownKeys(ref).map(String)),
      JSON.stringify(Object.getOwnPropertyDescriptors(ref)),
      JSON.stringify(structuredClone({ ...ref })),
    ].join('\n');
    expect(shown).not.toContain('feature');
    expect(shown).not.toContain(TOKEN.slice(8, 16));
    expect(rawNameOf(ref)).toBe(`feature/${TOKEN}`);
  });

  it('is equal to the same name, and hashed alike by one key only', () => {
    fc.assert(
      fc.property(anyText(60), anyText(60), (one, other) => {
        const [a, b] = [new RawRef(one), new RawRef(other)];
        expect(a.equals(new RawRef(one))).toBe(true);
        expect(a.equals(b)).toBe(one === other);
        expect(keyedHashOf(a, KEY)).toMatch(/^[0-9a-f]{40}$/);
        expect(keyedHashOf(a, KEY)).toBe(keyedHashOf(new RawRef(one), KEY));
        expect(keyedHashOf(a, KEY)).not.toBe(keyedHashOf(a, `${KEY}2`));
        if (one.toWellFormed() !== other.toWellFormed()) expect(keyedHashOf(a, KEY)).not.toBe(keyedHashOf(b, KEY));
      }),
    );
  });

  it('is not hashed with a key that is none', () => {
    expect(() => keyedHashOf(new RawRef('main'), '')).toThrow(/at least/);
  });
});
