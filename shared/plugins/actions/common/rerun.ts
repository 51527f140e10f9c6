import { runKey } from '#shared/domain/plan/target-key.ts';
import type { CodeHost, Run } from '#shared/ports/code-host.ts';
import { type ActionPlugin, NO_GRANTS, type Verification } from '../contract.ts';
import { hasFailed, observeFailure, type RunParameters, runSchedule } from './failed-run.ts';
import { makeReceipt } from './make-receipt.ts';

/** A failure that is still there at the third attempt is not transient. */
export const LAST_ATTEMPT = 3;

/** The differences between the two kinds of re-run. */
interface Rerun {
  /** What is re-run: `the failed jobs`. */
  readonly what: string;
  start(codeHost: CodeHost, repository: string, runId: number): Promise<void>;
  /** Words for a running attempt, and for one that has ended. */
  underWay(attempt: number, runId: number): string;
  ended(attempt: number, runId: number): string;
}

/** GitHub refuses to re-run a run in progress, but not one whose new attempt has already ended. */
const SHOWS_WITHIN_SECONDS = 15;

type Steps = Pick<
  ActionPlugin<RunParameters>,
  | 'selfApproval'
  | 'provesCause'
  | 'afterwards'
  | 'repeat'
  | 'describeUndo'
  | 'targetKey'
  | 'grants'
  | 'schedule'
  | 'observe'
  | 'execute'
  | 'verify'
>;

/** Observation, execution and verification of an action that starts another attempt of a run. A re-run cannot be undone. */
export function rerunSteps(rerun: Rerun): Steps {
  const receiptOf = (runId: number, attempt: number, at: Date) =>
    makeReceipt(`Re-ran ${rerun.what} of run ${runId} as attempt ${attempt}.`, at, { attempt });
  return {
    selfApproval: true,
    // On the same commit: if it passes now, the failure was transient.
    provesCause: { recovered: 'transient', failed: 'lasting' },
    afterwards: null,
    repeat: { kind: 'harmful', showsWithinSeconds: SHOWS_WITHIN_SECONDS },
    describeUndo: () => 'No code is changed. An attempt cannot be undone: what its jobs publish or deploy stays.',
    targetKey: ({ repository, runId }) => runKey(repository, runId),
    grants: () => NO_GRANTS,
    schedule: runSchedule,
    observe: async (parameters, ports) => {
      const run = await ports.codeHost.getRun(parameters.repository, parameters.runId);
      return run.attempt > parameters.attempt
        ? { kind: 'happened', receipt: receiptOf(run.id, run.attempt, ports.clock.now()) }
        : await observeFailure(parameters, ports, run);
    },
    execute: async ({ repository, runId, attempt }, { codeHost, clock }) => {
      await rerun.start(codeHost, repository, runId);
      return receiptOf(runId, attempt + 1, clock.now());
    },
    verify: async ({ repository, runId, attempt }, { facts }, { ports }) => {
      const made = typeof facts.attempt === 'number' ? facts.attempt : attempt + 1;
      return verificationOf(rerun, await ports.codeHost.getRun(repository, runId), made);
    },
  };
}

function verificationOf(rerun: Rerun, run: Run, attempt: number): Verification {
  if (run.attempt < attempt || run.status !== 'completed') {
    return { state: 'pending', summary: `${rerun.underWay(attempt, run.id)} is ${run.status}.` };
  }
  const summary = `${rerun.ended(run.attempt, run.id)} ended with ${run.conclusion ?? 'no conclusion'}.`;
  if (run.conclusion === 'success') return { state: 'recovered', summary };
  return { state: 'failed', summary, inconclusive: !hasFailed(run.conclusion) };
}
