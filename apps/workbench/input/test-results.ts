import { csvRows } from './csv-rows.ts';

/** Results of one test in one row. */
export interface RowResult {
  readonly test: string;
  /** Null when the file has no column for projects. */
  readonly project: string | null;
  readonly commit: string | null;
  /** Single results (true: passed), oldest first, or only counts. */
  readonly results: readonly boolean[] | { readonly passes: number; readonly failures: number };
}

export type ReadRow =
  | { readonly kind: 'results'; readonly rows: readonly RowResult[] }
  | { readonly kind: 'header' }
  | { readonly kind: 'bad'; readonly reason: string };

const PASSED = /^(?:pass(?:ed|ing)?|ok|succe(?:ss|eded)|true|yes|p|green|stable|\.|✓|✔)$/i;
const FAILED = /^(?:fail(?:ed|ing|ure)?|err(?:or|ored)?|false|no|f|e|broken|red|timed?_?out|crash(?:ed)?|x|✗|✖)$/i;
const SKIPPED =
  /^(?:|skip(?:ped)?|pending|ignored?|disabled|todo|n\/?a|null|none|nan|-|s|cancell?ed|aborted|not ?run|unknown)$/i;

const NAMES = {
  test: /^(?:test|tests|testname|testcase|testid|testmethod|name|case|nodeid|fullname)$/,
  project: /^(?:project|repo|repository|module)$/,
  commit: /^(?:commit|commitid|commitsha|sha|headsha|revision|rev|version|githash|hash)$/,
  outcome: /^(?:outcome|outcomes|result|results|status|state|verdict|conclusion)$/,
  passes: /^(?:passes|passed|passing|pass|successes|success|numpassingruns|passingruns|numpasses|numpassed|passcount)$/,
  failures:
    /^(?:failures|failed|failing|fail|fails|errors|numfailingruns|failingruns|numfailures|numfailed|failcount)$/,
  runs: /^(?:runs|total|totalruns|numruns|executions|count)$/,
  run: /^(?:run|runid|runnumber|build|buildid|buildnumber|iteration|job|jobid|execution|attempt|rerun)$/,
} as const;
type Meaning = keyof typeof NAMES;
type Columns = Partial<Record<Meaning, number>>;

/** True: passed; false: failed; null: skipped; undefined: not an outcome. `1` and `0` are true and false. */
function outcomeOf(text: string): boolean | null | undefined {
  const word = text.trim();
  if (PASSED.test(word) || word === '1') return true;
  if (FAILED.test(word) || word === '0') return false;
  return SKIPPED.test(word) ? null : undefined;
}

function columnsOf(titles: readonly string[]): Columns {
  const found: Columns = {};
  titles.forEach((title, at) => {
    const plain = title.toLowerCase().replace(/[^a-z0-9]/g, '');
    for (const [meaning, pattern] of Object.entries(NAMES) as [Meaning, RegExp][]) {
      if (pattern.test(plain)) found[meaning] ??= at;
    }
  });
  return found;
}

/** Repairs a row with too many fields: an unquoted test name contains commas. */
function fitted(row: readonly string[], width: number, test: number): readonly string[] {
  const extra = row.length - width;
  if (extra <= 0) return row;
  return [...row.slice(0, test), row.slice(test, test + extra + 1).join(','), ...row.slice(test + extra + 1)];
}

const bad = (reason: string): ReadRow => ({ kind: 'bad', reason });
const countOf = (text: string | undefined): number | null =>
  /^\d{1,9}$/.test(text?.trim() ?? '') ? Number(text) : null;

type RowReader = (row: readonly string[]) => ReadRow;
type TestIdentity = Omit<RowResult, 'results'>;

function identityOf(row: readonly string[], { test = 0, project, commit }: Columns): TestIdentity {
  const at = (column: number | undefined): string | null =>
    column === undefined ? null : (row[column]?.trim() ?? null);
  return { test: at(test) ?? '', project: at(project), commit: at(commit) || null };
}

