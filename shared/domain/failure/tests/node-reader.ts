import { count, type TestCounts, type TestFinding, type TestReader } from './test-run.ts';

/** Reporters "spec" (`ℹ pass 12`) and "tap" (`# pass 12`) end with the same counts, one a line. */
const COUNT = /^(?:ℹ|#) (?<what>tests|pass|fail|cancelled|skipped|todo) (?<number>\d{1,7})\s*$/;
const SPEC_SUITE = /^\s{0,40}▶ (?<suite>\S.{0,300}?)(?: \([\d.]{1,12}ms\))?\s*$/;
const SPEC_FAILED = /^\s{0,40}✖ (?<test>\S.{0,300}?) \(\d{1,9}(?:\.\d{1,9})?ms\)/;
const MAX_SUITES = 10_000;
const TAP_FAILED = /^\s{0,40}not ok \d{1,7} - (?<test>[^#\n]{1,300}?)\s*$/;

/** `node --test`: a line per test, suites among them, and counts of tests without suites at the end. */
export function makeNodeReader(): TestReader {
  /** A suite fails because a test in it did. */
  const suites = new Set<string>();
  let counts: { pass: number; fail: number; cancelled: number; skipped: number; todo: number } | null = null;
  const finish = (): TestFinding[] => {
    if (counts === null) return [];
    const { pass, fail, cancelled, skipped, todo } = counts;
    const found: TestCounts = { run: pass + fail + cancelled, failed: fail + cancelled, skipped: skipped + todo };
    counts = null;
    return [{ kind: 'counts', counts: found }];
  };
  return {
    framework: 'node-test',
    hint: /^(?:ℹ|#) |✖|▶|not ok /,
    read(line): TestFinding[] {
      const groups = COUNT.exec(line)?.groups;
      if (groups !== undefined) {
        const { what, number } = groups;
        if (what === 'tests') {
          const before = finish();
          counts = { pass: 0, fail: 0, cancelled: 0, skipped: 0, todo: 0 };
          return before;
        }
        if (counts !== null && what !== undefined) counts = { ...counts, [what]: count(number) };
        return [];
      }
      const suite = SPEC_SUITE.exec(line)?.groups?.suite;
      if (suite !== undefined && suites.size < MAX_SUITES) suites.add(suite);
      const name = (SPEC_FAILED.exec(line) ?? TAP_FAILED.exec(line))?.groups?.test;
      return name === undefined || suites.has(name) ? [] : [{ kind: 'name', name }];
    },
    finish,
  };
}
