import { NO_IMPACT } from '#shared/domain/plan/candidates.ts';
import { runKey } from '#shared/domain/plan/target-key.ts';
import type { Run } from '#shared/ports/code-host.ts';
import { parametersOf, RunParameters, runIn, runSchedule, superseded } from '../common/failed-run.ts';
import { makeReceipt } from '../common/make-receipt.ts';
import { defineAction, NO_GRANTS, type Observation, type ProposalContext } from '../contract.ts';

/** With fewer runs than this, the usual duration is unknown. */
const MIN_HISTORY = 3;
/** A run is stuck after this many times their longest duration, and at least half an hour. */
const TIMES_LONGEST = 4;
const MIN_SECONDS = 30 * 60;
const CONFIDENCE = 0.9;
const UNDER_WAY = new Set(['in_progress', 'queued', 'waiting', 'pending', 'requested']);

function propose(context: ProposalContext) {
  const run = runIn(context);
  if (run === null || run.facts.status !== 'in_progress' || run.facts.startedAt === null) return [];
  const { target, facts } = run;
  if (facts.usualSeconds.length < MIN_HISTORY || facts.attempt < target.runAttempt) return [];
  const longest = Math.max(...facts.usualSeconds);
  const seconds = (context.now.getTime() - Date.parse(run.facts.startedAt)) / 1000;
  if (seconds < Math.max(MIN_SECONDS, TIMES_LONGEST * longest)) return [];
  return [
    {
      parameters: parametersOf(run),
      confidence: CONFIDENCE,
      reason: `It has run for ${minutes(seconds)}; the longest of the last ${facts.usualSeconds.length} that passed took ${minutes(longest)}.`,
    },
  ];
}

const minutes = (seconds: number): string => `${Math.max(1, Math.round(seconds / 60))} min`;

function observationOf(run: Run, { attempt }: RunParameters, at: Date): Observation {
  if (run.attempt < attempt) return { kind: 'unknown', reason: `GitHub shows attempt ${run.attempt} of the run.` };
  if (run.attempt > attempt) return superseded(`The run was repeated: it is at attempt ${run.attempt}.`);
  if (run.status === 'completed') {
    return run.conclusion === 'cancelled'
      ? { kind: 'happened', receipt: receiptOf(run.id, attempt, at) }
      : superseded(`The run ended with ${run.conclusion ?? 'no conclusion'} meanwhile.`);
  }
  // A cancellation only becomes visible when the run has ended, which takes GitHub up to five minutes.
  return UNDER_WAY.has(run.status) ? { kind: 'not-started' } : { kind: 'unknown', reason: `The run is ${run.status}.` };
}

function receiptOf(runId: number, attempt: number, at: Date) {
  return makeReceipt(`Asked GitHub to cancel attempt ${attempt} of run ${runId}, which hung.`, at, {});
}

/**
 * Cancels a run of the incident (most often a re-run) that takes far longer than its workflow ever took.
 * https://docs.github.com/en/rest/actions/workflow-runs#cancel-a-workflow-run
 */
export const cancelStuckRun = defineAction<RunParameters>({
  id: 'cancel-stuck-run',
  title: 'Cancel a stuck run',
  family: 'github',
  needs: ['cancel-run'],
  risk: 'low',
  impact: NO_IMPACT,
  repeat: {
    kind: 'harmless',
    because: 'GitHub already has the request, and another one changes nothing while the run is being cancelled',
  },
  parameters: RunParameters,
  sample: { repository: 'acme/shop', runId: 1001, attempt: 2 },
  propose,
  describe: ({ repository, runId, attempt }) =>
    `Cancels attempt ${attempt} of run ${runId} of ${repository}, which has run far longer than usual.`,
  describeUndo: () => 'A cancelled attempt stays cancelled; anybody may re-run it. No deployment is changed.',
  targetKey: ({ repository, runId }) => runKey(repository, runId),
  grants: () => NO_GRANTS,
  schedule: runSchedule,
  observe: async (parameters, { codeHost, clock }) =>
    observationOf(await codeHost.getRun(parameters.repository, parameters.runId), parameters, clock.now()),
  execute: async ({ repository, runId, attempt }, { codeHost, clock }) => {
    await codeHost.cancelRun(repository, runId);
    return receiptOf(runId, attempt, clock.now());
  },
  verify: async ({ repository, runId }, _receipt, { ports }) => {
    const run = await ports.codeHost.getRun(repository, runId);
    if (run.status !== 'completed') return { state: 'pending', summary: `The run is still ${run.status}.` };
    const summary = `Attempt ${run.attempt} of run ${run.id} ended with ${run.conclusion ?? 'no conclusion'}.`;
    return { state: run.conclusion === 'success' ? 'recovered' : 'advanced', summary };
  },
});
