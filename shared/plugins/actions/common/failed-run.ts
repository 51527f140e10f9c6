import * as z from 'zod';
import type { Configuration } from '#shared/domain/configuration/configuration.ts';
import { GithubRunTarget } from '#shared/domain/incident/target-context.ts';
import type { RunFacts } from '#shared/domain/logs/telemetry.ts';
import { isFixBranch } from '#shared/domain/patch/fix-branch.ts';
import { ProposedFix } from '#shared/domain/patch/proposed-fix.ts';
import { fixKey } from '#shared/domain/plan/target-key.ts';
import type { Run } from '#shared/ports/code-host.ts';
import {
  type ActionPorts,
  NO_GRANTS,
  type Observation,
  type ProposalContext,
  type VerificationSchedule,
} from '../contract.ts';

/** Parameters of an action on a workflow run. */
export const RunParameters = GithubRunTarget.pick({ repository: true, runId: true }).extend({
  /** The attempt at planning, which failed or hangs: a later one is the effect, or somebody else's. */
  attempt: GithubRunTarget.shape.runAttempt,
});
export type RunParameters = z.infer<typeof RunParameters>;

/** The id of a commit. */
export const Sha = GithubRunTarget.shape.headSha;
/** Fingerprint of a failure. */
export const Fingerprint = ProposedFix.shape.fingerprint;
/** The name of a branch of ours. */
export const FixBranch = z.string().refine(isFixBranch, 'Must be named as the branch of a fix is');

/** A run whose jobs failed; one that could not even start has none to read. */
const FAILED = new Set(['failure', 'timed_out']);

export interface FailedRun {
  readonly target: GithubRunTarget;
  readonly facts: RunFacts;
}

/** How often to poll a run, or what was written because of one, after it was changed. */
export function runSchedule({ verification }: Configuration): VerificationSchedule {
  return { intervalSeconds: verification.runIntervalSeconds, maxPolls: verification.runMaxPolls };
}

/**
 * Steps that actions have in common that write into the repository of a failed run. All that is written about one
 * failure has the same target, so that no two write about it at once.
 */
export const FAILURE_STEPS = {
  targetKey: ({ repository, fingerprint }: { readonly repository: string; readonly fingerprint: string }) =>
    fixKey(repository, fingerprint),
  grants: () => NO_GRANTS,
  schedule: runSchedule,
};

/** The incident's workflow run with its facts, or null for other targets. */
export function runIn({ target, telemetry: { facts } }: ProposalContext): FailedRun | null {
  return target.kind === 'github-run' && facts.kind === 'github-run' ? { target, facts } : null;
}

/** Parameters for the incident's run as it is now. */
export function parametersOf({ target, facts }: FailedRun): RunParameters {
  return { repository: target.repository, runId: target.runId, attempt: facts.attempt };
}

/** Whether GitHub still shows the failure as the newest of its branch. */
export function failsStill({ status, conclusion, newerRun }: RunFacts): boolean {
  return status === 'completed' && hasFailed(conclusion) && !newerRun;
}

/** Whether a completed run's jobs failed. */
export function hasFailed(conclusion: string | null): boolean {
  return FAILED.has(conclusion ?? '');
}

/**
 * `not-started` while the run fails as it did at planning and nothing newer replaced it; otherwise what has changed.
 * `read`: the run, where it was just read.
 */
export async function observeFailure(
  { repository, runId, attempt }: RunParameters,
  { codeHost }: Pick<ActionPorts, 'codeHost'>,
  read: Run | null = null,
): Promise<Observation> {
  const run = read ?? (await codeHost.getRun(repository, runId));
  if (run.attempt < attempt) return { kind: 'unknown', reason: `GitHub shows attempt ${run.attempt} of the run.` };
  if (run.status !== 'completed') return superseded(`The run is ${run.status} again.`);
  if (run.attempt > attempt) return superseded(`The run was repeated: it is at attempt ${run.attempt}.`);
  if (!hasFailed(run.conclusion)) {
    return superseded(`The run ended with ${run.conclusion ?? 'no conclusion'} meanwhile.`);
  }
  // An old run may deploy: re-running it would replace a newer commit with an old one.
  return (await codeHost.hasNewerRun(repository, runId))
    ? superseded('A newer run of the workflow took its place.')
    : { kind: 'not-started' };
}

export const superseded = (reason: string): Observation => ({ kind: 'superseded', reason });
