import { join, resolve } from 'node:path';
import { CorruptRecord, InvalidInput, Refused, Retryable } from '@selfheal/kernel/errors.ts';
import { phrase } from '@selfheal/kernel/text/redacted-text.ts';
import { readDocument } from '@selfheal/pull-request-quality/app/quality-state/update-document.ts';
import {
  RUN_RECORDS,
  RUNS_DOCUMENT,
  type RunRecord,
} from '@selfheal/pull-request-quality/domain/ci-metrics/run-record.ts';
import { type RunTimes, runTimesOf } from '@selfheal/pull-request-quality/domain/ci-metrics/run-times.ts';
import { collectMetrics } from '#apps/workbench/ci-metrics/collect-metrics.ts';
import { parseNeeds } from '#apps/workbench/feedback/read-results.ts';
import { reportFiles } from '../reports.ts';
import type { Task, TaskInput } from '../task.ts';
import { terminalOf } from '../terminal.ts';

/** Collects what the run took and found, keeps it for the insights, and sends it to the platforms that are configured. */
export const task: Task = {
  async run(input) {
    const { inputs, job, clock, random } = input;
    const out = join(resolve(job.workspace, inputs.out), 'run_metrics.json');
    const options = {
      ...(job.runId === null ? {} : { run: String(job.runId) }),
      report: await foundReports(input),
      metric: [...inputs.metrics],
      out,
      ...triageOf(inputs.needs),
    };
    const record = await collectMetrics(
      options,
      async () => ({ state: await input.state(), clock, random }),
      terminalOf(input),
    );
    if (record === null)
      return { status: 'unavailable', summary: phrase`GitHub did not say how the run went: see the log of this step.` };
    return {
      status: 'passed',
      summary: phrase`The metrics of the run are collected.`,
      outputs: { 'metrics-file': out },
      facts: job.origin.pullRequest === null ? [] : [{ kind: 'times', times: await timesOf(record, input) }],
    };
  },
};

/** The times of a pull request's run beside those of the default branch, as far as the state is within reach. */
async function timesOf(record: RunRecord, { state, say }: TaskInput): Promise<RunTimes> {
  try {
    const { value } = await readDocument(await state(), RUNS_DOCUMENT, RUN_RECORDS);
    return runTimesOf(record, value.runs);
  } catch (error) {
    if (!(error instanceof Retryable || error instanceof Refused || error instanceof CorruptRecord)) throw error;
    say(`The runs of the default branch are not known: ${error.message}`);
    return runTimesOf(record, []);
  }
}

/** A run that ended early has not written all reports; the job that should have written them is the one that fails. */
async function foundReports(input: TaskInput): Promise<string[]> {
  const found: string[] = [];
  for (const entry of input.inputs.reports) {
    try {
      const named = await reportFiles({ ...input, inputs: { ...input.inputs, reports: [entry] } });
      found.push(...named.flatMap(({ files }) => files));
    } catch (error) {
      if (!(error instanceof InvalidInput)) throw error;
      input.say(`Not measured: ${error.message}`);
    }
  }
  return found;
}

/** The outputs of the task triage, when a job before passes them on. */
function triageOf(needs: string): { 'fix-confidence'?: string | undefined; flaky?: string | undefined } {
  const outputs = Object.values(parseNeeds(needs)).map((job) => job.outputs);
  const of = (name: string) => outputs.map((one) => one[name]).find((given) => given);
  return { 'fix-confidence': of('fix_confidence'), flaky: of('has_flaky_tests') };
}
