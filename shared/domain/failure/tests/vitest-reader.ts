import { count, type TestFinding, type TestReader } from './test-run.ts';

const TESTS = /^\s{0,8}Tests {1,4}(?=\d)(?<counts>(?:\d{1,7} \w{4,10}(?: \| )?){1,5}) \(\d{1,7}\)/;
const FAILED = /^\s{0,4}FAIL {1,4}(?:\|[\w-]{1,40}\| )?(?<test>[\w./@-]{3,160} > \S.{0,300}?)\s*$/;

/** Vitest: "Tests  1 failed | 12 passed (13)"; each failed test is headed by its file and suites. */
export function makeVitestReader(): TestReader {
  return {
    framework: 'vitest',
    hint: /^\s{0,8}(?:Tests |FAIL )/,
    read(line): TestFinding[] {
      const summary = TESTS.exec(line)?.groups?.counts;
      if (summary !== undefined) {
        const of = (what: string): number => count(new RegExp(`(\\d{1,7}) ${what}`).exec(summary)?.[1]);
        const [failed, skipped] = [of('failed'), of('skipped') + of('todo')];
        return [{ kind: 'counts', counts: { run: of('passed') + failed, failed, skipped } }];
      }
      const name = FAILED.exec(line)?.groups?.test;
      return name === undefined ? [] : [{ kind: 'name', name }];
    },
  };
}
