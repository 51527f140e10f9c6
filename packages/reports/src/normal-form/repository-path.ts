import { FilePath } from './normal-form.ts';

/** What is known about the repository that a report speaks of. */
export interface RepositoryPaths {
  /** Folders, as absolute paths, that the repository was checked out to: in the job that wrote the report, and here. */
  readonly workspaces: readonly string[];
  /** Resolves an end of a path (`com/acme/Cart.java`) to the one file of the repository that has it; null when the files are not known. */
  readonly files: RepositoryFiles | null;
}

/** The files of a repository. */
export interface RepositoryFiles {
  has(path: string): boolean;
  /** The only file whose path is `end` or ends in `/end`; null when there is none or several. */
  endingIn(end: string): string | null;
  /** The file of a Go package, by the module that a `go.mod` of the repository declares; null when no module or several have it. */
  ofGoPackage(importPath: string, name: string): string | null;
}

/** The text of a file of the repository; null when it cannot be read. */
export type ReadRepositoryFile = (path: string) => string | null;

interface GoModule {
  readonly path: string;
  readonly folder: string;
}

/** Nothing is known: only the folders of usual runners are recognised. */
export const UNKNOWN_REPOSITORY: RepositoryPaths = { workspaces: [], files: null };

/** Folders that hosted runners and usual containers check out to: GitHub on Linux, in a container and on Windows, GitLab, CircleCI. */
const USUAL_WORKSPACES = [
  /^\/(?:home\/runner\/work|__w|Users\/runner\/work)\/([^/]+)\/\1\//,
  /^[A-Za-z]:\/a\/([^/]+)\/\1\//,
  /^\/github\/workspace\//,
  /^\/builds\/[^/]+\/[^/]+\//,
  /^\/(?:home|root)\/(?:circleci\/)?project\//,
];
/** Folders with code of dependencies, whose files may have the same names as files of the repository. */
const FOREIGN = /(?:^|\/)(?:node_modules|site-packages|dist-packages|\.cargo|\.m2|gems)\/|^\/usr\//;
const DRIVE = /^[A-Za-z]:\//;
const UNSAFE = /[\p{Cc}\p{Cf}]/u;
/** A longer text is no path; this also bounds the work below. */
const MAX_PATH_LENGTH = 4_000;

/** Hosts whose import paths begin with host, owner and name; a major version may follow. */
const GO_HOST = /^(?:github\.com|gitlab\.com|bitbucket\.org|codeberg\.org)\/[^/]+\/[^/]+(?:\/v\d+)?(?:\/|$)/;

/** Indexes the files of a repository by their names; `read` gives the text of a `go.mod` when a Go package is looked for. */
export function makeRepositoryFiles(paths: Iterable<string>, read: ReadRepositoryFile = () => null): RepositoryFiles {
  const all = new Set<string>();
  const byName = new Map<string, string[]>();
  for (const path of paths) {
    if (all.has(path)) continue;
    all.add(path);
    const name = path.slice(path.lastIndexOf('/') + 1);
    const same = byName.get(name);
    if (same === undefined) byName.set(name, [path]);
    else same.push(path);
  }
  let modules: readonly GoModule[] | null = null;
  return {
    has: (path) => all.has(path),
    ofGoPackage(importPath, name) {
      modules ??= (byName.get('go.mod') ?? []).flatMap((path) => goModuleOf(path, read));
      const around = modules.filter(({ path }) => importPath === path || importPath.startsWith(`${path}/`));
      const longest = Math.max(...around.map(({ path }) => path.length));
      const inModules = around
        .filter(({ path }) => path.length === longest)
        .map(({ path, folder }) => joinedPath(folder, importPath.slice(path.length + 1), name));
      // Without a go.mod the usual hosts tell where the repository begins.
      const candidates = around.length > 0 ? inModules : usualGoPath(importPath, name);
      const found = candidates.filter((path) => all.has(path));
      return found.length === 1 ? (found[0] ?? null) : null;
    },
    endingIn: (end) => {
      const found = (byName.get(end.slice(end.lastIndexOf('/') + 1)) ?? []).filter(
        (path) => path === end || path.endsWith(`/${end}`),
      );
      return found.length === 1 ? (found[0] ?? null) : null;
    },
  };
}

/** The module that a `go.mod` declares. */
function goModuleOf(file: string, read: ReadRepositoryFile): GoModule[] {
  const path = /^\s*module\s+"?([^\s"]+)/m.exec(read(file) ?? '')?.[1];
  return path === undefined ? [] : [{ path, folder: file.slice(0, -'/go.mod'.length) }];
}

const joinedPath = (...parts: readonly string[]): string => parts.filter((part) => part !== '').join('/');

const usualGoPath = (importPath: string, name: string): string[] =>
  GO_HOST.test(importPath) ? [joinedPath(importPath.replace(GO_HOST, ''), name)] : [];

/**
 * The path of a file of a Go package, which reports name without its folder. By the modules of the repository; where its files are not known, by what the
 * import paths of the usual hosts begin with. Null when that does not lead to a file: a guess could be another one.
 */
