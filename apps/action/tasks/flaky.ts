import { relative } from 'node:path';
import { describedRun, readCodeOwners } from '#apps/cli/flaky/history-state.ts';
import { type RecordedTests, rankedTests, readHistories, recordReports } from '#shared/app/flaky-tests/test-history.ts';
import { CODE_OWNER_FILES } from '#shared/domain/flaky-tests/code-owners.ts';
import { InvalidInput } from '#shared/kernel/errors.ts';
import { phrase } from '#shared/kernel/text/redacted-text.ts';
import { readFiles, reportFiles } from '../reports.ts';
import type { Task, TaskInput } from '../task.ts';

/** Tests of one run; the largest suites have fewer. */
const MAX_TESTS = 200_000;
const MAX_QUARANTINED = 20;
const MAX_SHOWN = 20;

/** Records the results of all tests and says which fail by chance. Legs of a matrix have histories of their own. */
export const task: Task = {
  async run(input) {
    const { environment, clock, random } = input;
    const state = await input.state();
    const run = describedRun('flaky record', input.job.sha === null ? {} : { commit: input.job.sha }, environment);
    const quarantine = quarantineOf(input);
    const recorded: RecordedTests[] = [];
    for (const [job, files] of await legsOf(input)) {
      const { tests } = await readFiles(files, input, { keepsTest: () => true, maxKept: MAX_TESTS });
      if (tests === null) continue;
      const { seconds } = tests.totals;
      const described = { ...run, at: clock.now().toISOString(), seconds, infrastructure: false };
      const given = { job, run: described, tests: tests.kept, quarantine };
      recorded.push(await recordReports({ state, clock, random }, given));
    }
    if (recorded.length === 0) throw new InvalidInput('reports: none of them is a report of tests.');
    const flaky = rankedTests(await readHistories(state, null)).filter(({ judged }) => judged.kind === 'flaky');
    for (const { test, runs, failures } of flaky.slice(0, MAX_SHOWN))
      input.say(`flaky: ${test.name}: ${failures} failures in ${runs} runs`);
    const entered = recorded.flatMap((one) => one.entered);
    return {
      status: flaky.length === 0 ? 'passed' : 'failed',
      summary: phrase`${flaky.length} tests fail by chance; ${entered.length} of them were put into quarantine now.`,
      bad: flaky.length === 0 ? [] : ['flaky'],
      outputs: { has_flaky_tests: String(flaky.length > 0), 'flaky-tests': String(flaky.length) },
    };
  },
};

function quarantineOf({ inputs, job }: TaskInput) {
  if (inputs.quarantineDays === null) return null;
  const codeOwners = readCodeOwners(job.workspace, CODE_OWNER_FILES);
  return { days: inputs.quarantineDays, maxTests: MAX_QUARANTINED, codeOwners };
}

/** The files of each leg: each folder below the fixed beginning of a pattern is the artifact of one. A file without a pattern is of this job. */
async function legsOf(input: TaskInput): Promise<Map<string, string[]>> {
  const legs = new Map<string, string[]>();
  for (const { pattern, base, files } of await reportFiles(input)) {
    for (const file of files) {
      const [folder = '', ...below] = relative(base, file).split(/[\\/]/);
      const leg = pattern && below.length > 0 ? folder : input.inputs.name;
      legs.set(leg, [...(legs.get(leg) ?? []), file]);
    }
  }
  return legs;
}
