import { registered } from '@selfheal/kernel/plugin.ts';
import type { Configuration } from '#shared/domain/configuration/configuration.ts';
import { cancelStuckRun } from './cancel-stuck-run/index.ts';
import { changeRdsParameter } from './change-rds-parameter/index.ts';
import { codebuildActions } from './codebuild-retry/index.ts';
import { codepipelineActions } from './codepipeline-retry-stage/index.ts';
import type { ActionPlugin } from './contract.ts';
import { fixPullRequest } from './fix-pull-request/index.ts';
import { jenkinsActions } from './jenkins-rebuild/index.ts';
import { openIssue } from './open-issue/index.ts';
import { playbookActions } from './playbook/index.ts';
import { quarantineFlakyTest } from './quarantine-flaky-test/index.ts';
import { raiseLambdaMemory } from './raise-lambda-memory/index.ts';
import { rebootRdsInstance } from './reboot-rds-instance/index.ts';
import { redeployEcsService } from './redeploy-ecs-service/index.ts';
import { refreshInstances } from './refresh-instances/index.ts';
import { rerunFailedJobs } from './rerun-failed-jobs/index.ts';
import { rerunWorkflowRun } from './rerun-workflow-run/index.ts';
import { sparkActions } from './resize-spark-executors/index.ts';
import { revertPullRequest } from './revert-pull-request/index.ts';
import { rollbackEcsService } from './rollback-ecs-service/index.ts';
import { rollbackLambdaAlias } from './rollback-lambda-alias/index.ts';
import { sandboxFix } from './sandbox-fix/index.ts';
import { scaleAuroraCluster } from './scale-aurora-cluster/index.ts';
import { scaleAutoScalingGroup } from './scale-auto-scaling-group/index.ts';
import { scaleEcsService } from './scale-ecs-service/index.ts';
import { scaleRdsInstance } from './scale-rds-instance/index.ts';
import { setLambdaConcurrency } from './set-lambda-concurrency/index.ts';
import { tryFix } from './try-fix/index.ts';

/** Every action. To add one: a folder here, named after its id, and a line below. */
export const ACTIONS: readonly ActionPlugin[] = registered('actions', [
  rerunFailedJobs,
  rerunWorkflowRun,
  cancelStuckRun,
  sandboxFix,
  tryFix,
  fixPullRequest,
  revertPullRequest,
  openIssue,
  quarantineFlakyTest,
  rollbackLambdaAlias,
  rollbackEcsService,
  scaleEcsService,
  redeployEcsService,
  raiseLambdaMemory,
  setLambdaConcurrency,
  scaleAutoScalingGroup,
  refreshInstances,
  changeRdsParameter,
  rebootRdsInstance,
  scaleRdsInstance,
  scaleAuroraCluster,
]);

/** The actions that exist by the configuration: those for Jenkins, Spark and AWS's own builds where their owners allow them, and one for each playbook that a service allows. */
export function configuredActions(configuration: Configuration): readonly ActionPlugin[] {
  return [
    ...jenkinsActions(configuration),
    ...sparkActions(configuration),
    ...codebuildActions(configuration),
    ...codepipelineActions(configuration),
    ...playbookActions(configuration),
  ];
}

/** Every action under this configuration: Selfheal's own, and those that exist by it. */
export function actionsOf(configuration: Configuration): readonly ActionPlugin[] {
  return [...ACTIONS, ...configuredActions(configuration)];
}

/** The plug-in with this id, or null. */
export function actionOf(id: string, actions: readonly ActionPlugin[] = ACTIONS): ActionPlugin | null {
  return actions.find((action) => action.id === id) ?? null;
}

/** Titles by id: what each action does, as an imperative; null for an action that is not deployed. */
export function titlesOf(actions: readonly Pick<ActionPlugin, 'id' | 'title'>[]): (id: string) => string | null {
  return (wanted) => actions.find(({ id }) => id === wanted)?.title ?? null;
}
