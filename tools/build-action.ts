import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { bundleWithData } from './build-cli.ts';
import { packParser } from './build-functions.ts';

/** Where `action.yml` looks for it. */
const OUT = join(import.meta.dirname, '../dist/action');

/** Bundles the Action to `<outDir>/main.mjs`; every task is a file of its own, loaded when a step names it. The parsers of the architecture scan lie beside it. */
export async function buildAction(outDir: string = OUT): Promise<void> {
  await bundleWithData([{ in: 'apps/action/main.ts', out: 'main' }], outDir);
  packParser(outDir, ['javascript', 'typescript', 'tsx', 'python']);
}

if (import.meta.main) {
  const { values } = parseArgs({ options: { out: { type: 'string' } } });
  await buildAction(values.out);
}
