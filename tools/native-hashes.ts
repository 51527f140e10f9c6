import type { Plugin } from 'esbuild';

const HASHES = /[\\/]@noble[\\/]hashes[\\/](sha2|hmac|hkdf)\.js$/;

/** What takes the place of each module. It has only what the domain uses, so that another import fails at bundling. */
const CODE: Readonly<Record<string, string>> = {
  sha2: `
import { createHash } from 'node:crypto';
export const sha256 = (data) => new Uint8Array(createHash('sha256').update(data).digest());
`,
  hmac: `
import { createHmac } from 'node:crypto';
import { sha256 } from './sha2.js';
export const hmac = (hash, key, data) => {
  if (hash !== sha256) throw new Error('Only SHA-256 is in this bundle.');
  return new Uint8Array(createHmac('sha256', key).update(data).digest());
};
`,
  hkdf: `
import { hkdfSync } from 'node:crypto';
import { sha256 } from './sha2.js';
export const hkdf = (hash, key, salt, info, length) => {
  if (hash !== sha256) throw new Error('Only SHA-256 is in this bundle.');
  return new Uint8Array(hkdfSync('sha256', key, salt ?? new Uint8Array(), info ?? new Uint8Array(), length));
};
`,
};

/** Hashes with OpenSSL in the bundles, which run on Node. The domain hashes in JavaScript, because browsers and tests load it as well. */
export function nativeHashes(): Plugin {
  return {
    name: 'native-hashes',
    setup({ onLoad }) {
      onLoad({ filter: HASHES }, ({ path }) => {
        const [, module = ''] = HASHES.exec(path) ?? [];
        return { contents: CODE[module] ?? '', loader: 'js' };
      });
    },
  };
}
