import { Refused } from '@selfheal/kernel/errors.ts';
import * as z from 'zod';
import type { Configuration } from '#shared/domain/configuration/configuration.ts';
import { buildResourceOf, PipelineExecution, StageName } from '#shared/domain/incident/aws-build.ts';
import { UNKNOWN_IMPACT } from '#shared/domain/plan/candidates.ts';
import type { PipelineAction, StageState } from '#shared/ports/builds.ts';
import { retriedNames, retryCase } from '../common/build-retry.ts';
import { jobSchedule } from '../common/job-schedule.ts';
import { makeReceipt } from '../common/make-receipt.ts';
import {
  type ActionPlugin,
  type ActionPorts,
  defineAction,
  type Grant,
  type Observation,
  type ProposalContext,
  type Verification,
} from '../contract.ts';

const Parameters = z.strictObject({
  service: z.string().regex(/^[a-z0-9-]{1,60}$/),
  build: PipelineExecution,
  /** The stage whose actions failed. */
  stage: StageName,
  /** When the execution failed, ISO 8601: what ran earlier was no retry of it. */
  since: z.iso.datetime({ offset: true }),
});
type Parameters = z.infer<typeof Parameters>;

const CODEPIPELINE_RETRY_STAGE = 'codepipeline-retry-stage';

const SAMPLE: Parameters = {
  service: 'shop',
  build: { kind: 'pipeline-execution', pipeline: 'shop-release', execution: '01234567-89ab-4cde-8000-000000000001' },
  stage: 'Build',
  since: '2026-01-01T00:00:00.000Z',
};
/** A retried action is listed at once. */
const SHOWS_WITHIN_SECONDS = 30;

/** The action, where a service allows that a stage of one of its pipelines is retried; otherwise nothing. */
export function codepipelineActions(configuration: Pick<Configuration, 'services'>): ActionPlugin<Parameters>[] {
  return retriedNames(configuration, 'codepipeline').length > 0 ? [codepipelineRetryStage] : [];
}

/**
 * Runs the failed actions of a stage again, once, within the execution that failed: with its source revisions and its artefacts, and no others. CodePipeline refuses
 * while the stage runs, and when a later execution has failed there.
 * https://docs.aws.amazon.com/codepipeline/latest/APIReference/API_RetryStageExecution.html
 */
const codepipelineRetryStage = defineAction<Parameters>({
  id: CODEPIPELINE_RETRY_STAGE,
  title: 'Retry a stage of a pipeline',
  family: 'builds',
  risk: 'medium',
  // A stage may do anything.
  impact: UNKNOWN_IMPACT,
  forJobs: true,
  repeat: { kind: 'harmful', showsWithinSeconds: SHOWS_WITHIN_SECONDS },
  parameters: Parameters,
  sample: SAMPLE,
  propose,
  describe: ({ build, stage }) =>
    `Runs the failed actions of the stage ${stage} of the pipeline ${build.pipeline} again, within the execution ${build.execution} and with its artefacts.`,
  describeUndo: () => 'A stage cannot be taken back: what its actions do is done again, and the pipeline goes on.',
  targetKey: ({ build }) => buildResourceOf(build),
  grants: (configuration) => {
    const pipelines = retriedNames(configuration, 'codepipeline').map(
      (pipeline) => `arn:\${Partition}:codepipeline:\${Region}:\${Account}:${pipeline}`,
    );
    if (pipelines.length === 0) return { execute: [], observe: [], undo: [] };
    const observe: Grant[] = [
      { actions: ['codepipeline:ListActionExecutions', 'codepipeline:GetPipelineState'], resources: pipelines },
    ];
    const stages = pipelines.map((pipeline) => `${pipeline}/*`);
    return {
      execute: [{ actions: ['codepipeline:RetryStageExecution'], resources: stages }, ...observe],
      observe,
      undo: [],
    };
  },
  schedule: jobSchedule,
  observe,
  execute: async ({ build, stage, since }, { builds, buildRetries, clock }) => {
    const { failed } = stageOf(await builds.actionsOf(build.pipeline, build.execution), stage, since);
    const objection = objectionTo(failed, stage, build);
    if (objection !== null) throw new Refused(objection);
    await buildRetries.retryStage({ pipeline: build.pipeline, execution: build.execution, stage });
    return makeReceipt(retryWords(failed, stage, build), clock.now(), { stage });
  },
  verify: async ({ build, stage, since }, _receipt, { ports, poll }) => {
    const { retried, latest } = stageOf(await ports.builds.actionsOf(build.pipeline, build.execution), stage, since);
    const state = await ports.builds.stageState(build.pipeline, stage);
    // Between two actions of a stage none is running.
    const isInside = state?.execution === build.execution && state.status === 'InProgress';
    return verificationOf({ retried, latest, poll, isInside }, stage, build);
  },
});

