import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { hkdf } from '@noble/hashes/hkdf.js';
import { hmac } from '@noble/hashes/hmac.js';
import { sha256 } from '@noble/hashes/sha2.js';
import { build } from 'esbuild';
import * as fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { nativeHashes } from '../../../tools/native-hashes.ts';

interface Hashes {
  readonly hkdf: typeof hkdf;
  readonly hmac: typeof hmac;
  readonly sha256: typeof sha256;
}

const ENTRY = `
export { hkdf } from '@noble/hashes/hkdf.js';
export { hmac } from '@noble/hashes/hmac.js';
export { sha256 } from '@noble/hashes/sha2.js';
`;
const folder = mkdtempSync(join(tmpdir(), 'selfheal-hashes-'));
const outfile = join(folder, 'bundle.mjs');
let bundled: Hashes;

const bundle = (contents: string) =>
  build({
    stdin: { contents, resolveDir: import.meta.dirname },
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    logLevel: 'silent',
    plugins: [nativeHashes()],
  });

beforeAll(async () => {
  await bundle(ENTRY);
  bundled = (await import(outfile)) as Hashes;
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const bytes = (maxLength = 300) => fc.uint8Array({ maxLength });

it('hashes and signs as the code in JavaScript does, whatever the bytes', () => {
  fc.assert(
    fc.property(bytes(), bytes(), (data, key) => {
      expect(bundled.sha256(data)).toEqual(sha256(data));
      expect(bundled.hmac(bundled.sha256, key, data)).toEqual(hmac(sha256, key, data));
    }),
  );
});

it('derives the same keys, with and without salt', () => {
  fc.assert(
    fc.property(
      bytes(),
      fc.option(bytes(), { nil: undefined }),
      bytes(),
      fc.integer({ min: 1, max: 255 }),
      (key, salt, info, length) => {
        expect(bundled.hkdf(bundled.sha256, key, salt, info, length)).toEqual(hkdf(sha256, key, salt, info, length));
      },
    ),
  );
});

it('answers with plain arrays of bytes, not with a view of a shared buffer', () => {
  const digest = bundled.sha256(new Uint8Array());
  expect(digest.constructor).toBe(Uint8Array);
  expect(digest.buffer.byteLength).toBe(32);
});

it('refuses another hash, when it is bundled or called', async () => {
  expect(() => bundled.hmac((() => new Uint8Array()) as never, new Uint8Array(), new Uint8Array())).toThrow(
    'Only SHA-256',
  );
  await expect(bundle("export { sha512 } from '@noble/hashes/sha2.js';")).rejects.toThrow('sha512');
});

it('leaves the code in JavaScript out', () => {
  expect(readFileSync(outfile, 'utf8')).not.toContain('HashMD');
});
