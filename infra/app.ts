import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PLUGINS } from '#shared/plugins/plugins.ts';
import { loadEnvironmentFile } from './environment-file.ts';
import { FUNCTIONS } from './functions.ts';
import { makeSelfhealApp } from './selfheal-app.ts';

const ROOT = join(import.meta.dirname, '..');

/** Synthesizes to `CDK_OUTDIR` (set by the CDK command line), else to `cdk.out`. */
try {
  loadEnvironmentFile();
  const { context: shipped } = JSON.parse(readFileSync(join(ROOT, 'cdk.json'), 'utf8')) as {
    context: Record<string, unknown>;
  };
  const { LOG_LEVEL: logLevel } = process.env;
  const context = { ...shipped, ...(logLevel ? { logLevel } : {}) };
  const parts = { functions: FUNCTIONS, ...PLUGINS };
  const props = { context, outdir: process.env.CDK_OUTDIR ?? join(ROOT, 'cdk.out') };
  makeSelfhealApp(parts, props, { environment: process.env, say: (line) => console.error(line) }).synth();
} catch (error) {
  console.error((error as Error).message);
  process.exitCode = 1;
}
