import {
  cpSync,
  existsSync,
  globSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { GRAMMARS, type Grammar } from '@selfheal/patch-guard/content/grammars.ts';
import { type BuildOptions, build, type Metafile, type Plugin } from 'esbuild';
import { parse } from 'yaml';
import { readConfiguration } from '#infra/configuration.ts';
import { OWN_SIGNATURES_FILE } from '#shared/adapters/archive/data-files.ts';
import { lineRulesIn } from '#shared/adapters/patterns/re2-engine.ts';
import packageFile from '../package.json' with { type: 'json' };
import { leanSdk, leanZod, zodWithoutJsonSchema } from './lean-sdk.ts';
import { nativeHashes } from './native-hashes.ts';
import { writeSecretRules } from './pack-secret-rules.ts';
import { ownSignatureFiles } from './pack-signatures.ts';
import { usedPorts } from './used-ports.ts';

const ROOT = join(import.meta.dirname, '..');
/** The package's version, as a literal in the code. */
const VERSION = JSON.stringify(packageFile.version);
/** Folder of the redaction rules, which are not copied as data: each bundle contains them as code. */
const SECRET_RULES = 'secrets';
/** Folder of the data in a bundle. */
const DATA = 'data';
/** A bundle with this module reads signatures and playbooks, so its asset contains them. */
const DATA_READER = 'shared/adapters/archive/data-files.ts';
/** Parses the files of repositories, which most do not have: functions with this module load the parser when there is one. */
const YAML_READER = 'shared/app/policy/governed-repository.ts';
/** Engine for patterns of users, which most deployments do not have. */
const PATTERN_ENGINE = 're2js';
/** A bundle with this module parses code, so its asset contains the parser and its grammars. */
const PARSER = 'packages/patch-guard/src/tree-sitter.ts';
const PARSER_PACKAGE = '@vscode/tree-sitter-wasm';
/** Builds at a time. More are no faster on two cores, and all at once need 4 GB. */
const MAX_BUILDS = 3;
const MAX_BYTES = 1_000_000;
/** Measured, and about 4 % to grow. The webhook's sender waits for its cold start, and a person for that of the API. */
const MAX_BYTES_OF: Readonly<Record<string, number>> = {
  webhook: 410_000,
  gather: 720_000,
  'inspect-patch': 15_000_000,
  api: 985_000,
  plan: 925_000,
  reconciler: 920_000,
  analyze: 935_000,
  record: 865_000,
};
/** Functions that load a part of their code when it is needed. Their size is that of what they load at their start. */
const SPLIT: ReadonlySet<string> = new Set([
  'api',
  'intake',
  'gather',
  'plan',
  'guard',
  'notify',
  'escalate',
  'reconciler',
  'on-call',
  'slack',
  'request-approval',
  'answers',
  'forecast',
  'knowledge',
  'analyze',
  'webhook',
  'record',
  'verify',
  'undo',
  'act-github',
]);
/** Functions that write schemas as JSON Schema: a model is told its lookups, an assistant its tools, and a caller of the API its routes, by them. */
const WRITES_JSON_SCHEMA: ReadonlySet<string> = new Set(['analyze', 'api', 'mcp']);
const JSON_SCHEMA_WRITER = 'shared/app/analyze/lookup.ts';
/** Functions that run patterns of their requests. */
const RUNS_REQUESTED_PATTERNS: ReadonlySet<string> = new Set(['api']);
/** Packages in CommonJS call `require` of Node's own modules, which an ES module does not have. */
const REQUIRE =
  "import{createRequire as __createRequire}from'node:module';const require=__createRequire(import.meta.url);";

export interface BuildFunctionsOptions {
  /** The `selfheal.json` to pack beside each bundle. */
  readonly configurationFile: string;
  /** Folder for the bundles, one folder per function. It is emptied first. */
  readonly outDir: string;
  /** Folder with `functions/*` and `shared/data`; the repository by default. */
  readonly root?: string;
  /**
   * Folder of the bundles without a configuration, made if it is missing; by default they are built anew. The caller names it by its sources and
   * lets no other process make it meanwhile.
   */
  readonly codeDir?: string;
  /** Called with each playbook or signature that is left out, and the reason. */
  readonly report?: (problem: string) => void;
}

export interface Bundle {
  readonly name: string;
  readonly bytes: number;
  readonly maxBytes: number;
}

/** A bundle that has no configuration yet. */
interface CodeBundle extends Bundle {
  /** Whether it runs patterns of users, so that it needs the engine where the configuration has some. */
  readonly runsPatterns: boolean;
}

/**
 * Bundles every `functions/<name>/main.ts` to `<outDir>/<name>/index.mjs`, or copies them from `codeDir`. Writes `selfheal.json`, and `data/` if the
 * function reads it, beside the bundle, and esbuild's metafile to `<outDir>.meta.json`. Returns the bundles sorted by name. Throws for an invalid
 * configuration, for code that does not bundle, and for bundles that are too large.
 */
export async function buildFunctions(options: BuildFunctionsOptions): Promise<Bundle[]> {
  const { root = ROOT, outDir, codeDir } = options;
  const configuration = packedConfiguration(options);
  const packed = await packedData(root, options);
  rmSync(outDir, { recursive: true, force: true });
  const bundles = codeDir === undefined ? await bundleCode(root, outDir) : await copyCode(root, codeDir, outDir);
  for (const bundle of bundles) configure(bundle, outDir, { ...packed, configuration });
  return bundles.map(({ name, bytes, maxBytes }) => ({ name, bytes, maxBytes }));
}

/** Copies the bundles of `codeDir`, which are made first if they are missing. */
async function copyCode(root: string, codeDir: string, outDir: string): Promise<CodeBundle[]> {
  const list = 'bundles.json';
  if (!existsSync(codeDir)) {
    const unfinished = `${codeDir}.${process.pid}`;
    const bundles = await bundleCode(root, join(unfinished, 'functions'));
    writeFileSync(join(unfinished, list), JSON.stringify(bundles));
    renameSync(unfinished, codeDir);
  }
  cpSync(join(codeDir, 'functions'), outDir, { recursive: true });
  cpSync(join(codeDir, 'functions.meta.json'), `${outDir}.meta.json`);
  return JSON.parse(readFileSync(join(codeDir, list), 'utf8')) as CodeBundle[];
}

/** Bundles all functions, with what no configuration changes. */
async function bundleCode(root: string, outDir: string): Promise<CodeBundle[]> {
  const mains = globSync('functions/*/main.ts', { cwd: root }).sort();
  mkdirSync(outDir, { recursive: true });
  writeSecretRules(root);
  const define = { SELFHEAL_VERSION: VERSION };
  const split = mains.filter(isSplit);
  const whole = mains.filter((main) => !split.includes(main));
  const describing = whole.filter(writesJsonSchema);
  const others = whole.filter((main) => !writesJsonSchema(main));
  const metafile = joined(
    await inTurn([
      () => build({ ...withoutJsonSchema(bundling(root, others, outDir)), define }),
      () => build({ ...bundling(root, describing, outDir), define }),
      // Chunks of one function are not those of another, so each is built alone.
      ...split.map((main) => () => {
        const bundle = splitting(root, main, outDir);
        return build({ ...(writesJsonSchema(main) ? bundle : withoutJsonSchema(bundle)), define });
      }),
    ]),
  );
  writeFileSync(`${outDir}.meta.json`, JSON.stringify(metafile));
  const bundles = mains.map((main) => finish(main, metafile, root, outDir));
  const tooLarge = bundles.filter(({ bytes, maxBytes }) => bytes > maxBytes);
  if (tooLarge.length === 0) return bundles;
  throw new Error(
    `Bundles are too large. ${outDir}.meta.json lists their modules.\n${tooLarge.map(describeBundle).join('\n')}`,
  );
}

/** Runs the builds, `MAX_BUILDS` at a time. */
async function inTurn(builds: readonly (() => Promise<{ readonly metafile: Metafile }>)[]): Promise<Metafile[]> {
  const waiting = [...builds];
  const metafiles: Metafile[] = [];
  const work = async (): Promise<void> => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift())
      metafiles.push((await next()).metafile);
  };
  await Promise.all(Array.from({ length: MAX_BUILDS }, work));
  return metafiles;
}

