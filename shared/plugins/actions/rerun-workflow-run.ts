import { runKey } from '#shared/domain/remediation/target-key.ts';
import { defineAction, NO_GRANTS, type Observation, type ProposalContext, type Verification } from './contract.ts';
import { failsStill, hasFailed, overtaken, runIn, runSchedule } from './failed-run.ts';
import { rerunFailedJobs } from './rerun-failed-jobs.ts';
import { parametersOf, RunParameters } from './run-parameters.ts';

/** A failure that is still there at the third attempt is not transient. */
const LAST_ATTEMPT = 3;
/** Jobs that passed run again too and may deploy: unless outcomes say better, a person decides. */
const SHARE_OF_CONFIDENCE = 0.6;

function propose(context: ProposalContext) {
  const run = runIn(context);
  const { classification, past = [] } = context;
  const { verdict, confidence } = classification;
  if (run === null || (verdict !== 'flaky' && verdict !== 'infrastructure')) return [];
  const { facts } = run;
  const partOnly = past.findLast(({ actionId }) => actionId === rerunFailedJobs.id);
  const triedInPart = partOnly?.verified === 'failed' && partOnly.receipt?.facts.attempt === facts.attempt;
  if (!triedInPart || !failsStill(facts) || facts.passedJobs === 0 || facts.attempt >= LAST_ATTEMPT) return [];
  return [
    {
      parameters: parametersOf(run),
      confidence: confidence * SHARE_OF_CONFIDENCE,
      reason: `The failed jobs failed again by themselves; they may lean on what the ${facts.passedJobs} jobs made that passed before them.`,
    },
  ];
}

function receiptOf(runId: number, attempt: number, at: Date) {
  return {
    summary: `Re-ran all jobs of run ${runId} as attempt ${attempt}.`,
    at: at.toISOString(),
    facts: { attempt },
  };
}

function verificationOf(
  run: { attempt: number; status: string; conclusion: string | null },
  attempt: number,
): Verification {
  if (run.attempt < attempt || run.status !== 'completed') {
    return { state: 'pending', summary: `Attempt ${attempt} is ${run.status}.` };
  }
  const summary = `Attempt ${run.attempt}, all jobs, ended with ${run.conclusion ?? 'no conclusion'}.`;
  if (run.conclusion === 'success') return { state: 'recovered', summary };
  return { state: 'failed', summary, inconclusive: !hasFailed(run.conclusion) };
}

/**
 * Runs a whole workflow run again, after its failed jobs alone were run again in vain.
 * https://docs.github.com/en/rest/actions/workflow-runs#re-run-a-workflow
 */
export const rerunWorkflowRun = defineAction<RunParameters>({
  id: 'rerun-workflow-run',
  title: 'Re-run the whole workflow run',
  family: 'github',
  risk: 'medium',
  parameters: RunParameters,
  sample: { repository: 'acme/shop', runId: 1001, attempt: 2 },
  propose,
  describe: ({ repository, runId, attempt }) =>
    `Re-runs all jobs of run ${runId} of ${repository}, also those that passed; attempt ${attempt} failed.`,
  targetKey: ({ repository, runId }) => runKey(repository, runId),
  grants: () => NO_GRANTS,
  schedule: runSchedule,
  observe: async (parameters, ports): Promise<Observation> => {
    const run = await ports.codeHost.getRun(parameters.repository, parameters.runId);
    if (run.attempt > parameters.attempt) {
      return { kind: 'happened', receipt: receiptOf(run.id, run.attempt, ports.clock.now()) };
    }
    return (await overtaken(parameters, ports)) ?? { kind: 'not-started' };
  },
  execute: async ({ repository, runId, attempt }, { codeHost, clock }) => {
    await codeHost.rerunRun(repository, runId);
    return receiptOf(runId, attempt + 1, clock.now());
  },
  verify: async ({ repository, runId, attempt }, receipt, { ports }) => {
    const made = typeof receipt.facts.attempt === 'number' ? receipt.facts.attempt : attempt + 1;
    return verificationOf(await ports.codeHost.getRun(repository, runId), made);
  },
});
