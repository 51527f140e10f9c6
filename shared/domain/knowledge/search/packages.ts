/** A package that a line names. `version` as written, or null. */
export interface NamedPackage {
  readonly name: string;
  readonly version: string | null;
}

const VERSION = /^v?\d[\w.+-]{0,60}$/;
const NAME = /^@?[A-Za-z][\w.-]{0,80}(?:\/[\w.-]{1,80}){0,6}$/;
const ARCHIVE = /\.(?:jar|war|aar|pom|whl|gem|tgz|crate|nupkg|deb|rpm|apk|tar\.gz|zip)$/;
/** Folders into which package managers unpack; the next segment is the package's name. */
const UNPACKED = new Set(['node_modules', 'site-packages', 'dist-packages', 'gems', 'vendor']);

/**
 * Packages named in a run of letters without spaces, in the notations of Maven and Gradle (`group:name:jar:1.2`),
 * archives (`name-1.2.jar`), npm, Go and others (`name@1.2`), pip (`name==1.2`) and folders that packages are unpacked
 * into.
 */
export function packagesOfRun(run: string): NamedPackage[] {
  if (run.includes('/')) return ofPath(run);
  if (run.includes('==')) return pair(run.split(/={2,3}/, 2));
  const at = run.lastIndexOf('@');
  if (at > 0) return pair([run.slice(0, at), run.slice(at + 1)]);
  return run.includes(':') ? ofCoordinate(run.split(':')) : ofArchive(run);
}

function pair([name, version]: readonly (string | undefined)[]): NamedPackage[] {
  if (name === undefined || version === undefined || !NAME.test(name) || !VERSION.test(version)) return [];
  return [{ name, version }];
}

/** `group:name[:packaging[:classifier]]:version`, where the group looks like a domain name. */
function ofCoordinate(parts: readonly string[]): NamedPackage[] {
  const [group = '', name = ''] = parts;
  if (parts.length > 6 || !/^[A-Za-z][\w-]*\.[\w.-]+$/.test(group) || !/^[A-Za-z][\w.-]*$/.test(name)) return [];
  const version = parts.slice(2).find((part) => VERSION.test(part)) ?? null;
  return [{ name, version }];
}

/** `name-1.2.jar`. */
function ofArchive(file: string): NamedPackage[] {
  if (!ARCHIVE.test(file)) return [];
  const stem = file.replace(ARCHIVE, '');
  const at = stem.search(/-v?\d/);
  return at < 1 ? [] : pair([stem.slice(0, at), stem.slice(at + 1)]);
}

function ofPath(path: string): NamedPackage[] {
  const at = path.lastIndexOf('@');
  const module = at > 0 ? pair([path.slice(0, at), path.slice(at + 1)]) : [];
  if (module.length > 0) return module;
  const parts = path.split('/');
  const unpacked = parts.findLastIndex((part) => UNPACKED.has(part));
  const next = parts[unpacked + 1] ?? '';
  if (unpacked >= 0 && /^@?[A-Za-z][\w.-]*$/.test(next)) {
    const versioned = /^(.{1,80}?)-(\d[\w.]*)$/.exec(next);
    if (versioned !== null) return pair([versioned[1], versioned[2]]);
    return [{ name: next.startsWith('@') ? `${next}/${parts[unpacked + 2] ?? ''}` : next, version: null }];
  }
  return ofArchive(parts.at(-1) ?? '');
}

/** A name next to its version. */
export const BESIDE = /\b[a-z][\w-]{1,60} (?:v\d[\w.+-]{0,40}|\(\d[\w.+-]{0,40}\))/g;

/** `serde v1.0.130` of Cargo and `rails (6.1.4)` of Bundler: the name is next to its version. */
export function packagesBesideVersions(line: string): NamedPackage[] {
  return (line.match(BESIDE) ?? []).flatMap((found) => {
    const [name = '', version = ''] = found.split(/ \(?v?/, 2);
    return version.includes('.') ? [{ name, version: version.replace(')', '') }] : [];
  });
}
