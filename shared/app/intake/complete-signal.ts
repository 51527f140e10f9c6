import { unlessRefused } from '@selfheal/kernel/errors.ts';
import type { Signal } from '#shared/domain/incident/signal.ts';
import type { RunTarget } from '#shared/domain/incident/target-context.ts';
import { hostPluginOf } from '#shared/plugins/hosts/registry.ts';
import type { CodeHost } from '#shared/ports/code-host.ts';

export interface CompleteDeps {
  readonly codeHost: Pick<CodeHost, 'getRun' | 'listJobs' | 'runnerMessages' | 'pullRequestOfRun'>;
}

/** Cancelled jobs of a run that are asked why. */
const MAX_ASKED_JOBS = 5;
/** What GitHub writes when it stops a job itself; people and concurrency groups are worded otherwise. */
const STOPPED =
  /exceeded the maximum execution time|lost communication with the server|shutdown signal|runner system failure/i;

/**
 * Adds what a webhook about a run leaves out and only GitHub's API says: whether GitHub itself stopped a cancelled run, and the
 * pull request of a fork, which GitHub does not name. Null: the run was cancelled on purpose, or nobody may read why, so nobody is told. Throws
 * `Retryable` while GitHub does not answer.
 */
export async function completeSignal(signal: Signal, { codeHost }: CompleteDeps): Promise<Signal | null> {
  const { target } = signal;
  if (target.kind !== 'run') return signal;
  if (hostPluginOf(target.repository)?.completes === true) return await completeRun(signal, target, codeHost);
  if (signal.kind === 'run-cancelled' && !(await wasStopped(target, codeHost))) return null;
  const told: Signal = signal.kind === 'run-cancelled' ? { ...signal, kind: 'run-failed' } : signal;
  if (target.pullRequest !== null || !target.event.startsWith('pull_request')) return told;
  const { repository, runId } = target;
  const pullRequest = await unlessRefused(() => codeHost.pullRequestOfRun(repository, runId));
  return pullRequest === null ? told : { ...told, target: { ...target, pullRequest } };
}

/** The attempt, and the pull request of a run of a branch. */
async function completeRun(signal: Signal, target: RunTarget, codeHost: CompleteDeps['codeHost']): Promise<Signal> {
  const { repository, runId, onDefaultBranch } = target;
  const run = await unlessRefused(() => codeHost.getRun(repository, runId));
  const isAsked = target.pullRequest === null && !onDefaultBranch && target.event === 'push';
  const pullRequest = isAsked
    ? await unlessRefused(() => codeHost.pullRequestOfRun(repository, runId))
    : target.pullRequest;
  return { ...signal, target: { ...target, pullRequest, runAttempt: run?.attempt ?? target.runAttempt } };
}

async function wasStopped(
  { repository, runId, runAttempt }: RunTarget,
  codeHost: CompleteDeps['codeHost'],
): Promise<boolean> {
  const jobs = (await unlessRefused(() => codeHost.listJobs(repository, runId, runAttempt))) ?? [];
  const cancelled = jobs.filter(({ conclusion }) => conclusion === 'cancelled' || conclusion === 'timed_out');
  for (const { id } of cancelled.slice(0, MAX_ASKED_JOBS)) {
    const messages = (await unlessRefused(() => codeHost.runnerMessages(repository, id))) ?? [];
    if (messages.some((message) => STOPPED.test(message))) return true;
  }
  return false;
}
