import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loggableError } from '#shared/adapters/aws/loggable-error.ts';
import { bundling } from '../../../tools/build-functions.ts';

const SOURCE = `import { fail } from '../../shared/app/fails.ts';

export const handler = (): never => fail();
`;
const FAILS = `/** Throws at line 4. */
export function fail(): never {
  const word = 'checked';
  throw new Error(\`The order was \${word} twice.\`);
}
`;

describe('an error that a bundled function logs', () => {
  let folder: string;
  let bundle: string;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'source-frames-'));
    for (const name of ['functions/demo', 'shared/app']) mkdirSync(join(folder, name), { recursive: true });
    writeFileSync(join(folder, 'functions/demo/main.ts'), SOURCE);
    writeFileSync(join(folder, 'shared/app/fails.ts'), FAILS);
    await build(bundling(folder, ['functions/demo/main.ts'], join(folder, 'dist/functions')));
    bundle = join(folder, 'dist/functions/demo/index.mjs');
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  const thrownBy = async (file: string): Promise<unknown> => {
    const { handler } = (await import(pathToFileURL(file).href)) as { handler: () => never };
    try {
      return handler();
    } catch (error) {
      return error;
    }
  };

  it('names file and line of the source, not the place in the minified bundle', async () => {
    const { stack = '' } = loggableError(await thrownBy(bundle));
    expect(stack).toContain('shared/app/fails.ts:4:9');
    expect(stack).not.toMatch(/index\.mjs:\d/);
  });

  it('is told by its place in the bundle when the map is missing or damaged', async () => {
    const copy = bundle.replace('index.mjs', 'again.mjs');
    writeFileSync(copy, `throw new Error('no map');`);
    writeFileSync(`${copy}.map`, '{"version":3,');
    const error = await import(pathToFileURL(copy).href).then(
      () => null,
      (reason: unknown) => reason,
    );
    expect(loggableError(error).stack).toMatch(/again\.mjs:1:\d+/);
  });
});
