import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { phrase } from '@selfheal/kernel/text/redacted-text.ts';
import { writeInsights } from '#apps/workbench/ci-metrics/write-insights.ts';
import type { Task } from '../task.ts';
import { terminalOf } from '../terminal.ts';

/** Reports how the runs of the last days went, against the goals, and what to do next. */
export const task: Task = {
  async run(input) {
    const { inputs, job } = input;
    const out = join(resolve(job.workspace, inputs.out), 'ci_insights.md');
    const url = inputs.state.kind === 'deployment' ? { url: inputs.state.url } : {};
    await writeInsights({ out, ...url }, await input.state(), terminalOf(input));
    const page = await readFile(out, 'utf8');
    return {
      status: 'passed',
      summary: phrase`The insights of the last days are written.`,
      outputs: { 'insights-file': out },
      markdown: page,
    };
  },
};
