/** A place in the repository that a failure's output names. */
export interface FailurePlace {
  readonly file: string;
  readonly line: number;
}

/** Characters that are looked at. */
const MAX_READ = 32_000;
const MAX_CANDIDATES = 60;
/** `File "src/cart.py", line 12` of Python; innermost last. */
const PYTHON = /\bFile "([^"\n]{1,400})", line (\d{1,7})/g;
/** `tests/test_cart.py:12: AssertionError` of pytest; the last one failed. */
const PYTEST = /^([\w./\\-]{1,400}\.py):(\d{1,7}): /gm;
/** `com.acme.CartTest.adds(CartTest.java:12)` of the JVM: the folders are those of the class. */
const JVM = /\bat ((?:[\w$]+\.)*)[\w$]+\.[\w$<>]+\((\w+\.(?:java|kt|scala|groovy)):(\d{1,7})\)/g;
/** The end of `src/cart.test.ts:12:3` or `cart_test.go:12`. */
const FILE_END = /\.[A-Za-z]\w{0,5}:(\d{1,7})\b/g;
const PATH_CHARACTER = /[\p{L}\p{N}_@./\\+-]/u;
/** RSpec names where a shared group is used before the line that failed. */
const BEFORE_USE = /\bcalled from $/;
const BEFORE_PATH = /\b(?:file|[A-Za-z]):$/;
const MAX_PATH_LENGTH = 400;
/** Folders with code of dependencies. */
const FOREIGN =
  /(?:^|[\\/])(?:node_modules|site-packages|dist-packages|\.cargo|\.m2|\.gem|gems|vendor)[\\/]|^node:|^internal[\\/]/;

/**
 * The place of the repository where a failure happened, by its stack trace or output: the innermost frame that `toPath` accepts as a file of the
 * repository. Null when there is none.
 */
export function failurePlace(details: string, toPath: (path: string) => string | null): FailurePlace | null {
  const text = details.slice(0, MAX_READ);
  const innermostLast = [...text.matchAll(PYTEST), ...text.matchAll(PYTHON)].toReversed();
  const jvm = [...text.matchAll(JVM)].map(
    ([, folders = '', file = '', line = '']) => [`${folders.replaceAll('.', '/')}${file}`, line] as const,
  );
  const candidates = [
    ...innermostLast.map(([, file = '', line = '']) => [file, line] as const),
    ...jvm,
    ...pathsIn(text),
  ];
  for (const [raw, line] of candidates.slice(0, MAX_CANDIDATES)) {
    if (FOREIGN.test(raw) || Number(line) === 0) continue;
    const file = toPath(raw);
    if (file !== null) return { file, line: Number(line) };
  }
  return null;
}

/** Paths with a line number. Their beginnings are looked for from their ends, which takes the same time whatever the text. */
function pathsIn(text: string): (readonly [file: string, line: string])[] {
  const found: (readonly [file: string, line: string])[] = [];
  for (const { 0: end, 1: line = '', index } of text.matchAll(FILE_END)) {
    if (found.length >= MAX_CANDIDATES) break;
    let start = index;
    while (start > 0 && index - start < MAX_PATH_LENGTH && PATH_CHARACTER.test(text.charAt(start - 1))) start -= 1;
    const before = BEFORE_PATH.exec(text.slice(Math.max(0, start - 7), start))?.[0] ?? '';
    const path = text.slice(start - before.length, index) + end.slice(0, end.lastIndexOf(':'));
    if (BEFORE_USE.test(text.slice(Math.max(0, start - 12), start))) continue;
    if (/[\p{L}\p{N}_-]/u.test(text.charAt(index - 1))) found.push([path, line]);
  }
  return found;
}
