import { UsageError } from '@selfheal/cli-kit/command.ts';
import type { Terminal } from '@selfheal/cli-kit/terminal.ts';
import type { Evidence } from '@selfheal/log-reading/logs/evidence.ts';
import { isFailure } from '@selfheal/log-reading/logs/telemetry.ts';
import { makeZipLogArchive } from '#shared/adapters/archive/zip-log-archive.ts';
import { makeGithubCodeHost } from '#shared/adapters/github/code-host.ts';
import { makeGithubJobLogs } from '#shared/adapters/github/log-download.ts';
import { makeGithubRunFinder } from '#shared/adapters/github/run-finder.ts';
import { systemClock } from '#shared/adapters/system/clock.ts';
import { makeExcerpts } from '#shared/app/gather/excerpts.ts';
import { gatherRun } from '#shared/app/gather/run.ts';
import { makeFailedTests } from '#shared/app/gather/tests.ts';
import { type Triage, type TriageContent, triageEvidence } from '#shared/app/triage/triage-failures.ts';
import type { CodeHost, JobLogs } from '#shared/ports/code-host.ts';
import type { FoundRun, RunFinder } from '#shared/ports/run-finder.ts';
import { checkLogs, signalOf } from '../analyze/analyze-run.ts';
import { apiUrlOf, githubOptions } from '../analyze/github-environment.ts';
import { asking } from '../analyze/github-problem.ts';
import { withOneRead } from '../analyze/run-reads.ts';
import { questionOf, type RunQuestion, selectRun } from '../analyze/select-run.ts';

/** A run and what each of its failed jobs died of. */
export interface TriagedRun {
  readonly repository: string;
  readonly runId: number;
  readonly fromFork: boolean;
  readonly triages: readonly Triage[];
}

export interface RunChoice {
  readonly url?: string;
  readonly repository?: string;
  readonly run?: number;
  readonly pullRequest?: number;
  readonly latest?: boolean;
}

/** Larger logs are not read. */
const MAX_LOG_BYTES = 100_000_000;
const CHUNK_BYTES = 1 << 16;
const MAX_JOBS = 30;
const SILENT = { info() {}, warn() {}, error() {} };

/**
 * Reads the logs of every failed job of a run, also of one that goes on, and analyses each by itself. Null when nothing failed; `say` is told so. Throws `UsageError` when the
 * run cannot be read.
 */
export async function triageRun(
  choice: RunChoice,
  content: TriageContent,
  terminal: Terminal,
): Promise<TriagedRun | null> {
  const { environment, say } = terminal;
  const apiUrl = apiUrlOf(environment);
  const github = githubOptions(environment, apiUrl, { count() {} });
  const question = questionOf(choice, apiUrl, environment.GITHUB_REPOSITORY);
  const finder = makeGithubRunFinder(github);
  const { repository, runId } = question;
  const codeHost = withOneRead(makeGithubCodeHost(github));
  const running = runId === null ? null : await unfinished(repository, runId, finder);
  const run = running ?? (await finished(question, finder, say));
  if (run === null) return null;
  const reading = { what: `read run ${run.id}`, right: 'Actions: read', missing: `Run ${run.id} is gone` };
  const evidence = await asking(reading, () =>
    running === null
      ? ofArchive(repository, run, codeHost, say)
      : ofJobs(repository, run, codeHost, makeGithubJobLogs(github), say),
  );
  if (evidence.length === 0 && running !== null) {
    say(`No job of run ${run.id} has failed so far.`);
    return null;
  }
  const triages: Triage[] = [];
  for (const one of evidence) triages.push(await triageEvidence(one.sources[0]?.name ?? '', one, [], content));
  const { fromFork } = await asking(reading, () => codeHost.getRun(repository, run.id));
  return { repository, runId: run.id, fromFork, triages };
}

async function finished(
  question: RunQuestion,
  finder: RunFinder,
  say: (line: string) => void,
): Promise<FoundRun | null> {
  const selected = await selectRun(question, finder);
  if (!('outcome' in selected)) return selected.run;
  say(selected.message);
  return null;
}

/** The run while it goes on, as a job of it sees itself; null when it is over. */
async function unfinished(repository: string, runId: number, finder: RunFinder): Promise<FoundRun | null> {
  const missing = `There is no run ${runId} of ${repository}`;
  const run = await asking({ what: `read run ${runId}`, right: 'Actions: read', missing }, () =>
    finder.run(repository, runId, null),
  );
  return run.status === 'completed' ? null : run;
}

const evidenceOf = (sources: Evidence['sources'], failedTests: NonNullable<Evidence['failedTests']>): Evidence => ({
  version: 1,
  incidentId: 'none',
  gatheredAt: systemClock.now().toISOString(),
  sources,
  failedTests,
  notes: [],
});

/** One evidence for each failed job of a run that is over. */
async function ofArchive(
  repository: string,
  run: FoundRun,
  codeHost: CodeHost,
  say: (line: string) => void,
): Promise<Evidence[]> {
  await checkLogs(repository, run, codeHost);
  const { target } = signalOf(run);
  if (target.kind !== 'run') throw new UsageError(`Run ${run.id} cannot be read.`);
  const deps = { codeHost, archives: makeZipLogArchive(), clock: systemClock, log: SILENT };
  const { sources, failedTests = [], notes } = await gatherRun(target, true, deps);
  for (const note of notes) say(`selfheal: ${note}`);
  return sources.map((source) =>
    evidenceOf(
      [source],
      failedTests.filter((test) => test.source === source.id),
    ),
  );
}

/** The same while other jobs still run: there is no archive yet, but a log of each job that has ended. */
async function ofJobs(
  repository: string,
  run: FoundRun,
  codeHost: CodeHost,
  logs: JobLogs,
  say: (line: string) => void,
): Promise<Evidence[]> {
  const jobs = await codeHost.listJobs(repository, run.id, run.attempt);
  const failed = jobs.filter(({ conclusion }) => isFailure(conclusion));
  for (const { name } of failed.slice(MAX_JOBS))
    say(`selfheal: The log of ${name.shown} was not read: too many jobs failed.`);
  const found: Evidence[] = [];
  for (const { id, name, url } of failed.slice(0, MAX_JOBS)) {
    const log = await logs.jobLog(repository, id, MAX_LOG_BYTES);
    if (log.kind === 'unavailable') {
      say(`selfheal: The log of ${name.shown} cannot be read: ${log.reason}`);
      continue;
    }
    const [excerpts, tests] = [makeExcerpts(1), makeFailedTests()];
    const meta = { id: `job-${id}`, name: name.shown, url };
    const source = excerpts.open(meta, undefined, () => tests.open(meta.id));
    const decoder = new TextDecoder();
    for (let at = 0; at < log.bytes.length; at += CHUNK_BYTES) {
      source.push(decoder.decode(log.bytes.subarray(at, at + CHUNK_BYTES), { stream: true }));
    }
    found.push(evidenceOf(excerpts.finish().sources, tests.finish()));
  }
  return found;
}
