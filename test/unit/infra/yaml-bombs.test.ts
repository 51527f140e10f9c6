import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readPlaybookFiles } from '#infra/playbook-files.ts';
import { readOwnSignatureFiles } from '#shared/adapters/archive/own-signature-files.ts';

const LAUGHS = ['a: &a [x, x, x]', 'b: &b [*a, *a, *a]', 'c: &c [*b, *b, *b]', 'd: [*c, *c, *c]', ''].join('\n');
const DEEP = `a: ${'['.repeat(20_000)}${']'.repeat(20_000)}\n`;
const LONG = `a: ${'x'.repeat(300_000)}\n`;

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'selfheal-yaml-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function written(text: string): string {
  const file = join(folder, 'bomb.yaml');
  writeFileSync(file, text);
  return file;
}

describe('YAML that grows when it is read', () => {
  it.each([
    ['aliases of aliases', LAUGHS, 2, /aliases .* are not supported/],
    ['a length that nobody writes', LONG, 1, /the limit is 64000/],
  ])('%s: a playbook is refused with line and reason', (_, text, line, reason) => {
    const [read] = readPlaybookFiles([written(text)], []);
    expect(read?.playbook).toBeNull();
    expect(read?.problems).toMatchObject([{ line, reason: expect.stringMatching(reason) }]);
  });

  it.each([
    ['aliases of aliases', LAUGHS, /^bomb\.yaml:2: aliases .* are not read/],
    ['a length that nobody writes', LONG, /^bomb\.yaml:1: it is longer than 256000/],
  ])('%s: a file of signatures is refused with line and reason', async (_, text, reason) => {
    written(text);
    const { files, problems } = await readOwnSignatureFiles(folder);
    expect(files).toEqual([]);
    expect(problems).toEqual([expect.stringMatching(reason)]);
  });

  it('nested twenty thousand deep is a problem of its file, not a crash', async () => {
    const file = written(DEEP);
    expect(readPlaybookFiles([file], [])[0]?.playbook).toBeNull();
    expect((await readOwnSignatureFiles(folder)).files).toEqual([]);
  });
});
