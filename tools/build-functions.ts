import { cpSync, globSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { type BuildOptions, build, type Metafile } from 'esbuild';
import { parse } from 'yaml';
import { readConfiguration } from '#infra/configuration.ts';
import { OWN_SIGNATURES_FILE } from '#shared/adapters/archive/data-files.ts';
import { lineRulesIn } from '#shared/adapters/patterns/re2-engine.ts';
import { GRAMMARS } from '#shared/domain/patch/content/grammars.ts';
import { leanSdk } from './lean-sdk.ts';
import { writeSecretRules } from './pack-secret-rules.ts';
import { ownSignatureFiles } from './pack-signatures.ts';

const ROOT = join(import.meta.dirname, '..');
/** Rules of redaction are in the code of each bundle: they are needed at once. */
const SECRET_RULES = 'secrets';
/** A bundle that holds this module reads the signatures and playbooks, so its asset carries them. */
const DATA_READER = 'shared/adapters/archive/data-files.ts';
/** Runs the patterns of users; most deployments have none. */
const PATTERN_ENGINE = 're2js';
/** A bundle that holds this module parses code, so its asset carries the parser and its grammars. */
const PARSER = 'shared/adapters/parsers/tree-sitter.ts';
const PARSER_PACKAGE = '@vscode/tree-sitter-wasm';
const BYTES_AT_MOST = 1_000_000;
/** A webhook sender waits for the cold start. A tenth of it is the redactor: nothing passes on to the queue as it came. */
const BYTES_AT_MOST_OF: Readonly<Record<string, number>> = { webhook: 450_000, 'inspect-patch': 15_000_000 };
/** Packages in CommonJS call `require` of Node's own modules, which an ES module does not have. */
const REQUIRE =
  "import{createRequire as __createRequire}from'node:module';const require=__createRequire(import.meta.url);";

export interface BuildFunctionsOptions {
  /** The `selfheal.json` that is packed next to each bundle. */
  readonly configurationFile: string;
  /** Emptied first; each function gets a folder of its own in it. */
  readonly outDir: string;
  /** Where `functions/*` and `shared/data` are; the repository by default. */
  readonly root?: string;
  /** Reports each omitted playbook and signature, and why. */
  readonly say?: (problem: string) => void;
}

export interface Bundle {
  readonly name: string;
  readonly bytes: number;
  readonly bytesAtMost: number;
}

/**
 * Bundles every `functions/<name>/main.ts` to `<outDir>/<name>/index.mjs` in one pass, with `selfheal.json` and, where it is
 * read, `data/` beside it; the metafile goes to `<outDir>.meta.json`. Bundles come back in name order.
 * Throws on a bad configuration, on what does not bundle, and naming every bundle that is too large.
 */
export async function buildFunctions(options: BuildFunctionsOptions): Promise<Bundle[]> {
  const root = options.root ?? ROOT;
  const configuration = packedConfiguration(options);
  const packed = await packedData(root, options);
  const mains = globSync('functions/*/main.ts', { cwd: root }).sort();
  rmSync(options.outDir, { recursive: true, force: true });
  mkdirSync(options.outDir, { recursive: true });
  writeSecretRules(root);
  const define = await clientScripts(root);
  const { metafile } = await build({ ...bundling(root, mains, options.outDir), define });
  writeFileSync(`${options.outDir}.meta.json`, JSON.stringify(metafile));
  const bundles = mains.map((main) => finish(main, metafile, root, { ...options, configuration, ...packed }));
  const tooLarge = bundles.filter(({ bytes, bytesAtMost }) => bytes > bytesAtMost);
  if (tooLarge.length === 0) return bundles;
  throw new Error(
    `Too large, see ${options.outDir}.meta.json for what is in it:\n${tooLarge.map(describeBundle).join('\n')}`,
  );
}

/** The file as it is, with the playbooks that its services allow. */
function packedConfiguration({ configurationFile, say }: BuildFunctionsOptions): string {
  const { playbooks } = readConfiguration(configurationFile, say);
  const text = readFileSync(configurationFile, 'utf8');
  return playbooks.length === 0 ? text : JSON.stringify({ ...(JSON.parse(text) as object), playbooks });
}

interface Packed {
  /** Files that are put beside the shipped data, by name. */
  readonly data: Readonly<Record<string, string>>;
  /** Whether any function has patterns of the user to run. */
  readonly hasPatterns: boolean;
}

/** Throws for a pattern of the configuration that cannot be compiled. */
async function packedData(root: string, options: BuildFunctionsOptions): Promise<Packed> {
  const { configurationFile, say = () => undefined } = options;
  const configuration = readConfiguration(configurationFile);
  await lineRulesIn(configuration);
  const places = { configurationFile, dataDirectory: join(root, 'shared/data') };
  const own = await ownSignatureFiles(configuration, places, say);
  const hasPatterns = own.length > 0 || configuration.logReading.skipLines.length > 0;
  return { data: own.length === 0 ? {} : { [OWN_SIGNATURES_FILE]: JSON.stringify(own) }, hasPatterns };
}

function bundling(root: string, mains: readonly string[], outDir: string) {
  return {
    absWorkingDir: root,
    entryPoints: mains.map((main) => ({ in: main, out: `${nameOf(main)}/index` })),
    outdir: resolve(outDir),
    outExtension: { '.js': '.mjs' },
    bundle: true,
    platform: 'node',
    target: 'node24',
    format: 'esm',
    // The data is packed as JSON (`writeData`), so that the parser of YAML would never run; the engine is packed where it does (`finish`).
    external: ['yaml', PATTERN_ENGINE],
    // The SDK's ES modules shake to a fraction of its CommonJS build.
    mainFields: ['module', 'main'],
    plugins: [leanSdk()],
    minify: true,
    legalComments: 'none',
    // Rules of redaction name passwords in many scripts; escaped they are several times as long.
    charset: 'utf8',
    banner: { js: REQUIRE },
    metafile: true,
    logLevel: 'warning',
  } satisfies BuildOptions;
}

/**
 * What pages run in the browser: `functions/approval/client.ts` bundled as one script, as the text of the constant `APPROVAL_CLIENT`.
 * Keys are such names, values are string literals.
 */
export async function clientScripts(root: string): Promise<Record<string, string>> {
  const clients = globSync('functions/*/client.ts', { cwd: root }).sort();
  const built = clients.map(async (client) => {
    const { outputFiles } = await build({
      absWorkingDir: root,
      entryPoints: [client],
      bundle: true,
      write: false,
      format: 'iife',
      target: 'es2022',
      minify: true,
      charset: 'utf8',
      logLevel: 'warning',
    });
    return [
      `${nameOf(client).replaceAll('-', '_').toUpperCase()}_CLIENT`,
      JSON.stringify(outputFiles[0]?.text),
    ] as const;
  });
  return Object.fromEntries(await Promise.all(built));
}

function finish(
  main: string,
  metafile: Metafile,
  root: string,
  options: BuildFunctionsOptions & Packed & { readonly configuration: string },
): Bundle {
  const name = nameOf(main);
  const folder = resolve(options.outDir, name);
  const output = metafile.outputs[relative(root, join(folder, 'index.mjs'))];
  if (output === undefined) throw new Error(`esbuild wrote no bundle for ${main}.`);
  writeFileSync(join(folder, 'selfheal.json'), options.configuration);
  if ((output.inputs[DATA_READER]?.bytesInOutput ?? 0) > 0) {
    writeData(join(root, 'shared/data'), join(folder, 'data'));
    for (const [file, text] of Object.entries(options.data)) writeFileSync(join(folder, 'data', file), text);
  }
  const runsPatterns = output.imports.some(({ path }) => path === PATTERN_ENGINE);
  if (runsPatterns && options.hasPatterns) packEngine(folder);
  const parser = (output.inputs[PARSER]?.bytesInOutput ?? 0) > 0 ? packParser(folder) : 0;
  return { name, bytes: output.bytes + parser, bytesAtMost: BYTES_AT_MOST_OF[name] ?? BYTES_AT_MOST };
}

/** The bytes of what was packed. */
function packParser(folder: string): number {
  const from = join(ROOT, 'node_modules', PARSER_PACKAGE);
  const files = ['tree-sitter.js', 'tree-sitter.wasm', ...Object.values(GRAMMARS)].map((file) => `wasm/${file}`);
  for (const file of ['package.json', 'LICENSE', ...files])
    cpSync(join(from, file), join(folder, 'node_modules', PARSER_PACKAGE, file), { recursive: true });
  return files.reduce((sum, file) => sum + statSync(join(from, file)).size, 0);
}

function packEngine(folder: string): void {
  const from = join(ROOT, 'node_modules', PATTERN_ENGINE);
  for (const file of ['package.json', 'LICENSE', 'build/index.js'])
    cpSync(join(from, file), join(folder, 'node_modules', PATTERN_ENGINE, file), { recursive: true });
}

/** Copies the data with its YAML turned into JSON, which a cold start reads in a tenth of the time. */
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
export function describeBundle({ name, bytes, bytesAtMost }: Bundle): string {
  return `${name.padEnd(18)}${(bytes / 1000).toFixed(1).padStart(8)} KB of ${bytesAtMost / 1000} KB`;
}

if (import.meta.main) {
  const { values } = parseArgs({ options: { config: { type: 'string' }, out: { type: 'string' } } });
  const started = performance.now();
  try {
    const bundles = await buildFunctions({
      configurationFile: values.config ?? join(ROOT, 'config/selfheal.json'),
      outDir: values.out ?? join(ROOT, 'dist/functions'),
      say: (problem) => console.error(`Left out: ${problem}`),
    });
    for (const bundle of bundles) console.log(describeBundle(bundle));
    console.log(`${bundles.length} functions in ${((performance.now() - started) / 1000).toFixed(1)} s`);
  } catch (error) {
    console.error((error as Error).message);
    process.exitCode = 1;
  }
}
