import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { buildFunctions } from '../build-functions.ts';
import type { Row } from './row.ts';

const ROOT = join(import.meta.dirname, '../..');

/** Sizes of the bundles. */
export async function bundleRows(outDir: string): Promise<Row[]> {
  const bundles = await buildFunctions({
    configurationFile: join(ROOT, 'apps/local/sample/selfheal.json'),
    outDir: join(outDir, 'bundles'),
  });
  const largest = bundles.reduce((one, other) => (other.bytes > one.bytes ? other : one));
  const webhook = bundles.find(({ name }) => name === 'webhook')?.bytes ?? Number.NaN;
  return [
    {
      measure: 'every Lambda bundle, minified, SDK included; webhook',
      goal: 'under 1 MB; under 400 KB',
      measured: `largest ${largest.name} ${kilobytes(largest.bytes)}; webhook ${kilobytes(webhook)}`,
      met: largest.bytes < 1_000_000 && webhook < 400_000,
    },
  ];
}

/** Figures that a test decides: the test runs, and the row says whether it passed. */
export async function testRows(): Promise<Row[]> {
  return [
    testRow('cdk-nag findings not acknowledged', '0', 'test/unit/infra/acknowledgements.test.ts', '0'),
    testRow(
      'functions that pass with their synthesized role, and fail with any one statement removed',
      'all',
      'test/e2e/least-privilege.test.ts',
      'all',
    ),
  ];
}

function testRow(measure: string, goal: string, file: string, whenPassed: string): Row {
  const passed = spawnSync('vitest', ['run', file, '--reporter=dot'], { cwd: ROOT, stdio: 'ignore' }).status === 0;
  return { measure, goal, measured: passed ? `${whenPassed} (${file})` : `${file} fails`, met: passed };
}

const kilobytes = (bytes: number): string => `${Math.round(bytes / 1000)} KB`;
