import { nearestValue } from '@selfheal/kernel/text/nearest-value.ts';

/** A module that a program could not load, as its log says. */
export interface MissingModule {
  readonly language: 'python' | 'node';
  /** As it is imported: `orders.billing`, `stripe`, `./cart`, `@acme/money/round`. */
  readonly module: string;
  /** The file that imports it, as the log writes it; null when the log does not say. */
  readonly importer: string | null;
  /** Whether the log alone shows that it belongs to the project: a relative path, or the first part of a path in the log. */
  readonly looksOwn: boolean;
}

/** What the checked-out sources say about it. */
export type ModuleFinding =
  /** A module of the project, and no file has it. `nearest`: a file with a similar name. */
  | { readonly kind: 'own-absent'; readonly file: string; readonly nearest: string | null }
  /** A module of the project whose file is there, so it is not searched for where it lies. */
  | { readonly kind: 'own-present'; readonly file: string; readonly found: string }
  | { readonly kind: 'package-declared'; readonly file: string; readonly manifest: string }
  | { readonly kind: 'package-undeclared'; readonly file: string; readonly manifest: string | null }
  /** The importing file, or the import in it, is not in the sources: they are of another state, or of another project. */
  | { readonly kind: 'unchecked' };

/** Sources to check against: every file by its path from the root, and the text of one. */
export interface Sources {
  readonly files: readonly string[];
  read(file: string): Promise<string | null>;
}

