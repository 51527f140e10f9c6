import { posix } from 'node:path';
import resolving, { type FileSystem } from 'enhanced-resolve';
import type { ModuleResolver } from '../../ports/source-tree.ts';

const SOURCES = ['.ts', '.tsx', '.mts', '.cts', '.js', '.jsx', '.mjs', '.cjs', '.d.ts', '.json'];
/** TypeScript's rule: the import names the file that the compiler would write. */
const WRITTEN_AS = {
  '.js': ['.ts', '.tsx', '.js', '.jsx', '.d.ts'],
  '.mjs': ['.mts', '.mjs', '.d.mts'],
  '.cjs': ['.cts', '.cjs', '.d.cts'],
  '.jsx': ['.tsx', '.jsx'],
};
const CONDITIONS = ['source', 'import', 'require', 'node', 'development', 'default'];
/** Where the sources of a package lie whose entry is built first. */
const SOURCE_FOLDERS = ['src', '.', 'lib'];
/** Names that no package of a registry can have. */
const NOT_A_PACKAGE = /^(?:[./#~$]|@\/)/;

/**
 * Resolves imports with webpack's resolver (`package.json` exports and imports, `tsconfig.json` paths with extends and references, extensions, index
 * files) over the listed files alone: nothing outside the tree is read, and the answer is the same whether or not packages are installed.
 * `readText`: the text of a listed file, or null.
 */
export function makeModuleResolver(
  files: readonly string[],
  readText: (file: string) => string | null,
): ModuleResolver {
  const known = new Set(files.map((file) => `/${file}`));
  const packages = workspacePackages(files, readText);
  const links = new Map([...packages].map(([name, folder]) => [`/node_modules/${name}`, folder]));
  const resolver = resolving.ResolverFactory.createResolver({
    fileSystem: listedFiles(known, links, readText),
    useSyncFileSystemCalls: true,
    extensions: SOURCES,
    extensionAlias: WRITTEN_AS,
    conditionNames: CONDITIONS,
    mainFields: ['source', 'module', 'main'],
    tsconfig: { references: 'auto' },
  });
  const find = (folder: string, specifier: string): string | null => {
    let found: string | false | undefined;
    // The file system answers at once, and so the callback comes before the call returns.
    resolver.resolve({}, folder, specifier, {}, (error, path) => {
      found = error === null ? path : undefined;
    });
    return typeof found === 'string' ? (found.split(/[?\0]/)[0] ?? null) : null;
  };
  const fromPackage = (specifier: string): string | null => {
    const name = /^(?:@[^/]+\/)?[^/]+/.exec(specifier)?.[0] ?? '';
    const folder = packages.get(name);
    if (folder === undefined) return null;
    const inside = specifier.slice(name.length + 1) || 'index';
    return SOURCE_FOLDERS.map((source) => find(folder, `./${posix.join(source, inside)}`)).find(Boolean) ?? null;
  };
  const answers = new Map<string, ReturnType<ModuleResolver['resolve']>>();
  return {
    resolve(from, specifier) {
      const folder = posix.dirname(`/${from}`);
      const key = `${folder}\0${specifier}`;
      const before = answers.get(key);
      if (before !== undefined) return before;
      const path = find(folder, specifier) ?? fromPackage(specifier);
      const answer =
        path !== null ? { file: path.slice(1) } : NOT_A_PACKAGE.test(specifier) ? 'unresolved' : 'external';
      answers.set(key, answer);
      return answer;
    },
  };
}

/** Packages of the repository by their names, as an installation would link them. */
function workspacePackages(files: readonly string[], readText: (file: string) => string | null): Map<string, string> {
  const packages = new Map<string, string>();
  for (const file of files) {
    const name = isPackage(file) ? manifestIn(readText(file) ?? '')?.name : undefined;
    if (typeof name !== 'string' || !PACKAGE_NAME.test(name) || packages.has(name)) continue;
    packages.set(name, posix.dirname(`/${file}`));
  }
  return packages;
}

const isPackage = (path: string): boolean => posix.basename(path) === 'package.json';
const PACKAGE_NAME = /^(?:@[\w.-]+\/)?[\w.-]+$/;

function manifestIn(text: string): { readonly name?: unknown } | null {
  try {
    const manifest: unknown = JSON.parse(text);
    return typeof manifest === 'object' ? manifest : null;
  } catch {
    return null;
  }
}

/** One error for every missing file: making one with its stack each time takes longer than the look-up. */
const MISSING = Object.assign(new Error('no such file'), { code: 'ENOENT' });

function listedFiles(
  known: ReadonlySet<string>,
  links: ReadonlyMap<string, string>,
  readText: (file: string) => string | null,
): FileSystem {
  const folders = new Set(['/']);
  for (const path of [...known, ...links.keys()]) {
    for (let folder = posix.dirname(path); !folders.has(folder); folder = posix.dirname(folder)) folders.add(folder);
  }
  for (const link of links.keys()) folders.add(link);
  const through = (path: string): string => {
    for (let folder = path; folder !== '/'; folder = posix.dirname(folder)) {
      const target = links.get(folder);
      if (target !== undefined) return posix.join(target, path.slice(folder.length));
    }
    return path;
  };
  const texts = new Map<string, string | null>();
  const configuration = (path: string): string | null => {
    const before = texts.get(path);
    if (before !== undefined) return before;
    const text = known.has(path) ? readText(path.slice(1)) : null;
    // A package.json that cannot be parsed counts as empty: the files of its folder are still there.
    const usable = text !== null && isPackage(path) && manifestIn(text) === null ? '{}' : text;
    texts.set(path, usable);
    return usable;
  };
  const calls = {
    statSync(given: string) {
      const path = through(given);
      const [isFile, isFolder] = [known.has(path), folders.has(path)];
      if (!isFile && !isFolder) throw MISSING;
      return { isFile: () => isFile, isDirectory: () => !isFile };
    },
    readFileSync(given: string) {
      const path = through(given);
      const text = configuration(path);
      if (text !== null) return Buffer.from(text);
      // A configuration that extends one of a package keeps its own paths although the package is not there.
      if (path.endsWith('.json') && !isPackage(path)) return Buffer.from('{}');
      throw MISSING;
    },
    readlinkSync(path: string) {
      const target = links.get(path);
      if (target === undefined) throw MISSING;
      return target;
    },
    readdirSync() {
      throw MISSING;
    },
  };
  // The declared type is that of Node's `fs` with all its overloads; these four are what the resolver calls.
  return calls as unknown as FileSystem;
}
