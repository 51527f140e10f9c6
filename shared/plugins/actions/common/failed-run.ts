import type { RunFacts } from '@selfheal/log-reading/logs/telemetry.ts';
import { isFixBranch } from '@selfheal/patch-guard/fix-branch.ts';
import { ProposedFix } from '@selfheal/patch-guard/proposed-fix.ts';
import * as z from 'zod';
import type { Configuration } from '#shared/domain/configuration/configuration.ts';
import { RunTarget } from '#shared/domain/incident/target-context.ts';
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
export const RunParameters = RunTarget.pick({ repository: true, runId: true }).extend({
  /** The attempt at planning, which failed or hangs. A later one is the effect, or somebody else started it. */
  attempt: RunTarget.shape.runAttempt,
});
export type RunParameters = z.infer<typeof RunParameters>;

/** The id of a commit. */
export const Sha = RunTarget.shape.headSha;
/** Fingerprint of a failure. */
export const Fingerprint = ProposedFix.shape.fingerprint;
/** The name of a branch that Selfheal made. */
export const FixBranch = z.string().refine(isFixBranch, 'expected the branch name of a fix');

/** Conclusions of a run whose jobs failed; a run that could not start has no jobs to read. */
const FAILED = new Set(['failure', 'timed_out']);

export interface FailedRun {
  readonly target: RunTarget;
  readonly facts: RunFacts;
}

/** How often to poll a run, or what was written because of it, after a change. */
export function runSchedule({ verification }: Configuration): VerificationSchedule {
  return { intervalSeconds: verification.runIntervalSeconds, maxPolls: verification.runMaxPolls };
}

/**
 * Common steps of actions that write to the repository of a failed run. Everything written about one failure has the same target, so that no
 * two actions write about it at once.
 */
export const FAILURE_STEPS = {
  targetKey: ({ repository, fingerprint }: { readonly repository: string; readonly fingerprint: string }) =>
    fixKey(repository, fingerprint),
  grants: () => NO_GRANTS,
  schedule: runSchedule,
};

/** The incident's workflow run with its facts, or null for other targets. */
export function runIn({ target, telemetry: { facts } }: ProposalContext): FailedRun | null {
  return target.kind === 'run' && facts.kind === 'run' ? { target, facts } : null;
}

/** Parameters for the current attempt of the incident's run. */
export function parametersOf({ target, facts }: FailedRun): RunParameters {
  return { repository: target.repository, runId: target.runId, attempt: facts.attempt };
}

/** Whether GitHub still shows the failure as the newest run of its branch. */
export function failsStill({ status, conclusion, newerRun }: RunFacts): boolean {
  return status === 'completed' && hasFailed(conclusion) && !newerRun;
}

/** Whether a completed run's jobs failed. */
export function hasFailed(conclusion: string | null): boolean {
  return FAILED.has(conclusion ?? '');
}

/**
 * `not-started` while the run fails as it did at planning and no newer run replaced it; otherwise what has changed. `read`: the run, if it was
 * just read.
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
  // Re-running an old run may deploy an old commit over a newer one.
  return (await codeHost.hasNewerRun(repository, runId))
    ? superseded('A newer run of the workflow has replaced it.')
    : { kind: 'not-started' };
}

export const superseded = (reason: string): Observation => ({ kind: 'superseded', reason });
