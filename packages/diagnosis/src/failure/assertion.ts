/** Expected and actual value of a failed check, as the test runner printed them. Tainted. */
export interface Assertion {
  readonly expected: string | null;
  readonly actual: string | null;
  /** The error in one line, when expected and actual are not both known or less informative. */
  readonly message: string | null;
}

/** Characters of a line that are read. */
const LONGEST = 600;

type Pair = { readonly expected?: string | undefined; readonly actual?: string | undefined };

/** Both values in one line. The named groups are `expected` and `actual`. */
const IN_ONE_LINE: readonly RegExp[] = [
  /\bexpected:? ?<(?<expected>[^\n]{0,160})> but was:? ?<(?<actual>[^\n]{0,160})>/i,
  /\bExpected:? (?<expected>[^\n]{1,160}?),? [Bb]ut (?:was|got):? +(?<actual>[^\n]{1,160})$/,
  // Jasmine
  /^\s{0,8}Expected (?<actual>[^\n]{1,160}?) to (?:be|equal) (?<expected>[^\n]{1,160}?)\.$/,
  /AssertionError: expected (?<actual>[^\n]{1,160}?) to (?:be|equal|eql|deeply equal|strictly equal|have property [^\n]{1,60} of|match object) (?<expected>[^\n]{1,160}?)(?: \/\/ [^\n]{1,40})?$/,
  /Failed asserting that (?<actual>[^\n]{1,160}?) (?:matches expected|is identical to|is equal to) (?<expected>[^\n]{1,160}?)\.?$/,
  /^E?\s{0,12}(?:AssertionError: )?assert (?<actual>[^\n]{1,120}?) == (?<expected>[^\n]{1,120})$/,
  /^AssertionError: (?<actual>[^\n]{1,120}?) != (?<expected>[^\n]{1,120})$/,
  /\b[Gg]ot:? (?<actual>[^\n]{1,120}?)[,;] (?:but )?(?:want(?:ed)?|expected):? (?<expected>[^\n]{1,120})$/,
  /= (?<actual>[^\n=,]{1,120}), want:? (?<expected>[^\n]{1,120})$/,
  /\b[Ww]ant(?:ed)?:? (?<expected>[^\n]{1,120}?)[,;] (?:but )?got:? (?<actual>[^\n]{1,120})$/,
  /\bexpected:? (?<expected>[^\n]{1,120}?),? (?:but )?(?:got|found|received|actual):? (?<actual>[^\n]{1,120})$/i,
  /^\s{0,8}(?<actual>[^\n]{1,120}?) !== (?<expected>[^\n]{1,120})$/,
];

/** One value in a line; the other is in another line nearby. */
const EXPECTED =
  /^(?:E\s{1,8})?\s{0,40}(?:Expected|expected|want|Want|right)(?: value)?\s{0,8}(?::|=>?)\s{1,8}(?<value>\S[^\n]{0,160}?),?$/;
const ACTUAL =
  /^(?:E\s{1,8})?\s{0,40}(?:Received|received|Actual|actual|[Gg]ot|But was|left)(?: value)?\s{0,8}(?::|=>?)\s{1,8}(?<value>\S[^\n]{0,160}?),?$/;

/** An error in words, without the runner's prefix. */
const ERROR =
  /^(?:E\s{1,8}|\s{0,12}|\[ERROR\]\s{1,8})(?<message>(?:[A-Za-z_][\w.]{0,80}(?:Error|Exception|Failure|Panic)\b(?: \[\w{3,40}\])?|Failed asserting that|Error:|panic:|assertion)[^\n]{0,300})/;
/** What a runner prints before the values, and what is meaningless without them. */
const EMPTY_MESSAGE =
  /Expected values? to be strictly (?:deep-)?equal|^(?:[\w.]{0,80})?(?:AssertionError|AssertionFailedError|Error)(?: \[ERR_ASSERTION\])?:?$|^assertion `left (?:==|!=) right` failed$|^Error(?: Message| Trace)?:\s*$/;
