import type { Found, Runner } from './runner.ts';

const VERDICT = '<<< (?:FAILURE|ERROR)!';
const LEVEL = String.raw`(?:\[(?:INFO|WARNING|ERROR)\] )?`;

/** `package.Class.test`, as newer versions print it, as `test(package.Class)`; parameters may hold dots. */
function methodOfClass({ groups: { test = '' }, scopes: [running] }: Found): string {
  const method = test.replace(/[([{ ].*$/, '');
  const at = method.lastIndexOf('.');
  const suite = method.slice(0, at);
  // Before 3.0 the class is behind the method, or with some providers nowhere.
  if (at < 0 || /[( ]/.test(suite)) {
    const known = running === undefined || /\([\w$.]+\)$/.test(test);
    return known ? test : `${test.replace(/\(\)$/, '')}(${running})`;
  }
  // A class that fails as a whole is named alone.
  const isClass = method === test && /(?:^|[.$])[A-Z][\w$]*$/.test(method) && !/(?:^|\.)[A-Z]/.test(suite);
  return isClass ? test : `${test.slice(at + 1)}(${suite})`;
}

/** The list names classes without their package, which the line `Running package.Class` tells. */
function listedMethod({ groups: { test, suite = '' }, notes }: Found): string {
  const full = [...notes].filter((note) => note.endsWith(`.${suite}`));
  return `${test}(${full.length === 1 ? full[0] : suite})`;
}

/**
 * Maven Surefire and Failsafe (apache/maven-surefire, `TestSetStats`, `DefaultReporterFactory`): a summary per module; a line per
 * failed test, `test(package.Class)` before 3.0, `package.Class.test` since; a list before the summary, `Class.test:12 why`,
 * `Class>Super.test:12`, `Class.test » Exception`, or before 2.13 `test(package.Class): why`.
 */
const surefire: Runner = {
  framework: 'surefire',
  sure: true,
  hint: /^(?:\[\w{4,7}\] )?(?:Tests run:|Failed tests:|Tests in error:|Failures:|Errors:|Running )/,
  marks: [' <<< '],
  counts: [
    {
      line: new RegExp(
        `^${LEVEL}Tests run: (?<run>\\d{1,7}), Failures: (?<failed>\\d{1,7}), Errors: (?<errors>\\d{1,7})(?:, Skipped: (?<skipped>\\d{1,7}))?(?:, Flakes: \\d{1,7})?$`,
      ),
    },
  ],
  scope: new RegExp(`^${LEVEL}(?:Running |Tests run: .{1,120} ${VERDICT} -{1,2} in )(?<scope>[\\w$.]{1,300})$`),
  notes: new RegExp(`^${LEVEL}Running (?<note>[\\w$.]{1,300})$`),
  names: [
    {
      line: new RegExp(
        `^(?!(?:\\[\\w{4,7}\\] )?Tests run:)${LEVEL}\\s{0,4}(?<test>\\S.{0,399}?)\\s{1,4}(?:-- )?Time elapsed: [\\d.,]{1,12} s(?:ec)?\\s{1,4}${VERDICT}`,
      ),
      name: methodOfClass,
    },
    {
      from: new RegExp(
        `^${LEVEL}(?:Failed tests|Tests in error|Failures|Errors):(?: {1,3}(?<test>\\w{1,200})\\((?<suite>[\\w$.]{1,300})\\))?`,
      ),
      to: /Tests run:/,
      line: new RegExp(
        `^${LEVEL}\\s{1,4}(?:(?<suite>(?:[a-z_]\\w{0,60}\\.){0,12}[A-Z][\\w$]{0,160})(?:>[\\w$.]{1,200})?\\.(?<test>[\\w$]{1,200}(?:\\[[^\\]]{0,200}\\]|\\(.{0,120}?\\)(?:\\[\\d{1,6}\\])?)?)(?=:\\d|->| »|:? |$)|(?<test>\\w{1,200}(?:\\[.{0,160}?\\])?)\\((?<suite>[\\w$.]{1,300})\\))`,
      ),
      name: listedMethod,
    },
  ],
};

/**
 * Gradle (`TestExceptionFormatter`, `AbstractTestLogger`): `Class > test FAILED`, with groups, nested classes and parameters as further levels;
 * Kotest, Spock and TestNG print the same there. Skipped tests count as completed.
 */
const gradle: Runner = {
  framework: 'gradle',
  hint: /^\d{1,7} tests? completed|^(?:SUCCESS|FAILURE): Executed |^\s{2,8}✘ |^[a-z][\w.]{1,200}\.[A-Z][\w$]{0,160}$/,
  marks: ['FAILED'],
  counts: [
    {
      line: /^(?<run>\d{1,7}) tests? completed(?:, (?<failed>\d{1,7}) failed)?(?:, (?<skipped>\d{1,7}) skipped)?$/,
    },
    // radarsh/gradle-test-logger-plugin
    {
      line: /^(?:SUCCESS|FAILURE): Executed (?<run>\d{1,7}) tests? in [^(]{1,30}(?:\((?:(?<failed>\d{1,7}) failed)?(?:, )?(?:(?<skipped>\d{1,7}) skipped)?\))?$/,
    },
  ],
  scope: /^(?<scope>(?:[a-z]\w{0,60}\.){1,12}[A-Z][\w$]{0,160})$/,
  names: [
    {
      line: /^(?<suite>(?!> )[A-Za-z_].{0,299}?) > (?<test>\S.{0,399}) FAILED$/,
      name: ({ groups: { suite = '', test = '' } }) => {
        const levels = test.replace(/^(?:Gradle Test Executor \d{1,4} > )/, '').split(' > ');
        const last = levels.at(-1) ?? '';
        // Some runners repeat the class in the name of the method.
        return last.startsWith(`${suite}.`) || last.includes(`.${suite}.`) ? last : [suite, ...levels].join('.');
      },
    },
    {
      line: /^\s{2,8}(?:Test |✘ )(?<test>\S.{0,399}?) (?:FAILED(?: \([\d.]{1,10}m?s\))?|\([\d.]{1,10}m?s\))$/,
      name: ({ groups: { test }, scopes }) => [...scopes, test].join('.'),
    },
  ],
};

const JUNIT_TASK = String.raw`^\s{0,8}(?:\[junit\w{0,12}\]\s{1,2})?`;

/**
 * Ant's tasks junit and junitlauncher (apache/ant, `PlainJUnitResultFormatter`, `BriefJUnitResultFormatter`): `Testcase: test took 1 sec` or
 * `Testcase: test(package.Class):`, and `FAILED` or `Caused an ERROR` behind it or on the next line. `Test package.Class FAILED`
 * where no formatter is. With a summary, each count is printed twice in a row.
 */
const ant: Runner = {
  framework: 'ant-junit',
  hint: /^\s{0,8}(?:\[junit|Testsuite: |Testcase: )/,
  counts: [
    {
      line: new RegExp(
        `${JUNIT_TASK}Tests run: (?<run>\\d{1,7}), Failures: (?<failed>\\d{1,7}), Errors: (?<errors>\\d{1,7})(?:, Skipped: (?<skipped>\\d{1,7}))?, Time elapsed: (?![^<]{1,40}<<<)`,
      ),
      after: /^(?!.*Tests run: )/,
    },
  ],
  scope: new RegExp(`${JUNIT_TASK}Testsuite: (?<scope>[\\w$.]{1,300})`),
  names: [
    {
      line: new RegExp(
        `${JUNIT_TASK}Testcase: (?<test>\\S.{0,299}?)(?:\\((?<suite>[\\w$.]{1,300})\\)| took [\\d.,]{1,12} sec)(?:(?!.*SKIPPED).{0,80})?$`,
      ),
      proof: new RegExp(`(?:${JUNIT_TASK}|Testcase: .{0,400})\\s{0,4}(?:FAILED|Caused an ERROR)$`),
      name: ({ groups: { test, suite }, scopes }) => `${suite ?? scopes[0]}.${test}`,
    },
    { line: new RegExp(`${JUNIT_TASK}Test (?<test>[\\w$.]{1,300}) FAILED(?: \\(\\w{1,12}\\))?$`) },
  ],
};

/** JUnit 4's own runner (`TextListener`): `1) test(package.Class)`. */
const junitText: Runner = {
  framework: 'junit-text',
  hint: /^(?:OK \(|Tests run:|\d{1,5}\) )/,
  counts: [
    {
      line: /^(?:OK \((?<run>\d{1,7}) tests?\)|Tests run: (?<run>\d{1,7}), {2}Failures: (?<failed>\d{1,7})(?:, {2}Errors: (?<errors>\d{1,7}))?)$/,
    },
  ],
  names: [{ line: /^\d{1,5}\) (?<test>\S.{0,299}\([\w$.]{2,300}\))$/ }],
};

/** JUnit Platform's console launcher (`SummaryGeneratingListener`): a block per failure, and counts in brackets. */
const junitConsole: Runner = {
  framework: 'junit-console',
  hint: /^\[ {1,12}\d{1,7} tests /,
  marks: ['methodName = '],
  counts: [{ line: /^\[ {1,12}(?<number>\d{1,7}) tests (?<result>successful|failed|aborted|skipped) {0,12}\]$/ }],
  names: [
    {
      line: /\bMethodSource \[className = '(?<suite>[\w$.]{1,300})', methodName = '(?<test>.{1,300}?)'/,
      name: ({ groups: { suite, test } }) => `${suite}.${test}`,
    },
  ],
};

/** TestNG's text reporter (`TextReporter`): `FAILED: test`, with the parameters and since 7.4 the class. */
const testng: Runner = {
  framework: 'testng',
  hint: /^Total tests run: |^FAILED: /,
  counts: [
    {
      line: /^Total tests run: (?<run>\d{1,7}),(?: Passes: \d{1,7},)? Failures: (?<failed>\d{1,7}), Skips: (?<skipped>\d{1,7})/,
    },
  ],
  names: [{ line: /^FAILED: (?<test>\S.{0,1499})$/ }],
};

const SBT = String.raw`^\s{0,4}(?:\[(?:info|error|warn|debug)\] ?){0,3}`;

/**
 * sbt: its own count, over the reports of junit-interface (`Test package.Class.test failed: why, took 1 sec`), ScalaTest, munit
 * (`==> X package.Class.test`), uTest and specs2. ScalaTest (`StringReporter`) marks a test with `*** FAILED ***`; headings above it are part
 * of its name, the class is not.
 */
const scala: Runner = {
  framework: 'scala',
  hint: /^\s{0,4}\[(?:info|error|warn|debug)\]|^\s{2,60}(?:- |✗ )|^Tests: (?:succeeded|\d)|^\d{1,7} tests passed\. |^X [\w$.]/,
  marks: ['*** FAILED ***', '==> X'],
  // specs2 counts its examples as RSpec does, before sbt counts them again.
  covers: ['rspec'],
  counts: [
    {
      line: new RegExp(
        `${SBT}(?:Failed|Passed|Error): Total (?<run>\\d{1,7}), Failed (?<failed>\\d{1,7}), Errors (?<errors>\\d{1,7}), Passed \\d{1,7}(?:, (?:Ignored|Skipped) (?<skipped>\\d{1,7}))?`,
      ),
    },
    { line: new RegExp(`${SBT}Tests: (?<tally>succeeded \\d{1,7}, failed \\d{1,7}.{0,80})$`) },
    // uTest, ZIO Test
    { line: new RegExp(`${SBT}Tests: \\d{1,7}, (?<tally>Passed: \\d{1,7}, Failed: \\d{1,7})$`) },
    {
      line: new RegExp(
        `${SBT}(?<passed>\\d{1,7}) tests passed\\. (?<failed>\\d{1,7}) tests failed\\. (?<skipped>\\d{1,7}) tests ignored\\.$`,
      ),
    },
  ],
  // A subject; the name of a class starts anew.
  scope: new RegExp(`${SBT}(?:(?<scope>)[\\w$.]{1,200}:|(?<scope>(?!Test |Done |Set |Compiling )[A-Z][^:*.]{0,200}))$`),
  names: [
    { line: new RegExp(`${SBT}Test (?<test>[\\w$.]{2,300}(?:\\[.{0,200}?\\])?) failed: `) },
    { line: new RegExp(`${SBT}==> X (?<test>\\S.{0,399}?) {1,4}[\\d.]{1,12}s`) },
    {
      line: new RegExp(`${SBT}\\s{0,40}- (?<test>\\S.{0,399}?) \\*\\*\\* FAILED \\*\\*\\*`),
      name: ({ groups: { test }, scopes }) => [...scopes.filter(Boolean), test].join(' '),
    },
    // ZIO Test
    { line: new RegExp(`${SBT}\\s{0,40}- (?<test>[^\\s*][^*]{0,299})$`), proof: new RegExp(`${SBT}\\s{2,60}✗ `) },
    { line: new RegExp(`${SBT}X (?<test>[\\w$.]{2,300}\\.[^\\n]{1,200}?) \\d{1,7}ms`) },
    { line: new RegExp(`${SBT}\\s{1,40}(?:x|X|!) (?<test>\\S.{0,399}?)(?: \\(?[\\d.]{1,12} ?m?s\\)?)?$`) },
  ],
};

/** Runners of the JVM. */
export const JAVA_RUNNERS: readonly Runner[] = [surefire, gradle, ant, junitText, junitConsole, testng, scala];
