import { runKey } from '#shared/domain/remediation/target-key.ts';
import type { Run } from '#shared/ports/code-host.ts';
import { defineAction, NO_GRANTS, type Observation, type ProposalContext, type Verification } from './contract.ts';
import { failsStill, runIn, runSchedule } from './failed-run.ts';
import { parametersOf, RunParameters } from './run-parameters.ts';

/** A failure that is still there at the third attempt is not transient. */
const LAST_ATTEMPT = 3;
const OVERTAKEN: Observation = { kind: 'superseded', reason: 'A newer run of the workflow took its place.' };
const FAILED = new Set(['failure', 'timed_out']);
const TRANSIENT = { flaky: 'a flaky test', infrastructure: 'the infrastructure' } as const;

function propose(context: ProposalContext) {
  const run = runIn(context);
  const { classification } = context;
  const { verdict } = classification;
  if (run === null || (verdict !== 'flaky' && verdict !== 'infrastructure')) return [];
  const { target, facts } = run;
  if (!failsStill(facts) || facts.attempt !== target.runAttempt || facts.attempt >= LAST_ATTEMPT) return [];
  return [
    {
      parameters: parametersOf(run),
      confidence: classification.confidence,
      reason: `The failure was put down to ${TRANSIENT[verdict]}, not to the change; attempt ${facts.attempt} of ${LAST_ATTEMPT}.`,
    },
  ];
}

function observationOf(run: Run, { attempt }: RunParameters, at: Date): Observation {
  if (run.attempt > attempt) return { kind: 'happened', receipt: receiptOf(run.id, run.attempt, at) };
  if (run.attempt < attempt) return { kind: 'unknown', reason: `GitHub shows attempt ${run.attempt} of the run.` };
  if (run.status !== 'completed') return { kind: 'superseded', reason: `The run is ${run.status} again.` };
  if (!FAILED.has(run.conclusion ?? '')) {
    return { kind: 'superseded', reason: `The run ended with ${run.conclusion ?? 'no conclusion'} meanwhile.` };
  }
  return { kind: 'not-started' };
}

function receiptOf(runId: number, attempt: number, at: Date) {
  return {
    summary: `Re-ran the failed jobs of run ${runId} as attempt ${attempt}.`,
    at: at.toISOString(),
    facts: { attempt },
  };
}

function verificationOf(run: Run, attempt: number): Verification {
  if (run.attempt < attempt || run.status !== 'completed') {
    return { state: 'pending', summary: `Attempt ${attempt} of run ${run.id} is ${run.status}.` };
  }
  const summary = `Attempt ${run.attempt} of run ${run.id} ended with ${run.conclusion ?? 'no conclusion'}.`;
  if (run.conclusion === 'success') return { state: 'recovered', summary };
  return { state: 'failed', summary, inconclusive: !FAILED.has(run.conclusion ?? '') };
}

/**
 * Runs the failed jobs of a workflow run again.
 * https://docs.github.com/en/rest/actions/workflow-runs#re-run-failed-jobs-from-a-workflow-run
 */
export const rerunFailedJobs = defineAction<RunParameters>({
  id: 'rerun-failed-jobs',
  title: 'Re-run the failed jobs',
  family: 'github',
  risk: 'low',
  parameters: RunParameters,
  sample: { repository: 'acme/shop', runId: 1001, attempt: 1 },
  propose,
  describe: ({ repository, runId, attempt }) =>
    `Re-runs the failed jobs of run ${runId} of ${repository}, whose attempt ${attempt} failed.`,
  targetKey: ({ repository, runId }) => runKey(repository, runId),
  grants: () => NO_GRANTS,
  schedule: runSchedule,
  observe: async (parameters, { codeHost, clock }) => {
    const { repository, runId } = parameters;
    const observation = observationOf(await codeHost.getRun(repository, runId), parameters, clock.now());
    // An old run may deploy: run again, it would put an old commit in the place of a newer one.
    if (observation.kind === 'not-started' && (await codeHost.hasNewerRun(repository, runId))) return OVERTAKEN;
    return observation;
  },
  execute: async ({ repository, runId, attempt }, { codeHost, clock }) => {
    await codeHost.rerunFailedJobs(repository, runId);
    return receiptOf(runId, attempt + 1, clock.now());
  },
  verify: async ({ repository, runId, attempt }, receipt, { ports }) =>
    verificationOf(await ports.codeHost.getRun(repository, runId), attemptOf(receipt.facts.attempt, attempt + 1)),
});

const attemptOf = (fact: unknown, otherwise: number): number => (typeof fact === 'number' ? fact : otherwise);
