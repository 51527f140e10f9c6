import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';

const ROOT = join(import.meta.dirname, '../../..');
let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'debug-'));
  writeFileSync(join(folder, 'cut.json'), '{"incidentId":');
  writeFileSync(join(folder, 'event.json'), '{}');
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

it.each([
  ['neither function nor event', [], /^Usage: npm run debug/],
  ['no event', ['classify'], /^Usage: npm run debug/],
  [
    'a misspelt function',
    ['clasify', 'event.json'],
    /no function "clasify"; did you mean "classify"\? They are: act-autoscaling,/,
  ],
  ['a file that is not there', ['classify', 'none.json'], /none\.json: no such file\. Samples are in events\//],
  ['a file cut short', ['classify', 'cut.json'], /cut\.json is not valid JSON/],
])('refuses %s by name, before anything is built', (_what, args, message) => {
  const [name = '', file] = args;
  const given = [name, ...(file === undefined ? [] : [join(folder, file)])].filter((one) => one !== '');
  const { status, stderr } = spawnSync('node', [join(ROOT, 'apps/local/debug.ts'), ...given], { encoding: 'utf8' });
  expect(status).toBe(1);
  expect(stderr).toMatch(message);
  expect(stderr).not.toContain('    at ');
});
