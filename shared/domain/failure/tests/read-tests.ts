import { cleanLine } from '../../redaction/clean-line.ts';
import { makeAntReader, makeGradleReader, makeSurefireReader } from './java-readers.ts';
import { makeNodeReader } from './node-reader.ts';
import { makeOtherReaders } from './other-readers.ts';
import { makePytestReader, makeUnittestReader } from './python-readers.ts';
import { makeJestReader, makeMochaReader } from './script-readers.ts';
import { count, type TestFinding, type TestReader, type TestRun } from './test-run.ts';

const MAX_NAMES = 10_000;
/** Characters; summaries and names are short. */
const MAX_LINE_LENGTH = 2_000;

/** Reads a log line by line; memory grows only with the names of failed tests. */
export interface TestRunReader {
  push(line: string): void;
  finish(): TestRun;
}

/** Counts and names of the tests that a log reports, whichever runners wrote it; several runs add up. */
export function makeTestRunReader(): TestRunReader {
  const readers: readonly TestReader[] = [
    makeSurefireReader(),
    makeGradleReader(),
    makeAntReader(),
    makePytestReader(),
    makeUnittestReader(),
    makeJestReader(),
    makeMochaReader(),
    makeNodeReader(),
    makeVitestReader(),
    ...makeOtherReaders(),
  ];
  const frameworks = new Set<string>();
  const names = new Map<string, Set<string>>();
  const sum = { run: 0, failed: 0, skipped: 0 };
  const take = (framework: string, findings: readonly TestFinding[]): void => {
    for (const finding of findings) {
      if (finding.kind === 'name') {
        const known = names.get(framework) ?? new Set();
        if (known.size < MAX_NAMES) names.set(framework, known.add(finding.name));
        continue;
      }
      frameworks.add(framework);
      sum.run += finding.counts.run;
      sum.failed += finding.counts.failed;
      sum.skipped += finding.counts.skipped;
    }
  };
  return {
    push(line) {
      const text = cleanLine(line.length > MAX_LINE_LENGTH ? line.slice(0, MAX_LINE_LENGTH) : line);
      for (const reader of readers) if (reader.hint.test(text)) take(reader.framework, reader.read(text));
    },
    finish() {
      for (const reader of readers) take(reader.framework, reader.finish?.() ?? []);
      // A name without any count from its runner comes from another tool's similar output.
      const failedNames = [...frameworks].flatMap((framework) => [...(names.get(framework) ?? [])]);
      return { frameworks: [...frameworks], ...sum, failedNames: sum.failed > 0 ? failedNames : [] };
    },
  };
}

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
