import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { expect, it } from 'vitest';

const ROOT = join(import.meta.dirname, '../../..');
/** Stands in for something that exists: a fake server's own code, a stub of a client, or a store in memory. */
const STAND_IN =
  /from '(?:@selfheal\/(?:fake-|local-)|#test\/|aws-sdk-client-mock|[^']*\/packages\/(?:fake-|local-))|\bvi\.mock\(|\bmockClient\(|\bmakeMemory\w+\(/;
/** Opens connections: a client of AWS or GitHub, or a request of its own. */
const CONNECTS = /from '(?:@aws-sdk\/client-|@octokit\/|octokit|node:https?')|\bfetch\(/;

const sourcesIn = (...folders: string[]): string[] =>
  folders.flatMap((folder) =>
    readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
      .filter((path) => /\.tsx?$/.test(path) && !path.includes('node_modules'))
      .map((path) => join(folder, path)),
  );
const textOf = (path: string): string => readFileSync(join(ROOT, path), 'utf8');

/** Every file of the repository that these import, directly or not. */
function reachedFrom(entries: readonly string[]): Set<string> {
  const reached = new Set<string>();
  const open = [...entries];
  for (let path = open.pop(); path !== undefined; path = open.pop()) {
    if (reached.has(path)) continue;
    reached.add(path);
    for (const [, to = ''] of textOf(path).matchAll(/(?:from|import)\s*\(?\s*'((?:\.{1,2}\/|#)[^']+\.ts)'/g)) {
      const target = to.startsWith('#') ? to.slice(1) : relative(ROOT, join(ROOT, dirname(path), to));
      if (existsSync(join(ROOT, target))) open.push(target);
    }
  }
  return reached;
}

it.each([
  ["import { mockClient } from 'aws-sdk-client-mock';", true],
  ["import { startGithub } from '@selfheal/fake-github/server.ts';", true],
  ['const store = makeMemoryIncidentStore();', true],
  ["import { makeDynamoIncidentStore } from '#shared/adapters/aws/dynamo-incident-store.ts';", false],
])('%s stands in for something: %s', (line, is) => expect(STAND_IN.test(line)).toBe(is));

it('[D8] the product holds no mock, fake or stub', () => {
  const product = sourcesIn(
    'shared',
    'functions',
    'statemachines',
    'infra',
    'apps/cli',
    'apps/workbench',
    'apps/dashboard/src',
  );
  expect(product.length).toBeGreaterThan(500);
  expect(product.filter((path) => STAND_IN.test(textOf(path)))).toEqual([]);
});

it('[D8] every adapter that opens connections is in a deployed function, in the command line or in npm start', () => {
  const adapters = sourcesIn('shared/adapters').filter((path) => CONNECTS.test(textOf(path)));
  expect(adapters.length).toBeGreaterThan(25);
  const entries = sourcesIn('functions').filter((path) => path.endsWith('main.ts'));
  const reached = reachedFrom([...entries, ...sourcesIn('apps/cli/commands'), 'apps/local/main.ts']);
  expect(adapters.filter((path) => !reached.has(path))).toEqual([]);
});

it('[D8] the suite of whole systems runs the deployed functions over HTTP, and replaces nothing in this process', () => {
  const suite = sourcesIn('test/e2e');
  expect(suite.filter((path) => /\bvi\.mock\(|aws-sdk-client-mock|\bmakeMemory\w+\(/.test(textOf(path)))).toEqual([]);
  // The runtime serves what is built of `functions` and synthesized from `infra`.
  const assembly = textOf('apps/local/assembly.ts');
  expect(reachedFrom(['test/e2e/support/assemblies.ts'])).toContain('apps/local/assembly.ts');
  for (const input of ["'infra'", "'functions'", "'tools/build-functions.ts'"]) expect(assembly).toContain(input);
});