/** The text of the configuration file, plus the playbooks that its services allow. */
function packedConfiguration({ configurationFile, report }: BuildFunctionsOptions): string {
  const { playbooks } = readConfiguration(configurationFile, report);
  const text = readFileSync(configurationFile, 'utf8');
  return playbooks.length === 0 ? text : JSON.stringify({ ...(JSON.parse(text) as object), playbooks });
}

interface Packed {
  /** Texts of files to write beside the shipped data, by name. */
  readonly data: Readonly<Record<string, string>>;
  /** Whether the configuration has patterns of users. */
  readonly hasPatterns: boolean;
}

/** Reads and checks the user's patterns and signatures. Throws for a pattern that does not compile. */
async function packedData(root: string, options: BuildFunctionsOptions): Promise<Packed> {
  const { configurationFile, report = () => undefined } = options;
  const configuration = readConfiguration(configurationFile);
  await lineRulesIn(configuration);
  const places = { configurationFile, dataDirectory: join(root, 'shared/data') };
  const own = await ownSignatureFiles(configuration, places, report);
  const hasPatterns = own.length > 0 || configuration.logReading.skipLines.length > 0;
  return { data: own.length === 0 ? {} : { [OWN_SIGNATURES_FILE]: JSON.stringify(own) }, hasPatterns };
}

