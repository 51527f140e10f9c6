import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { loadConfiguration } from '#shared/adapters/aws/configuration-file.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'selfheal-configuration-'));
});
afterEach(() => rmSync(folder, { recursive: true }));
const load = (text: string, environment: Record<string, string> = {}) => {
  writeFileSync(join(folder, 'selfheal.json'), text);
  return loadConfiguration({ LAMBDA_TASK_ROOT: folder, ...environment });
};

it('reads selfheal.json beside the bundle and fills in the defaults', () => {
  expect(load('{"version":1}').github.apiUrl).toBe('https://api.github.com');
});

it('lets GITHUB_API_URL override the address of GitHub, if it is http or https', () => {
  expect(load('{"version":1}', { GITHUB_API_URL: 'http://127.0.0.1:9' }).github.apiUrl).toBe('http://127.0.0.1:9');
  expect(() => load('{"version":1}', { GITHUB_API_URL: 'file:///x' })).toThrow(/GITHUB_API_URL/);
});

it.each([
  ['{', /is not JSON/],
  ['{"version":1,"polcy":{}}', /polcy/],
  ['{"version":1,"policy":{"maxActionsPerHour":-1}}', /maxActionsPerHour/],
  ['{"version":1,"verification":{"runMaxPolls":501}}', /runMaxPolls/],
])('[D220] says what to mend in %s', (text, message) => {
  expect(() => load(text)).toThrow(message);
});

it('says that the file is missing', () => {
  expect(() => loadConfiguration({ LAMBDA_TASK_ROOT: folder })).toThrow(/cannot be read. Run npm run build/);
});
