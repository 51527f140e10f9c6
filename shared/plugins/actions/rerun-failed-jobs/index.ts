import { chanceOf } from '@selfheal/kernel/failure-class.ts';
import { NO_IMPACT } from '#shared/domain/plan/candidates.ts';
import { failsStill, parametersOf, RunParameters, runIn } from '../common/failed-run.ts';
import { LAST_ATTEMPT, rerunSteps } from '../common/rerun.ts';
import { defineAction, isAdvised, type ProposalContext } from '../contract.ts';

const TRANSIENT = { flaky: 'a flaky test', infrastructure: 'the infrastructure' } as const;

function propose(context: ProposalContext) {
  const run = runIn(context);
  const { classification } = context;
  if (run === null) return [];
  const { target, facts } = run;
  if (!failsStill(facts) || facts.attempt !== target.runAttempt || facts.attempt >= LAST_ATTEMPT) return [];
  if (isAdvised('rerun-failed-jobs', context))
    return [
      {
        parameters: parametersOf(run),
        confidence: 0,
        reason: `A pattern of this repository advises it; attempt ${facts.attempt} of ${LAST_ATTEMPT}.`,
      },
    ];
  const { verdict } = classification;
  if (chanceOf(classification) === 'lasts' || (verdict !== 'flaky' && verdict !== 'infrastructure')) return [];
  return [
    {
      parameters: parametersOf(run),
      confidence: classification.confidence,
      reason: `The failure was attributed to ${TRANSIENT[verdict]}, not to the change; attempt ${facts.attempt} of ${LAST_ATTEMPT}.`,
    },
  ];
}

const attemptName = (attempt: number, runId: number): string => `Attempt ${attempt} of run ${runId}`;

/**
 * Re-runs the failed jobs of a workflow run.
 * https://docs.github.com/en/rest/actions/workflow-runs#re-run-failed-jobs-from-a-workflow-run
 */
export const rerunFailedJobs = defineAction<RunParameters>({
  id: 'rerun-failed-jobs',
  title: 'Re-run the failed jobs',
  family: 'github',
  needs: ['rerun-failed-jobs'],
  risk: 'low',
  impact: NO_IMPACT,
  parameters: RunParameters,
  sample: { repository: 'acme/shop', runId: 1001, attempt: 1 },
  propose,
  describe: ({ repository, runId, attempt }) =>
    `Re-runs the failed jobs of run ${runId} of ${repository}, whose attempt ${attempt} failed.`,
  ...rerunSteps({
    what: 'the failed jobs',
    start: (codeHost, repository, runId) => codeHost.rerunFailedJobs(repository, runId),
    underWay: attemptName,
    ended: attemptName,
  }),
});
