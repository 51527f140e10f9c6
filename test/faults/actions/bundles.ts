import { globSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { build } from 'esbuild';
import { readConfiguration } from '#infra/configuration.ts';
import type { Configuration } from '#shared/domain/configuration/configuration.ts';
import { leanSdk } from '../../../tools/lean-sdk.ts';

const ROOT = join(import.meta.dirname, '../../..');
const STEPS = ['guard', 'verify', 'undo', 'plan', 'act-*'];
/** As in the bundles that are deployed. */
const REQUIRE =
  "import{createRequire as __createRequire}from'node:module';const require=__createRequire(import.meta.url);";

/**
 * The functions of the steps as they are deployed, but with what they share in common chunks: a process that loads several of them starts in
 * a fraction of the time. `selfheal.json` lies beside them. Returns the configuration with its playbooks.
 */
export async function bundleSteps(configurationFile: string, outdir: string): Promise<Configuration> {
  const mains = STEPS.flatMap((step) => globSync(`functions/${step}/main.ts`, { cwd: ROOT }));
  await build({
    absWorkingDir: ROOT,
    entryPoints: mains.map((main) => ({ in: main, out: basename(dirname(main)) })),
    outdir,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    splitting: true,
    platform: 'node',
    target: 'node24',
    format: 'esm',
    external: ['yaml', 're2js'],
    mainFields: ['module', 'main'],
    plugins: [leanSdk()],
    minify: true,
    legalComments: 'none',
    banner: { js: REQUIRE },
    logLevel: 'warning',
  });
  const configuration = readConfiguration(configurationFile);
  const text = JSON.parse(readFileSync(configurationFile, 'utf8')) as object;
  mkdirSync(outdir, { recursive: true });
  writeFileSync(join(outdir, 'selfheal.json'), JSON.stringify({ ...text, playbooks: configuration.playbooks }));
  return configuration;
}
