const MAX_WORDS = 20;
/** Parts after the file in a dotted name: class and method. */
const MAX_DROPPED = 2;

/**
 * The one file that a test's name indicates: by a path (`test/cart.test.ts > adds`, `tests/test_cart.py::test_adds`) or
 * by a dotted class (`com.acme.CartTest.adds`). Null when none or several match: a guess would blame the wrong person.
 */
export function fileOfTest(name: string, paths: Iterable<string>): string | null {
  const all = [...paths];
  const words = name.split(/[\s"'`()[\]<>,;]+|::|›/).filter((word) => word.length > 2);
  for (const word of words.slice(0, MAX_WORDS)) {
    const found = fileOfPath(word.replace(/(?::\d+)+$/, ''), all) ?? fileOfClass(word, all);
    if (found !== null) return found;
  }
  return null;
}

function fileOfPath(word: string, paths: readonly string[]): string | null {
  return /\.\w{1,5}$/.test(word) ? only(paths.filter((path) => endsWith(path, word))) : null;
}

function fileOfClass(word: string, paths: readonly string[]): string | null {
  if (!/^[A-Za-z_]\w*(?:\.\w+)+$/.test(word)) return null;
  const pieces = word.split('.');
  for (let dropped = 0; dropped <= Math.min(MAX_DROPPED, pieces.length - 1); dropped++) {
    const stem = pieces.slice(0, pieces.length - dropped).join('/');
    const found = only(paths.filter((path) => endsWith(path.replace(/\.\w{1,5}$/, ''), stem)));
    if (found !== null) return found;
  }
  return null;
}

const endsWith = (path: string, end: string): boolean => path === end || path.endsWith(`/${end}`);
const only = (found: readonly string[]): string | null => (found.length === 1 ? (found[0] ?? null) : null);
