import { count, type TestFinding, type TestReader } from './test-run.ts';

/** A runner whose lines are independent of each other: a summary with named counts, and a line per failed test. */
interface PlainReader {
  readonly framework: string;
  readonly hint: RegExp;
  /** Groups: run or passed, failed, errors, skipped. */
  readonly summary: RegExp;
  /** Group: test. */
  readonly failed: RegExp;
}

const PLAIN: readonly PlainReader[] = [
  {
    framework: 'cargo-test',
    hint: /^test /,
    summary:
      /^test result: \w{2,6}\. (?<passed>\d{1,7}) passed; (?<failed>\d{1,7}) failed; (?<skipped>\d{1,7}) ignored/,
    failed: /^test (?<test>\S.{0,300}?) \.\.\. FAILED\s*$/,
  },
  {
    framework: 'rspec',
    hint: /examples?,|^rspec /,
    summary: /^(?<run>\d{1,7}) examples?, (?<failed>\d{1,7}) failures?(?:, (?<skipped>\d{1,7}) pending)?/,
    failed: /^rspec (?<test>\S{1,200}:\d{1,6}) #/,
  },
  {
    framework: 'minitest',
    hint: /assertions|^\s{0,4}\d{1,4}\) |^(?:Failure|Error):|#test_/,
    summary:
      /^(?<run>\d{1,7}) (?:runs|tests), \d{1,8} assertions, (?<failed>\d{1,7}) failures, (?<errors>\d{1,7}) errors(?:, \d{1,7} pendings)?(?:, (?<skipped>\d{1,7}) skips)?/,
    failed: /^\s{0,4}(?<test>[A-Z][\w:]{1,120}#test_\w{1,200}) ?\[/,
  },
  {
    framework: 'phpunit',
    hint: /Assertions:|assertions\)|^\d{1,5}\) /,
    summary:
      /^(?:OK \((?<run>\d{1,7}) tests?, \d{1,8} assertions?\)|Tests: (?<tests>\d{1,7}), Assertions: \d{1,8}(?:, Errors: (?<errors>\d{1,7}))?(?:, Failures: (?<failed>\d{1,7}))?(?:, Warnings: \d{1,7})?(?:, Skipped: (?<skipped>\d{1,7}))?)/,
    failed: /^\d{1,5}\) (?<test>[A-Z][\w\\]{1,200}::\w{1,200}.{0,120}?)\s*$/,
  },
  {
    framework: 'junit-text',
    hint: /^(?:OK \(|Tests run:|\d{1,5}\) )/,
    summary:
      /^(?:OK \((?<run>\d{1,7}) tests?\)|Tests run: (?<tests>\d{1,7}), {1,2}Failures: (?<failed>\d{1,7})(?:, {1,2}Errors: (?<errors>\d{1,7}))?)\s*$/,
    failed: /^\d{1,5}\) (?<test>\w{1,200}\([\w$.]{2,200}\))\s*$/,
  },
  {
    framework: 'ctest',
    hint: /tests (?:passed|failed)|\*\*\*/,
    summary: /^\d{1,3}% tests passed, (?<failed>\d{1,7}) tests? failed out of (?<run>\d{1,7})/,
    failed: /^\s{0,4}\d{1,6}\/\d{1,6} Test\s{1,4}#\d{1,6}: (?<test>\S{1,160}) \.{2,}.{0,40}\*\*\*/,
  },
];

function makePlainReader({ framework, hint, summary, failed }: PlainReader): TestReader {
  return {
    framework,
    hint,
    read(line): TestFinding[] {
      const groups = summary.exec(line)?.groups;
      if (groups !== undefined) {
        const failures = count(groups.failed) + count(groups.errors);
        const run = groups.passed === undefined ? count(groups.run ?? groups.tests) : count(groups.passed) + failures;
        return [{ kind: 'counts', counts: { run, failed: failures, skipped: count(groups.skipped) } }];
      }
      const name = failed.exec(line)?.groups?.test;
      return name === undefined ? [] : [{ kind: 'name', name }];
    },
  };
}

const GO_RESULT = /^\s{0,12}--- (?<result>PASS|FAIL|SKIP): (?<test>\S{1,200}) \([\d.]{1,10}s\)/;

/** `go test` prints no counts, so its result lines are counted (all of them only with -v). */
function makeGoReader(): TestReader {
  return {
    framework: 'go-test',
    hint: /--- /,
    read(line): TestFinding[] {
      const groups = GO_RESULT.exec(line)?.groups;
      if (groups?.test === undefined) return [];
      const skipped = groups.result === 'SKIP';
      const failed = groups.result === 'FAIL';
      const counts = { run: skipped ? 0 : 1, failed: failed ? 1 : 0, skipped: skipped ? 1 : 0 };
      return [{ kind: 'counts', counts }, ...(failed ? [{ kind: 'name' as const, name: groups.test }] : [])];
    },
  };
}

/** Readers of the other runners. */
export function makeOtherReaders(): TestReader[] {
  return [...PLAIN.map(makePlainReader), makeGoReader()];
}