const PYTHON = /No module named ['"]?(?<module>[\w.]{1,120})/;
const NODE = [
  /Cannot find (?:module|package) ['"](?<module>[^'"\n]{1,200})['"](?:,? (?:imported )?from ['"]?(?<importer>[^'"\n\s]{1,300}))?/,
  /Can't resolve ['"](?<module>[^'"\n]{1,200})['"]/,
  /Failed to resolve import ['"](?<module>[^'"\n]{1,200})['"] from ['"](?<importer>[^'"\n]{1,300})['"]/,
];
/** A place in a Python file, in a traceback and in pytest's short form. */
const PYTHON_PLACE = /(?:File "(?<file>[^"\n]{1,300}\.py)", line \d|^(?:E\s+)?(?<short>[\w./-]{1,300}\.py):\d+: )/;
const NODE_PLACE =
  /(?:^\s*- |\(|\bat |^|\s)(?<file>(?:[\w@.-]*\/)[\w@./-]{1,300}\.(?:[cm]?[jt]sx?|vue|svelte))(?::\d+|\(\d+|\s|\)|$)/;
/** Lines in which the importing file stands. */
const NEAR = 12;
/** Of installed packages and the language itself, not of the project. */
const INSTALLED = /(?:^|\/)(?:site-packages|dist-packages|node_modules|lib\/python[\d.]+)\//;

/** The module that a log reports as missing; null when it reports none. The last one decides: earlier ones may be handled. */
export function missingModuleIn(lines: readonly string[]): MissingModule | null {
  for (let at = lines.length - 1; at >= 0; at--) {
    const text = lines[at] ?? '';
    const python = PYTHON.exec(text)?.groups?.module;
    if (python !== undefined) {
      const importer = lastPlace(lines.slice(Math.max(0, at - NEAR), at), PYTHON_PLACE);
      return { language: 'python', module: python, importer, looksOwn: isOwnPython(python, lines) };
    }
    const node = NODE.map((form) => form.exec(text)?.groups).find((groups) => groups !== undefined);
    if (node?.module !== undefined) {
      const module = node.module.replaceAll('`', '');
      const importer = node.importer ?? firstPlace(lines.slice(at + 1, at + NEAR), NODE_PLACE);
      return { language: 'node', module, importer, looksOwn: /^(?:\.{0,2}\/|@\/|~\/|#|[A-Za-z]:\\)/.test(module) };
    }
  }
  return null;
}

const fileOf = (text: string, place: RegExp): string | null => {
  const { file, short } = place.exec(text)?.groups ?? {};
  const found = file ?? short ?? null;
  return found === null || INSTALLED.test(found) ? null : found;
};
const lastPlace = (lines: readonly string[], place: RegExp): string | null =>
  lines.map((text) => fileOf(text, place)).findLast((file) => file !== null) ?? null;
const firstPlace = (lines: readonly string[], place: RegExp): string | null =>
  lines.map((text) => fileOf(text, place)).find((file) => file !== null) ?? null;

/** A folder with the name of the module's first part stands in a path of the log. */
function isOwnPython(module: string, lines: readonly string[]): boolean {
  const [first = ''] = module.split('.');
  if (first === '') return true;
  return lines.some((text) => {
    const file = fileOf(text, PYTHON_PLACE);
    return file !== null && (file.split('/').slice(0, -1).includes(first) || file.endsWith(`/${first}.py`));
  });
}

/** Compares what the log says with the sources. */
export async function checkMissingModule(missing: MissingModule, sources: Sources): Promise<ModuleFinding> {
  const file = missing.importer === null ? null : sourceOf(missing.importer, sources.files);
  const text = file === null ? null : await sources.read(file);
  if (file === null || text === null || !imports(text, missing)) return { kind: 'unchecked' };
  const candidates = candidatesOf(missing, file);
  const found = sources.files.find((path) => candidates.some((one) => path === one || path.endsWith(`/${one}`)));
  const isOwn = missing.looksOwn || found !== undefined || hasOwnRoot(missing, sources.files);
  if (isOwn)
    return found === undefined
      ? { kind: 'own-absent', file, nearest: nearestFile(missing, candidates, sources.files) }
      : { kind: 'own-present', file, found };
  const { declared, manifest } = await declarationOf(missing, sources);
  return declared !== null
    ? { kind: 'package-declared', file, manifest: declared }
    : { kind: 'package-undeclared', file, manifest };
}

/** The file of the repository that a path of the log ends with, from a runner's absolute path, too. */
function sourceOf(path: string, files: readonly string[]): string | null {
  const parts = path.replace(/^\.\//, '').split('/');
  for (let at = 0; at < parts.length; at++) {
    const suffix = parts.slice(at).join('/');
    if (suffix !== '' && files.includes(suffix)) return suffix;
  }
  return null;
}

const escaped = (text: string): string => text.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&');

/** Whether a source imports the module: in Python also as `from a import b` for `a.b`. */
function imports(text: string, { language, module }: MissingModule): boolean {
  if (language === 'node') return text.includes(`'${module}'`) || text.includes(`"${module}"`);
  const parts = module.split('.');
  const names = parts.map((_, at) => parts.slice(0, at + 1).join('.'));
  return names.some((name) => new RegExp(`^\\s*(?:from|import)\\s+\\.*${escaped(name)}\\b`, 'm').test(text));
}

/** Files that would hold the module. */
function candidatesOf({ language, module }: MissingModule, importer: string): string[] {
  if (language === 'python') {
    const path = module.replaceAll('.', '/');
    return [`${path}.py`, `${path}/__init__.py`];
  }
  const folder = importer.split('/').slice(0, -1);
  const path = module.replace(/^[@~#]\//, '');
  const parts = /^\.{1,2}\//.test(module) ? [...folder, ...path.split('/')] : path.split('/');
  const normal: string[] = [];
  for (const part of parts)
    if (part === '..') normal.pop();
    else if (part !== '.' && part !== '') normal.push(part);
  const base = normal.join('/');
  const stem = base.replace(/\.[cm]?jsx?$/, '');
  const endings = ['ts', 'tsx', 'js', 'jsx', 'mjs', 'cjs', 'mts', 'cts', 'json'];
  return [base, ...endings.flatMap((end) => [`${stem}.${end}`, `${stem}/index.${end}`])];
}

/** Whether the module's first part is a package of the project: a folder with sources, wherever the part after it is missing. */
function hasOwnRoot({ language, module }: MissingModule, files: readonly string[]): boolean {
  if (language === 'node') return false;
  const [first = '', second] = module.split('.');
  const isRoot = (path: string): boolean => /^(?:src\/|lib\/)?[^/]+\/[^/]+\.py$/.test(path);
  return files.some((path) => {
    const folders = path.split('/').slice(0, -1);
    if (!path.endsWith('.py') || !folders.includes(first)) return false;
    return second === undefined ? isRoot(path) && folders.at(-1) === first : true;
  });
}

function nearestFile(missing: MissingModule, candidates: readonly string[], files: readonly string[]): string | null {
  const ending = missing.language === 'python' ? /\.py$/ : /\.(?:[cm]?[jt]sx?|json)$/;
  const sources = files.filter((path) => ending.test(path));
  const nameOf = (path: string): string =>
    path
      .split('/')
      .at(-1)
      ?.replace(/\.\w+$/, '') ?? '';
  const wanted = nameOf(candidates[missing.language === 'python' ? 0 : 1] ?? '');
  const nearest = nearestValue(
    wanted,
    [...new Set(sources.map(nameOf))].filter((name) => name.length > 2),
  );
  return nearest === null ? null : (sources.find((path) => nameOf(path) === nearest) ?? null);
}

const PYTHON_MANIFESTS =
  /(?:^|\/)(?:requirements[\w.-]*\.(?:txt|in)|requirements\/[\w.-]+\.(?:txt|in)|pyproject\.toml|setup\.(?:py|cfg)|Pipfile|environment\.ya?ml)$/;
const NODE_MANIFESTS = /(?:^|\/)package\.json$/;
/** Import names whose distribution has another name. https://packaging.python.org/en/latest/discussions/distribution-package-vs-import-package/ */
const DISTRIBUTIONS: Readonly<Record<string, string>> = {
  yaml: 'pyyaml',
  cv2: 'opencv-python',
  PIL: 'pillow',
  sklearn: 'scikit-learn',
  bs4: 'beautifulsoup4',
  dotenv: 'python-dotenv',
  dateutil: 'python-dateutil',
  jwt: 'pyjwt',
  psycopg2: 'psycopg2-binary',
  MySQLdb: 'mysqlclient',
  attr: 'attrs',
  Crypto: 'pycryptodome',
  serial: 'pyserial',
  git: 'gitpython',
  pkg_resources: 'setuptools',
};

/** The name under which a package is installed. */
function distributionOf({ language, module }: Pick<MissingModule, 'language' | 'module'>): string {
  if (language === 'python') {
    const [first = ''] = module.split('.');
    return DISTRIBUTIONS[first] ?? first;
  }
  return module
    .split('/')
    .slice(0, module.startsWith('@') ? 2 : 1)
    .join('/');
}

async function declarationOf(missing: MissingModule, { files, read }: Sources) {
  const isPython = missing.language === 'python';
  const manifests = files.filter((path) => (isPython ? PYTHON_MANIFESTS : NODE_MANIFESTS).test(path)).slice(0, 20);
  const name = distributionOf(missing);
  const spelled = isPython
    ? new RegExp(`(?:^|["'\\s,\\[-])${escaped(name).replaceAll(/[-_]/g, '[-_.]')}(?:\\[|[\\s"'=<>~!;,]|$)`, 'im')
    : new RegExp(`"${escaped(name)}"\\s*:`);
  for (const path of manifests) if (spelled.test((await read(path)) ?? '')) return { declared: path, manifest: path };
  return { declared: null, manifest: manifests[0] ?? null };
}

/** What to do, in words; by the log alone when the sources are not known. */
export function moduleAdvice(missing: MissingModule, finding: ModuleFinding): string {
  const { module, language } = missing;
  const name = distributionOf(missing);
  const importer = missing.importer === null ? '' : ` in \`${missing.importer}\``;
  switch (finding.kind) {
    case 'own-absent':
      return finding.nearest === null
        ? `\`${module}\` is a module of this project, but no file has it. Commit the file, or correct the import in \`${finding.file}\`.`
        : `\`${module}\` is a module of this project, but no file has it. The nearest is \`${finding.nearest}\`: correct the import in \`${finding.file}\`, or commit the file.`;
    case 'own-present':
      return language === 'python'
        ? `\`${module}\` is a module of this project: \`${finding.found}\` is there, but Python does not search its folder. Install the project in this job (\`pip install -e .\`), or run from its root with \`python -m pytest\`.`
        : `\`${module}\` is a module of this project: \`${finding.found}\` is there, but it is not found from \`${finding.file}\`. Check the alias or the extension of the import, and whether the file is built before this step.`;
    case 'package-declared':
      return `The package \`${name}\` is declared in \`${finding.manifest}\`, but it is not installed here. Check the step that installs the dependencies, and the cache that it restores.`;
    case 'package-undeclared':
      return `The package \`${name}\`, which \`${finding.file}\` imports, is not declared${finding.manifest === null ? '' : ` in \`${finding.manifest}\``}. Add it there, lock it, and install it in this job.`;
    case 'unchecked':
      return missing.looksOwn
        ? `\`${module}\` is a module of this project, not a package. Commit its file, or correct the import${importer}; if the file is there, run from the folder from which it is found.`
        : `\`${module}\` is a package. Declare \`${name}\` where the dependencies are listed, lock it and install it in this job; if it is declared, check the step that installs.`;
    default:
      return finding satisfies never;
  }
}
