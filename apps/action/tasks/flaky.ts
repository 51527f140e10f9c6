import { relative } from 'node:path';
import { InvalidInput } from '@selfheal/kernel/errors.ts';
import { phrase } from '@selfheal/kernel/text/redacted-text.ts';
import { counted } from '@selfheal/kernel/time-words.ts';
import {
  type RecordedTests,
  rankedTests,
  readHistories,
  recordReports,
} from '@selfheal/pull-request-quality/app/flaky-tests/test-history.ts';
import { CODE_OWNER_FILES } from '@selfheal/pull-request-quality/domain/flaky-tests/code-owners.ts';
import { readCodeOwners } from '#apps/workbench/flaky/recorded-histories.ts';
import { testRunOf } from '#apps/workbench/input/described-run.ts';
import { triageLog } from '#apps/workbench/triage/triage-log.ts';
import { triageContent } from '#apps/workbench/triage/triage-output.ts';
import { filesOf, type NamedFiles, readFiles, reportFiles, withText } from '../reports.ts';
import type { Task, TaskInput } from '../task.ts';
import { terminalOf } from '../terminal.ts';

/** Tests of one run; the largest suites have fewer. */
const MAX_TESTS = 200_000;
const MAX_QUARANTINED = 20;
const MAX_SHOWN = 20;

/** Records the results of all tests and says which fail by chance. Legs of a matrix have histories of their own. */
export const task: Task = {
  async run(input) {
    const { environment, clock, random } = input;
    const state = await input.state();
    const run = testRunOf('flaky record', headOf(input), environment);
    const quarantine = await quarantineOf(input);
    const recorded: RecordedTests[] = [];
    const broken = await brokenLegs(input);
    for (const [job, files] of legsOf(await reportFiles(input), input)) {
      const { tests } = await readFiles(files, input, { keepsTest: () => true, maxKept: MAX_TESTS });
      if (tests === null) continue;
      const { seconds } = tests.totals;
      const described = { ...run, at: clock.now().toISOString(), seconds, infrastructure: broken.has(job) };
      const given = { job, run: described, tests: tests.kept, quarantine };
      recorded.push(await recordReports({ state, clock, random }, given));
    }
    if (recorded.length === 0) throw new InvalidInput('reports: none of them is a report of tests.');
    const flaky = rankedTests(await readHistories(state, null)).filter(({ judged }) => judged.kind === 'flaky');
    for (const { test, runs, failures } of flaky.slice(0, MAX_SHOWN))
      input.say(`flaky: ${test.name}: ${counted(failures, 'failure')} in ${counted(runs, 'run')}`);
    const entered = recorded.flatMap((one) => one.entered);
    return {
      status: flaky.length === 0 ? 'passed' : 'failed',
      summary:
        flaky.length === 0
          ? phrase`No test is known to fail by chance.`
          : phrase`Tests that fail by chance: ${flaky.length}, of them put into quarantine now: ${entered.length}.`,
      bad: flaky.length === 0 ? [] : ['flaky'],
      outputs: { has_flaky_tests: String(flaky.length > 0), 'flaky-tests': String(flaky.length) },
    };
  },
};

/** The commit under test, where the event names it. */
const headOf = ({ job: { origin } }: TaskInput) => (origin.headSha === null ? {} : { commit: origin.headSha });

async function quarantineOf({ inputs, decidingFiles, say }: TaskInput) {
  if (inputs.quarantineDays === null) return null;
  const codeOwners = await readCodeOwners(decidingFiles, CODE_OWNER_FILES, say);
  return { days: inputs.quarantineDays, maxTests: MAX_QUARANTINED, codeOwners };
}

/**
 * Legs whose logs show a failure outside their code alone, such as a network that was down: what their tests did says nothing about the tests. None
 * without logs.
 */
async function brokenLegs(input: TaskInput): Promise<Set<string>> {
  const { inputs, say } = input;
  const broken = new Set<string>();
  if (inputs.logs.length === 0) return broken;
  const terminal = terminalOf(input);
  const content = await triageContent(terminal);
  for (const [leg, files] of legsOf(await filesOf('logs', inputs.logs, input), input)) {
    const triages = [];
    for (const file of await withText(files)) triages.push(await triageLog(file, content, terminal));
    const failed = triages.filter((one) => one.failed);
    if (failed.length === 0 || failed.some(({ verdict }) => verdict !== 'infrastructure')) continue;
    say(`The results${leg === '' ? '' : ` of ${leg}`} do not count: it failed for a reason outside its code.`);
    broken.add(leg);
  }
  return broken;
}

/** The files of each leg: each folder below the fixed beginning of a pattern is the artifact of one. A file without a pattern is of this job. */
function legsOf(named: readonly NamedFiles[], { inputs }: TaskInput): Map<string, string[]> {
  const legs = new Map<string, string[]>();
  for (const { pattern, base, files } of named) {
    for (const file of files) {
      const [folder = '', ...below] = relative(base, file).split(/[\\/]/);
      const leg = pattern && below.length > 0 ? folder : inputs.name;
      legs.set(leg, [...(legs.get(leg) ?? []), file]);
    }
  }
  return legs;
}
