import { runKey } from '#shared/domain/plan/target-key.ts';
import { redactOutgoing } from '#shared/domain/redaction/redact.ts';
import type { CodeHost, Run } from '#shared/ports/code-host.ts';
import { type ActionPlugin, NO_GRANTS, type Verification } from './contract.ts';
import { hasFailed, observeFailure, runSchedule } from './failed-run.ts';
import type { RunParameters } from './run-parameters.ts';

/** A failure that is still there at the third attempt is not transient. */
export const LAST_ATTEMPT = 3;

/** How one way to run a run again differs from another. */
interface Rerun {
  /** What runs again: `the failed jobs`. */
  readonly what: string;
  start(codeHost: CodeHost, repository: string, runId: number): Promise<void>;
  /** How an attempt is called while it runs, and when it has ended. */
  underWay(attempt: number, runId: number): string;
  ended(attempt: number, runId: number): string;
}

/** GitHub refuses to run a run again that is under way, but not one whose new attempt has ended already. */
const SHOWS_WITHIN_SECONDS = 15;

type Steps = Pick<
  ActionPlugin<RunParameters>,
  'repeat' | 'describeUndo' | 'targetKey' | 'grants' | 'schedule' | 'observe' | 'execute' | 'verify'
>;

/** How an action that makes another attempt of a run is observed, executed and verified. An attempt cannot be taken back. */
export function rerunSteps(rerun: Rerun): Steps {
  const receiptOf = (runId: number, attempt: number, at: Date) => ({
    summary: redactOutgoing(`Re-ran ${rerun.what} of run ${runId} as attempt ${attempt}.`),
    at: at.toISOString(),
    facts: { attempt },
  });
  return {
    repeat: { kind: 'harmful', showsWithinSeconds: SHOWS_WITHIN_SECONDS },
    describeUndo: () => 'No code is changed. An attempt cannot be taken back: what its jobs publish or deploy stays.',
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
