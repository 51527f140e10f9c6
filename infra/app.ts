import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ACTIONS } from '#shared/plugins/actions/registry.ts';
import { MODEL_PROVIDERS } from '#shared/plugins/llm/registry.ts';
import { SOURCES } from '#shared/plugins/sources/registry.ts';
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
  const parts = { functions: FUNCTIONS, sources: SOURCES, actions: ACTIONS, modelProviders: MODEL_PROVIDERS };
  makeSelfhealApp(parts, { context, outdir: process.env.CDK_OUTDIR ?? join(ROOT, 'cdk.out') }).synth();
} catch (error) {
  console.error((error as Error).message);
  process.exitCode = 1;
}
