import { type ExitCode, UsageError } from '@selfheal/cli-kit/command.ts';
import type { Terminal } from '@selfheal/cli-kit/terminal.ts';
import { CorruptRecord, Refused, Retryable } from '@selfheal/kernel/errors.ts';
import { recordBaseline } from '@selfheal/pull-request-quality/app/gates/record-baseline.ts';
import type { StateDeps } from '@selfheal/pull-request-quality/app/quality-state/update-document.ts';
import type { GateRun } from '../input/described-run.ts';
import type { Measurements } from './measured.ts';

/** Throws `UsageError` for what is no exit code. */
export function originalExitCode(given: string | undefined): ExitCode {
  if (given === undefined || given === '') return 0;
  if (/^\d{1,3}$/.test(given) && Number(given) <= 255) return Number(given);
  throw new UsageError(`--original-exit-code ${given}: expected a number from 0 to 255.`);
}

/**
 * Records a run in the baseline and says what became of it; null when the state could not be written, which breaks no build. Throws `UsageError` without the
 * id of a run.
 */
export async function recordRun(
  deps: StateDeps,
  {
    run,
    measured,
    conclusion,
  }: { readonly run: GateRun; readonly measured: Measurements; readonly conclusion: string },
  terminal: Terminal,
): Promise<Awaited<ReturnType<typeof recordBaseline>> | null> {
  if (run.run === null)
    throw new UsageError('A baseline needs the id of the run, which orders the runs: --run ID, or GITHUB_RUN_ID.');
  const { attempt, commit, branch, defaultBranch, isProposal } = run;
  const at = new Date(terminal.now()).toISOString();
  const { counted, unfinishedScans } = measured;
  const metrics = { ...measured.metrics, ...counted };
  try {
    const recorded = await recordBaseline(deps, {
      ...{ run: run.run, attempt, commit, branch, defaultBranch, isProposal },
      ...{ conclusion, at, metrics, unfinishedScans },
    });
    const words = {
      recorded: `run ${run.run} of ${branch} is recorded in the baseline.`,
      'known-already': `run ${run.run} of ${branch} is in the baseline already.`,
      'left-out': recorded.kind === 'left-out' ? recorded.reason : '',
    };
    terminal.say(`selfheal: ${words[recorded.kind]}`);
    return recorded;
  } catch (error) {
    if (!(error instanceof Retryable || error instanceof Refused || error instanceof CorruptRecord)) throw error;
    terminal.say(`selfheal: the run could not be recorded, and the build is not affected: ${error.message}`);
    return null;
  }
}
