import { readFile } from 'node:fs/promises';
import { basename, join, relative, resolve, sep } from 'node:path';
import type { Terminal } from '@selfheal/cli-kit/terminal.ts';
import { phrase } from '@selfheal/kernel/text/redacted-text.ts';
import { readResults } from '#apps/workbench/feedback/read-results.ts';
import { triageLog } from '#apps/workbench/triage/triage-log.ts';
import { needsOf, triageContent, triageFiles, triageModel } from '#apps/workbench/triage/triage-output.ts';
import { triageRun } from '#apps/workbench/triage/triage-run.ts';
import { writeOutputs } from '#shared/adapters/system/output-files.ts';
import { type Triage, type TriageContent, triageReport } from '#shared/app/triage/triage-failures.ts';
import { HAND_OVER_CONFIDENCE } from '#shared/domain/triage/hand-over.ts';
import { confidenceThresholdOf } from '#shared/plugins/resolve-model.ts';
import { filesOf, type NamedFiles, withText } from '../reports.ts';
import type { Task, TaskInput } from '../task.ts';
import { terminalOf } from '../terminal.ts';

/** Reads the logs of all failed jobs of the run and says what they have in common. */
export const task: Task = {
  async run(input) {
    const { inputs, job, environment } = input;
    const terminal = terminalOf(input);
    const content = await triageContent(terminal, triageModel(inputs.model || undefined, terminal), job.workspace);
    const { triages, fromFork } = await triagedOf(input, content, terminal);
    const made = triageReport(triages, {
      needs: await waitingOf(input),
      threshold: confidenceThresholdOf(environment) ?? HAND_OVER_CONFIDENCE,
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
  const { isFork } = job.origin;
  if (inputs.logs.length === 0) {
    const repository = job.repository === null ? {} : { repository: job.repository };
    const run = job.runId === null ? {} : { run: job.runId };
    const triaged = await triageRun({ ...repository, ...run }, content, terminal);
    return { triages: triaged?.triages ?? [], fromFork: triaged?.fromFork ?? isFork };
  }
  const triages: Triage[] = [];
  for (const named of await filesOf('logs', inputs.logs, input)) {
    const files = await withText(named.files);
    const jobs = await jobsOf({ ...named, files }, basename(inputs.results));
    for (const path of files)
      triages.push({ ...(await triageLog(path, content, terminal)), file: jobs.get(path) ?? path });
  }
  return { triages, fromFork: isFork };
}

/**
 * The job of each log: the name in the result that lies in the same artifact, else the artifact itself, which is a folder below the fixed beginning of
 * a pattern. Of several logs of a job each adds its own name.
 */
async function jobsOf({ pattern, base, files }: NamedFiles, results: string): Promise<Map<string, string>> {
  const artifactOf = (path: string): string | null => {
    const [folder = '', ...below] = relative(base, path).split(sep);
    return pattern && below.length > 0 ? folder : null;
  };
  const jobs = new Map<string, string>();
  for (const path of files) {
    const own = basename(path).replace(/\.log$/, '');
    const artifact = artifactOf(path);
    if (artifact === null) jobs.set(path, relative(base, path).replace(/\.log$/, ''));
    else {
      const [first, ...others] = await readResults(join(base, artifact, results)).catch(() => []);
      const job = first === undefined || others.length > 0 ? artifact : first.job;
      const isAlone = files.filter((other) => artifactOf(other) === artifact).length === 1;
      jobs.set(path, isAlone ? job : `${job} (${own})`);
    }
  }
  return jobs;
}

/** Which jobs each job waits for, so that one that broke because of another counts for that one. */
async function waitingOf({ environment, job }: TaskInput): Promise<Map<string, string[]>> {
  const file = /\/(\.github\/workflows\/[\w./-]+)@/.exec(environment.GITHUB_WORKFLOW_REF ?? '')?.[1];
  if (file === undefined) return new Map();
  const text = await readFile(join(job.workspace, file), 'utf8').catch(() => null);
  return text === null ? new Map() : needsOf(text, file);
}
