import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { buildFunctions } from '../../tools/build-functions.ts';
import type { Row } from './row.ts';

const ROOT = join(import.meta.dirname, '../..');

/** Sizes of the bundles, and the cold start of the function that parses code. */
export async function bundleRows(outDir: string): Promise<Row[]> {
  const bundles = await buildFunctions({
    configurationFile: join(ROOT, 'apps/local/sample/selfheal.json'),
    outDir: join(outDir, 'bundles'),
  });
  const own = (name: string) => bundles.find((bundle) => bundle.name === name)?.bytes ?? Number.NaN;
  const parser = own('inspect-patch');
  const others = bundles.filter(({ name }) => name !== 'inspect-patch');
  const largest = others.reduce((one, other) => (other.bytes > one.bytes ? other : one));
  const [api, gather, webhook] = [own('api'), own('gather'), own('webhook')];
  return [
    {
      measure: 'every Lambda bundle at its start, minified, SDK included; API; gather; webhook',
      goal: 'under 1 MB; 1,150 KB; 850 KB; 400 KB',
      measured: `largest ${largest.name} ${kilobytes(largest.bytes)}; ${[api, gather, webhook].map(kilobytes).join('; ')}`,
      met: largest.bytes < 1_000_000 && api <= 1_150_000 && gather <= 850_000 && webhook <= 400_000,
    },
    parserRow(outDir, parser),
  ];
}

/** The cold start of `inspect-patch`, in a separate process: its first answer, then an answer that needs its largest grammar. */
function parserRow(outDir: string, bytes: number): Row {
  const main = join(outDir, 'bundles/inspect-patch/index.mjs');
  const script = `
    const started = performance.now();
    const { handler } = await import(${JSON.stringify(main)});
    const file = (path, text) => ({ incidentId: 'bench', files: [{ path, before: null, after: text }] });
    await handler(file('a.ts', 'export const a = 1;'), {});
    const first = performance.now() - started;
    await handler(file('A.cs', 'class A { }'), {});
    console.log('cold ' + Math.round(first) + ' ' + Math.round(performance.now() - started - first));`;
  const environment = {
    ...process.env,
    AWS_REGION: 'us-east-1',
    POWERTOOLS_SERVICE_NAME: 'bench',
    POWERTOOLS_METRICS_NAMESPACE: 'bench',
  };
  const { stdout } = spawnSync(process.execPath, ['--input-type=module', '-e', script], {
    encoding: 'utf8',
    env: environment,
  });
  const [, cold = '?', largest = '?'] = /^cold (\d+) (\d+)$/m.exec(stdout) ?? [];
  return {
    measure: 'the function that parses code: size; cold start to its first answer; loading its largest grammar',
    goal: 'under 15 MB; reported',
    measured: `${(bytes / 1_000_000).toFixed(1)} MB; ${cold} ms; ${largest} ms`,
    met: bytes < 15_000_000 && cold !== '?',
  };
}

/** Rows that a test decides: runs the test and reports whether it passed. */
export async function testRows(): Promise<Row[]> {
  return [
    testRow('cdk-nag findings not acknowledged', '0', 'test/unit/infra/acknowledgements.slow.test.ts', '0'),
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
