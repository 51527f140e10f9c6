import { checkGates, type GateCheck, summarizeGates } from '@selfheal/pull-request-quality/app/gates/check-gates.ts';
import type { JobFacts } from '@selfheal/pull-request-quality/domain/pull-request/job-result.ts';
import { redactName } from '@selfheal/redaction/redact.ts';
import { neededJobs } from '#apps/workbench/feedback/read-results.ts';
import { gateSettingsOf } from '#apps/workbench/gates/gate-options.ts';
import { type Measurements, measuredOf } from '#apps/workbench/gates/measured.ts';
import { recordRun } from '#apps/workbench/gates/record-run.ts';
import { type GateRun, gateRunOf } from '#apps/workbench/input/described-run.ts';
import { diffOf } from '../changes.ts';
import { reportFiles } from '../reports.ts';
import type { Task, TaskInput } from '../task.ts';
import { terminalOf, withTextFile } from '../terminal.ts';

const MAX_VERDICTS = 50;

const UNAVAILABLE = 'The baseline could not be read, so regressions were not judged.';

/** Judges what the reports measure against the last runs of the default branch, and records such a run when it passed. */
export const task: Task = {
  async run(input) {
    const { environment, clock, random } = input;
    const terminal = terminalOf(input);
    const { settings, notes } = await gateSettingsOf({}, environment, input.decidingFiles);
    const run = gateRunOf({}, environment);
    const measured = await measure(input);
    const state = await input.state();
    const { branch } = run;
    const check = await checkGates(state, {
      ...measured,
      branch,
      run: run.isProposal ? null : run.run,
      settings,
      notes,
    });
    for (const text of [...check.verdicts.map(({ explanation }) => explanation), ...check.notes]) input.say(text);
    if (check.status === 'passed' && run.run !== null) {
      await recordRun({ state, clock, random }, { run, measured, conclusion: conclusionOf(input, run) }, terminal);
    }
    return {
      status: check.status,
      summary: redactName(summarizeGates(check, UNAVAILABLE), 500),
      facts: [{ kind: 'gates', verdicts: check.verdicts.slice(0, MAX_VERDICTS) }, ...coverageOf(input, measured)],
      bad: check.status === 'failed' ? ['gates'] : [],
      outputs: { gate: check.status },
      markdown: markdownOf(check),
    };
  },
};

/** Whether the run that is measured goes well, as far as this step knows: by the step before, the jobs before, or the run that it follows. */
function conclusionOf({ inputs }: TaskInput, { conclusion }: GateRun): string {
  const hasFailed = neededJobs(inputs.needs).some(({ result }) => result === 'failure' || result === 'cancelled');
  return inputs.exitCode !== 0 || hasFailed ? 'failure' : (conclusion ?? 'success');
}

async function measure(input: TaskInput): Promise<Measurements> {
  const { inputs } = input;
  const report = (await reportFiles(input)).flatMap(({ files }) => files);
  return await withTextFile(await diffOf(input), (diff) => measuredOf({ report, metric: inputs.metrics, diff }));
}

/** What `report` does not say already in the same step. */
const coverageOf = ({ inputs }: TaskInput, { facts }: Measurements): JobFacts[] =>
  inputs.task.includes('report') ? [] : facts.filter(({ kind }) => kind === 'coverage');

/** Metrics may be named by whoever wrote the workflow: they stand in a block of code. */
function markdownOf({ status, verdicts, notes }: GateCheck): string {
  const lines = verdicts.map(({ explanation }) => explanation.replaceAll('`', "'"));
  return [`**Gates: ${status}**`, '', '```text', ...lines, '```', '', ...notes.map((note) => `- ${note}`)].join('\n');
}
