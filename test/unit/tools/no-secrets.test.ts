import { globSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';

const ROOT = join(import.meta.dirname, '../../..');
const LEFT_OUT = /(?:^|\/)(?:node_modules|dist|cdk\.out|\.git|\.selfheal|coverage)(?:\/|$)/;
const MAX_BYTES = 2_000_000;
/** Credentials as their issuers write them. Tests make theirs from parts. */
const CREDENTIALS: readonly RegExp[] = [
  /\bgh[pousr]_[A-Za-z0-9]{36}\b/,
  /\bgithub_pat_[A-Za-z0-9_]{60,}/,
  /\b(?:AKIA|ASIA)(?!IOSFODNN7EXAMPLE)[A-Z2-7]{16}\b/,
  /\bsk-(?:ant-|proj-)?[A-Za-z0-9_-]{40,}/,
  /\bxox[abpr]-[A-Za-z0-9-]{30,}/,
  /-----BEGIN [A-Z ]*PRIVATE KEY-----\n[A-Za-z0-9+/=\n]{200,}/,
];

it('[E54] no file of the repository holds a credential or an environment file', () => {
  const files = globSync(['**/*', '.*', '.ci/*', '.github/**/*'], {
    cwd: ROOT,
    exclude: (path) => LEFT_OUT.test(path),
  }).filter((path) => statSync(join(ROOT, path)).isFile() && statSync(join(ROOT, path)).size < MAX_BYTES);
  expect(files.length).toBeGreaterThan(1000);
  expect(readFileSync(join(ROOT, '.gitignore'), 'utf8')).toMatch(/^\.env$/m);
  const found = files.flatMap((path) => {
    const text = readFileSync(join(ROOT, path), 'latin1');
    return CREDENTIALS.filter((pattern) => pattern.test(text)).map((pattern) => `${path}: ${pattern.source}`);
  });
  expect(found).toEqual([]);
});
