import { readFileSync } from 'node:fs';
import {
  DRY_RUN_OPTION,
  defineCommand,
  dryRunFact,
  JSON_OPTION,
  type OptionValues,
  UsageError,
} from '@selfheal/cli-kit/command.ts';
import type { Terminal } from '@selfheal/cli-kit/terminal.ts';
import { shareText } from '@selfheal/kernel/numbers/number-words.ts';
import { counted } from '@selfheal/kernel/time-words.ts';
import { RUN_OPTIONS, testRunOf } from '#apps/workbench/input/described-run.ts';
import { inputError } from '#apps/workbench/input/open-input.ts';
import { stateAt, stateOption, withState } from '#apps/workbench/input/state-place.ts';
import { namedReportFiles, readNamedReports } from '#apps/workbench/reports/named-reports.ts';

const OPTIONS = {
  coverage: {
    type: 'string',
    value: 'FILE',
    multiple: true,
    about:
      'coverage by test: JSON of coverage.py with contexts, or any coverage report of the one file of tests in --test',
  },
  test: { type: 'string', value: 'FILE', about: 'the file of tests whose run the coverage shows' },
  selection: {
    type: 'string',
    value: 'FILE',
    about: 'what "test select --out" wrote, with the reports of the run in --report',
  },
  report: { type: 'string', value: 'FILE', multiple: true, about: 'a test report, or a folder with reports' },
  ...stateOption('with coverage map and history'),
  ...RUN_OPTIONS,
  ...DRY_RUN_OPTION,
  ...JSON_OPTION,
} as const;

export const testRecord = defineCommand({
  name: 'test record',
  summary: 'record coverage by test, and what selection missed',
  details:
    'With --coverage: which source files each file of tests ran, so that "test select" sees what imports do not show. With --selection and --report: which\n' +
    'of the tests that were drawn from the skipped ones failed; the share over all runs is what selection misses. A failure that is flaky by the history\n' +
    '("flaky record"), or that the default branch has, too, does not count.\n' +
    'With --json: {tests} or {missed, rate, runs}.\n' +
    '\n' +
    'Examples:\n' +
    '  selfheal test record --coverage coverage.json\n' +
    '  selfheal test record --selection selection.json --report reports/',
  operands: { shown: '[PATH]', atLeast: 0, atMost: 1 },
  options: OPTIONS,
  async run({ operands: [folder = '.'], options }, terminal) {
    if ((options.coverage === undefined) === (options.selection === undefined))
      throw new UsageError('"selfheal test record" needs --coverage FILE, or --selection FILE with --report FILE.');
    if (options.coverage !== undefined) await coverage(folder, options.coverage, options, terminal);
    else await misses(options.selection ?? '', options, terminal);
    return 0;
  },
});

type Options = OptionValues<typeof OPTIONS>;

async function coverage(folder: string, given: readonly string[], options: Options, terminal: Terminal): Promise<void> {
  const { recordCoverageFiles } = await import('#apps/workbench/selection/coverage-files.ts');
  const deps = stateAt(options.state, terminal, { dryRun: options['dry-run'] });
  const { test, commit } = options;
  const files = await namedReportFiles(given);
  const { covered, tests } = await withState(() => recordCoverageFiles(deps, files, { folder, test, commit }));
  const text = `Recorded what ${counted(covered, 'file')} of tests ran; ${tests} ${tests === 1 ? 'is' : 'are'} known by now.\n`;
  await terminal.write(options.json === true ? `${JSON.stringify({ tests, ...dryRunFact(options) })}\n` : text);
}

async function misses(file: string, options: Options, terminal: Terminal): Promise<void> {
  if (options.report === undefined) throw new UsageError('"selfheal test record --selection" needs --report FILE.');
  const { parseSelectionFile, recordMisses } = await import(
    '@selfheal/pull-request-quality/app/test-selection/record-misses.ts'
  );
  const run = testRunOf('test record', options, terminal.environment);
  const selection = parseSelectionFile(textOf(file), file);
  const { tests } = await readNamedReports(options.report, { kind: 'tests' });
  if (tests === null) throw new UsageError('No test report was given.');
  const deps = stateAt(options.state, terminal, { dryRun: options['dry-run'] });
  const recorded = await withState(() => recordMisses(deps, selection, run, tests.kept));
  if (options.json === true) {
    await terminal.write(`${JSON.stringify({ ...recorded, ...dryRunFact(options) })}\n`);
    return;
  }
  const { missed, rate, runs } = recorded;
  const lines = missed.map((path) => `Missed: ${path} failed, and selection had skipped it.`);
  lines.push(
    rate === null
      ? 'No skipped test was drawn so far.'
      : `Selection missed ${rate.hits} of ${counted(rate.cases, 'drawn test')} in ${counted(runs, 'run')}: ${shareText(rate.value)}, 95 % interval ${shareText(rate.interval[0])} to ${shareText(rate.interval[1])}.`,
  );
  await terminal.write(`${lines.join('\n')}\n`);
}

function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw inputError(file, error);
  }
}
