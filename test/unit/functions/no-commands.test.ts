import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';

const ROOT = join(import.meta.dirname, '../../..');
/** Imported, or called: patterns that find them in the patches of others name them too. */
const FORBIDDEN =
  /(?:from|import|require\()\s*\(?['"](?:node:)?(?:child_process|worker_threads|vm|cluster)['"]|(?<![\w$.])eval\(|new Function\(/;

const LIBRARIES = ['kernel', 'redaction', 'log-reading', 'reports', 'patch-guard', 'pull-request-quality'];
const sources = ['shared', 'functions', ...LIBRARIES.map((name) => `packages/${name}/src`)].flatMap((folder) =>
  readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.ts'))
    .map((path) => join(folder, path)),
);

it.each([
  ["import { spawn } from 'node:child_process';", true],
  ["await import('worker_threads')", true],
  ['const vm = require("vm");', true],
  ['eval(text)', true],
  ['new Function(text)', true],
  ["import { vmName } from './vm.ts';", false],
])('%j starts a command or evaluates text: %s', (line, forbidden) => expect(FORBIDDEN.test(line)).toBe(forbidden));

it('[D222] starts no command and evaluates no text as code, anywhere in the deployed source', () => {
  expect(sources.length).toBeGreaterThan(100);
  expect(sources.filter((path) => FORBIDDEN.test(readFileSync(join(ROOT, path), 'utf8')))).toEqual([]);
});
