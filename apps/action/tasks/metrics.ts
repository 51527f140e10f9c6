import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { ciMetrics } from '#apps/cli/commands/ci-metrics.ts';
import { phrase } from '#shared/kernel/text/redacted-text.ts';
import { reportFiles } from '../reports.ts';
import type { Task } from '../task.ts';
import { terminalOf } from '../terminal.ts';

/** Collects what the run took and found, keeps it for the insights, and sends it to the platforms that are configured. */
export const task: Task = {
  async run(input) {
    const { inputs, job } = input;
    const report = inputs.reports.length === 0 ? [] : (await reportFiles(input)).flatMap(({ files }) => files);
    const out = join(resolve(job.workspace, inputs.out), 'run_metrics.json');
    const state = resolve(job.workspace, inputs.statePath);
    const options = { report, metric: [...inputs.metrics], out, state };
    await ciMetrics.run({ operands: [], options }, terminalOf(input), []);
    // GitHub that does not answer fails nothing; then there is no file.
    const isWritten = await readFile(out).then(
      () => true,
      () => false,
    );
    return isWritten
      ? { status: 'passed', summary: phrase`The metrics of the run are collected.`, outputs: { 'metrics-file': out } }
      : { status: 'unavailable', summary: phrase`GitHub did not say how the run went: see the log of this step.` };
  },
};