export function goRepositoryPath(
  name: string,
  importPath: string,
  { files }: Pick<RepositoryPaths, 'files'>,
): FilePath | null {
  if (UNSAFE.test(name) || importPath.length + name.length > MAX_PATH_LENGTH) return null;
  const found = files === null ? usualGoPath(importPath, name)[0] : files.ofGoPackage(importPath, name);
  return found == null ? null : checked(resolved(found) ?? '');
}

/**
 * A path of a report as the repository has it: relative, with forward slashes. Understands `file:` addresses, Windows paths, `.` and `..`, and the
 * folder of the checkout before it. `bases`: folders that a relative path may begin in (`<source>` of Cobertura). Where the repository's files are
 * known, a path that is none of them is completed when exactly one file ends in it (`com/acme/Cart.java` of JaCoCo), or loses leading folders until it
 * is one. Null when it lies outside of the repository.
 */
export function normalRepositoryPath(
  raw: string,
  { workspaces, files }: RepositoryPaths,
  bases: readonly string[] = [],
): FilePath | null {
  const path = forwardSlashes(raw);
  if (path === null) return null;
  const roots = workspaces.flatMap((root) => forwardSlashes(root) ?? []);
  const based = isAbsolute(path)
    ? []
    : bases.flatMap((base) => {
        const folder = forwardSlashes(base);
        return folder === null ? [] : [`${folder.replace(/\/+$/, '')}/${path}`];
      });
  const inside = [...based, path].flatMap((one) => insideOf(one, roots) ?? []);
  const [first] = inside;
  if (files === null) return first === undefined ? null : checked(first);
  const known = inside.find((one) => files.has(one));
  if (known !== undefined) return checked(known);
  const completed = files.endingIn(resolved(path.replace(DRIVE, '').replace(/^\/+/, '')) ?? '');
  if (completed !== null) return checked(completed);
  const shortened = FOREIGN.test(path) ? null : withoutLeadingFolders(path, files);
  if (shortened !== null) return checked(shortened);
  return first === undefined ? null : checked(first);
}

/** The longest end of the path, of two steps at least, that is a file: its beginning is a checkout elsewhere or the path of a module. */
function withoutLeadingFolders(path: string, files: RepositoryFiles): string | null {
  const steps = (resolved(path.replace(DRIVE, '').replace(/^\/+/, '')) ?? '').split('/');
  for (let from = 1; from < steps.length - 1; from++) {
    const end = steps.slice(from).join('/');
    if (files.has(end)) return end;
  }
  return null;
}

/** The text as a path with forward slashes; null when it is none. */
function forwardSlashes(raw: string): string | null {
  if (raw.length === 0 || raw.length > MAX_PATH_LENGTH || UNSAFE.test(raw)) return null;
  const local = /^file:/i.test(raw) ? raw.replace(/^file:(?:\/\/(?:localhost)?(?=\/))?/i, '') : raw;
  const text = local === raw ? raw : decoded(local).replace(/^\/(?=[A-Za-z]:)/, '');
  const isWindows = /^[A-Za-z]:[\\/]/.test(text) || text.startsWith('\\\\') || !text.includes('/');
  return isWindows ? text.replaceAll('\\', '/') : text;
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

const isAbsolute = (path: string): boolean => path.startsWith('/') || DRIVE.test(path);

/** The path below one of the roots, or of a usual checkout; null when it is outside. */
function insideOf(path: string, roots: readonly string[]): string | null {
  if (/^[a-z][a-z\d+.-]+:/i.test(path)) return null;
  if (!isAbsolute(path)) return resolved(path);
  const whole = absolute(path);
  for (const root of roots) {
    // The root of a disk ends in a slash already.
    const folder = absolute(root).replace(/\/?$/, '/');
    const isWindows = DRIVE.test(folder) || root.startsWith('//');
    const isBelow = isWindows ? whole.toLowerCase().startsWith(folder.toLowerCase()) : whole.startsWith(folder);
    if (isBelow) return resolved(whole.slice(folder.length));
  }
  for (const usual of USUAL_WORKSPACES) {
    const found = usual.exec(whole);
    if (found !== null) return resolved(whole.slice(found[0].length));
  }
  return null;
}

/** An absolute path without `.` and `..`. */
function absolute(path: string): string {
  const drive = DRIVE.exec(path)?.[0] ?? '/';
  const steps: string[] = [];
  for (const step of path.slice(drive.length).split('/')) {
    if (step === '..') steps.pop();
    else if (step !== '' && step !== '.') steps.push(step);
  }
  return `${drive}${steps.join('/')}`;
}

/** A relative path without `.` and `..`; null when it leaves the folder it begins in or is that folder. */
function resolved(path: string): string | null {
  const steps: string[] = [];
  for (const step of path.split('/')) {
    if (step === '..') {
      if (steps.pop() === undefined) return null;
    } else if (step !== '' && step !== '.') steps.push(step);
  }
  return steps.length === 0 ? null : steps.join('/');
}

const checked = (path: string): FilePath | null => {
  const parsed = FilePath.safeParse(path);
  return parsed.success ? parsed.data : null;
};
