/** What `go test` prints around the output of a test. */
const FRAME = /^\s*(?:=== (?:RUN|PAUSE|CONT|NAME)|--- (?:PASS|FAIL|SKIP|BENCH):)/;
/** `    cart_test.go:12: got 3`, as `t.Error` prints it; what a test wrote without a line end stands before it. */
const LOGGED = /(?:^\s*| {4})([\w.-]+\.go):(\d{1,7}): ?(.*)$/m;
/** A package that `go test` could not build or set up. */
const BROKEN_PACKAGE = /^FAIL\t(\S+) \[(?:build|setup) failed\]$/;

/** What the output of a Go test says: without its frame, and file, line and message of the first failure that it logged. */
export function readGoOutput(output: string): {
  readonly said: string;
  readonly file: string | null;
  readonly line: number | null;
  readonly message: string | null;
} {
  const said = output
    .split('\n')
    .filter((line) => !FRAME.test(line))
    .join('\n')
    .trim();
  const [, file, line, message] = LOGGED.exec(said) ?? [];
  // An example prints what it got and what it should have got.
  const first = /^got:\n[\s\S]*\nwant:\n/.test(said) ? said : (said.split('\n')[0] ?? '');
  return {
    said,
    file: file ?? null,
    line: line === undefined ? null : Number(line),
    message: message?.trim() || first || null,
  };
}

/** The package of a line like `FAIL	example.com/shop/tax [build failed]`, which Go before 1.20 prints between its events; null of any other line. */
export const brokenGoPackage = (line: string): string | null => BROKEN_PACKAGE.exec(line.trimEnd())?.[1] ?? null;
