import { chanceOf } from '@selfheal/kernel/failure-class.ts';
import { NO_IMPACT } from '#shared/domain/plan/candidates.ts';
import { failsStill, parametersOf, RunParameters, runIn } from '../common/failed-run.ts';
import { LAST_ATTEMPT, rerunSteps } from '../common/rerun.ts';
import { defineAction, isAdvised, type ProposalContext } from '../contract.ts';

/** Jobs that passed run again too and may deploy, so a person decides until outcomes show that the action helps. */
const SHARE_OF_CONFIDENCE = 0.6;

function propose(context: ProposalContext) {
  const run = runIn(context);
  const { classification, past = [] } = context;
  if (run === null) return [];
  const { facts } = run;
  if (!failsStill(facts) || facts.attempt >= LAST_ATTEMPT) return [];
  if (isAdvised('rerun-workflow-run', context))
    return [
      {
        parameters: parametersOf(run),
        confidence: 0,
        reason: `A pattern of this repository advises it; attempt ${facts.attempt} of ${LAST_ATTEMPT}.`,
      },
    ];
  const { verdict, confidence } = classification;
  if (chanceOf(classification) === 'lasts' || (verdict !== 'flaky' && verdict !== 'infrastructure')) return [];
  const partOnly = past.findLast(({ actionId }) => actionId === 'rerun-failed-jobs');
  const triedInPart = partOnly?.verified === 'failed' && partOnly.receipt?.facts.attempt === facts.attempt;
  if (!triedInPart || facts.passedJobs === 0) return [];
  return [
    {
      parameters: parametersOf(run),
      confidence: confidence * SHARE_OF_CONFIDENCE,
      reason: `Re-running only the failed jobs did not help; they may depend on results of the ${facts.passedJobs} jobs that passed before them.`,
    },
  ];
}

/**
 * Re-runs a whole workflow run after re-running its failed jobs did not help.
 * https://docs.github.com/en/rest/actions/workflow-runs#re-run-a-workflow
 */
export const rerunWorkflowRun = defineAction<RunParameters>({
  id: 'rerun-workflow-run',
  title: 'Re-run the whole workflow run',
  family: 'github',
  needs: ['rerun-run'],
  risk: 'medium',
  impact: NO_IMPACT,
  parameters: RunParameters,
  sample: { repository: 'acme/shop', runId: 1001, attempt: 2 },
  propose,
  describe: ({ repository, runId, attempt }) =>
    `Re-runs all jobs of run ${runId} of ${repository}, also those that passed; attempt ${attempt} failed.`,
  ...rerunSteps({
    what: 'all jobs',
    start: (codeHost, repository, runId) => codeHost.rerunRun(repository, runId),
    underWay: (attempt) => `Attempt ${attempt}`,
    ended: (attempt) => `Attempt ${attempt}, all jobs,`,
  }),
});
