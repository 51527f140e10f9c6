import { makePythonResolver } from '../../domain/architecture/python-modules.ts';
import { type CoverageMap, coveredBy } from '../../domain/test-selection/coverage-map.ts';
import { folderOf, isTestConfiguration, isTestFile, languageOf } from '../../domain/test-selection/file-kinds.ts';
import {
  declaredPackages,
  makeAliasFinder,
  makeGoResolver,
  makeNamesakeFinder,
  moduleNameIn,
} from '../../domain/test-selection/import-targets.ts';
import type { Dependence, Dependencies } from '../../domain/test-selection/select-tests.ts';
import {
  isScanned,
  referencesOf,
  setUpIn,
  type WrittenImport,
  type WrittenPath,
} from '../../domain/test-selection/source-references.ts';
import type { ModuleResolver, SourceLexer, SourceTree } from '../../ports/source-tree.ts';

interface Node {
  /** Files that it may run. */
  readonly files: Set<string>;
  /** Beginnings of paths whose files it may read; `run`: or run. */
  readonly prefixes: Map<string, 'read' | 'run'>;
  /** Its imports are not known, because it cannot be parsed or read. */
  isUnread: boolean;
  /** Of a runner's configuration: files that run before every test. */
  readonly setUp: Set<string>;
  /** Of a runner's configuration: other sources that it imports or names, such as reporters and environments. What these lead to does not count. */
  readonly named: Set<string>;
}

const emptyNode = (): Node => ({
  files: new Set(),
  prefixes: new Map(),
  isUnread: false,
  setUp: new Set(),
  named: new Set(),
});

const within = (folder: string, name: string): string => (folder === '' ? name : `${folder}/${name}`);

/** Folders from that of a file up to the root. */
function foldersUp(path: string): string[] {
  const folders: string[] = [];
  for (let folder = folderOf(path); folder !== ''; folder = folderOf(folder)) folders.push(folder);
  return [...folders, ''];
}

/** A relative path without `.` and `..`; null when it leaves the root. */
function normal(path: string): string | null {
  const parts: string[] = [];
  for (const part of path.split('/')) {
    if (part === '' || part === '.') continue;
    if (part !== '..') parts.push(part);
    else if (parts.pop() === undefined) return null;
  }
  return parts.join('/');
}

/** Files that share a name so often that it says nothing, where it stands for source code. */
const MAX_NAMESAKES = 3;

