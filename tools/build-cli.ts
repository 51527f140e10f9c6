import { rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { build } from 'esbuild';
import { writeData } from './build-functions.ts';
import { leanSdk } from './lean-sdk.ts';

const ROOT = join(import.meta.dirname, '..');

/** Packages in CommonJS call `require` of Node's own modules, which an ES module does not have. */
const REQUIRE =
  "import{createRequire as __createRequire}from'node:module';const require=__createRequire(import.meta.url);";
/** `data-files.ts` looks two folders above its own for the data: in a package that is beside the bundle. */
const DATA_ANCHOR = "const __sourceFolder=import.meta.dirname+'/adapters/archive';";

/** Bundles the command line to `<outDir>/selfheal.mjs` for the pinned Node, with the data that it reads beside it. */
export async function buildCli(outDir: string): Promise<void> {
  rmSync(outDir, { recursive: true, force: true });
  await build({
    absWorkingDir: ROOT,
    entryPoints: [{ in: 'apps/cli/main.ts', out: 'selfheal' }],
    outdir: resolve(outDir),
    outExtension: { '.js': '.mjs' },
    bundle: true,
    platform: 'node',
    target: 'node24',
    format: 'esm',
    mainFields: ['module', 'main'],
    plugins: [leanSdk()],
    define: { 'import.meta.dirname': '__sourceFolder' },
    minify: true,
    legalComments: 'linked',
    banner: { js: [REQUIRE, DATA_ANCHOR].join('\n') },
    logLevel: 'warning',
  });
  writeData(join(ROOT, 'shared/data'), join(outDir, 'data'));
}

if (import.meta.main) {
  const { values } = parseArgs({ options: { out: { type: 'string' } } });
  await buildCli(values.out ?? join(ROOT, 'dist/cli'));
}
