/** What an action does to a service while people use it. */
export interface ActionNature {
  /** It changes how much the service can take, or how it is set up. */
  readonly changesSettings: boolean;
  /** It takes parts of the service out for a while. */
  readonly interrupts: boolean;
}

const CHANGES_SETTINGS = { changesSettings: true, interrupts: false };
const INTERRUPTS = { changesSettings: false, interrupts: true };
/** It repeats or writes something that serves nobody yet, or takes a deployment back. */
const NEITHER = { changesSettings: false, interrupts: false };

const NATURES: ReadonlyMap<string, ActionNature> = new Map([
  ['scale-ecs-service', CHANGES_SETTINGS],
  ['raise-lambda-memory', CHANGES_SETTINGS],
  ['set-lambda-concurrency', CHANGES_SETTINGS],
  ['scale-auto-scaling-group', CHANGES_SETTINGS],
  ['change-rds-parameter', CHANGES_SETTINGS],
  ['redeploy-ecs-service', INTERRUPTS],
  ['refresh-instances', INTERRUPTS],
  ['reboot-rds-instance', INTERRUPTS],
  ['rollback-lambda-alias', NEITHER],
  ['rollback-ecs-service', NEITHER],
  ['rerun-failed-jobs', NEITHER],
  ['rerun-workflow-run', NEITHER],
  ['cancel-stuck-run', NEITHER],
  ['sandbox-fix', NEITHER],
  ['try-fix', NEITHER],
  ['fix-pull-request', NEITHER],
  ['revert-pull-request', NEITHER],
  ['open-issue', NEITHER],
  ['quarantine-flaky-test', NEITHER],
]);

/** What an action does, by its plug-in. One that is not listed, as every playbook of a user, may do anything. */
export function natureOf(actionId: string): ActionNature {
  return NATURES.get(actionId) ?? { changesSettings: true, interrupts: true };
}

/** Repeats or takes back what people made; writes nothing new. */
const SELF_APPROVABLE: ReadonlySet<string> = new Set([
  'rerun-failed-jobs',
  'rerun-workflow-run',
  'revert-pull-request',
]);

/** Whether the people behind a run may approve the action themselves where the deployment allows that: re-runs and reverts, and never new code. */
export function isSelfApprovable(actionId: string): boolean {
  return SELF_APPROVABLE.has(actionId);
}
