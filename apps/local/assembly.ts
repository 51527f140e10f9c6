import { spawn } from 'node:child_process';
import { createHash, type Hash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, extname, join, relative, resolve } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout } from 'node:timers/promises';
import { CHANNEL_VARIABLES } from '#shared/plugins/resolve-channels.ts';
import { MODEL_VARIABLES } from '#shared/plugins/resolve-model.ts';

const ROOT = join(import.meta.dirname, '../..');
/** Assemblies that are kept in one folder. */
const MAX_ASSEMBLIES = 3;
/** Inputs of the code of the bundles, which no configuration changes. */
const CODE_INPUTS = [
  'functions',
  'shared',
  ...['kernel', 'log-reading', 'patch-guard', 'pull-request-quality', 'redaction', 'reports'].map(
    (name) => `packages/${name}/src`,
  ),
  'tools/build-functions.ts',
  'tools/lean-sdk.ts',
  'tools/native-hashes.ts',
  'tools/pack-secret-rules.ts',
  'package-lock.json',
];
/** Further inputs of what is packed beside the code, and of the template. */
const INPUTS = ['config/playbooks', 'infra', 'statemachines', 'tools/pack-signatures.ts', 'cdk.json'];
/** Bundles of the newest sets of sources, one folder each, which the assemblies of all configurations share. */
const BUNDLES = join(ROOT, 'dist/bundles');
const MAX_BUNDLES = 3;
const COMPILE_CACHE = join(ROOT, 'node_modules/.cache/compiled');

