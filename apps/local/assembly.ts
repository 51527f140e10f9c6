import { spawn } from 'node:child_process';
import { createHash, type Hash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, relative, resolve } from 'node:path';

const ROOT = join(import.meta.dirname, '../..');
/** Inputs of the bundles and the template. */
const INPUTS = [
  'config/playbooks',
  'infra',
  'functions',
  'shared',
  'statemachines',
  'tools/build-functions.ts',
  'tools/pack-signatures.ts',
  'cdk.json',
  'package-lock.json',
];

export interface AssemblyOptions {
  /** Path of the `selfheal.json` to deploy with. */
  readonly configurationFile: string;
  /** Folder for the cloud assembly and the bundles; it is emptied. */
  readonly outDir: string;
  /** CDK context, for example `{ emails: 'on-call@example.com' }`. */
  readonly context: Readonly<Record<string, string>>;
}

/** Inputs of the built dashboard and of the guide beside it, which no configuration changes. */
const DASHBOARD_INPUTS = ['apps/dashboard', 'tools/build-dashboard.ts', 'package-lock.json'];
const GUIDE_INPUTS = [
  ...['docs', 'README.md', 'CHANGELOG.md', 'CONTRIBUTING.md', 'SECURITY.md'],
  ...['apps/guide', 'tools/build-guide.ts'],
];
const DASHBOARD = join(ROOT, 'dist/dashboard');

/** Called at the beginning of each step; not called when the last result is reused. */
export type OnStep = (description: string) => void;

export interface Assembly {
  readonly assemblyDir: string;
  readonly reused: boolean;
  readonly seconds: number;
}

/**
 * Bundles the functions and synthesizes the CDK app as `cdk deploy` does, or reuses the last result when no input has changed. Throws an error
 * with the output of the command that failed.
 */
export async function prepareAssembly(options: AssemblyOptions, onStep: OnStep = () => undefined): Promise<Assembly> {
  const started = performance.now();
  const assemblyDir = join(options.outDir, 'cdk.out');
  const stampFile = join(options.outDir, 'stamp');
  const stamp = stampOf(options);
  const reused = existsSync(stampFile) && readFileSync(stampFile, 'utf8') === stamp;
  if (!reused) {
    rmSync(options.outDir, { recursive: true, force: true });
    mkdirSync(options.outDir, { recursive: true });
    const bundlesDir = join(options.outDir, 'functions');
    onStep(`bundling ${countFunctions()} functions (only at the first start and after changes)`);
    await run(['tools/build-functions.ts', '--config', options.configurationFile, '--out', bundlesDir]);
    await buildDashboardOnce(onStep);
    await run(['tools/build-guide.ts', '--out', join(DASHBOARD, 'guide')]);
    onStep('synthesizing the template');
    await run(['infra/app.ts'], {
      CDK_OUTDIR: assemblyDir,
      CDK_CONTEXT_JSON: JSON.stringify({
        ...JSON.parse(readFileSync(join(ROOT, 'cdk.json'), 'utf8')).context,
        ...options.context,
        config: options.configurationFile,
        bundles: bundlesDir,
        dashboard: DASHBOARD,
      }),
    });
    writeFileSync(stampFile, stamp);
  }
  return { assemblyDir, reused, seconds: (performance.now() - started) / 1000 };
}

function countFunctions(): number {
  return filesBelow('functions').filter((path) => basename(path) === 'main.ts').length;
}

function stampOf(options: AssemblyOptions): string {
  const hash = createHash('sha256')
    .update(JSON.stringify([options, process.env.LOG_LEVEL ?? null]))
    .update(readFileSync(options.configurationFile));
  const playbooks = join(dirname(options.configurationFile), 'playbooks');
  const paths = [...INPUTS, ...ownSignatureFolder(options.configurationFile), playbooks];
  return hashFiles(hash, [...paths, ...DASHBOARD_INPUTS, ...GUIDE_INPUTS]);
}

function hashFiles(hash: Hash, paths: readonly string[]): string {
  for (const file of new Set(paths.flatMap(filesBelow))) hash.update(relative(ROOT, file)).update(readFileSync(file));
  return hash.digest('hex');
}

/** Several configurations share one build of the dashboard, unlike the bundles. */
async function buildDashboardOnce(onStep: OnStep): Promise<void> {
  const stampFile = `${DASHBOARD}.stamp`;
  const stamp = hashFiles(createHash('sha256'), DASHBOARD_INPUTS);
  if (existsSync(join(DASHBOARD, 'index.html')) && existsSync(stampFile) && readFileSync(stampFile, 'utf8') === stamp)
    return;
  onStep('building the dashboard (only at the first start and after changes)');
  await run(['tools/build-dashboard.ts', '--out', DASHBOARD]);
  writeFileSync(stampFile, stamp);
}

/** The user's signature folder, which the build packs, too. Does not validate the configuration: the build does. */
function ownSignatureFolder(configurationFile: string): string[] {
  const { signatures } = JSON.parse(readFileSync(configurationFile, 'utf8')) as { signatures?: { folder?: string } };
  return signatures?.folder === undefined ? [] : [resolve(dirname(configurationFile), signatures.folder)];
}

function filesBelow(path: string): string[] {
  const absolute = resolve(ROOT, path);
  if (!existsSync(absolute)) return [];
  if (/\.\w+$/.test(path)) return [absolute];
  return readdirSync(absolute, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}

function run(argv: readonly string[], environment: Readonly<Record<string, string>> = {}): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, argv, {
      cwd: ROOT,
      env: { ...process.env, ...environment },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let output = '';
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (chunk: Buffer) => (output += chunk.toString()));
    child.once('error', reject);
    child.once('exit', (code) => {
      if (code === 0) resolve();
      else reject(new Error(`\`node ${argv.join(' ')}\` failed with exit code ${code}:\n${output.trim()}`));
    });
  });
}
