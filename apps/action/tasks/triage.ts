import { readFile } from 'node:fs/promises';
import { join, relative, resolve } from 'node:path';
import type { Terminal } from '#apps/cli/terminal.ts';
import { triageLog } from '#apps/cli/triage/triage-log.ts';
import { needsOf, triageContent, triageFiles } from '#apps/cli/triage/triage-output.ts';
import { triageRun } from '#apps/cli/triage/triage-run.ts';
import { writeOutputs } from '#shared/adapters/system/output-files.ts';
import { type Triage, type TriageContent, triageReport } from '#shared/app/triage/triage-failures.ts';
import { HAND_OVER_CONFIDENCE } from '#shared/domain/triage/hand-over.ts';
import { phrase } from '#shared/kernel/text/redacted-text.ts';
import { filesOf, withText } from '../reports.ts';
import type { Task, TaskInput } from '../task.ts';
import { terminalOf } from '../terminal.ts';

/** Reads the logs of all failed jobs of the run and says what they have in common. */
export const task: Task = {
  async run(input) {
    const { inputs, job, environment } = input;
    const terminal = terminalOf(input);
    const content = await triageContent(terminal);
    const { triages, fromFork } = await triagedOf(input, content, terminal);
    const made = triageReport(triages, {
      needs: await waitingOf(input),
      threshold: Number(environment.AI_CONFIDENCE_THRESHOLD || HAND_OVER_CONFIDENCE),
      fromFork,
    });
    await writeOutputs(resolve(job.workspace, inputs.out), triageFiles(made), 'out');
    if (made.causes.length === 0) return { status: 'skipped', summary: phrase`Nothing failed.`, outputs: made.outputs };
    const { status, summary, facts } = made.result;
    return { status, summary, facts, bad: status === 'failed' ? ['triage'] : [], outputs: made.outputs };
  },
};

interface TriageOutcome {
  readonly triages: readonly Triage[];
  readonly fromFork: boolean;
}

/** The logs that the inputs name, else those of the jobs of the run that have failed so far. */
async function triagedOf(input: TaskInput, content: TriageContent, terminal: Terminal): Promise<TriageOutcome> {
  const { inputs, job } = input;
  const isFork = job.pullRequest?.isFork ?? false;
  if (inputs.logs.length === 0) {
    const repository = job.repository === null ? {} : { repository: job.repository };
    const run = job.runId === null ? {} : { run: job.runId };
    const triaged = await triageRun({ ...repository, ...run }, content, terminal);
    return { triages: triaged?.triages ?? [], fromFork: triaged?.fromFork ?? isFork };
  }
  const triages: Triage[] = [];
  for (const { base, files } of await filesOf('logs', inputs.logs, input))
    for (const path of await withText(files))
      triages.push({ ...(await triageLog(path, content, terminal)), file: relative(base, path).replace(/\.log$/, '') });
  return { triages, fromFork: isFork };
}

/** Which jobs each job waits for, so that one that broke because of another counts for that one. */
async function waitingOf({ environment, job }: TaskInput): Promise<Map<string, string[]>> {
  const file = /\/(\.github\/workflows\/[\w./-]+)@/.exec(environment.GITHUB_WORKFLOW_REF ?? '')?.[1];
  if (file === undefined) return new Map();
  const text = await readFile(join(job.workspace, file), 'utf8').catch(() => null);
  return text === null ? new Map() : needsOf(text, file);
}
