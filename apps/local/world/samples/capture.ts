/**
 * Records the output of real tools on a small shop, for realistic sample logs: `node apps/local/world/samples/capture.ts`. It needs npm and its
 * registry; the recordings are committed, so only this script does.
 */
import { type SpawnSyncReturns, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { SHOP_FILES } from './shop-sources.ts';

const OUT = join(import.meta.dirname, 'captured');
const BIN = join(import.meta.dirname, '../../../../node_modules/.bin');
/** The folder into which GitHub's runners check out a repository. */
const RUNNER_PATH = '/home/runner/work/shop/shop';
const SHOWN_REGISTRY = 'https://npm.example.com';

const shop = mkdtempSync(join(tmpdir(), 'shop-'));

function put(files: Readonly<Record<string, string>>): void {
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(shop, path)), { recursive: true });
    writeFileSync(join(shop, path), content);
  }
}

function run(command: string, args: readonly string[], env: Record<string, string> = {}): SpawnSyncReturns<string> {
  const path = `${BIN}:${process.env.PATH}`;
  return spawnSync(command, args, {
    cwd: shop,
    encoding: 'utf8',
    env: { ...process.env, PATH: path, FORCE_COLOR: '1', CI: 'true', NODE_ENV: 'test', ...env },
  });
}

function save(name: string, result: SpawnSyncReturns<string>, wanted: 'ok' | 'failed', registry = ''): void {
  if ((result.status === 0) !== (wanted === 'ok')) throw new Error(`${name}: ${result.stdout}${result.stderr}`);
  let text = `${result.stderr}${result.stdout}`
    .replaceAll(shop, RUNNER_PATH)
    .replaceAll(tmpdir(), '/home/runner/work/_temp');
  if (registry !== '') text = text.replaceAll(registry.replace(/\/$/, ''), SHOWN_REGISTRY);
  text = text
    .replaceAll(/^.*Unknown user config.*\n/gm, '')
    .replaceAll(/\/[^\s"']*\/\.npm\/_logs\//g, '/home/runner/.npm/_logs/');
  if (/\/root\/|\/tmp\/|node_modules\/node\//.test(text))
    throw new Error(`${name} contains a path of this machine. Replace it in save().`);
  writeFileSync(join(OUT, `${name}.txt`), text);
}

/** A registry that breaks every connection. */
async function capturesBrokenRegistry(): Promise<void> {
  const server = createServer((socket) => socket.once('data', () => socket.resetAndDestroy()));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const registry = `http://127.0.0.1:${port}`;
  const { spawn } = await import('node:child_process');
  const retries = ['--fetch-retries=2', '--fetch-retry-mintimeout=50', '--fetch-retry-maxtimeout=100'];
  const args = [
    'ci',
    '--loglevel=http',
    '--no-audit',
    '--cache',
    join(shop, '.cold'),
    '--registry',
    registry,
    ...retries,
  ];
  const child = spawn('npm', args, { cwd: shop, env: { ...process.env, FORCE_COLOR: '1', CI: 'true' } });
  let text = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (text += String(chunk)));
  const status = await new Promise<number>((resolve) => child.on('close', (code) => resolve(code ?? 1)));
  server.close();
  const shown = text.replaceAll(join(shop, '.cold', '_logs'), '/home/runner/.npm/_logs');
  save('npm-ci-reset', { stdout: shown, stderr: '', status } as SpawnSyncReturns<string>, 'failed', registry);
}

put(SHOP_FILES.common);
const registry = run('npm', ['config', 'get', 'registry']).stdout.trim();
run('npm', ['install', '--package-lock-only', '--no-audit']);
save('npm-ci', run('npm', ['ci', '--loglevel=http', '--no-audit', '--cache', join(shop, '.cold-ok')]), 'ok', registry);
await capturesBrokenRegistry();
put(SHOP_FILES.good);
const test = ['--test', '--test-reporter=spec', '--experimental-strip-types'];
save('test-ok', run('node', test), 'ok');
save('lint', run('biome', ['check', '--verbose', '--colors=force', 'src', 'test']), 'ok');
save(
  'build',
  run('esbuild', ['src/cart.ts', 'src/stock.ts', '--bundle', '--outdir=dist', '--log-level=info', '--color=true']),
  'ok',
);
put(SHOP_FILES.regression);
save('test-regression', run('node', test), 'failed');
put({ ...SHOP_FILES.good, ...SHOP_FILES.compile });
save('tsc-errors', run('tsc', ['-p', '.', '--pretty', '--listFiles', 'false']), 'failed');
put({ ...SHOP_FILES.good, ...SHOP_FILES.unknown });
save('release-unknown', run('node', ['scripts/release.mjs']), 'failed');
rmSync(shop, { recursive: true });