/** Reads `test,...,outcome`, one result per row; `inverse` for a column such as `failed`. */
function longReader(columns: Columns, column: number, inverse: boolean): RowReader {
  return (row) => {
    const outcome = outcomeOf(row[column] ?? '');
    if (outcome === undefined)
      return bad(`"${(row[column] ?? '').slice(0, 40)}" is no outcome: write passed, failed or skipped`);
    if (outcome === null) return { kind: 'results', rows: [] };
    return { kind: 'results', rows: [{ ...identityOf(row, columns), results: [outcome !== inverse] }] };
  };
}

/** Reads counts: `test,runs,failures` or `test,failures,passes`. */
function countReader(columns: Columns): RowReader {
  const { passes, failures, runs } = columns;
  return (row) => {
    const [passed, failed, all] = [passes, failures, runs].map((at) => (at === undefined ? null : countOf(row[at])));
    const known = failed ?? (all != null && passed != null ? all - passed : null);
    const rest = passed ?? (all != null && known != null ? all - known : null);
    if (known == null || rest == null || rest < 0 || known < 0)
      return bad('the numbers of runs, passes and failures contradict each other');
    return { kind: 'results', rows: [{ ...identityOf(row, columns), results: { passes: rest, failures: known } }] };
  };
}

/** Reads one row per test with one column per run. */
function wideReader(columns: Columns, width: number): RowReader {
  const own = new Set(Object.values(columns));
  return (row) => {
    const results: boolean[] = [];
    for (let at = 0; at < Math.max(width, row.length); at++) {
      if (own.has(at)) continue;
      const outcome = outcomeOf(row[at] ?? '');
      if (outcome === undefined)
        return bad(`"${(row[at] ?? '').slice(0, 40)}" is no outcome: write passed, failed or skipped`);
      if (outcome !== null) results.push(outcome);
    }
    return { kind: 'results', rows: [{ ...identityOf(row, columns), results }] };
  };
}

/** Reads one row per run with one column per test. */
function runReader(columns: Columns, titles: readonly string[]): RowReader {
  const own = new Set(Object.values(columns));
  const tests = titles.flatMap((test, at) => (own.has(at) ? [] : [{ test: test.trim(), at }]));
  return (row) => {
    const commit = columns.commit === undefined ? null : row[columns.commit]?.trim() || null;
    const rows: RowResult[] = [];
    for (const { test, at } of tests) {
      const outcome = outcomeOf(row[at] ?? '');
      if (outcome === undefined)
        return bad(`"${(row[at] ?? '').slice(0, 40)}" is no outcome: write passed, failed or skipped`);
      if (outcome !== null) rows.push({ test, project: null, commit, results: [outcome] });
    }
    return { kind: 'results', rows };
  };
}

/** The reader for the form that the header names; null when the first line is not a header. */
function readerOf(titles: readonly string[]): RowReader | null {
  const columns = columnsOf(titles);
  const { test, outcome, passes, failures, runs, run, commit } = columns;
  if (test === undefined) {
    const isRuns = run !== undefined || commit !== undefined;
    return isRuns && titles.length > 1 ? runReader(columns, titles) : null;
  }
  if (outcome !== undefined) return longReader(columns, outcome, false);
  if ([passes, failures, runs].filter((column) => column !== undefined).length >= 2) return countReader(columns);
  if (passes !== undefined) return longReader(columns, passes, false);
  if (failures !== undefined) return longReader(columns, failures, true);
  return titles.length > 1 ? wideReader(columns, titles.length) : null;
}

/** Reads a table of test results line by line. The first line decides which form it has. */
export function makeTestResultReader(): { next(line: string): ReadRow } {
  let read: RowReader | null = null;
  let width = 0;
  let test = 0;
  return {
    next(line) {
      if (line.trim() === '') return { kind: 'header' };
      const row = csvRows(`${line.replace(/^\uFEFF/, '').replace(/\r$/, '')}\n`)[0] ?? [];
      if (read !== null) return read(fitted(row, width, test));
      read = readerOf(row);
      [width, test] = [row.length, columnsOf(row).test ?? 0];
      if (read !== null) return { kind: 'header' };
      if (row.length < 2 || outcomeOf(row.at(-1) ?? '') === undefined) {
        return bad('no column for the test. Expected a header such as test,run,outcome');
      }
      read = longReader({ test: 0 }, row.length - 1, false);
      return read(row);
    },
  };
}
