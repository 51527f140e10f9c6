import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { build } from 'esbuild';
import typescript from 'typescript';
import { writeData } from './build-functions.ts';
import { leanSdk } from './lean-sdk.ts';

const ROOT = join(import.meta.dirname, '..');
const NODE_MAJOR = 24;

/** CommonJS packages call `require` for Node's own modules; ES modules have no `require`. */
const REQUIRE =
  "import{createRequire as __createRequire}from'node:module';const require=__createRequire(import.meta.url);";
/** `data-files.ts` looks for the data two folders above its own; this makes it find the data beside the bundle. */
const DATA_ANCHOR = "const __sourceFolder=import.meta.dirname+'/adapters/archive';";

/**
 * Bundles entry points for Node 24 to `<outDir>/<out>.mjs` and copies the data that they read to `<outDir>/data`. The code is split into chunks, so
 * that what is loaded on demand is a file of its own.
 */
export async function bundleWithData(
  entryPoints: readonly { in: string; out: string }[],
  outDir: string,
): Promise<void> {
  rmSync(outDir, { recursive: true, force: true });
  await build({
    absWorkingDir: ROOT,
    entryPoints: [...entryPoints],
    outdir: resolve(outDir),
    outExtension: { '.js': '.mjs' },
    bundle: true,
    splitting: true,
    platform: 'node',
    target: `node${NODE_MAJOR}`,
    format: 'esm',
    mainFields: ['module', 'main'],
    // For Node it is CommonJS, whose names a part that is loaded later does not export.
    alias: { yaml: join(ROOT, 'node_modules/yaml/browser/index.js') },
    plugins: [leanSdk()],
    define: { 'import.meta.dirname': '__sourceFolder' },
    minify: true,
    legalComments: 'linked',
    banner: { js: [REQUIRE, DATA_ANCHOR].join('\n') },
    logLevel: 'warning',
  });
  writeData(join(ROOT, 'shared/data'), join(outDir, 'data'));
}

/**
 * Bundles the command line to `<outDir>/selfheal.mjs` and the library with its types to `<outDir>/index.mjs`. A command loads only
 * what it needs.
 */
export async function buildCli(outDir: string): Promise<void> {
  const entryPoints = [
    { in: 'apps/cli/main.ts', out: 'selfheal' },
    { in: 'apps/cli/library.ts', out: 'library' },
  ];
  await bundleWithData(entryPoints, outDir);
  const names = Object.keys(await import(pathToFileURL(resolve(outDir, 'library.mjs')).href));
  writeFileSync(join(outDir, 'index.mjs'), libraryEntry(names));
  writeFileSync(join(outDir, 'index.d.ts'), libraryTypes());
}

/** An older Node cannot parse the library, so its version is checked before that is loaded. `require` keeps the entry free of `await`. */
function libraryEntry(names: readonly string[]): string {
  return `import { createRequire } from 'node:module';
import process from 'node:process';

if (Number(process.versions.node.split('.')[0]) < ${NODE_MAJOR}) {
  throw new Error(\`selfheal: this is Node \${process.versions.node}, which is too old. Use Node ${NODE_MAJOR}.\`);
}
export const { ${names.join(', ')} } = createRequire(import.meta.url)('./library.mjs');
`;
}

/** The types of the library in one file that imports nothing. Throws when a public type needs one of another file. */
function libraryTypes(): string {
  const types = ['apps/workbench/analyze/analysis.ts', 'apps/cli/library.ts'].map((file) =>
    declarationOf(join(ROOT, file)),
  );
  const text = types
    .join('')
    .replaceAll(/^(?:import type .*'#apps\/workbench\/analyze\/analysis\.ts'|export type \* from .*);\n/gm, '');
  if (/^import|\bfrom '/m.test(text)) throw new Error(`The types of the library import something:\n${text}`);
  return text;
}

function declarationOf(file: string): string {
  const { outputText, diagnostics = [] } = typescript.transpileDeclaration(readFileSync(file, 'utf8'), {
    fileName: file,
    compilerOptions: { isolatedDeclarations: true, target: typescript.ScriptTarget.ES2024 },
    reportDiagnostics: true,
  });
  const [first] = diagnostics;
  if (first === undefined) return outputText;
  throw new Error(`${file}: ${typescript.flattenDiagnosticMessageText(first.messageText, ' ')}`);
}

if (import.meta.main) {
  const { values } = parseArgs({ options: { out: { type: 'string' } } });
  await buildCli(values.out ?? join(ROOT, 'dist/cli'));
}
