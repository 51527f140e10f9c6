import {
  DRY_RUN_OPTION,
  defineCommand,
  dryRunFact,
  JSON_OPTION,
  UsageError,
  wholeNumber,
} from '@selfheal/cli-kit/command.ts';
import { CODE_OWNER_FILES } from '@selfheal/pull-request-quality/domain/flaky-tests/code-owners.ts';
import { readCodeOwners } from '#apps/workbench/flaky/recorded-histories.ts';
import { decidingFilesHere } from '#apps/workbench/input/deciding-files.ts';
import { RUN_OPTIONS, testRunOf } from '#apps/workbench/input/described-run.ts';
import { stateAt, stateOption, withState } from '#apps/workbench/input/state-place.ts';
import { readNamedReports } from '#apps/workbench/reports/named-reports.ts';
import { recordedText } from '../flaky/render-ranking.ts';

const DAYS = { otherwise: 14, atMost: 90 };
/** Tests in quarantine at once. */
const MAX_QUARANTINED = 20;
/** Tests of one run; the largest suites have fewer. */
const MAX_TESTS = 200_000;

export const flakyRecord = defineCommand({
  name: 'flaky record',
  summary: 'record the test reports of a run, from which flaky tests are found',
  details:
    'Call it for each run, failed or not, and for each leg of a matrix with its own --job. The same run again adds the tests of its other reports and\n' +
    'counts nothing twice. "selfheal flaky detect" shows what the history tells. A quarantined test that always fails is released.\n' +
    'With --json: {tests, runs, excluded, entered, released}. Exit code 2 when a report is missing or cannot be read; then nothing is recorded.\n' +
    '\n' +
    'Example: selfheal flaky record --report reports/ --job "test (linux)" --quarantine',
  operands: { shown: '[FILE...]', atLeast: 0, atMost: Number.POSITIVE_INFINITY },
  options: {
    report: { type: 'string', value: 'FILE', multiple: true, about: 'a test report, or a folder with reports' },
    ...stateOption('that keeps the history'),
    ...RUN_OPTIONS,
    job: { type: 'string', value: 'NAME', about: 'the job, with its leg of the matrix; each has a history of its own' },
    seconds: { type: 'string', value: 'N', about: 'how long the attempt took; else the sum over its tests' },
    infrastructure: {
      type: 'boolean',
      about: 'the run failed for a reason outside its code: its results do not count',
    },
    quarantine: { type: 'boolean', about: 'put tests that fail by chance into quarantine, owned as CODEOWNERS says' },
    days: { type: 'string', value: 'N', about: `days until the end of a quarantine; ${DAYS.otherwise} by default` },
    ...DRY_RUN_OPTION,
    ...JSON_OPTION,
  },
  async run({ operands, options }, terminal) {
    const given = [...(options.report ?? []), ...operands];
    if (given.length === 0) throw new UsageError('"selfheal flaky record" needs --report FILE.');
    const described = testRunOf('flaky record', options, terminal.environment);
    const days = wholeNumber('days', options.days, DAYS);
    const seconds = options.seconds === undefined ? null : Number(options.seconds);
    if (seconds !== null && !(seconds >= 0 && seconds < 1e7))
      throw new UsageError(`--seconds ${options.seconds}: expected a number.`);
    const { recordReports } = await import('@selfheal/pull-request-quality/app/flaky-tests/test-history.ts');
    const { tests } = await readNamedReports(given, { kind: 'tests', keepsTest: () => true, maxKept: MAX_TESTS });
    if (tests === null) throw new UsageError('No test report was given.');
    const run = {
      ...described,
      at: new Date(terminal.now()).toISOString(),
      seconds: seconds ?? tests.totals.seconds,
      infrastructure: options.infrastructure === true,
    };
    const quarantine =
      options.quarantine === true
        ? {
            days,
            maxTests: MAX_QUARANTINED,
            codeOwners: await readCodeOwners(decidingFilesHere(terminal), CODE_OWNER_FILES, terminal.say),
          }
        : null;
    const deps = stateAt(options.state, terminal, { dryRun: options['dry-run'] });
    const recorded = await withState(() =>
      recordReports(deps, { job: options.job ?? '', run, tests: tests.kept, quarantine }),
    );
    await terminal.write(
      options.json === true
        ? `${JSON.stringify({ tests: tests.totals.tests, ...recorded, ...dryRunFact(options) })}\n`
        : recordedText(recorded, tests.totals.tests),
    );
    return 0;
  },
});
