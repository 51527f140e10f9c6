import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loggableError } from '#shared/adapters/aws/loggable-error.ts';
import { bundling } from '../../../tools/build-functions.ts';
import { usedPorts } from '../../../tools/used-ports.ts';

const FILES = {
  'package.json': '{ "type": "module", "sideEffects": false, "imports": { "#shared/*": "./shared/*" } }',
  'shared/table.ts': "export const table = (name: string) => ({ read: () => 'a row of ' + name });",
  'shared/bucket.ts': "export const bucket = (name: string) => ({ read: () => 'an object of ' + name });",
  'functions/common.ts': `export const failing = (name: string): never => {
  throw new Error(\`No \${name} here.\`);
};
`,
  'functions/compose.ts': `import { bucket } from '#shared/bucket.ts';
import { table } from '#shared/table.ts';
import { failing } from './common.ts';

export const rows = () => table('rows');
export const files = () => bucket('files');
export const nothing = () => failing('port');
`,
  'functions/demo/config.ts': "export const config = { name: 'demo' };",
  'functions/demo/later.ts': "export { bucket } from '#shared/bucket.ts';",
  'functions/demo/main.ts': `import { nothing, rows } from '../compose.ts';
import { config } from './config.ts';

export const handler = () => [config.name, rows().read()];
export const later = async () => (await import('./later.ts')).bucket('all').read();
export const fail = () => nothing();
`,
} as const;

interface Bundle {
  handler(): string[];
  later(): Promise<string>;
  fail(): never;
}

describe('a function that is split', () => {
  const folder = mkdtempSync(join(tmpdir(), 'selfheal-ports-'));
  const out = join(folder, 'dist/functions');
  let bundle: Bundle;

  beforeAll(async () => {
    for (const [file, text] of Object.entries(FILES)) {
      mkdirSync(dirname(join(folder, file)), { recursive: true });
      writeFileSync(join(folder, file), text);
    }
    const options = bundling(folder, ['functions/demo/main.ts'], out);
    await build({
      ...options,
      splitting: true,
      chunkNames: 'demo/chunk-[hash]',
      plugins: [usedPorts(folder), ...options.plugins],
    });
    bundle = (await import(pathToFileURL(join(out, 'demo/index.mjs')).href)) as Bundle;
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('loads at its start what its ports need, and the rest when a request needs it', async () => {
    expect(bundle.handler()).toEqual(['demo', 'a row of rows']);
    expect(await bundle.later()).toBe('an object of all');
    const start = readFileSync(join(out, 'demo/index.mjs'), 'utf8');
    expect(start).toContain('a row of');
    expect(start).not.toContain('an object of');
    expect(start).not.toMatch(/import\{[^}]*\}from"\.\/chunk/);
  });

  it('names file and line of the source of a port that throws', () => {
    let thrown: unknown;
    try {
      bundle.fail();
    } catch (error) {
      thrown = error;
    }
    expect(loggableError(thrown).stack).toContain('functions/common.ts:2:9');
  });
});
