import type { TestOutcome } from '../../normal-form/normal-form.ts';
import { brokenGoPackage, readGoOutput } from '../common/go-output.ts';
import { numberOf, textOf } from '../common/json.ts';
import { openJsonLines, quoted, refuseLine } from '../common/lines.ts';
import type { ReportFormat, ReportParser, ReportSink } from '../contract.ts';

interface RunningPackage {
  /** Output of the tests that did not end yet, and of the package itself (under ''). */
  readonly outputs: Map<string, string>;
  hasFailedTest: boolean;
}

const OUTCOMES: Readonly<Record<string, TestOutcome>> = { pass: 'passed', fail: 'failed', skip: 'skipped' };
/** Characters of output that are held of a running test: the last ones. */
const MAX_OUTPUT = 16_000;

/** https://pkg.go.dev/cmd/test2json */
export const goTest: ReportFormat = {
  id: 'go-test',
  title: 'go test -json',
  kind: 'tests',
  writers: 'go test -json, gotestsum --jsonfile',
  recognizes: ({ json, text }) =>
    json === 'object' &&
    /^(?:[^{\n][^\n]*\n)*\{[^\n]*"Action"\s*:\s*"(?:start|run|output|build-output|build-fail|pass|fail|skip|bench|pause|cont)"/.test(
      text,
    ),
  open: openGoTest,
};

function openGoTest(sink: ReportSink): ReportParser {
  const packages = new Map<string, RunningPackage>();
  const builds = makeBuildOutputs();
  const packageOf = (name: string): RunningPackage => {
    const known = packages.get(name);
    if (known !== undefined) return known;
    const fresh = { outputs: new Map<string, string>(), hasFailedTest: false };
    packages.set(name, fresh);
    return fresh;
  };
  return openJsonLines(
    (record, line) => {
      const action = textOf(record.Action);
      if (action === null) refuseLine(line, 'an event without an Action', 'This is not the output of go test -json');
      if (action === 'build-output') builds.add(textOf(record.ImportPath) ?? '', textOf(record.Output) ?? '');
      if (action === 'build-output' || action === 'build-fail') return;
      const name = textOf(record.Package) ?? '';
      const test = textOf(record.Test) ?? '';
      const running = packageOf(name);
      if (action === 'run') running.outputs.set(test, '');
      if (action === 'output') {
        const output = `${running.outputs.get(test) ?? ''}${textOf(record.Output) ?? ''}`;
        running.outputs.set(test, output.length > 2 * MAX_OUTPUT ? output.slice(-MAX_OUTPUT) : output);
      }
      const outcome = OUTCOMES[action];
      if (outcome === undefined) return;
      const seconds = numberOf(record.Elapsed);
      if (test === '') {
        const ofBuild = builds.take(textOf(record.FailedBuild) ?? '');
        running.outputs.set('', `${ofBuild}${running.outputs.get('') ?? ''}`);
        endPackage(name, running, outcome, sink);
        packages.delete(name);
        return;
      }
      running.hasFailedTest ||= outcome === 'failed';
      passOn({ name, test, outcome, output: running.outputs.get(test) ?? '', seconds }, sink);
      running.outputs.delete(test);
    },
    {
      // Errors of the build stand between the events in versions before 1.24.
      other: (text) => {
        const broken = brokenGoPackage(text);
        if (broken !== null) passOn(brokenPackage(broken, text), sink);
        return !text.trimStart().startsWith('{');
      },
      end: (last) => {
        const [open] = packages.keys();
        if (open !== undefined)
          refuseLine(
            last,
            `the package ${quoted(open)} has no result: the run was cut off`,
            'Fetch or write the report again',
          );
      },
    },
  );
}

interface EndedTest {
  readonly name: string;
  readonly test: string;
  readonly outcome: TestOutcome;
  readonly output: string;
  readonly seconds: number | null;
}

function passOn({ name, test, outcome, output, seconds }: EndedTest, sink: ReportSink): void {
  const { said, file, line, message } = readGoOutput(output);
  sink.test({
    suite: name,
    name: test,
    outcome,
    file,
    line,
    goPackage: name,
    seconds: seconds === null || seconds < 0 ? null : seconds,
    message: outcome === 'passed' ? null : message,
    details: said === '' ? null : said,
  });
}

/** A package that failed without a failed test did not build, or broke outside of its tests; tests without an end broke with it. */
function endPackage(
  name: string,
  { outputs, hasFailedTest }: RunningPackage,
  outcome: TestOutcome,
  sink: ReportSink,
): void {
  const unfinished = [...outputs.keys()].filter((test) => test !== '');
  for (const test of unfinished)
    passOn(
      { name, test, outcome: outcome === 'failed' ? 'error' : outcome, output: outputs.get(test) ?? '', seconds: null },
      sink,
    );
  if (outcome === 'failed' && !hasFailedTest && unfinished.length === 0)
    passOn(brokenPackage(name, outputs.get('') ?? ''), sink);
}

const brokenPackage = (name: string, output: string): EndedTest => ({
  name,
  test: 'package',
  outcome: 'error',
  output,
  seconds: null,
});

/** What the compiler says of packages that do not build, from Go 1.24 on; the package that could not be tested names it. */
function makeBuildOutputs() {
  const outputs = new Map<string, string>();
  return {
    add(build: string, output: string): void {
      outputs.set(build, `${outputs.get(build) ?? ''}${output}`.slice(0, MAX_OUTPUT));
    },
    take(build: string): string {
      const output = outputs.get(build) ?? '';
      outputs.delete(build);
      return output;
    },
  };
}
