import { readFile } from 'node:fs/promises';
import { InvalidInput } from '@selfheal/kernel/errors.ts';
import { joined, phrase, type RedactedText } from '@selfheal/kernel/text/redacted-text.ts';
import { parseSelectionFile, recordMisses } from '@selfheal/pull-request-quality/app/test-selection/record-misses.ts';
import { testRunOf } from '#apps/workbench/input/described-run.ts';
import { recordCoverageFiles } from '#apps/workbench/selection/coverage-files.ts';
import { filesOf, readJobReports } from '../reports.ts';
import type { Task, TaskInput } from '../task.ts';

/** Records which source files each file of tests ran, by which `select-tests` sees what imports do not show, and what a selection missed. */
export const task: Task = {
  // It judges nothing.
  keepsResult: false,
  async run(input) {
    const { coverageMap, selection } = input.inputs;
    if (coverageMap.length === 0 && selection === '')
      throw new InvalidInput('coverage-map, selection: name files with coverage by test, or what select-tests wrote.');
    const missed = selection === '' ? null : await missesOf(input);
    const covered = coverageMap.length === 0 ? [] : [await coverageOf(input)];
    const summary = joined([...covered, ...(missed === null ? [] : [missed.summary])], ' ');
    return { status: 'passed', summary, outputs: missed === null ? {} : { missed: String(missed.count) } };
  },
};

async function coverageOf(input: TaskInput): Promise<RedactedText> {
  const { inputs, job, clock, random } = input;
  const files = (await filesOf('coverage-map', inputs.coverageMap, input)).flatMap((one) => one.files);
  const deps = { state: await input.state(), clock, random };
  const { covered, tests } = await recordCoverageFiles(deps, files, { folder: job.workspace });
  return phrase`Recorded what ${covered} ${covered === 1 ? phrase`file` : phrase`files`} of tests ran; ${tests} are known by now.`;
}

/** Of the tests that were drawn from the skipped ones: which failed in the reports of this run. */
async function missesOf(input: TaskInput): Promise<{ readonly summary: RedactedText; readonly count: number }> {
  const { inputs, environment, clock, random, say } = input;
  const [file = ''] = (await filesOf('selection', [inputs.selection], input)).flatMap((one) => one.files);
  const selection = parseSelectionFile(await readFile(file, 'utf8'), inputs.selection);
  const { tests } = await readJobReports(input);
  if (tests === null) throw new InvalidInput('reports: none of them is a report of tests.');
  const run = testRunOf('record-tests', {}, environment);
  const { missed, rate, runs } = await recordMisses(
    { state: await input.state(), clock, random },
    selection,
    run,
    tests.kept,
  );
  for (const path of missed) say(`Missed: ${path} failed, and selection had skipped it.`);
  const summary =
    rate === null
      ? phrase`No skipped test was drawn so far.`
      : phrase`Selection missed ${rate.hits} of ${rate.cases} drawn ${rate.cases === 1 ? phrase`test` : phrase`tests`} in ${runs} ${runs === 1 ? phrase`run` : phrase`runs`} (95 %: at most ${Math.ceil(100 * rate.interval[1])} %).`;
  return { summary, count: missed.length };
}
