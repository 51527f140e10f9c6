import type { Clock } from '@selfheal/kernel/time.ts';
import { identifiersOfAccount } from '#shared/domain/access/identity.ts';
import type { Configuration } from '#shared/domain/configuration/configuration.ts';
import { modeOf } from '#shared/domain/configuration/scope.ts';
import { authorOf, type CommentCommand } from '#shared/domain/incident/comment-command.ts';
import type { Incident } from '#shared/domain/incident/incident.ts';
import { hostOfRepository, type RunTarget, type TargetContext } from '#shared/domain/incident/target-context.ts';
import { bindAction } from '#shared/domain/plan/bind-action.ts';
import { approvalReasons } from '#shared/domain/policy/approval.ts';
import { partOfWeekAt } from '#shared/domain/policy/circumstances/circumstances.ts';
import { rerunFailedJobs } from '#shared/plugins/actions/rerun-failed-jobs/index.ts';
import { hostTitleOf } from '#shared/plugins/hosts/registry.ts';
import type { WorkflowEngine } from '#shared/ports/cloud.ts';
import type { IncidentLocks } from '#shared/ports/control-store.ts';
import type { IncidentStore } from '#shared/ports/incident-store.ts';
import { acquireIncidentLock } from '../common/incident-lock.ts';

export interface RerunDeps {
  readonly incidents: Pick<IncidentStore, 'get' | 'update' | 'putPlan' | 'intend' | 'audit'>;
  readonly control: Pick<IncidentLocks, 'claimGroup' | 'releaseGroup'>;
  readonly workflow: Pick<WorkflowEngine, 'start'>;
  readonly configuration: Configuration;
  readonly clock: Clock;
}

/** The author of the comment. */
type AskedBy = Pick<CommentCommand, 'by' | 'byId' | 'repository'>;

export type RerunRequest = { kind: 'begun' } | { kind: 'refused'; reason: string };

const refused = (reason: string): RerunRequest => ({ kind: 'refused', reason });

/**
 * Re-runs the failed jobs of an incident's run for somebody with write access. Seals the plan, stores its intent and reopens the incident. Its
 * workflow then continues with this plan through guard, execution and verification, as with a plan left by an earlier execution.
 */
export async function requestRerun(incident: Incident, command: AskedBy, deps: RerunDeps): Promise<RerunRequest> {
  const { target } = incident;
  if (target.kind !== 'run') return refused('The incident is not about a workflow run.');
  const reason = objectionTo(incident, deps);
  if (reason !== null) return refused(reason);
  const attempt = incident.attempt + 1;
  const owner = await acquireIncidentLock({ incidentId: incident.id, intakeKey: incident.intakeKey }, attempt, deps);
  if (owner !== null)
    return refused(`Selfheal is already working on a newer run of the same workflow (incident ${owner.id}).`);
  await begin(incident, target, command, deps);
  return { kind: 'begun' };
}

function objectionTo(incident: Incident, { configuration, clock }: RerunDeps): string | null {
  const { target, status } = incident;
  const mode = modeOf(configuration, target);
  if (status === 'open') return 'Selfheal is already working on this failure.';
  if (status === 'resolved' || status === 'healed')
    return 'The last failure that Selfheal has a record of is already over.';
  if (mode !== 'act')
    return `The mode of this repository is ${mode}, so Selfheal changes nothing here. ${rerunThere(target)}`;
  const { policy } = configuration;
  const reasons = approvalReasons(rerunFailedJobs.risk, null, policy, partOfWeekAt(clock.now(), policy.circumstances));
  return reasons.length === 0 ? null : `${reasons.join(' ')} ${rerunThere(target)}`;
}

const rerunThere = (target: TargetContext): string =>
  target.kind === 'run' ? `Re-run the jobs on ${hostTitleOf(target.repository)}.` : '';

async function begin(incident: Incident, target: RunTarget, command: AskedBy, deps: RerunDeps): Promise<void> {
  const by = authorOf(command);
  const requestedBy = identifiersOfAccount(hostOfRepository(command.repository), command.by, command.byId);
  const now = deps.clock.now();
  const parameters = { repository: target.repository, runId: target.runId, attempt: incident.runAttempt };
  const candidate = {
    label: rerunFailedJobs.id,
    actionId: rerunFailedJobs.id,
    family: rerunFailedJobs.family,
    risk: rerunFailedJobs.risk,
    impact: rerunFailedJobs.impact,
    selfApproval: rerunFailedJobs.selfApproval ?? false,
    parameters,
    targetKey: rerunFailedJobs.targetKey(parameters),
    description: rerunFailedJobs.describe(parameters),
    confidence: 1,
    reason: `${by} requested it by a comment.`,
  };
  const action = bindAction(candidate, { incidentId: incident.id, target, at: now, requestedBy });
  const { digest, actionId } = action;
  await deps.incidents.putPlan(action);
  await deps.incidents.intend({
    version: 1,
    incidentId: incident.id,
    digest,
    actionId,
    state: 'intended',
    intendedAt: now.toISOString(),
    receipt: null,
    verified: null,
    inconclusive: false,
  });
  await deps.incidents.audit(incident.id, `rerun-requested#${digest}`, {
    at: now.toISOString(),
    event: 'rerun.requested',
    facts: { by, action: actionId, digest },
  });
  const attempt = incident.attempt + 1;
  const updated = await deps.incidents.update(
    incident.id,
    { status: 'open', attempt, reopened: false, restarts: 0, outcomeReason: null, parentId: null },
    { ifStatus: [incident.status], ifAttempt: incident.attempt, at: now },
  );
  if (updated === 'updated') await deps.workflow.start(incident.id, attempt);
}
