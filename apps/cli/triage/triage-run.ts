import { makeZipLogArchive } from '#shared/adapters/archive/zip-log-archive.ts';
import { makeGithubCodeHost } from '#shared/adapters/github/code-host.ts';
import { makeGithubRunFinder } from '#shared/adapters/github/run-finder.ts';
import { systemClock } from '#shared/adapters/system/clock.ts';
import { gatherRun } from '#shared/app/gather/run.ts';
import { type Triage, type TriageContent, triageEvidence } from '#shared/app/triage/triage-failures.ts';
import type { Evidence } from '#shared/domain/logs/evidence.ts';
import { checkLogs, signalOf } from '../analyze/analyze-run.ts';
import { apiUrlOf, githubOptions } from '../analyze/github-environment.ts';
import { asking } from '../analyze/github-problem.ts';
import { withOneRead } from '../analyze/run-reads.ts';
import { questionOf, selectRun } from '../analyze/select-run.ts';
import { UsageError } from '../command.ts';
import type { Terminal } from '../terminal.ts';

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

const SILENT = { info() {}, warn() {}, error() {} };

/**
 * Reads the logs of every failed job of a run and analyses each by itself. Null when nothing failed; `say` is told so. Throws `UsageError` when the
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
  const selected = await selectRun(question, makeGithubRunFinder(github));
  if ('outcome' in selected) {
    say(selected.message);
    return null;
  }
  const { run } = selected;
  const { repository } = question;
  const codeHost = withOneRead(makeGithubCodeHost(github));
  await checkLogs(repository, run, codeHost);
  const { target } = signalOf(run);
  if (target.kind !== 'github-run') throw new UsageError(`Run ${run.id} cannot be read.`);
  const reading = { what: `read run ${run.id}`, right: 'Actions: read', missing: `Run ${run.id} is gone` };
  const deps = { codeHost, archives: makeZipLogArchive(), clock: systemClock, log: SILENT };
  const gathered = await asking(reading, () => gatherRun(target, true, deps));
  for (const note of gathered.notes) say(`selfheal: ${note}`);
  const triages: Triage[] = [];
  for (const source of gathered.sources) {
    const evidence: Evidence = {
      version: 1,
      incidentId: 'none',
      gatheredAt: systemClock.now().toISOString(),
      sources: [source],
      failedTests: (gathered.failedTests ?? []).filter((test) => test.source === source.id),
      notes: [],
    };
    triages.push(await triageEvidence(source.name, evidence, [], content));
  }
  const { fromFork } = await asking(reading, () => codeHost.getRun(repository, run.id));
  return { repository, runId: run.id, fromFork, triages };
}
