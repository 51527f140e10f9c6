import type { Configuration } from '#shared/domain/configuration/configuration.ts';
import type { RunFacts } from '#shared/domain/evidence/telemetry.ts';
import type { GithubRunTarget } from '#shared/domain/incident/target-context.ts';
import type { ActionPorts, Observation, ProposalContext, VerificationSchedule } from './contract.ts';

/** A run whose jobs failed; one that could not even start has none to look at. */
const FAILED = new Set(['failure', 'timed_out']);

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

/** Whether GitHub shows the failure still, as the newest of its branch. */
export function failsStill({ status, conclusion, newerRun }: RunFacts): boolean {
  return status === 'completed' && hasFailed(conclusion) && !newerRun;
}

/** Whether a completed run's jobs failed. */
export function hasFailed(conclusion: string | null): boolean {
  return FAILED.has(conclusion ?? '');
}

/** What has changed about a failed run since it was planned for, or null when it fails still and nothing newer took its place. */
export async function overtaken(
  { repository, runId, attempt }: { readonly repository: string; readonly runId: number; readonly attempt: number },
  { codeHost }: Pick<ActionPorts, 'codeHost'>,
): Promise<Observation | null> {
  const run = await codeHost.getRun(repository, runId);
  if (run.attempt < attempt) return { kind: 'unknown', reason: `GitHub shows attempt ${run.attempt} of the run.` };
  if (run.status !== 'completed') return superseded(`The run is ${run.status} again.`);
  if (run.attempt > attempt) return superseded(`The run was repeated: it is at attempt ${run.attempt}.`);
  if (!hasFailed(run.conclusion)) {
    return superseded(`The run ended with ${run.conclusion ?? 'no conclusion'} meanwhile.`);
  }
  return (await codeHost.hasNewerRun(repository, runId))
    ? superseded('A newer run of the workflow took its place.')
    : null;
}

export const superseded = (reason: string): Observation => ({ kind: 'superseded', reason });