/** Only for the stage that CodePipeline itself lists as failed. */
function propose(context: ProposalContext) {
  const found = retryCase(CODEPIPELINE_RETRY_STAGE, context);
  const { facts } = context.telemetry;
  const stage = facts.kind === 'alert' ? StageName.safeParse(facts.failedStage).data : undefined;
  if (found?.build.kind !== 'pipeline-execution' || stage === undefined) return [];
  const { build, service, since, confidence, reason } = found;
  return [{ parameters: { service, build, stage, since }, confidence, reason }];
}

async function observe({ build, stage, since }: Parameters, { builds, clock }: ActionPorts): Promise<Observation> {
  const actions = await builds.actionsOf(build.pipeline, build.execution);
  if (actions.length === 0)
    return {
      kind: 'superseded',
      reason: `The execution ${build.execution} of ${build.pipeline} is not there any more.`,
    };
  const { failed, retried } = stageOf(actions, stage, since);
  if (retried.length > 0)
    return { kind: 'happened', receipt: makeReceipt(retryWords(failed, stage, build), clock.now(), { stage }) };
  const objection =
    objectionTo(failed, stage, build) ?? laterWords(await builds.stageState(build.pipeline, stage), stage, build);
  return objection === null ? { kind: 'not-started' } : { kind: 'superseded', reason: objection };
}

interface Stage {
  /** The last run of each action. */
  readonly latest: readonly PipelineAction[];
  /** Runs that failed before `since`, of the first try. */
  readonly failed: readonly PipelineAction[];
  /** Runs that began after the execution had failed. */
  readonly retried: readonly PipelineAction[];
}

function stageOf(actions: readonly PipelineAction[], stage: string, since: string): Stage {
  const own = actions.filter((one) => one.stage === stage);
  // Events have whole seconds: an action that fails at once begins in the second of its own event.
  const isRetry = (one: PipelineAction) =>
    one.startedAt.getTime() >= Date.parse(since) &&
    own.some((other) => other.action === one.action && other.startedAt < one.startedAt);
  const latestOf = (all: readonly PipelineAction[]) => [
    ...new Map(all.toReversed().map((one) => [one.action, one])).values(),
  ];
  return {
    latest: latestOf(own),
    failed: latestOf(own.filter((one) => !isRetry(one))).filter(({ status }) => status === 'Failed'),
    retried: own.filter(isRetry),
  };
}

/** Why a stage cannot be retried, or null. */
function objectionTo(
  failed: Stage['failed'],
  stage: string,
  { pipeline, execution }: PipelineExecution,
): string | null {
  const named = `the stage ${stage} of the execution ${execution} of ${pipeline}`;
  if (failed.length === 0) return `No action of ${named} is failed.`;
  const refused = failed.find(({ isApproval }) => isApproval);
  return refused === undefined
    ? null
    : `A person did not approve ${refused.action} in ${named}: a retry would only ask again.`;
}

/** CodePipeline retries only the execution that was last in the stage. */
function laterWords(
  state: StageState | null,
  stage: string,
  { pipeline, execution }: PipelineExecution,
): string | null {
  if (state?.execution === execution) return null;
  return state === null
    ? `The pipeline ${pipeline} has no stage ${stage} any more.`
    : `A later execution, ${state.execution}, has reached the stage ${stage} of ${pipeline} since.`;
}

const retryWords = (failed: Stage['failed'], stage: string, { pipeline }: PipelineExecution): string =>
  `Retried ${failed.map(({ action }) => action).join(', ')} in the stage ${stage} of ${pipeline}.`;

function verificationOf(
  {
    retried,
    latest,
    poll,
    isInside,
  }: Pick<Stage, 'retried' | 'latest'> & { readonly poll: number; readonly isInside: boolean },
  stage: string,
  { pipeline }: PipelineExecution,
): Verification {
  const named = `stage ${stage} of ${pipeline}`;
  if (retried.length === 0) {
    return poll < 2
      ? { state: 'pending', summary: `The retried actions of the ${named} are not listed yet.` }
      : { state: 'failed', summary: `The ${named} was not seen to run again.`, inconclusive: true };
  }
  const failed = latest.filter(({ status }) => status === 'Failed').map(({ action }) => action);
  if (isInside || latest.some(({ status }) => status === 'InProgress'))
    return { state: 'pending', summary: `The ${named} is running.` };
  if (failed.length > 0) return { state: 'failed', summary: `${failed.join(', ')} failed again in the ${named}.` };
  return latest.every(({ status }) => status === 'Succeeded')
    ? { state: 'recovered', summary: `The ${named} succeeded, and the pipeline went on.` }
    : { state: 'failed', summary: `The ${named} was stopped.`, inconclusive: true };
}
