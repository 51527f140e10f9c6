import childProcess from 'node:child_process';
import fs from 'node:fs';
import { Session } from 'node:inspector';
import { syncBuiltinESMExports } from 'node:module';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll } from 'vitest';

/** What one file of tests did, as the worker wrote it. Paths are relative to the repository. */
export interface ProbedFile {
  readonly test: string;
  /** Modules that it imports, directly or not, whether or not another file of tests loaded them first. */
  readonly modules: readonly string[];
  readonly scripts: readonly ProbedScript[];
  /** Files that it read, or looked at in a folder, and the modules that asked for them. */
  readonly reads: readonly (readonly [path: string, by: string])[];
}

/** Functions of a script, by offsets in what V8 ran: `ran` says whether the file of tests ran it, `ranges` the blocks inside with their counts. */
export interface ProbedScript {
  readonly path: string;
  /** True while files of tests are loaded: what runs then is shared by all that import the module. */
  readonly loading: boolean;
  readonly functions: readonly { readonly ranges: readonly (readonly [start: number, end: number, count: number])[] }[];
}

interface Probe {
  readonly session: Session;
  readonly sources: Set<string>;
  reads: Map<string, readonly [string, string]>;
  scripts: ProbedScript[];
}

interface EvaluatedModule {
  readonly file: string;
  readonly imports: ReadonlySet<string>;
}
interface WorkerState {
  readonly filepath: string;
  readonly evaluatedModules: {
    readonly idToModuleMap: ReadonlyMap<string, EvaluatedModule>;
    readonly fileToModulesMap: ReadonlyMap<string, ReadonlySet<EvaluatedModule>>;
  };
}

const root = process.cwd();
const out = process.env.SELFHEAL_PROBE ?? '';
const shared = globalThis as { __selfhealProbe?: Probe; __vitest_worker__?: WorkerState };

/** The path in the repository; null for what lies outside it or is a dependency. */
function inside(path: string): string | null {
  const file = path.startsWith('file:') ? fileURLToPath(path) : path;
  if (!file.startsWith(`${root}/`) || file.includes('/node_modules/')) return null;
  return file.slice(root.length + 1).split('?')[0] ?? null;
}

// biome-ignore lint/suspicious/noAssignInExpressions: one probe for all files of tests of a worker
const probe = (shared.__selfhealProbe ??= started());

function started(): Probe {
  const session = new Session();
  session.connect();
  session.post('Profiler.enable');
  session.post('Debugger.enable');
  session.post('Profiler.startPreciseCoverage', { callCount: true, detailed: true });
  watchReads();
  coverChildren();
  return { session, sources: new Set(), reads: new Map(), scripts: [] };
}

function watchReads(): void {
  const note = (path: unknown): void => {
    const text = path instanceof URL ? path.href : typeof path === 'string' ? path : null;
    if (text === null) return;
    const read = inside(text.startsWith('file:') ? text : resolve(text));
    if (read === null) return;
    const frames = (new Error().stack ?? '').split('\n').flatMap((line) => {
      const by = inside(/\(?((?:file:|\/)[^)]*?):\d+:\d+\)?$/.exec(line.trim().replace(/^at /, ''))?.[1] ?? '');
      return by === null || by.endsWith('coverage-probe.ts') ? [] : [by];
    });
    for (const by of frames.length === 0 ? [''] : new Set(frames)) probe.reads.set(`${read}\0${by}`, [read, by]);
  };
  const wrap = (holder: object, names: readonly string[]): void => {
    for (const name of names) {
      const original = Reflect.get(holder, name) as (...args: unknown[]) => unknown;
      const wrapped = Object.assign(function (this: unknown, ...args: unknown[]) {
        note(args[0]);
        return original.apply(this, args);
      }, original);
      Reflect.set(holder, name, wrapped);
    }
  };
  const names = ['readFile', 'open', 'readdir', 'opendir', 'stat', 'access', 'cp', 'copyFile'];
  wrap(fs, [...names, ...names.map((name) => `${name}Sync`), 'existsSync', 'createReadStream']);
  wrap(fs.promises, names);
  syncBuiltinESMExports();
}

