import { CodeBuildClient, RetryBuildCommand } from '@aws-sdk/client-codebuild';
import { CodePipelineClient, RetryStageExecutionCommand } from '@aws-sdk/client-codepipeline';
import { OutcomeUnknown } from '@selfheal/kernel/errors.ts';
import type { BuildRetrier } from '#shared/ports/builds.ts';
import { ONCE } from './client-settings.ts';
import { sendEffect } from './errors.ts';

/** Retries builds of CodeBuild and stages of CodePipeline. Never repeated after a lost answer (`OutcomeUnknown`). */
export function makeBuildRetrier(
  given: { readonly codeBuild?: CodeBuildClient; readonly codePipeline?: CodePipelineClient } = {},
): BuildRetrier {
  const codeBuild = given.codeBuild ?? new CodeBuildClient(ONCE);
  const codePipeline = given.codePipeline ?? new CodePipelineClient(ONCE);
  return {
    retryBuild: async (id, token) => {
      const what = `Starting the build ${id} again`;
      const command = new RetryBuildCommand({ id, idempotencyToken: token });
      const { build } = await sendEffect(what, () => codeBuild.send(command));
      if (!build?.id) throw new OutcomeUnknown(`${what}: CodeBuild returned no new build.`);
      return build.id;
    },
    retryStage: async ({ pipeline, execution, stage }) => {
      const command = new RetryStageExecutionCommand({
        pipelineName: pipeline,
        stageName: stage,
        pipelineExecutionId: execution,
        retryMode: 'FAILED_ACTIONS',
      });
      await sendEffect(`Retrying the stage ${stage} of ${pipeline}`, () => codePipeline.send(command));
    },
  };
}
