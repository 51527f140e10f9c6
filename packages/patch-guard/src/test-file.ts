import { type CodeLine, type CodeView, viewCode } from './code-view.ts';
import type { Language } from './language.ts';
import { SYNTAX } from './syntax.ts';
import { TEST_DIALECTS } from './test-dialect.ts';

/** A test or a group of tests, with its lines: 0-based, end exclusive. */
export interface TestCase {
  readonly name: string;
  readonly kind: 'suite' | 'test';
  readonly line: number;
  readonly end: number;
}

/** A statement that can make a test fail. */
export interface Assertion {
  readonly line: number;
  readonly end: number;
  /** Its source without comments, blanks folded. */
  readonly text: string;
  /** Equal for statements that differ only in layout; strings count unchanged. */
  readonly key: string;
  readonly depth: number;
  /** The names of the surrounding tests, outermost first. */
  readonly owner: string;
}

export interface TestFile {
  readonly view: CodeView;
  readonly cases: readonly TestCase[];
  readonly assertions: readonly Assertion[];
}

/** Longest statement that is parsed as one. */
const MAX_STATEMENT = 80;
/** Between the mark of a test and its function. */
const MAX_MARKS = 10;

const STRING = /(["'`])(?:\\.|(?!\1).)*\1/g;

/**
 * Finds the tests and assertions of a file. In Rust, where tests are beside the code, assertions outside of tests are
 * ignored.
 */
export function readTestFile(lines: readonly string[], language: Language, isTest: boolean): TestFile {
  const view = viewCode(lines, language);
  const cases = casesOf(view.lines, language);
  const found = assertionsOf(view.lines, cases, language);
  return {
    view,
    cases,
    assertions: isTest
      ? found
      : found.filter(({ line }) => cases.some((one) => one.kind === 'test' && contains(one, line))),
  };
}

/** The innermost test or group around a line, or null. */
export function ownerOf(cases: readonly TestCase[], line: number): TestCase | null {
  return cases.findLast((one) => contains(one, line)) ?? null;
}

const contains = ({ line, end }: TestCase, at: number): boolean => line <= at && at < end;

function casesOf(lines: readonly CodeLine[], language: Language): TestCase[] {
  const { marker, marked, named } = TEST_DIALECTS[language];
  const starts = new Map<number, { name: string; kind: TestCase['kind'] }>();
  for (const [at, line] of lines.entries()) {
    if (marker !== null && (marker.test(line.code) || marker.test(line.comment))) {
      const end = Math.min(lines.length, at + MAX_MARKS);
      for (let next = at; next < end; next += 1) {
        const name = marked?.exec(withoutMarks(lines[next]?.text ?? ''))?.[1];
        if (name === undefined) continue;
        starts.set(next, { name, kind: 'test' });
        break;
      }
    }
    const groups = named
      .map((pattern) => (line.code.trim() === '' ? null : pattern.exec(line.text)))
      .find((found) => found != null)?.groups;
    if (groups !== undefined && !starts.has(at)) {
      const name = groups.name || lines[at + 1]?.text.trim() || '';
      starts.set(at, { name, kind: groups.suite === undefined ? 'test' : 'suite' });
    }
  }
  return [...starts]
    .sort(([a], [b]) => a - b)
    .map(([line, { name, kind }]) => ({ name, kind, line, end: endOf(lines, line, language) }));
}

/** Annotations with arguments look like calls. */
const withoutMarks = (text: string): string => text.replace(/@\w+(?:\.\w+)*(?:\([^)]*\))?|#?\[[^\]]*\]/g, ' ');

function endOf(lines: readonly CodeLine[], start: number, language: Language): number {
  const base = lines[start]?.depth ?? 0;
  const byIndent = SYNTAX[language].depth === 'indent';
  let inside = false;
  for (let at = start + 1; at < lines.length; at += 1) {
    const line = lines[at];
    const code = line?.code.trim() ?? '';
    if (line === undefined || code === '' || (byIndent && /^[)\]}]/.test(code))) continue;
    if (line.depth > base) inside = true;
    else if (inside || !/^[{:]|^(?:throws|where)\b/.test(code)) return at;
  }
  return lines.length;
}

function assertionsOf(lines: readonly CodeLine[], cases: readonly TestCase[], language: Language): Assertion[] {
  const { assertion, imports } = TEST_DIALECTS[language];
  const found: Assertion[] = [];
  for (let at = 0; at < lines.length; at += 1) {
    const line = lines[at];
    if (line === undefined || !assertion.test(line.code) || imports.test(line.text)) continue;
    const end = statementEnd(lines, at);
    const statement = lines.slice(at, end);
    const text = folded(statement);
    const strings = statement.flatMap((one) => one.text.match(STRING) ?? []);
    found.push({
      line: at,
      end,
      text,
      key: [text, ...strings].join('\n'),
      depth: line.depth,
      owner: cases
        .filter((one) => contains(one, at))
        .map(({ name }) => name)
        .join(' > '),
    });
    // A block that opens on the line of an assertion contains assertions of its own.
    if (!/[{:]\s*$|=>\s*$|\bdo\b\s*(?:\|[^|]*\|)?\s*$/.test(line.code)) at = end - 1;
  }
  return found;
}

/** The line after which all brackets of the statement are closed and no further call follows. */
function statementEnd(lines: readonly CodeLine[], start: number): number {
  const limit = Math.min(lines.length, start + MAX_STATEMENT);
  let open = 0;
  for (let at = start; at < limit; at += 1) {
    const code = lines[at]?.code ?? '';
    for (const sign of code) {
      if ('([{'.includes(sign)) open += 1;
      else if (')]}'.includes(sign)) open -= 1;
    }
    const goesOn =
      /^\s*(?:\.|\?\.|->|&\.)\w|^\s*(?:==|!=|<|>|\+|-|and\b|or\b|&&|\|\|)/.test(lines[at + 1]?.code ?? '') ||
      /(?:\\|==|!=|,|\+|&&|\|\||=)\s*$/.test(code);
    if (open <= 0 && !goesOn) return at + 1;
  }
  return limit;
}

/** Source of some lines with blanks folded, so that another layout gives the same statement. */
export function folded(lines: readonly CodeLine[]): string {
  return lines
    .map(({ text }) => text.trim())
    .join(' ')
    .replace(/\s+/g, ' ')
    .replace(/\s*([()[\]{},;.])\s*/g, '$1')
    .replace(/,([)\]}])/g, '$1')
    .replace(/;$/, '');
}