/** A time-out that is not a named error, as node:test prints it. */
const TIMED_OUT =
  /^\s{0,12}(?:['"]|error: ['"]?)?(?<message>[^'"\n]{0,80}\b(?:tim(?:ed|e) ?out|[Tt]imeout)\b[^'"\n]{0,120}?)['"]?$/;
const NEAR_HEAD = 6;
const PANICKED = /panicked at (?:'(?<quoted>[^'\n]{1,200})'|[^\n]{1,160}:\d{1,6}:\d{1,6}:$)/;

function pairIn(line: string): Pair {
  for (const pattern of IN_ONE_LINE) {
    const groups = pattern.exec(line)?.groups;
    if (groups !== undefined) return { expected: groups.expected, actual: groups.actual };
  }
  return {};
}

/** A one-line diff as Mocha, Jest and Vitest print it: the line above says what `-` and `+` mean. */
function pairInDiff(lines: readonly string[]): Pair {
  const legend = lines.findIndex((line) =>
    /^\s*\+ expected - actual|^\s*[-+] Expected\b|^\s*\+ actual - expected/.test(line),
  );
  if (legend < 0) return {};
  const plusIsExpected = /^\s*\+ expected/.test(lines[legend] ?? '');
  const changed = lines.slice(legend + 1).filter((line) => !/^\s*[-+] (?:Expected|Received)\b/.test(line));
  const plus = changed.filter((line) => /^\s*\+\s*\S/.test(line)).map((line) => line.replace(/^\s*\+\s*/, ''));
  const minus = changed.filter((line) => /^\s*-\s*\S/.test(line)).map((line) => line.replace(/^\s*-\s*/, ''));
  if (plus.length !== 1 || minus.length !== 1) return {};
  return plusIsExpected ? { expected: plus[0], actual: minus[0] } : { expected: minus[0], actual: plus[0] };
}

function firstValue(lines: readonly string[], pattern: RegExp): string | undefined {
  for (const line of lines) {
    const value = pattern.exec(line)?.groups?.value;
    if (value !== undefined && !/^[-+]\s?\d{1,4}$/.test(value)) return value;
  }
  return undefined;
}

function messageIn(lines: readonly string[]): string | null {
  for (const [at, line] of lines.entries()) {
    const panicked = PANICKED.exec(line);
    if (panicked !== null) {
      const said = panicked.groups?.quoted ?? lines[at + 1] ?? '';
      if (said.trim() !== '' && !EMPTY_MESSAGE.test(said.trim())) return `panicked: ${said.trim()}`;
    }
    const message = ERROR.exec(line)?.groups?.message?.trim();
    if (message !== undefined && !EMPTY_MESSAGE.test(message)) return message;
  }
  return lines.slice(0, NEAR_HEAD).flatMap((line) => TIMED_OUT.exec(line)?.groups?.message ?? [])[0] ?? null;
}

/** Reads the lines below a failed test's name. All null when nothing there is understood. */
export function readAssertion(report: readonly string[]): Assertion {
  const lines = report.map((line) => line.slice(0, LONGEST));
  const oneLine = lines.map(pairIn).find((pair) => pair.expected !== undefined);
  const pair = oneLine ?? separate(lines);
  const both = pair.expected !== undefined && pair.actual !== undefined;
  return {
    expected: both ? trimmedValue(pair.expected) : null,
    actual: both ? trimmedValue(pair.actual) : null,
    message: messageIn(lines),
  };
}

function trimmedValue(text: string | undefined): string | null {
  return text?.trim().replace(/,$/, '') ?? null;
}

function separate(lines: readonly string[]): Pair {
  const pair = { expected: firstValue(lines, EXPECTED), actual: firstValue(lines, ACTUAL) };
  return pair.expected !== undefined && pair.actual !== undefined ? pair : pairInDiff(lines);
}
