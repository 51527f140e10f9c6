import { count, type TestFinding, type TestReader } from './test-run.ts';

const PYTEST_SUMMARY =
  /^=* ?(?<counts>\d{1,7} (?:failed|passed|skipped|deselected|xfailed|xpassed|errors?|warnings?|pytest-warnings|rerun)\b.{0,200}?) in [\d.,:]{1,12} ?(?:s|seconds)\b/;
const PYTEST_COUNT = /(\d{1,7}) (failed|passed|skipped|xfailed|xpassed|errors?)\b/g;
const PYTEST_HEAD = /^_{2,80} (?<error>ERROR (?:collecting|at (?:setup|teardown) of) )?(?<test>\S.{0,300}?) _{2,80}$/;
const PYTEST_SHORT = /^(?:FAILED|ERROR) (?<file>[\w./\\-]{1,200}\.py)(?:::(?<test>\S.{0,300}?))?(?: - .{0,400})?$/;

const PYTEST_VERBOSE =
  /^(?<file>[\w./\\-]{1,200}\.py)::(?<test>\S.{0,300}?)(?: <- .{1,200}?)? (?:FAILED|ERROR)(?:\s{1,60}\[ {0,2}\d{1,3}%\])?$/;
const PYTEST_PLACE = /^(?<file>[\w./\\-]{1,200}\.py):\d{1,6}: /;

function moduleOf(file: string): string {
  return file.replace(/\.py$/, '').replaceAll(/[\\/]/g, '.');
}

/** A file and test as a dotted module and `::` path. */
function pytestName(file: string, test: string | undefined): string {
  const module = moduleOf(file);
  if (test === undefined) return `(${module})`;
  // A doctest's name repeats its module.
  return `${module}::${test.startsWith(`${module}.`) ? test.slice(module.length + 1) : test}`;
}

const RAN = ['passed', 'xfailed', 'xpassed'];

/**
 * pytest: the last line counts; names from the short summary or verbose progress, otherwise from the report headings.
 */
export function makePytestReader(): TestReader {
  const headed: TestFinding[] = [];
  let head: string | null = null;
  let listed = false;
  const name = (file: string, test: string | undefined): TestFinding[] => {
    listed = true;
    return [{ kind: 'name', name: pytestName(file, test) }];
  };
  return {
    framework: 'pytest',
    hint: /(?:passed|failed|error|skipped)|FAILED|ERROR|^_{2}|\.py:/,
    read(line): TestFinding[] {
      const summary = PYTEST_SUMMARY.exec(line)?.groups?.counts;
      if (summary !== undefined) return [{ kind: 'counts', counts: pytestCounts(summary) }];
      const short = (PYTEST_SHORT.exec(line) ?? PYTEST_VERBOSE.exec(line))?.groups;
      if (short?.file !== undefined) return name(short.file, short.test);
      const found = PYTEST_HEAD.exec(line)?.groups;
      if (found?.test !== undefined) {
        head = found.error === undefined ? found.test : null;
        return found.error?.includes('collecting') ? name(found.test, undefined) : [];
      }
      const file = PYTEST_PLACE.exec(line)?.groups?.file;
      if (head !== null && file !== undefined) {
        headed.push({ kind: 'name', name: pytestName(file, classPath(file, head)) });
        head = null;
      }
      return [];
    },
    finish: () => (listed ? [] : headed),
  };
}

/** A heading names `Class.test`; its module has to be found elsewhere. */
function classPath(file: string, head: string): string {
  return head.startsWith(`${moduleOf(file)}.`) ? head : head.replace('.', '::');
}

function pytestCounts(summary: string) {
  const of = new Map<string, number>();
  for (const [, number, what] of summary.matchAll(PYTEST_COUNT))
    of.set((what ?? '').replace('errors', 'error'), count(number));
  const failed = (of.get('failed') ?? 0) + (of.get('error') ?? 0);
  return {
    run: failed + RAN.reduce((sum, what) => sum + (of.get(what) ?? 0), 0),
    failed,
    skipped: of.get('skipped') ?? 0,
  };
}

const UNITTEST_RAN = /^Ran (\d{1,7}) tests? in [\d.]{1,12}s/;
const UNITTEST_RESULT = /^(?:FAILED|OK)(?: \((?<counts>[\w =,]{1,120})\))?\s*$/;
const UNITTEST_FAILED = /^(?:FAIL|ERROR): (?<test>\S.{0,300}?)\s*$/;

const UNITTEST_RULE = /^={60,80}$/;

/** nose heads failures to load with `Failure: ImportError (...)`, and doctests with `Doctest: name`. */
function unittestName(name: string): string {
  return name.replace(/^Failure: (\w{1,80}) \(.{0,300}$/, '$1').replace(/^Doctest: /, '');
}

/** unittest and nose: "Ran 7 tests", then OK or FAILED with counts. */
export function makeUnittestReader(): TestReader {
  let ran: number | null = null;
  let ruled = false;
  return {
    framework: 'unittest',
    hint: /./,
    read(line): TestFinding[] {
      const name = ruled ? UNITTEST_FAILED.exec(line)?.groups?.test : undefined;
      ruled = UNITTEST_RULE.test(line);
      if (name !== undefined) return [{ kind: 'name', name: unittestName(name) }];
      const started = UNITTEST_RAN.exec(line)?.[1];
      if (started !== undefined) {
        ran = Number(started);
        return [];
      }
      const result = UNITTEST_RESULT.exec(line);
      if (result === null || ran === null) return [];
      const counts = unittestCounts(ran, result.groups?.counts ?? '');
      ran = null;
      return [{ kind: 'counts', counts }];
    },
  };
}

function unittestCounts(run: number, text: string) {
  const of = (what: string): number => count(new RegExp(`(?:^|, )${what}=(\\d{1,7})`, 'i').exec(text)?.[1]);
  return { run, failed: of('failures') + of('errors'), skipped: of('skipped') + of('skip') };
}
