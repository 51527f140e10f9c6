import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import { loadSignatures } from '#shared/adapters/archive/data-files.ts';
import { loadRe2Engine } from '#shared/adapters/patterns/re2-engine.ts';
import { buildFunctions, describeBundle } from '../../../tools/build-functions.ts';

const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

/** A repository of the given files, with a configuration that fits. */
function aRepository(files: Record<string, string>) {
  const root = mkdtempSync(join(tmpdir(), 'selfheal-build-'));
  folders.push(root);
  const all = { 'selfheal.json': '{"version":1}', 'shared/data/signatures/a.yaml': 'a: 1', ...files };
  for (const [path, text] of Object.entries(all)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  const outDir = join(root, 'out');
  return {
    root,
    outDir,
    build: () => buildFunctions({ configurationFile: join(root, 'selfheal.json'), outDir, root }),
  };
}

const HELLO = "export const handler = async () => 'hello';";
const READER = "export const directory = 'data'; export const read = () => directory;";

it('bundles each function to a module that runs on its own, with its configuration beside it', async () => {
  const { outDir, build } = aRepository({
    'functions/hello/main.ts': "import { word } from '../../shared/word.ts'; export const handler = async () => word;",
    'functions/bye/main.ts': "import { EOL } from 'node:os'; export const handler = async () => EOL;",
    'functions/draft/config.ts': 'export const config = 1;',
    'shared/word.ts': "export const word: string = 'hello';",
  });
  expect((await build()).map(({ name }) => name)).toEqual(['bye', 'hello']);
  expect(readdirSync(outDir).sort()).toEqual(['bye', 'hello']);
  expect(readdirSync(join(outDir, 'hello')).sort()).toEqual(['index.mjs', 'index.mjs.map', 'selfheal.json']);
  const { handler } = (await import(join(outDir, 'hello/index.mjs'))) as { handler: () => Promise<string> };
  expect(await handler()).toBe('hello');
});

it('lets packages in CommonJS require modules of Node', async () => {
  const { outDir, build } = aRepository({
    'functions/old/main.ts': "import old from './old.cjs'; export const handler = () => old.separator;",
    'functions/old/old.cjs': "exports.separator = require('node:path').sep;",
  });
  await build();
  const { handler } = (await import(join(outDir, 'old/index.mjs'))) as { handler: () => string };
  expect(handler()).toBe('/');
});

const SIGNATURE = {
  id: 'warehouse-offline',
  title: 'The warehouse is offline',
  class: 'external_service_failures',
  verdict: 'infrastructure',
  confidence: 0.9,
  literals: ['warehouse'],
  pattern: 'warehouse (?<id>.*) is offline',
  examples: { matches: ['warehouse 7 is offline', 'warehouse x is offline'], rejects: ['warehouse 7', 'offline'] },
  advice: { rootCause: 'Warehouse {id} is offline.', fix: 'Wait for it.', prevention: 'Watch it.' },
};

it('packs the signatures of the folder that the configuration names, tells what is wrong with one, and they load', async () => {
  const { root, outDir } = aRepository({
    'selfheal.json': '{"version":1,"signatures":{"folder":"wordings"}}',
    'wordings/own.yaml': `signatures:\n  - ${JSON.stringify(SIGNATURE)}\n  - { id: broken }\n`,
    'functions/reads/main.ts': "export { read as handler } from '../../shared/adapters/archive/data-files.ts';",
    'shared/adapters/archive/data-files.ts': READER,
    'shared/data/signatures/a.yaml': 'signatures: []',
  });
  const reported: string[] = [];
  const configurationFile = join(root, 'selfheal.json');
  await buildFunctions({ configurationFile, outDir, root, report: (problem) => reported.push(problem) });
  expect(reported).toEqual([expect.stringContaining('wordings/own.yaml:3, signature broken: title: ')]);
  const { signatures, problems } = await loadSignatures(join(outDir, 'reads/data'), loadRe2Engine);
  expect(signatures.byId.get('warehouse-offline')?.regExp.exec('warehouse 7 is offline')?.groups).toEqual({ id: '7' });
  expect(problems).toEqual([expect.stringContaining('own.yaml:3, signature broken: title: ')]);
  expect((await loadSignatures(join(outDir, 'reads/data'))).signatures.all).toEqual([]);
});

it('packs the engine of such patterns with the functions that run them', async () => {
  const matches = "import('re2js').then(({ RE2JS }) => RE2JS.compile('(a+)+b').test('aab'))";
  const { outDir, build } = aRepository({
    'selfheal.json': '{"version":1,"signatures":{"folder":"wordings"}}',
    'wordings/own.yaml': `signatures:\n  - ${JSON.stringify(SIGNATURE)}\n`,
    'functions/matches/main.ts': `export const handler = () => ${matches};`,
    'functions/other/main.ts': HELLO,
    'shared/data/signatures/a.yaml': 'signatures: []',
  });
  await build();
  expect(readdirSync(join(outDir, 'other'))).not.toContain('node_modules');
  const { handler } = (await import(join(outDir, 'matches/index.mjs'))) as { handler: () => Promise<boolean> };
  expect(await handler()).toBe(true);
});

it('packs another configuration with code that was bundled before, without bundling it again', async () => {
  const { root, outDir } = aRepository({
    'own.json': '{"version":1,"signatures":{"folder":"wordings"}}',
    'wordings/own.yaml': `signatures:\n  - ${JSON.stringify(SIGNATURE)}\n`,
    'functions/reads/main.ts': "export { read as handler } from '../../shared/adapters/archive/data-files.ts';",
    'functions/matches/main.ts': "export const handler = () => import('re2js');",
    'shared/adapters/archive/data-files.ts': READER,
    'shared/data/signatures/a.yaml': 'signatures: []',
  });
  const codeDir = join(root, 'code');
  const build = (configuration: string, to: string) =>
    buildFunctions({ configurationFile: join(root, configuration), outDir: to, root, codeDir });
  const first = await build('selfheal.json', outDir);
  // It would not bundle any more.
  rmSync(join(root, 'functions'), { recursive: true });
  const second = await build('own.json', join(root, 'second'));
  expect(second).toEqual(first);
  expect(readFileSync(join(root, 'second/reads/selfheal.json'), 'utf8')).toContain('wordings');
  expect(readFileSync(join(root, 'second/reads/index.mjs'))).toEqual(readFileSync(join(outDir, 'reads/index.mjs')));
  expect(readdirSync(join(root, 'second/matches'))).toContain('node_modules');
  expect((await loadSignatures(join(root, 'second/reads/data'), loadRe2Engine)).signatures.all).toHaveLength(1);
  // What belongs to a configuration is neither in the code nor in what an earlier configuration got.
  for (const other of [join(codeDir, 'functions'), outDir])
    expect([
      ...readdirSync(join(other, 'reads/data'), { recursive: true }),
      ...readdirSync(join(other, 'matches')),
    ]).toEqual(expect.not.arrayContaining(['own.yaml', 'own.json', 'node_modules']));
  expect(existsSync(join(codeDir, 'functions/reads/selfheal.json'))).toBe(false);
  expect(readFileSync(join(outDir, 'reads/selfheal.json'), 'utf8')).toBe('{"version":1}');
});

it('keeps no code that is too large', async () => {
  const { root, outDir } = aRepository({
    'functions/webhook/main.ts': `export const handler = () => '${'x'.repeat(410_000)}';`,
  });
  const codeDir = join(root, 'code');
  const configurationFile = join(root, 'selfheal.json');
  for (const _ of [1, 2])
    await expect(buildFunctions({ configurationFile, outDir, root, codeDir })).rejects.toThrow('too large');
  expect(existsSync(codeDir)).toBe(false);
});

it('refuses a configuration that names a folder of signatures that is not there', async () => {
  const { build } = aRepository({ 'selfheal.json': '{"version":1,"signatures":{"folder":"wordings"}}' });
  await expect(build()).rejects.toThrow(/the folder of signatures .*wordings cannot be read/);
});

it('packs the data as JSON with the functions that read it, and with no other', async () => {
  const { outDir, build } = aRepository({
    'functions/reads/main.ts': "export { read as handler } from '../../shared/adapters/archive/data-files.ts';",
    'functions/imports/main.ts': `import '../../shared/adapters/archive/data-files.ts'; ${HELLO}`,
    'functions/ignores/main.ts': HELLO,
    'shared/adapters/archive/data-files.ts': READER,
    'shared/data/.hidden': 'x',
  });
  await build();
  expect(readFileSync(join(outDir, 'reads/data/signatures/a.json'), 'utf8')).toBe('{"a":1}');
  expect(existsSync(join(outDir, 'reads/data/signatures/a.yaml'))).toBe(false);
  expect(existsSync(join(outDir, 'reads/data/.hidden'))).toBe(false);
  expect(existsSync(join(outDir, 'ignores/data'))).toBe(false);
  expect(existsSync(join(outDir, 'imports/data'))).toBe(false);
});

it.each([
  ['webhook', 410_000],
  ['other', 1_000_000],
])('refuses the function %s beyond %d bytes, naming it', async (name, maxBytes) => {
  const weight = (bytes: number) => `export const handler = () => '${'x'.repeat(bytes)}';`;
  const fits = aRepository({ [`functions/${name}/main.ts`]: weight(maxBytes - 1_000) });
  expect(await fits.build()).toMatchObject([{ name, maxBytes }]);
  const heavy = aRepository({ [`functions/${name}/main.ts`]: weight(maxBytes) });
  await expect(heavy.build()).rejects.toThrow(new RegExp(`Bundles are too large.*${name} `, 's'));
});

it('leaves nothing of an earlier build behind', async () => {
  const { outDir, build } = aRepository({ 'functions/hello/main.ts': HELLO });
  mkdirSync(join(outDir, 'gone'), { recursive: true });
  await build();
  expect(readdirSync(outDir)).toEqual(['hello']);
});

it('makes the same bytes from the same source', async () => {
  const { outDir, build } = aRepository({ 'functions/hello/main.ts': HELLO });
  await build();
  const first = readFileSync(join(outDir, 'hello/index.mjs'));
  await build();
  expect(readFileSync(join(outDir, 'hello/index.mjs')).equals(first)).toBe(true);
});

it('stops at a configuration that does not fit, before it builds anything', async () => {
  const { outDir, build } = aRepository({ 'functions/hello/main.ts': HELLO, 'selfheal.json': '{"version":2}' });
  await expect(build()).rejects.toThrow(/selfheal\.json.*version/s);
  expect(existsSync(outDir)).toBe(false);
});

it('says how large a bundle is and may be', () => {
  expect(describeBundle({ name: 'webhook', bytes: 361_480, maxBytes: 410_000 })).toMatch(
    /^webhook +361\.5 KB of 410 KB$/,
  );
});
