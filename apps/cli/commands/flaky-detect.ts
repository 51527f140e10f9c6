import { defineCommand, JSON_OPTION, UsageError } from '@selfheal/cli-kit/command.ts';
import { type Terminal, writeTogether } from '@selfheal/cli-kit/terminal.ts';
import { makeTestTally, type TestTally } from '@selfheal/diagnosis/failure/history/test-tally.ts';
import { judgeFlakiness } from '@selfheal/kernel/numbers/flakiness.ts';
import { shareText } from '@selfheal/kernel/numbers/number-words.ts';
import { recordedHistories } from '#apps/workbench/flaky/recorded-histories.ts';
import { metricLines } from '#apps/workbench/input/metric-lines.ts';
import { openInput } from '#apps/workbench/input/open-input.ts';
import { stateOption } from '#apps/workbench/input/state-place.ts';
import { makeTestResultReader, type RowResult } from '#apps/workbench/input/test-results.ts';
import { writeRanked } from '../flaky/render-ranking.ts';

const MAX_BAD_ROWS_NAMED = 20;
/** Generous, because a row may have one column for each of many runs. */
const MAX_LINE_LENGTH = 4_000_000;

interface TestRecord {
  readonly test: string;
  readonly project: string | null;
  readonly tally: TestTally;
}

function addRow(tests: Map<string, TestRecord>, { test, project, commit, results }: RowResult): void {
  const key = `${project ?? ''}\n${test}`;
  const known = tests.get(key) ?? { test, project, tally: makeTestTally() };
  tests.set(key, known);
  if ('passes' in results) known.tally.addCounts(results.passes, results.failures);
  else for (const passed of results) known.tally.add(passed, commit);
}

/** The tests of the file in order of appearance. Invalid rows are reported on stderr and skipped. */
async function readTests(file: string, terminal: Terminal): Promise<TestRecord[]> {
  const input = await openInput(file, terminal);
  const reader = makeTestResultReader();
  const tests = new Map<string, TestRecord>();
  let badRows = 0;
  for await (const { number, text } of metricLines(input, MAX_LINE_LENGTH)) {
    const read = reader.next(text);
    if (read.kind === 'results') for (const row of read.rows) addRow(tests, row);
    if (read.kind !== 'bad') continue;
    badRows += 1;
    if (badRows <= MAX_BAD_ROWS_NAMED)
      terminal.say(`selfheal: ${input.name}, line ${number}: ${read.reason}. The row is skipped.`);
  }
  if (badRows > MAX_BAD_ROWS_NAMED) terminal.say(`selfheal: ${input.name}: ${badRows} rows were skipped in total.`);
  if (tests.size === 0)
    throw new UsageError(
      `${input.name}: no test results. Expected a header such as test,run,outcome and one row per result.`,
    );
  return [...tests.values()];
}

function judgementOf({ test, project, tally }: TestRecord) {
  const outcomes = tally.outcomes();
  const { kind, score, rate } = judgeFlakiness(outcomes, outcomes.flips === null);
  const { runs, failures } = outcomes;
  const answer = { test, flaky: kind === 'flaky', score: Number(score.toFixed(6)), runs, failures };
  return { answer: project === null ? answer : { ...answer, project }, kind, rate };
}

function asText({ answer, kind, rate }: ReturnType<typeof judgementOf>): string {
  if (kind === 'steady') return '';
  const { test, score, runs, failures } = answer;
  const interval = `${shareText(rate[0])} to ${shareText(rate[1])}`;
  return `${kind.padEnd(6)}  ${score.toFixed(3)}  failed ${failures} of ${runs} (rate ${interval})  ${test}\n`;
}

/** What the recorded reports of a repository's runs tell. */
async function detectInState(
  { state, job, all, json }: { state: string | undefined; job: string | undefined; all: boolean; json: boolean },
  terminal: Terminal,
): Promise<void> {
  const { rankedTests } = await import('@selfheal/pull-request-quality/app/flaky-tests/test-history.ts');
  const histories = await recordedHistories(state, job ?? null, terminal);
  const tests = rankedTests(histories).filter(
    ({ judged, test }) => all || judged.kind === 'flaky' || test.quarantine !== null,
  );
  await writeRanked(tests, json, terminal);
  if (tests.length === 0) terminal.say('selfheal: no test fails by chance, as far as is recorded.');
}

export const flakyDetect = defineCommand({
  name: 'flaky detect',
  summary: 'find flaky tests in a table of test results, or in the recorded reports of a repository',
  details:
    'Without a file: the tests that fail by chance in the reports that "flaky record" recorded, what they cost first: minutes of attempts that they\n' +
    'made necessary, shared among the flaky tests that failed before, then failed runs. Each with owner and last day of its quarantine.\n' +
    '\n' +
    'The file has a header and one of three forms: one result per row (test,run,outcome, optionally commit), counts per test\n' +
    '(test,runs,failures), or one row per test and one column per run. Rows are in the order of the runs. Without a commit column all runs\n' +
    'count as runs of the same code.\n' +
    'With --json: {test, flaky, score, runs, failures} per test; score is the probability that the test is flaky. A test is not flaky when it\n' +
    'always passed, always failed, or changed only as code that breaks and gets fixed does.\n' +
    '\n' +
    'Examples:\n' +
    '  selfheal flaky detect\n' +
    '  selfheal flaky detect results.csv --json',
  operands: { shown: '[FILE.csv]', atLeast: 0, atMost: 1 },
  options: {
    ...stateOption('with the recorded reports'),
    job: { type: 'string', value: 'NAME', about: 'only the recorded tests of this job' },
    all: { type: 'boolean', about: 'add recorded tests that fail for a reason' },
    ...JSON_OPTION,
  },
  async run({ operands: [file], options }, terminal) {
    const { state, job, all = false, json = false } = options;
    if (file !== undefined && (state !== undefined || job !== undefined || all))
      throw new UsageError('--state, --job and --all are about the recorded reports: leave them out, or the file.');
    if (file === undefined) {
      await detectInState({ state, job, all, json }, terminal);
      return 0;
    }
    const print = (test: TestRecord): string => {
      const one = judgementOf(test);
      return options.json === true ? `${JSON.stringify(one.answer)}\n` : asText(one);
    };
    const tests = await readTests(file, terminal);
    await writeTogether(terminal, tests.map(print));
    return 0;
  },
});