/** A function that loads some of its code when a request needs it: the chunks lie beside its entry. */
const isSplit = (main: string): boolean => SPLIT.has(nameOf(main));
const writesJsonSchema = (main: string): boolean => WRITES_JSON_SCHEMA.has(nameOf(main));

const withoutJsonSchema = (bundle: ReturnType<typeof bundling>) => ({
  ...bundle,
  plugins: [...bundle.plugins, zodWithoutJsonSchema()],
});

function splitting(root: string, main: string, outDir: string) {
  const bundle = bundling(root, [main], outDir);
  return {
    ...bundle,
    plugins: [usedPorts(root), ...bundle.plugins],
    splitting: true,
    chunkNames: `${nameOf(main)}/chunk-[hash]`,
  } satisfies BuildOptions;
}

function joined(metafiles: readonly Metafile[]): Metafile {
  return {
    inputs: Object.assign({}, ...metafiles.map(({ inputs }) => inputs)),
    outputs: Object.assign({}, ...metafiles.map(({ outputs }) => outputs)),
  };
}

type Output = Metafile['outputs'][string];

/** The outputs that a bundle consists of: those that it loads at its start, and all. */
function outputsOf(entry: string, { outputs }: Metafile): { readonly atStart: Output[]; readonly all: Output[] } {
  const reach = (kinds: ReadonlySet<string>): Output[] => {
    const seen = new Set([entry]);
    for (const path of seen)
      for (const { path: next, kind } of outputs[path]?.imports ?? [])
        if (kinds.has(kind) && next in outputs) seen.add(next);
    return [...seen].flatMap((path) => outputs[path] ?? []);
  };
  return { atStart: reach(new Set(['import-statement'])), all: reach(new Set(['import-statement', 'dynamic-import'])) };
}

/** How the functions `mains` become bundles below `outDir`. */
export function bundling(root: string, mains: readonly string[], outDir: string) {
  return {
    absWorkingDir: root,
    entryPoints: mains.map((main) => ({ in: main, out: `${nameOf(main)}/index` })),
    outdir: resolve(outDir),
    outExtension: { '.js': '.mjs' },
    bundle: true,
    platform: 'node',
    target: 'node24',
    format: 'esm',
    // Left out: the pattern engine, which `finish` packs if needed.
    external: [PATTERN_ENGINE],
    // The ES modules of the AWS SDK can be tree-shaken, unlike its CommonJS build.
    mainFields: ['module', 'main'],
    plugins: [leanSdk(), leanZod(), leanYaml(root), nativeHashes()],
    minify: true,
    // `source-frames.ts` reads them when an error is logged; nothing names them in the code, so that a cold start does not.
    sourcemap: 'external',
    sourcesContent: false,
    legalComments: 'none',
    // Redaction rules contain words in many scripts, which would be several times as long if escaped.
    charset: 'utf8',
    banner: { js: REQUIRE },
    metafile: true,
    logLevel: 'warning',
  } satisfies BuildOptions;
}

/** Leaves the YAML parser out, because the data is packed as JSON (`writeData`); only files of repositories are read as YAML. */
function leanYaml(root: string): Plugin {
  return {
    name: 'lean-yaml',
    setup({ onResolve }) {
      onResolve({ filter: /^yaml$/ }, ({ importer }) =>
        importer === join(root, YAML_READER)
          ? { path: join(ROOT, 'node_modules/yaml/browser/index.js') }
          : { path: 'yaml', external: true },
      );
    },
  };
}

