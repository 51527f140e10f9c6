import type { Configuration } from '#shared/domain/configuration/configuration.ts';
import { cancelStuckRun } from './cancel-stuck-run.ts';
import { changeRdsParameter } from './change-rds-parameter.ts';
import type { ActionPlugin } from './contract.ts';
import { fixPullRequest } from './fix-pull-request.ts';
import { openIssue } from './open-issue.ts';
import { playbookActions } from './playbook/playbook-action.ts';
import { quarantineFlakyTest } from './quarantine-flaky-test.ts';
import { raiseLambdaMemory } from './raise-lambda-memory.ts';
import { rebootRdsInstance } from './reboot-rds-instance.ts';
import { redeployEcsService } from './redeploy-ecs-service.ts';
import { refreshInstances } from './refresh-instances.ts';
import { rerunFailedJobs } from './rerun-failed-jobs.ts';
import { rerunWorkflowRun } from './rerun-workflow-run.ts';
import { revertPullRequest } from './revert-pull-request.ts';
import { rollbackEcsService } from './rollback-ecs-service.ts';
import { rollbackLambdaAlias } from './rollback-lambda-alias.ts';
import { sandboxFix } from './sandbox-fix.ts';
import { scaleAutoScalingGroup } from './scale-auto-scaling-group.ts';
import { scaleEcsService } from './scale-ecs-service.ts';
import { setLambdaConcurrency } from './set-lambda-concurrency.ts';
import { tryFix } from './try-fix.ts';

/** Every remediation Selfheal can perform. */
export const ACTIONS: readonly ActionPlugin[] = [
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
];

/** Every remediation under this configuration: Selfheal's own, and one for each playbook that a service allows. */
export function actionsOf(configuration: Configuration): readonly ActionPlugin[] {
  return [...ACTIONS, ...playbookActions(configuration)];
}

/** The plug-in of an id, or null when there is none (any more). */
export function actionOf(id: string, actions: readonly ActionPlugin[] = ACTIONS): ActionPlugin | null {
  return actions.find((action) => action.id === id) ?? null;
}
