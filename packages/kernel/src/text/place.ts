/** A line of a file as a log names it. Tainted: shown to a reader, used for nothing else. */
export interface Place {
  /** Relative to the repository where possible. */
  readonly file: string;
  readonly line: number;
}

const EXTENSIONS =
  '(?:[cm]?[jt]sx?|vue|svelte|py|rb|go|rs|java|kt|kts|scala|groovy|php|cs|fs|vb|c|cc|cpp|cxx|h|hpp|m|mm|swift|ex|exs|hs|lua|pl|dart|sql|sh)';

/** How tools write `file:line`, most reliable first. */
const WRITTEN: readonly RegExp[] = [
  /File "(?<file>[^"\n]{1,240})", line (?<line>\d{1,6})/,
  new RegExp(`\\bin (?<file>[^\\s:]{0,3}[^:\\n]{1,240}\\.${EXTENSIONS}):line (?<line>\\d{1,6})`),
  new RegExp(
    `(?<file>(?:file:\\/\\/)?(?:[A-Za-z]:)?[\\w./\\\\@+-]{0,240}[\\w@+-]\\.${EXTENSIONS})(?::(?<line>\\d{1,6})|\\((?<row>\\d{1,6})(?:,\\d{1,5})?\\))`,
  ),
];

/** Code of tools and libraries, which is seldom the cause. */
const FOREIGN =
  /node_modules|^node:|(?:^|\/)internal\/|site-packages|dist-packages|\/usr\/lib|\/rustc\/|\/library\/(?:std|core|alloc|test)\/|\/gems\/|\/vendor\/|hostedtoolcache|\/\.cargo\/|\/go\/pkg\/mod\/|\/lib\/python\d|<frozen|^java\.|^sun\.|^(?:jdk|org\.junit|org\.gradle|org\.apache\.maven)\./;
/** Java frames name the class, not the folder. */
const FOREIGN_FRAME =
  /^\s*at (?:java|javax|jdk|sun|org\.junit|org\.gradle|org\.apache\.maven|org\.opentest4j|org\.assertj|org\.mockito)\./;

/** Folders into which runners and containers check code out; the rest is the repository's own path. */
const CHECKOUTS: readonly RegExp[] = [
  /^\/home\/runner\/work\/[^/]+\/[^/]+\//,
  /^\/github\/workspace\//,
  /^\/__w\/[^/]+\/[^/]+\//,
  /^\/Users\/runner\/work\/[^/]+\/[^/]+\//,
  /^[A-Za-z]:\/a\/[^/]+\/[^/]+\//,
  /^\/home\/travis\/build\/[^/]+\/[^/]+\//,
  /^\/builds\/[^/]+\/[^/]+\//,
  /^\/(?:app|src|workspace|var\/task|code|usr\/src\/app)\//,
];

/** The path within the repository where the checkout folder is known; otherwise unchanged. */
export function repositoryPath(path: string): string {
  const plain = path
    .replace(/^file:\/\//, '')
    .replaceAll('\\', '/')
    .replace(/^\.\//, '');
  for (const checkout of CHECKOUTS) if (checkout.test(plain)) return plain.replace(checkout, '');
  return plain;
}

/** The first `file:line` in own code that a line names, or null. */
export function placeIn(text: string): Place | null {
  if (FOREIGN_FRAME.test(text)) return null;
  for (const written of WRITTEN) {
    const { file, line, row } = written.exec(text.slice(0, 600))?.groups ?? {};
    if (file === undefined) continue;
    if (FOREIGN.test(file) || /[<[]/.test(file)) return null;
    return { file: repositoryPath(file), line: Number(line ?? row) };
  }
  return null;
}

/** The first place in own code that any of the lines names. */
export function firstPlace(lines: readonly string[]): Place | null {
  for (const line of lines) {
    const place = placeIn(line);
    if (place !== null) return place;
  }
  return null;
}