function finish(main: string, metafile: Metafile, root: string, outDir: string): CodeBundle {
  const name = nameOf(main);
  const folder = resolve(outDir, name);
  const { atStart, all } = outputsOf(relative(root, join(folder, 'index.mjs')), metafile);
  if (all.length === 0) throw new Error(`esbuild wrote no bundle for ${main}.`);
  const contains = (module: string): boolean => all.some(({ inputs }) => (inputs[module]?.bytesInOutput ?? 0) > 0);
  if (contains(DATA_READER)) writeData(join(root, 'shared/data'), join(folder, DATA));
  if (contains(JSON_SCHEMA_WRITER) && !writesJsonSchema(main))
    throw new Error(`${main} contains ${JSON_SCHEMA_WRITER}: add ${name} to WRITES_JSON_SCHEMA.`);
  const runsPatterns = all.some(({ imports }) => imports.some(({ path }) => path === PATTERN_ENGINE));
  const parser = contains(PARSER) ? packParser(folder) : 0;
  const bytes = atStart.reduce((sum, output) => sum + output.bytes, parser);
  return { name, bytes, maxBytes: MAX_BYTES_OF[name] ?? MAX_BYTES, runsPatterns };
}

/** Writes what belongs to the configuration beside a bundle. */
function configure(
  { name, runsPatterns }: CodeBundle,
  outDir: string,
  { configuration, data, hasPatterns }: Packed & { readonly configuration: string },
): void {
  const folder = resolve(outDir, name);
  writeFileSync(join(folder, 'selfheal.json'), configuration);
  if (existsSync(join(folder, DATA)))
    for (const [file, text] of Object.entries(data)) writeFileSync(join(folder, DATA, file), text);
  if (runsPatterns && (hasPatterns || RUNS_REQUESTED_PATTERNS.has(name))) packEngine(folder);
}

/** Copies the parser and grammars, all by default. Returns their size in bytes. */
export function packParser(folder: string, grammars = Object.keys(GRAMMARS) as Grammar[]): number {
  const from = join(ROOT, 'node_modules', PARSER_PACKAGE);
  const files = ['tree-sitter.js', 'tree-sitter.wasm', ...grammars.map((grammar) => GRAMMARS[grammar])].map(
    (file) => `wasm/${file}`,
  );
  for (const file of ['package.json', 'LICENSE', ...files])
    cpSync(join(from, file), join(folder, 'node_modules', PARSER_PACKAGE, file), { recursive: true });
  return files.reduce((sum, file) => sum + statSync(join(from, file)).size, 0);
}

function packEngine(folder: string): void {
  const from = join(ROOT, 'node_modules', PATTERN_ENGINE);
  for (const file of ['package.json', 'LICENSE', 'build/index.js'])
    cpSync(join(from, file), join(folder, 'node_modules', PATTERN_ENGINE, file), { recursive: true });
}

/** Copies the data and converts YAML to JSON, which a cold start parses ten times as fast. */
export function writeData(from: string, to: string): void {
  cpSync(from, to, {
    recursive: true,
    filter: (path) => !basename(path).startsWith('.') && path !== join(from, SECRET_RULES),
  });
  for (const name of globSync('**/*.yaml', { cwd: to })) {
    const path = join(to, name);
    const content: unknown = parse(readFileSync(path, 'utf8'), { maxAliasCount: 0 });
    writeFileSync(path.replace(/\.yaml$/, '.json'), JSON.stringify(content));
    rmSync(path);
  }
}

function nameOf(main: string): string {
  return basename(dirname(main));
}

/** `webhook  312.4 KB of 400 KB`. */
export function describeBundle({ name, bytes, maxBytes }: Bundle): string {
  return `${name.padEnd(18)}${(bytes / 1000).toFixed(1).padStart(8)} KB of ${maxBytes / 1000} KB`;
}

if (import.meta.main) {
  const { values } = parseArgs({
    options: { config: { type: 'string' }, out: { type: 'string' }, code: { type: 'string' } },
  });
  const started = performance.now();
  try {
    const bundles = await buildFunctions({
      configurationFile: values.config ?? join(ROOT, 'config/selfheal.json'),
      outDir: values.out ?? join(ROOT, 'dist/functions'),
      ...(values.code === undefined ? {} : { codeDir: values.code }),
      report: (problem) => console.error(`Left out: ${problem}`),
    });
    for (const bundle of bundles) console.log(describeBundle(bundle));
    console.log(`${bundles.length} functions in ${((performance.now() - started) / 1000).toFixed(1)} s`);
  } catch (error) {
    console.error((error as Error).message);
    process.exitCode = 1;
  }
}
