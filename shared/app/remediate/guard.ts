import { unlessRefused } from '@selfheal/kernel/errors.ts';
import { redactOutgoing } from '@selfheal/redaction/redact.ts';
import type { AuditFacts } from '#shared/domain/audit/audit-event.ts';
import type { Configuration } from '#shared/domain/configuration/configuration.ts';
import { modeOf, serviceOf } from '#shared/domain/configuration/scope.ts';
import { endedByPerson } from '#shared/domain/incident/annotations.ts';
import { foreignReason } from '#shared/domain/incident/home.ts';
import type { Incident } from '#shared/domain/incident/incident.ts';
import type { BoundAction } from '#shared/domain/plan/bound-action.ts';
import { leftAlone } from '#shared/domain/policy/closed-pull-request.ts';
import { isSwitchedOn } from '#shared/domain/policy/fix-settings.ts';
import { breakerScopeOf, type GuardFacts, judgeGuard } from '#shared/domain/policy/guard-rules.ts';
import { limitRules, writeLimitRules } from '#shared/domain/policy/limits.ts';
import type { StepInput, StepOutput } from '#shared/domain/workflow/steps.ts';
import type { ActionPlugin } from '#shared/plugins/actions/contract.ts';
import type { ControlSettings, Controls, Leases, Limits } from '#shared/ports/control-store.ts';
import type { IncidentStore } from '#shared/ports/incident-store.ts';
import { loadIncident } from '../../ports/incident-store.ts';
import { reasonsFact } from '../plan/audit-facts.ts';
import { type Governance, governed } from '../policy/governed.ts';
import { governedInRepository } from '../policy/governed-repository.ts';
import { type PlannedAction, type RemediationDeps, readPlannedAction } from './planned.ts';
import { portsOf } from './ports.ts';

export interface GuardDeps extends RemediationDeps {
  readonly incidents: Pick<IncidentStore, 'get' | 'getPlan' | 'getApproval' | 'closeApproval' | 'audit'>;
  readonly control: Pick<ControlSettings, 'controls'> &
    Pick<Limits, 'failuresBetween' | 'takeFromLimit'> &
    Pick<Leases, 'acquireLease' | 'releaseLease'>;
}

type Verdict = { lease: string } | { reasons: readonly string[] };

/** Added to the verification time, for the action itself and its undo. */
const LEASE_SLACK_SECONDS = 600;

/**
 * The last check before an effect: rules, lease, current target, limits. The policy and the file of the repository are read afresh. An error is thrown and grants nothing: the guard
 * fails closed.
 */
export async function guard(input: StepInput<'guard'>, given: GuardDeps): Promise<StepOutput<'guard'>> {
  const [overall, controls] = await Promise.all([governed(given), given.control.controls()]);
  const planned = await readPlannedAction(input, overall);
  const deps = await governedInRepository(overall, planned.action.target, overall.ports.codeHost);
  const { denials, known } = await judge(planned, controls, deps);
  const verdict = denials.length > 0 ? { reasons: denials } : await reserve(planned, deps);
  const granted = 'lease' in verdict;
  const reasons = granted ? [] : verdict.reasons.map(redactOutgoing);
  deps.meter.count(granted ? 'guard-granted' : 'guard-denied');
  await deps.incidents.audit(input.incidentId, `guard#${input.digest}#${granted}`, {
    at: deps.clock.now().toISOString(),
    event: granted ? 'guard.granted' : 'guard.denied',
    facts: { action: planned.action.actionId, digest: input.digest, ...reasonsFact(reasons), ...known },
  });
  // A refused action for a run is still worth proposing; for a service a person decides.
  const refused = planned.action.family === 'github' ? 'suggest' : 'escalate';
  return { next: granted ? 'act' : refused, lease: granted ? verdict.lease : null, reasons };
}

/** A person may end an incident while its workflow runs. */
function endedDenials(incident: Incident): string[] {
  return endedByPerson(incident)
    ? [`A person has ended the incident meanwhile: ${incident.outcomeReason ?? incident.status}`]
    : [];
}

/** The pull request may have been closed or merged while its plan waited. Whose state may not be read is left alone. */
async function closedDenials({ target }: Incident, { ports }: GuardDeps): Promise<string[]> {
  if (target.kind !== 'run' || target.pullRequest === null) return [];
  const { repository, pullRequest: number } = target;
  const state = await unlessRefused(() => ports.codeHost.pullRequestState(repository, number));
  if (state === null)
    return [`Pull request #${number} cannot be read: the token needs the permission Pull requests: read.`];
  return [leftAlone(number, state)].filter((reason) => reason !== null);
}

