import { cancelStuckRun } from './cancel-stuck-run.ts';
import type { ActionPlugin } from './contract.ts';
import { fixPullRequest } from './fix-pull-request.ts';
import { redeployEcsService } from './redeploy-ecs-service.ts';
import { rerunFailedJobs } from './rerun-failed-jobs.ts';
import { rerunWorkflowRun } from './rerun-workflow-run.ts';
import { rollbackEcsService } from './rollback-ecs-service.ts';
import { rollbackLambdaAlias } from './rollback-lambda-alias.ts';
import { scaleEcsService } from './scale-ecs-service.ts';
import { tryFix } from './try-fix.ts';

/** Every remediation Selfheal can perform. */
export const ACTIONS: readonly ActionPlugin[] = [
  rerunFailedJobs,
  rerunWorkflowRun,
  cancelStuckRun,
  tryFix,
  fixPullRequest,
  rollbackLambdaAlias,
  rollbackEcsService,
  scaleEcsService,
  redeployEcsService,
];

/** The plug-in of an id, or null when there is none (any more). */
export function actionOf(id: string, actions: readonly ActionPlugin[] = ACTIONS): ActionPlugin | null {
  return actions.find((action) => action.id === id) ?? null;
}
