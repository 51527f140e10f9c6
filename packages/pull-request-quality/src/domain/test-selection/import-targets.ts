import { folderOf, languageOf } from './file-kinds.ts';

const lastOf = (path: string): string => path.slice(path.lastIndexOf('/') + 1);
const withoutExtension = (path: string): string => path.replace(/(?<=[^/])\.[a-z]+$/i, '');

/**
 * Finds what an import may mean whose alias is defined where no resolver reads it: in the configuration of a bundler or a test runner, or in
 * `jsconfig.json`. Every file whose path ends like the import counts, with the alias as a folder and without it. `declared`: packages that the
 * manifests depend on.
 */
export function makeAliasFinder(
  files: Iterable<string>,
  declared: ReadonlySet<string>,
): (specifier: string) => string[] {
  const byName = new Map<string, string[]>();
  for (const file of files) {
    const stem = withoutExtension(file);
    const names = new Set([lastOf(file), lastOf(stem), ...(lastOf(stem) === 'index' ? [lastOf(folderOf(file))] : [])]);
    for (const name of names) byName.set(name, [...(byName.get(name) ?? []), file]);
  }
  const endsWith = (file: string, end: string): boolean =>
    [file, withoutExtension(file), folderOf(file)].some((path) => path === end || path.endsWith(`/${end}`));
  return (specifier) => {
    const name = /^(?:@[^/]+\/)?[^/]+/.exec(specifier)?.[0] ?? '';
    const isPlain = !/^[@~#$]/.test(specifier);
    if (specifier.startsWith('.') || specifier.includes(':') || declared.has(name)) return [];
    if (isPlain && !specifier.includes('/')) return [];
    const whole = specifier.replace(/^[@~#$]*\/?/, '');
    const rest = /^[@~#$]?\//.test(specifier) ? whole : whole.slice(whole.indexOf('/') + 1);
    const ends = [...new Set([whole, rest])].filter((end) => end !== '');
    return ends.flatMap((end) => (byName.get(lastOf(end)) ?? []).filter((file) => endsWith(file, end)));
  };
}

/** Names of packages that a `package.json` depends on; none when it cannot be read. */
export function declaredPackages(manifest: string): string[] {
  try {
    const read: unknown = JSON.parse(manifest);
    const fields = ['dependencies', 'devDependencies', 'peerDependencies', 'optionalDependencies'] as const;
    return fields.flatMap((field) => Object.keys((read as Record<string, object | undefined> | null)?.[field] ?? {}));
  } catch {
    return [];
  }
}

/**
 * Finds files that differ from one in their extension alone: an import without extension means one of them, and which one is a setting of the bundler.
 */
export function makeNamesakeFinder(files: Iterable<string>): (file: string, specifier: string) => readonly string[] {
  const alike = Map.groupBy(
    [...files].filter((file) => languageOf(file) === 'javascript'),
    withoutExtension,
  );
  return (file, specifier) =>
    languageOf(file) !== 'javascript' || /\.[cm]?[jt]sx?$/.test(specifier)
      ? []
      : (alike.get(withoutExtension(file)) ?? []);
}

/**
 * Finds the files of the Go packages that an import path means. `modules`: the name of each module by the folder of its `go.mod`. Without one, a folder
 * is meant by every path that ends with it.
 */
export function makeGoResolver(
  files: Iterable<string>,
  modules: ReadonlyMap<string, string>,
): { readonly imported: (path: string) => readonly string[]; readonly beside: (file: string) => readonly string[] } {
  const folders = Map.groupBy(
    [...files].filter((file) => file.endsWith('.go')),
    folderOf,
  );
  const byPath = new Map<string, readonly string[]>();
  for (const [folder, own] of folders) {
    const vendored = /(?:^|\/)vendor\/(.+)$/.exec(folder)?.[1];
    const root = vendored === undefined ? moduleFolder(folder, modules) : null;
    const name = root === null ? '' : (modules.get(root) ?? '');
    const inside = root === null || root === '' ? folder : folder.slice(root.length + 1);
    const path = vendored ?? (root === null ? null : inside === '' ? name : `${name}/${inside}`);
    if (path !== null) byPath.set(path, [...(byPath.get(path) ?? []), ...own]);
  }
  return {
    imported: (path) =>
      byPath.get(path) ??
      [...folders].flatMap(([folder, own]) =>
        folder !== '' && moduleFolder(folder, modules) === null && path.endsWith(`/${folder}`) ? own : [],
      ),
    beside: (file) => folders.get(folderOf(file)) ?? [],
  };
}

/** The folder of the `go.mod` that a folder belongs to; null when there is none. */
function moduleFolder(folder: string, modules: ReadonlyMap<string, string>): string | null {
  for (let above = folder; ; above = folderOf(above)) {
    if (modules.has(above)) return above;
    if (above === '') return null;
  }
}

/** The name of a Go module by its `go.mod`. */
export const moduleNameIn = (text: string): string | null => /^module\s+"?([^\s"]+)"?/m.exec(text)?.[1] ?? null;
