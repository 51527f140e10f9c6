import { count, type TestFinding, type TestReader } from './test-run.ts';

const SUREFIRE_SUMMARY =
  /^(?:\[(?:INFO|WARNING|ERROR)\] )?Tests run: (\d{1,7}), Failures: (\d{1,7}), Errors: (\d{1,7}), Skipped: (\d{1,7})\s*$/;
const SUREFIRE_FAILED =
  /^(?:\[ERROR\] )?\s{0,4}(?<test>[\w$.[\]<>-]{1,200}(?:\([\w$.[\]]{1,200}\))?)\s{1,4}(?:-- )?Time elapsed: [\d.,]{1,12} s(?:ec)?\s{1,4}<<< (?:FAILURE|ERROR)!/;

const SUREFIRE_SECTION = /^(?:\[ERROR\] )?(?:Failed tests|Tests in error|Failures|Errors):\s{0,2}/;
const SUREFIRE_LISTED = /^(?:\[ERROR\] )?\s{1,4}(?<suite>[A-Z][\w$]{1,160})\.(?<test>\w{1,200})(?::\d|[ »>])/;

/**
 * Maven's Surefire and Failsafe: one summary per module, one line per failed test (`test(package.Class)`); where those lines are
 * missing, the list before the summary (`Class.test:12 why`).
 */
export function makeSurefireReader(): TestReader {
  const listed: TestFinding[] = [];
  let inList = false;
  let named = false;
  return {
    framework: 'surefire',
    hint: /./,
    read(line) {
      if (SUREFIRE_SECTION.test(line)) inList = true;
      const summary = SUREFIRE_SUMMARY.exec(line);
      if (summary !== null) {
        inList = false;
        const [, run, failures, errors, skipped] = summary.map(Number);
        const failed = (failures ?? 0) + (errors ?? 0);
        return [{ kind: 'counts', counts: { run: run ?? 0, failed, skipped: skipped ?? 0 } }];
      }
      const entry = inList ? SUREFIRE_LISTED.exec(line)?.groups : undefined;
      if (entry !== undefined) listed.push({ kind: 'name', name: `${entry.test}(${entry.suite})` });
      const name = line.includes('<<<') ? SUREFIRE_FAILED.exec(line)?.groups?.test : undefined;
      if (name === undefined) return [];
      named = true;
      return [{ kind: 'name', name: surefireName(name) }];
    },
    finish: () => (named ? [] : listed),
  };
}

/** `package.Class.test`, as newer versions print it, as `test(package.Class)`. */
function surefireName(name: string): string {
  if (name.includes('(')) return name;
  const at = name.lastIndexOf('.');
  return at < 0 ? name : `${name.slice(at + 1)}(${name.slice(0, at)})`;
}

const GRADLE_SUMMARY = /^(\d{1,7}) tests? completed(?:, (\d{1,7}) failed)?(?:, (\d{1,7}) skipped)?\s*$/;
const GRADLE_FAILED = /^(?<suite>[\w$.]{2,200}) > (?<test>.{1,300}) FAILED\s*$/;

/** Gradle: one summary per task with failures, one line per failed test (`Class > test FAILED`). Skipped tests count as completed. */
export function makeGradleReader(): TestReader {
  return {
    framework: 'gradle',
    hint: /completed|FAILED/,
    read(line) {
      const summary = GRADLE_SUMMARY.exec(line);
      if (summary !== null) {
        const [run, failed, skipped] = [count(summary[1]), count(summary[2]), count(summary[3])];
        return [{ kind: 'counts', counts: { run, failed, skipped } }];
      }
      const groups = GRADLE_FAILED.exec(line)?.groups;
      return groups === undefined ? [] : [{ kind: 'name', name: gradleName(groups.suite ?? '', groups.test ?? '') }];
    },
  };
}

/** Parameterised tests are nested below their method; some runners repeat the whole class name there. */
function gradleName(suite: string, test: string): string {
  const last = test.split(' > ').at(-1) ?? test;
  return last.includes(`.${suite}.`) ? last : `${suite}.${test}`;
}

const ANT_SUITE = /^\s{0,8}\[junit\]\s{1,2}(?:Running|Testsuite:) (?<suite>[\w$.]{2,200})/;
const ANT_SUMMARY =
  /^\s{0,8}\[junit\]\s{1,2}Tests run: (\d{1,7}), Failures: (\d{1,7}), Errors: (\d{1,7})(?:, Skipped: (\d{1,7}))?, Time elapsed/;
const ANT_FAILED =
  /^\s{0,8}\[junit\]\s{1,2}Testcase: (?<test>[^\s(]{1,160})(?:\((?<suite>[\w$.]{1,200})\))?.{0,60}?(?::?\s{1,4}(?:FAILED|Caused an ERROR))?\s*$/;
const ANT_VERDICT = /^\s{0,8}\[junit\]\s{1,4}(?:FAILED|Caused an ERROR)\s*$/;
const ANT_BOTH = /(?:FAILED|Caused an ERROR)\s*$/;

/** Ant's junit task; some formatters print each summary twice in a row; the repeat is ignored. */
export function makeAntReader(): TestReader {
  let suite = '';
  let summarised = '';
  let testcase: string | null = null;
  return {
    framework: 'ant-junit',
    hint: /\[junit\]/,
    read(line): TestFinding[] {
      suite = ANT_SUITE.exec(line)?.groups?.suite ?? suite;
      const summary = ANT_SUMMARY.exec(line);
      if (summary !== null) {
        const again = summarised === line;
        summarised = again ? '' : line;
        if (again) return [];
        const counts = {
          run: count(summary[1]),
          failed: count(summary[2]) + count(summary[3]),
          skipped: count(summary[4]),
        };
        return [{ kind: 'counts', counts }];
      }
      const groups = ANT_FAILED.exec(line)?.groups;
      if (groups !== undefined) {
        testcase = `${groups.suite ?? suite}.${groups.test}`;
        return ANT_BOTH.test(line) ? [{ kind: 'name', name: testcase }] : [];
      }
      if (testcase === null || !ANT_VERDICT.test(line)) return [];
      const name = testcase;
      testcase = null;
      return [{ kind: 'name', name }];
    },
  };
}
