import { makeProgress } from '@selfheal/cli-kit/progress.ts';
import type { Terminal } from '@selfheal/cli-kit/terminal.ts';
import { RateLimited } from '@selfheal/kernel/errors.ts';
import { counted } from '@selfheal/kernel/time-words.ts';
import { apiUrlOf, githubOptions } from '#apps/workbench/analyze/github-environment.ts';
import { asking, problemOf } from '#apps/workbench/analyze/github-problem.ts';
import { type ModelChoice, modelPorts } from '#apps/workbench/analyze/model-choice.ts';
import { shippedModel, shippedRecall, shippedSignatures } from '#apps/workbench/input/shipped-content.ts';
import { dataDirectoryOf } from '#shared/adapters/archive/data-files.ts';
import { loadPrompts } from '#shared/adapters/archive/prompt-files.ts';
import { makeZipLogArchive } from '#shared/adapters/archive/zip-log-archive.ts';
import { makeGithubCodeHost } from '#shared/adapters/github/code-host.ts';
import { makeGithubCodeReader } from '#shared/adapters/github/code-reader.ts';
import { makeGithubPastRuns } from '#shared/adapters/github/past-runs.ts';
import { systemClock } from '#shared/adapters/system/clock.ts';
import { connectModel } from '#shared/app/analyze/connect.ts';
import { Configuration } from '#shared/domain/configuration/configuration.ts';
import { findFailures } from './find-failures.ts';
import { withSharedReads } from './host-at.ts';
import { type ReplayReport, totalsOf } from './replay-report.ts';
import { type ReplayedRun, type ReplayPorts, replayRun } from './replay-run.ts';

export interface ReplayQuestion {
  readonly repository: string;
  readonly count: number;
  /** Null: the built-in rules explain. */
  readonly model: ModelChoice | null;
}

/** Runs that are read at once: GitHub asks clients not to send many requests at the same time. */
const AT_ONCE = 6;
const SILENT = { info() {}, warn() {}, error() {} };

/**
 * Replays the newest failed runs of a repository. Writes nothing to GitHub. When the rate limit is used up, the report holds what was read until then and
 * says so. Throws `UsageError` when the repository cannot be read.
 */
export async function replayRepository(
  { repository, count, model }: ReplayQuestion,
  terminal: Terminal,
): Promise<ReplayReport> {
  const { environment, say } = terminal;
  const apiUrl = apiUrlOf(environment);
  const github = githubOptions(environment, apiUrl, { count() {} });
  const [signatures, failureModel, recall] = await Promise.all([
    shippedSignatures(say),
    shippedModel(say),
    shippedRecall(say),
  ]);
  const ports: ReplayPorts = {
    pastRuns: makeGithubPastRuns(github),
    codeHost: withSharedReads(makeGithubCodeHost(github)),
    code: makeGithubCodeReader(github),
    archives: makeZipLogArchive(),
    configuration: Configuration.parse({
      version: 1,
      github: { apiUrl },
      ...(model === null ? {} : { model: model.settings }),
    }),
    signatures,
    failureModel,
    recall,
    model:
      model === null
        ? null
        : connectModel(model.settings, await loadPrompts(dataDirectoryOf({})), await modelPorts(model.key)),
    clock: systemClock,
    meter: { count() {}, time() {} },
    log: SILENT,
    debug() {},
  };
  const listing = {
    what: `list the runs of ${repository}`,
    right: 'Actions: read',
    missing: `There is no repository ${repository}`,
  };
  const { failures, runs } = await asking(listing, () => findFailures(repository, count, ports.pastRuns));
  const progress = makeProgress(`replay of ${counted(failures.length, 'failed run')}`, failures.length, terminal);
  const replayed = new Map<number, ReplayedRun>();
  let stopped: string | null = null;
  let next = 0;
  const work = async (): Promise<void> => {
    while (stopped === null) {
      const at = next++;
      const failure = failures[at];
      if (failure === undefined) return;
      try {
        replayed.set(at, await replayRun(failure, runs, ports));
      } catch (error) {
        if (!(error instanceof RateLimited))
          throw problemOf({ ...listing, what: `read run ${failure.past.run.id}` }, error) ?? error;
        const reason = problemOf({ ...listing, what: 'read further runs' }, error)?.message ?? '';
        stopped = `Stopped early: ${reason} Run it again then, or with a smaller --last.`;
      }
      progress(replayed.size);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  const inOrder = [...replayed].sort(([a], [b]) => a - b).map(([, run]) => run);
  return {
    version: 1,
    repository,
    madeAt: systemClock.now().toISOString(),
    wanted: count,
    looked: runs.length,
    stopped,
    model: model === null ? null : model.settings.provider,
    totals: totalsOf(inOrder),
    runs: inOrder,
  };
}
