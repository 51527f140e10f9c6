import { cancelStuckRun } from './cancel-stuck-run.ts';
import type { ActionPlugin } from './contract.ts';
import { rerunFailedJobs } from './rerun-failed-jobs.ts';
import { rerunWorkflowRun } from './rerun-workflow-run.ts';
import { rollbackEcsService } from './rollback-ecs-service.ts';
import { rollbackLambdaAlias } from './rollback-lambda-alias.ts';

/** Every remediation Selfheal can perform. */
export const ACTIONS: readonly ActionPlugin[] = [
  rerunFailedJobs,
  rerunWorkflowRun,
  cancelStuckRun,
  rollbackLambdaAlias,
  rollbackEcsService,
];

/** The plug-in of an id, or null when there is none (any more). */
export function actionOf(id: string, actions: readonly ActionPlugin[] = ACTIONS): ActionPlugin | null {
  return actions.find((action) => action.id === id) ?? null;
}
