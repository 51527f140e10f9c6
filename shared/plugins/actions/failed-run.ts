import type { Configuration } from '#shared/domain/configuration/configuration.ts';
import type { GithubRunTarget } from '#shared/domain/incident/target-context.ts';
import type { RunFacts } from '#shared/domain/logs/telemetry.ts';
import type { Run } from '#shared/ports/code-host.ts';
import type { ActionPorts, Observation, ProposalContext, VerificationSchedule } from './contract.ts';
import type { RunParameters } from './run-parameters.ts';

/** A run whose jobs failed; one that could not even start has none to look at. */
const FAILED = new Set(['failure', 'timed_out']);

/** GitHub takes any number of issues, and lists a new one a moment later. */
export const ISSUE_SHOWS_WITHIN_SECONDS = 60;

export interface FailedRun {
  readonly target: GithubRunTarget;
  readonly facts: RunFacts;
}

/** How often to look at a run, or at what was written because of one, after it was changed. */
export function runSchedule({ verification }: Configuration): VerificationSchedule {
  return { intervalSeconds: verification.runIntervalSeconds, maxPolls: verification.runMaxPolls };
}

/** The incident's workflow run with its facts, or null when it is about something else. */
export function runIn({ target, telemetry: { facts } }: ProposalContext): FailedRun | null {
  return target.kind === 'github-run' && facts.kind === 'github-run' ? { target, facts } : null;
}

/** The parameters of an action on the incident's run as it is now. */
export function parametersOf({ target, facts }: FailedRun): RunParameters {
  return { repository: target.repository, runId: target.runId, attempt: facts.attempt };
}

/** Whether GitHub shows the failure still, as the newest of its branch. */
export function failsStill({ status, conclusion, newerRun }: RunFacts): boolean {
  return status === 'completed' && hasFailed(conclusion) && !newerRun;
}

/** Whether a completed run's jobs failed. */
export function hasFailed(conclusion: string | null): boolean {
  return FAILED.has(conclusion ?? '');
}

/**
 * `not-started` while the run fails as it did when it was planned for and nothing newer took its place; else what has changed about it.
 * `read`: the run, where it was read just now.
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
  // An old run may deploy: run again, it would put an old commit in the place of a newer one.
  return (await codeHost.hasNewerRun(repository, runId))
    ? superseded('A newer run of the workflow took its place.')
    : { kind: 'not-started' };
}

export const superseded = (reason: string): Observation => ({ kind: 'superseded', reason });
