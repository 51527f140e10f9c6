import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';

const ROOT = join(import.meta.dirname, '../../..');
const FORBIDDEN = /child_process|worker_threads|node:vm\b|\beval\(|new Function\(/;

const sources = ['shared', 'functions'].flatMap((folder) =>
  readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.ts'))
    .map((path) => join(folder, path)),
);

it('[D222] starts no command and evaluates no text as code, anywhere in the deployed source', () => {
  expect(sources.length).toBeGreaterThan(100);
  expect(sources.filter((path) => FORBIDDEN.test(readFileSync(join(ROOT, path), 'utf8')))).toEqual([]);
});
