import { recordCoverageFiles } from '#apps/cli/selection/coverage-files.ts';
import { InvalidInput } from '#shared/kernel/errors.ts';
import { phrase } from '#shared/kernel/text/redacted-text.ts';
import { filesOf } from '../reports.ts';
import type { Task } from '../task.ts';

/** Records which source files each file of tests ran, by which `select-tests` sees what imports do not show. */
export const task: Task = {
  // It judges nothing.
  keepsResult: false,
  async run(input) {
    const { inputs, job, clock, random } = input;
    if (inputs.coverageMap.length === 0)
      throw new InvalidInput('coverage-map: name at least one file with coverage by test.');
    const files = (await filesOf('coverage-map', inputs.coverageMap, input)).flatMap((one) => one.files);
    const deps = { state: await input.state(), clock, random };
    const { covered, tests } = await recordCoverageFiles(deps, files, { folder: job.workspace });
    return {
      status: 'passed',
      summary: phrase`Recorded what ${covered} ${covered === 1 ? phrase`file` : phrase`files`} of tests ran; ${tests} are known by now.`,
    };
  },
};