export interface AssemblyOptions {
  /** Path of the `selfheal.json` to deploy with. */
  readonly configurationFile: string;
  /** Folder for the assemblies of the newest sets of inputs; nothing else may lie in it. */
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
 * Bundles the functions and synthesizes the CDK app as `cdk deploy` does, but for CloudFormation's own rules, or reuses an earlier result when no
 * input has changed. Each set of inputs has a folder of its own, so a runtime that is still running keeps its code; the bundles in it are copies of
 * those that all configurations share. Processes build one after the other. Throws an error with the output of the command that failed.
 */
export async function prepareAssembly(options: AssemblyOptions, onStep: OnStep = () => undefined): Promise<Assembly> {
  const started = performance.now();
  const folder = join(options.outDir, stampOf(options).slice(0, 16));
  const reused = existsSync(folder) || (await oneBuildAtATime(onStep, () => buildUnlessDone(options, folder, onStep)));
  const now = new Date();
  utimesSync(folder, now, now);
  return { assemblyDir: join(folder, 'cdk.out'), reused, seconds: (performance.now() - started) / 1000 };
}

/** Returns true when another process has built the folder meanwhile. */
async function buildUnlessDone(options: AssemblyOptions, folder: string, onStep: OnStep): Promise<boolean> {
  if (existsSync(folder)) return true;
  const unfinished = `${folder}.${process.pid}`;
  mkdirSync(unfinished, { recursive: true });
  const bundlesDir = join(unfinished, 'functions');
  await bundleOnce(options.configurationFile, bundlesDir, onStep);
  await buildDashboardOnce(onStep);
  onStep('writing the guide');
  await run(['tools/build-guide.ts', '--out', join(DASHBOARD, 'guide')]);
  onStep('synthesizing the template');
  await run(['infra/app.ts'], {
    CDK_OUTDIR: join(unfinished, 'cdk.out'),
    // CloudFormation's own rules take half of the time and change nothing in the template. They are checked before each deployment to AWS.
    CDK_VALIDATION: 'false',
    CDK_CONTEXT_JSON: JSON.stringify({
      ...JSON.parse(readFileSync(join(ROOT, 'cdk.json'), 'utf8')).context,
      // The samples sign in with one step.
      mfa: 'optional',
      ...options.context,
      config: options.configurationFile,
      bundles: bundlesDir,
      dashboard: DASHBOARD,
    }),
  });
  // The assembly has copies of them.
  rmSync(bundlesDir, { recursive: true });
  removeOldest(options.outDir, MAX_ASSEMBLIES, 'cdk.out');
  renameSync(unfinished, folder);
  return false;
}

/** Packs the configuration beside the code of the functions, which is bundled only when no configuration has been deployed with it yet. */
async function bundleOnce(configurationFile: string, bundlesDir: string, onStep: OnStep): Promise<void> {
  const codeDir = join(BUNDLES, hashFiles(createHash('sha256'), CODE_INPUTS).slice(0, 16));
  if (!existsSync(codeDir)) {
    onStep(`bundling ${countFunctions()} functions (only at the first start and after changes)`);
    mkdirSync(BUNDLES, { recursive: true });
    removeOldest(BUNDLES, MAX_BUNDLES, 'functions');
  }
  await run(['tools/build-functions.ts', '--config', configurationFile, '--out', bundlesDir, '--code', codeDir]);
  const now = new Date();
  utimesSync(codeDir, now, now);
}

/** Leaves room for one more of `max` folders. Also removes what a process left that was killed while it was building, which lacks `part`. */
function removeOldest(outDir: string, max: number, part: string): void {
  const folders = readdirSync(outDir)
    .map((name) => join(outDir, name))
    .filter((path) => !path.endsWith(`.${process.pid}`))
    .sort((a, b) => statSync(b).mtimeMs - statSync(a).mtimeMs);
  const done = folders.filter((path) => extname(path) === '' && existsSync(join(path, part)));
  for (const path of folders) {
    if (!done.slice(0, max - 1).includes(path)) rmSync(path, { recursive: true, force: true });
  }
}

function oneBuildAtATime<T>(onStep: OnStep, build: () => Promise<T>): Promise<T> {
  const isWaiting = () => onStep('waiting for another start in this checkout, which is bundling');
  return oneAtATime(join(ROOT, 'dist/build.lock'), build, isWaiting);
}

/**
 * Does the work while no other process does work under the same lock, a file. The lock is the operating system's, so a killed process leaves none
 * behind.
 */
export async function oneAtATime<T>(path: string, work: () => Promise<T>, onWait: () => void = () => {}): Promise<T> {
  mkdirSync(dirname(path), { recursive: true });
  const lock = new DatabaseSync(path, { timeout: 0 });
  try {
    for (let attempt = 1; !isAcquired(lock); attempt += 1) {
      if (attempt === 1) onWait();
      await setTimeout(100);
    }
    return await work();
  } finally {
    lock.close();
  }
}

function isAcquired(lock: DatabaseSync): boolean {
  try {
    lock.exec('BEGIN EXCLUSIVE');
    return true;
  } catch (error) {
    if (error instanceof Error && /locked|busy/i.test(error.message)) return false;
    throw error;
  }
}

function countFunctions(): number {
  return filesBelow('functions').filter((path) => basename(path) === 'main.ts').length;
}

function stampOf(options: AssemblyOptions): string {
  const hash = createHash('sha256')
    .update(JSON.stringify([options, process.env.LOG_LEVEL ?? null]))
    .update(readFileSync(options.configurationFile));
  const playbooks = join(dirname(options.configurationFile), 'playbooks');
  const paths = [...CODE_INPUTS, ...INPUTS, ...ownSignatureFolder(options.configurationFile), playbooks];
  return hashFiles(hash, [...paths, ...DASHBOARD_INPUTS, ...GUIDE_INPUTS]);
}

function hashFiles(hash: Hash, paths: readonly string[]): string {
  for (const file of new Set(paths.flatMap(filesBelow))) hash.update(relative(ROOT, file)).update(readFileSync(file));
  return hash.digest('hex');
}

/** Several configurations share one build of the dashboard. */
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
      // `npm start` has applied the variables of model and channels already. Empty ones are not read from the file `.env` again.
      env: {
        // Half of what a step takes before it begins is compiling the same modules again.
        NODE_COMPILE_CACHE: COMPILE_CACHE,
        ...process.env,
        ...Object.fromEntries([...MODEL_VARIABLES, ...CHANNEL_VARIABLES].map((name) => [name, ''])),
        ...environment,
      },
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