/** All objections, with the facts they are based on. */
async function judge(
  { action, plugin, parameters }: PlannedAction,
  controls: Controls,
  deps: GuardDeps & Governance,
): Promise<{ denials: string[]; known: Omit<AuditFacts<'guard.granted'>, 'action' | 'digest' | 'reasons'> }> {
  const { configuration, incidents } = deps;
  const now = deps.clock.now();
  const incident = await loadIncident(action.incidentId, incidents);
  const mode = modeOf(configuration, incident.target);
  const failures = await countFailures(action, now, deps);
  const approval = await takeApproval(action, incidents);
  const denials = [
    ...endedDenials(incident),
    ...(await closedDenials(incident, deps)),
    ...[action.target, incident.target].flatMap((one) => foreignReason(one, configuration.home) ?? []).slice(0, 1),
    ...judgeGuard({
      action,
      targetKey: plugin.targetKey(parameters),
      target: incident.target,
      controls,
      policy: configuration.policy,
      denial: deps.denial,
      mode,
      service: serviceOf(configuration, incident.target),
      fingerprint: writableFingerprint(incident, plugin, configuration),
      failures,
      approval,
      approvalReason: plugin.approvalReason?.(parameters) ?? null,
      now,
    }),
  ];
  return { denials, known: { killSwitch: controls.killSwitch, mode, failures, approval, risk: action.risk } };
}

/**
 * Counts failures within the window. Clocks differ, so failures up to one window in the future count too; anything later comes from a clock
 * that was set back since.
 */
async function countFailures(action: BoundAction, now: Date, { control, configuration }: GuardDeps): Promise<number> {
  const window = configuration.policy.breakerWindowMinutes * 60_000;
  const at = (offset: number) => new Date(now.getTime() + offset);
  return await control.failuresBetween(breakerScopeOf(action), at(-window), at(window));
}

/**
 * State of the plan's approval. The decision was stored before the workflow used it, and an approval recorded as too late stays so.
 */
async function takeApproval(
  { incidentId, digest }: BoundAction,
  incidents: GuardDeps['incidents'],
): Promise<GuardFacts['approval']> {
  const approval = await incidents.getApproval(incidentId, digest);
  if (approval?.state !== 'approved') return approval?.state ?? null;
  return (await incidents.closeApproval(incidentId, digest, 'taken')) === 'taken' ? 'approved' : 'too late';
}

/** Null unless this action is allowed in the repository now. */
function writableFingerprint(
  { target, classification }: Incident,
  { switch: name }: ActionPlugin,
  configuration: Configuration,
): string | null {
  if (target.kind !== 'run' || name === undefined) return null;
  if (!isSwitchedOn(configuration, target.repository, name)) return null;
  return classification?.fingerprint ?? null;
}

/** Acquires the lease first, so that later observations and counts stay true while it is held. */
async function reserve(planned: PlannedAction, deps: GuardDeps): Promise<Verdict> {
  const { action, plugin } = planned;
  const { intervalSeconds, maxPolls } = plugin.schedule(deps.configuration);
  const seconds = intervalSeconds * maxPolls + LEASE_SLACK_SECONDS;
  const lease = await deps.control.acquireLease(action.targetKey, action.incidentId, seconds, deps.clock.now());
  if (lease === null) return { reasons: [`Another incident is changing ${action.targetKey} now.`] };
  try {
    const denial = (await observed(planned, deps)) ?? (await takeLimits(planned, deps));
    if (denial === null) return { lease: lease.id };
    await deps.control.releaseLease(action.targetKey, lease.id);
    return { reasons: [denial] };
  } catch (error) {
    await deps.control.releaseLease(action.targetKey, lease.id).catch(() => undefined);
    throw error;
  }
}

/** Lets an effect pass that already exists: executing the action again will only find it. */
async function observed({ action, plugin, parameters }: PlannedAction, { ports }: GuardDeps): Promise<string | null> {
  const observation = await plugin.observe(parameters, portsOf(action, ports));
  return observation.kind === 'superseded' || observation.kind === 'unknown' ? observation.reason : null;
}

/** Takes from the limits once per plan, however often the step is repeated. */
async function takeLimits(
  { action, plugin }: PlannedAction,
  { control, configuration, clock }: GuardDeps,
): Promise<string | null> {
  for (const rule of [
    ...limitRules(action, configuration.policy, clock.now()),
    ...(plugin.switch === undefined ? [] : writeLimitRules(action, configuration.fixes, clock.now())),
  ]) {
    const taken = await control.takeFromLimit(rule.scope, rule.window, action.digest, rule.limit, rule.expiresAt);
    if (!taken) return rule.denial;
  }
  return null;
}