/** Programs of Node that a test starts leave their coverage in a folder of the test. */
function coverChildren(): void {
  const withCoverage = (options: unknown): unknown => {
    const given = typeof options === 'object' && options !== null && !Array.isArray(options) ? options : {};
    const env = (given as { env?: NodeJS.ProcessEnv }).env ?? process.env;
    return { ...given, env: { ...env, NODE_V8_COVERAGE: childFolder() } };
  };
  for (const name of ['spawn', 'spawnSync', 'execFile', 'execFileSync', 'fork'] as const) {
    const original = childProcess[name] as (...args: unknown[]) => unknown;
    const wrapped = (file: unknown, ...rest: unknown[]): unknown => {
      const args = Array.isArray(rest[0]) ? rest.shift() : [];
      const options = typeof rest[0] === 'function' ? undefined : rest.shift();
      return original(file, args, withCoverage(options), ...rest);
    };
    // `promisify(execFile)` looks for its own version.
    const custom = Symbol.for('nodejs.util.promisify.custom');
    const promised = Reflect.get(original, custom) as ((...args: unknown[]) => unknown) | undefined;
    if (promised !== undefined)
      Reflect.set(wrapped, custom, (file: unknown, ...rest: unknown[]) => {
        const args = Array.isArray(rest[0]) ? rest.shift() : [];
        return promised(file, args, withCoverage(rest[0]));
      });
    Reflect.set(childProcess, name, wrapped);
  }
  syncBuiltinESMExports();
}

const testFile = (): string => inside(shared.__vitest_worker__?.filepath ?? '') ?? '';
const nameOf = (path: string): string => path.replaceAll('/', '+');
function childFolder(): string {
  return join(out, 'children', nameOf(testFile()));
}

/** Takes what ran since the last time. */
function take(loading: boolean): void {
  probe.session.post('Profiler.takePreciseCoverage', (_, taken) => {
    for (const { url, scriptId, functions } of taken?.result ?? []) {
      const path = inside(url);
      if (path === null || functions.every(({ ranges }) => ranges.every(({ count }) => count === 0))) continue;
      if (!probe.sources.has(path)) {
        probe.sources.add(path);
        probe.session.post('Debugger.getScriptSource', { scriptId }, (_error, source) =>
          fs.writeFileSync(join(out, 'sources', nameOf(path)), source?.scriptSource ?? ''),
        );
      }
      const ranges = functions.map((one) => ({
        ranges: one.ranges.map(({ startOffset, endOffset, count }) => [startOffset, endOffset, count] as const),
      }));
      probe.scripts.push({ path, loading, functions: ranges });
    }
  });
}

function modulesOf(test: string): string[] {
  const state = shared.__vitest_worker__?.evaluatedModules;
  const seen = new Set<EvaluatedModule>();
  const waiting = [...(state?.fileToModulesMap.get(join(root, test)) ?? [])];
  for (let module = waiting.pop(); module !== undefined; module = waiting.pop()) {
    if (seen.has(module)) continue;
    seen.add(module);
    for (const id of module.imports) {
      const next = state?.idToModuleMap.get(id);
      if (next !== undefined) waiting.push(next);
    }
  }
  return [...new Set([...seen].flatMap(({ file }) => inside(file) ?? []))].sort();
}

take(false);
probe.scripts = [];
probe.reads = new Map();
beforeAll(() => take(true));
afterAll(() => {
  take(false);
  const test = testFile();
  const probed: ProbedFile = {
    test,
    modules: modulesOf(test),
    scripts: probe.scripts,
    reads: [...probe.reads.values()],
  };
  fs.writeFileSync(join(out, 'files', `${nameOf(test)}.json`), JSON.stringify(probed));
});