/** Finds the files of the repository that a written path may mean. */
function makePathFinder(files: ReadonlySet<string>) {
  const folders = new Set([...files].flatMap((file) => foldersUp(file)));
  folders.delete('');
  const lastOf = (path: string): string => path.slice(path.lastIndexOf('/') + 1);
  const byName = Map.groupBy(files, lastOf);
  const folderNames = new Set([...folders].map(lastOf));
  return (from: string, { text, prefix }: WrittenPath, node: Node, kind: 'read' | 'run'): void => {
    const isFolder = text.endsWith('/');
    const last = lastOf(isFolder ? text.slice(0, -1) : text);
    if (prefix ? !text.includes('/') : !byName.has(last) && !folderNames.has(last)) return;
    const [own = '', ...above] = foldersUp(from);
    const bases = text.startsWith('.') ? [own, ...above.slice(-1)] : [own, ...above];
    // Data names files; a folder in it is a word.
    const takesFolders = languageOf(from) !== null;
    let found = false;
    for (const base of bases) {
      const path = normal(within(base, text));
      if (path === null || path === '') continue;
      if (!prefix && !isFolder && files.has(path)) node.files.add(path);
      else if (takesFolders && folders.has(path) && (isFolder || text.includes('/')))
        node.prefixes.set(`${path}/`, kind);
      else if (takesFolders && prefix && !isFolder && folders.has(folderOf(path))) node.prefixes.set(path, kind);
      else continue;
      found = true;
    }
    if (found || prefix || isFolder) return;
    // The rest of a path whose beginning is computed: `${folder}/cart.json`, or a bare name.
    const end = normal(text.replace(/^\.*\//, '')) ?? '';
    const meant = (byName.get(last) ?? []).filter((file) => file === end || file.endsWith(`/${end}`));
    if (languageOf(end) !== null && meant.length > MAX_NAMESAKES) return;
    for (const file of meant) node.files.add(file);
  };
}

interface GraphSources {
  readonly tree: Pick<SourceTree, 'files' | 'read'>;
  readonly lexer: SourceLexer;
  /** Every file of tests. */
  readonly tests: ReadonlySet<string>;
  readonly resolver: ModuleResolver;
  /** Deleted files: whoever still imports one depends on it. */
  readonly deleted: readonly string[];
  readonly coverage: CoverageMap;
}

/** What manifests say about the imports of the sources. */
interface Manifests {
  /** Packages that some `package.json` depends on. */
  readonly declared: ReadonlySet<string>;
  /** Names of Go modules by their folder. */
  readonly goModules: ReadonlyMap<string, string>;
  /** Files that a runner loads before every test, by the `package.json` that says so. */
  readonly setUp: ReadonlyMap<string, readonly string[]>;
  /** Whether tests fail for types alone: then imports of types count. */
  readonly checksTypes: boolean;
}

const CHECKS_TYPES = /["']ts-jest["']|["']tsd["']|\btypecheck\b/;

async function readManifests(tree: GraphSources['tree']): Promise<Manifests> {
  const declared = new Set<string>();
  const goModules = new Map<string, string>();
  const setUp = new Map<string, readonly string[]>();
  let checksTypes = false;
  for (const path of tree.files) {
    const name = path.slice(path.lastIndexOf('/') + 1);
    if (name !== 'package.json' && name !== 'go.mod' && !isTestConfiguration(path)) continue;
    const content = await tree.read(path);
    if ('skipped' in content) continue;
    const { text } = content;
    if (name === 'go.mod') goModules.set(folderOf(path), moduleNameIn(text) ?? '');
    else checksTypes ||= CHECKS_TYPES.test(text);
    if (name !== 'package.json') continue;
    for (const one of declaredPackages(text)) declared.add(one);
    setUp.set(path, setUpIn(text));
  }
  return { declared, goModules, setUp, checksTypes };
}

/** Reads the references of every source and data file of a tree. Eight seconds for 3,000 files. */
async function readNodes({
  tree,
  lexer,
  tests,
  resolver,
  deleted,
  coverage,
}: GraphSources): Promise<Map<string, Node>> {
  const known = new Set([...tree.files, ...deleted]);
  const manifests = await readManifests(tree);
  const python = makePythonResolver(known);
  const go = makeGoResolver(known, manifests.goModules);
  const byAlias = makeAliasFinder(known, manifests.declared);
  const namesakes = makeNamesakeFinder(known);
  const find = makePathFinder(known);
  const odd = [...known].filter((file) => !/^[\w@#%+~$.\-/]+$/.test(file));
  /** The files that an import means, by the rules of its language. */
  const imported = (from: string, { specifier, names, isStatement }: WrittenImport): readonly string[] => {
    const language = languageOf(from);
    if (language === 'go') return go.imported(specifier);
    if (language === 'python') {
      const found = python(from, { specifier, names, line: 1, phase: 'load' });
      return typeof found === 'string' ? [] : found;
    }
    const found = resolver.resolve(from, specifier);
    if (typeof found === 'string') return isStatement ? byAlias(specifier) : [];
    return [found.file, ...namesakes(found.file, specifier)];
  };
  const nodes = new Map<string, Node>();
  for (const path of tree.files) {
    const node = emptyNode();
    nodes.set(path, node);
    addImplicit(path, { known, tests }, node);
    addSetUp(path, manifests.setUp.get(path) ?? [], find, node);
    if (!isScanned(path)) continue;
    const content = await tree.read(path);
    const language = languageOf(path);
    if ('skipped' in content) {
      node.isUnread = language !== null && language !== 'other';
      continue;
    }
    const isLexed = language === 'javascript' || language === 'python';
    const lexed = isLexed ? await lexer.lex(path, content.text) : null;
    node.isUnread = isLexed && lexed === null;
    const { imports, paths, computesImports, importsOwnFolder, setUp } = referencesOf(path, content.text, {
      lexed,
      withTypes: manifests.checksTypes,
    });
    const kind = computesImports ? 'run' : 'read';
    for (const one of imports) for (const file of imported(path, one)) node.files.add(file);
    for (const written of paths) find(path, written, node, kind);
    for (const file of odd)
      if (content.text.includes(file.slice(file.lastIndexOf('/') + 1).replace(/\.\w+$/, ''))) node.files.add(file);
    if (importsOwnFolder)
      for (const file of known)
        if (file.endsWith('.py') && file.startsWith(within(folderOf(path), ''))) node.files.add(file);
    if (path.endsWith('.go')) {
      for (const file of go.beside(path)) node.files.add(file);
      node.prefixes.set(within(folderOf(path), 'testdata/'), 'read');
    }
    if (isTestConfiguration(path)) {
      addSetUp(path, setUp, find, node);
      for (const file of node.files) if (languageOf(file) !== null) node.named.add(file);
    }
    node.files.delete(path);
  }
  for (const test of Object.keys(coverage.tests))
    for (const file of coveredBy(coverage, test)) nodes.get(test)?.files.add(file);
  return nodes;
}

function addSetUp(path: string, names: readonly string[], find: ReturnType<typeof makePathFinder>, node: Node): void {
  const found = emptyNode();
  for (const text of names) find(path, { text, prefix: false }, found, 'read');
  for (const file of found.files) node.setUp.add(file);
}

/** What a runner or a language loads without being told: `conftest.py`, `__init__.py`, snapshots. */
function addImplicit(
  path: string,
  { known, tests }: { readonly known: ReadonlySet<string>; readonly tests: ReadonlySet<string> },
  node: Node,
): void {
  const folder = folderOf(path);
  if (path.endsWith('.py')) {
    for (const above of foldersUp(path)) {
      const names = tests.has(path) || path.endsWith('conftest.py') ? ['__init__.py', 'conftest.py'] : ['__init__.py'];
      for (const name of names) if (known.has(within(above, name))) node.files.add(within(above, name));
    }
  }
  const snapshot = `${within(folder, '__snapshots__')}/${path.slice(path.lastIndexOf('/') + 1)}.snap`;
  if (known.has(snapshot)) node.files.add(snapshot);
}

function dependenciesOf(
  nodes: ReadonlyMap<string, Node>,
  { files, tests }: { readonly files: readonly string[]; readonly tests: ReadonlySet<string> },
): Dependencies {
  const below = new Map<string, readonly string[]>();
  const filesUnder = (prefix: string): readonly string[] => {
    const before = below.get(prefix) ?? files.filter((file) => file.startsWith(prefix));
    below.set(prefix, before);
    return before;
  };
  /** Files that may run when this one does, with their distance; `visit` sees each node. */
  const walk = (start: string, visit: (path: string, node: Node | undefined, distance: number) => boolean): void => {
    const seen = new Set([start]);
    let now = [start];
    for (let distance = 0; now.length > 0; distance += 1) {
      const next: string[] = [];
      for (const path of now) {
        const node = nodes.get(path);
        if (visit(path, node, distance)) return;
        const runs = [...(node?.prefixes ?? [])].flatMap(([prefix, kind]) =>
          kind === 'run' ? filesUnder(prefix) : [],
        );
        for (const to of [...(node?.files ?? []), ...runs]) {
          if (seen.has(to)) continue;
          seen.add(to);
          next.push(to);
        }
      }
      now = next;
    }
  };
  let beforeAll: Map<string, string> | null = null;
  return {
    affected(changed) {
      const wanted = new Set(changed);
      const found = new Map<string, Dependence>();
      for (const test of nodes.keys()) {
        if (!tests.has(test)) continue;
        walk(test, (path, node, distance) => {
          const read = [...(node?.prefixes.keys() ?? [])].flatMap(
            (prefix) => changed.find((one) => one.startsWith(prefix)) ?? [],
          )[0];
          const hit = wanted.has(path) ? path : read;
          if (hit === undefined) return false;
          found.set(test, { changed: hit, distance: hit === path ? distance : distance + 1 });
          return true;
        });
      }
      return found;
    },
    unread(changed) {
      const seen = new Set<string>();
      const waiting = [...changed, ...tests];
      for (let path = waiting.pop(); path !== undefined; path = waiting.pop()) {
        if (seen.has(path)) continue;
        seen.add(path);
        const node = nodes.get(path);
        if (node?.isUnread) return path;
        for (const to of node?.files ?? []) waiting.push(to);
        for (const [prefix, kind] of node?.prefixes ?? []) if (kind === 'run') waiting.push(...filesUnder(prefix));
      }
      return null;
    },
    isNamed: (path) =>
      [...nodes.values()].some(
        ({ files: named, prefixes }) =>
          named.has(path) || [...prefixes.keys()].some((prefix) => path.startsWith(prefix)),
      ),
    loadedBefore(path) {
      beforeAll ??= loadedByConfigurations(nodes);
      return beforeAll.get(path) ?? null;
    },
  };

  function loadedByConfigurations(all: ReadonlyMap<string, Node>): Map<string, string> {
    const loaded = new Map<string, string>();
    for (const [configuration, node] of all) {
      for (const named of node.named) if (!tests.has(named)) loaded.set(named, configuration);
      for (const named of node.setUp) {
        if (isTestFile(named)) continue;
        walk(named, (path) => {
          if (!loaded.has(path)) loaded.set(path, configuration);
          return false;
        });
      }
    }
    return loaded;
  }
}

/** Reads the references of every source and data file of a tree, and what follows from them. */
export async function readDependencies(sources: GraphSources): Promise<Dependencies> {
  const files = [...sources.tree.files, ...sources.deleted];
  return dependenciesOf(await readNodes(sources), { files, tests: sources.tests });
}
