import type { ActionPorts } from '../contract.ts';
import { hasFailed } from './failed-run.ts';

export type ValidationResult =
  | { kind: 'no-run' }
  | { kind: 'running' }
  /** Every job that failed before passes now, and so does the whole run. */
  | { kind: 'passed'; url: string; jobs: readonly string[] }
  | { kind: 'failed'; reason: string };

interface FailedBefore {
  readonly repository: string;
  readonly runId: number;
  readonly attempt: number;
  readonly workflowId: number;
}

/**
 * Whether the jobs that failed in a run pass on a commit: in the newest run of the same workflow that pushing the commit started.
 */
export async function passesOn(
  commit: string,
  { repository, runId, attempt, workflowId }: FailedBefore,
  { codeHost }: Pick<ActionPorts, 'codeHost'>,
): Promise<ValidationResult> {
  const [run] = await codeHost.listPushRuns(repository, workflowId, commit);
  if (run === undefined) return { kind: 'no-run' };
  if (run.status !== 'completed') return { kind: 'running' };
  if (run.conclusion !== 'success')
    return { kind: 'failed', reason: `its run ended with ${run.conclusion ?? 'no conclusion'}.` };
  const before = (await codeHost.listJobs(repository, runId, attempt)).filter(({ conclusion }) =>
    hasFailed(conclusion),
  );
  const passed = (await codeHost.listJobs(repository, run.id, run.attempt)).filter(
    ({ conclusion }) => conclusion === 'success',
  );
  // A skipped job has not passed.
  if (before.length === 0 || before.some(({ name }) => !passed.some((job) => job.name.ref.equals(name.ref)))) {
    return { kind: 'failed', reason: 'its run did not run a job that had failed.' };
  }
  return { kind: 'passed', url: run.url, jobs: before.map(({ name }) => name.shown) };
}
