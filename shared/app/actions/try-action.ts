import type { Classification, FailureClass } from '@selfheal/kernel/failure-class.ts';
import type { RedactedText } from '@selfheal/kernel/text/redacted-text.ts';
import { redactOutgoing } from '@selfheal/redaction/redact.ts';
import { modeOf, repositoryModeOf, serviceOf } from '#shared/domain/configuration/scope.ts';
import type { ActionRequest } from '#shared/domain/incident/action-request.ts';
import { foreignReason } from '#shared/domain/incident/home.ts';
import type { AlarmTarget } from '#shared/domain/incident/target-context.ts';
import { bindAction } from '#shared/domain/plan/bind-action.ts';
import { type Decision, decide, type Judgement } from '#shared/domain/policy/decide.ts';
import { isSwitchedOn } from '#shared/domain/policy/fix-settings.ts';
import { judgeGuard } from '#shared/domain/policy/guard-rules.ts';
import { recoveryOf } from '#shared/domain/policy/recovery.ts';
import type { ActionPlugin } from '#shared/plugins/actions/contract.ts';
import { actionOf } from '#shared/plugins/actions/registry.ts';
import { type CircumstanceDeps, gatherCircumstances } from '../plan/circumstances.ts';
import { candidatesFor } from '../plan/context.ts';
import { recoveryUnlessRequested, requestedChoice } from '../plan/requested.ts';
import { type FreshTelemetryDeps, readAlarmAgain } from '../plan/telemetry.ts';
import { governed } from '../policy/governed.ts';
import { summaryOf } from './allowed-targets.ts';
import { type ActionOrder, findTarget, type Objection, type TargetDeps, unknownAction } from './find-target.ts';

export interface TryActionDeps
  extends TargetDeps,
    CircumstanceDeps,
    Pick<FreshTelemetryDeps, 'deployments' | 'resources'> {}

export interface Rehearsal {
  readonly kind: 'tried';
  /** What plan and guard would decide now. */
  readonly decision: Decision | 'deny' | 'sample';
  readonly reasons: readonly RedactedText[];
  /** What it would do, and how that is undone; null when nothing would be done. */
  readonly effect: RedactedText | null;
  readonly undo: RedactedText | null;
}

/** Checked by the guard alone, right before an effect. */
const NOT_TRIED = 'Lease, limits per hour and the circuit breaker are checked right before the effect only.';

/**
 * What an action would do on a service now, by the same plan and guard rules as in the workflow, on what is read now. Writes nothing and changes
 * nothing. The class of the failure matters to playbooks only; without one it is unknown.
 */
export async function tryAction(
  order: ActionOrder & { readonly repository: string | null; readonly class: FailureClass | null },
  by: string,
  deps: TryActionDeps,
): Promise<Rehearsal | Objection> {
  if (order.service === null && order.incident === null) return await trySample(order, deps);
  const found = await findTarget(order, deps, { rehearsal: true });
  if (found.kind !== 'found') return found;
  const { target } = found.subject;
  if (target.kind !== 'alarm')
    return {
      kind: 'refused',
      reason: 'The state of a run is read by the workflow only: try it on a service, or request it.',
    };
  return await rehearse(found.plugin, target, requestOf(order, by, deps), order.class, deps);
}

/** What it does with sample values, and what the policy of a repository says about it. */
async function trySample(
  { action: actionId, repository }: ActionOrder & { readonly repository: string | null },
  given: TryActionDeps,
): Promise<Rehearsal | Objection> {
  const { configuration, actions } = await governed(given);
  const plugin = actionOf(actionId, actions);
  if (plugin === null) return unknownAction(actionId, actions);
  const { example, undo, needs, allowed, ...summary } = summaryOf(plugin, configuration);
  if (repository !== null && plugin.family !== 'github')
    return { kind: 'invalid', field: 'repository', problem: `${plugin.id} changes services: name one with "service".` };
  const mode = repository === null ? null : repositoryModeOf(configuration, repository);
  const isOn =
    repository === null || plugin.switch === undefined || isSwitchedOn(configuration, repository, plugin.switch);
  const reasons = [
    ...(mode === null ? [] : [`The mode of ${repository} is ${mode}.`]),
    ...(isOn ? [] : [`fixes.repositories does not allow "${plugin.switch}" for it.`]),
    ...(summary.switchedOff ? ['The action is switched off.'] : []),
    ...(summary.alwaysAsks ? ['A person is always asked first.'] : []),
    ...(allowed ? [] : ['Nothing in the configuration allows it now.']),
    `It needs ${needs}.`,
  ];
  const decision =
    mode === null
      ? 'sample'
      : mode !== 'act' || !isOn || summary.switchedOff
        ? 'suggest'
        : summary.alwaysAsks
          ? 'approve'
          : 'act';
  return {
    kind: 'tried',
    decision,
    reasons: reasons.map(redactOutgoing),
    effect: redactOutgoing(example),
    undo: redactOutgoing(undo),
  };
}

/** A request that is never stored. */
function requestOf(
  { action: actionId, to, incident: incidentId }: ActionOrder,
  by: string,
  deps: TryActionDeps,
): ActionRequest {
  const at = deps.clock.now().toISOString();
  return { id: '0'.repeat(32), actionId, to, by, names: [], at, reason: null, incidentId };
}

const REHEARSAL = 'rq-rehearsal';

async function rehearse(
  plugin: ActionPlugin,
  target: AlarmTarget,
  request: ActionRequest,
  failureClass: FailureClass | null,
  given: TryActionDeps,
): Promise<Rehearsal> {
  const deps = await governed(given);
  const { configuration, clock } = deps;
  const now = clock.now();
  const telemetry = { version: 1, readAt: now.toISOString(), facts: await readAlarmAgain(target, deps) } as const;
  const circumstances = await gatherCircumstances({ id: REHEARSAL, target }, telemetry, deps);
  const classification = classified(failureClass ?? 'unknown');
  const facts = { target, telemetry, classification, configuration, circumstances, past: [], requested: request, now };
  const choice = requestedChoice(candidatesFor(facts, deps.actions), request, { tried: [] });
  const service = serviceOf(configuration, target);
  const judgement = decide({
    targetKind: 'alarm',
    offLimits: foreignReason(target, configuration.home),
    recovery: recoveryUnlessRequested(recoveryOf(target, telemetry, []), request, choice),
    mode: modeOf(configuration, target),
    service,
    policy: configuration.policy,
    choice,
    modelConfidence: null,
    actionsSoFar: 0,
    circumstances,
    now,
  });
  const denials = await guardDenials(judgement, { plugin, target, service, deps });
  const { candidate } = judgement;
  const isDone = candidate !== null && denials.length === 0;
  return {
    kind: 'tried',
    decision: denials.length > 0 ? 'deny' : judgement.decision,
    reasons: [...denials, ...judgement.reasons, NOT_TRIED].map(redactOutgoing),
    effect: isDone ? redactOutgoing(candidate.description) : null,
    undo: isDone ? redactOutgoing(plugin.describeUndo(candidate.parameters)) : null,
  };
}

/** The guard's objections to what was decided; an approval that would be asked for counts as given. */
async function guardDenials(
  { decision, candidate, needsApproval }: Judgement,
  about: {
    readonly plugin: ActionPlugin;
    readonly target: AlarmTarget;
    readonly service: ReturnType<typeof serviceOf>;
    readonly deps: Awaited<ReturnType<typeof governed<TryActionDeps>>>;
  },
): Promise<string[]> {
  if (candidate === null || (decision !== 'act' && decision !== 'approve')) return [];
  const { plugin, target, service, deps } = about;
  const { configuration, clock, denial, control } = deps;
  const now = clock.now();
  const action = bindAction(candidate, { incidentId: REHEARSAL, target, at: now, needsApproval });
  return judgeGuard({
    action,
    targetKey: plugin.targetKey(candidate.parameters),
    target,
    controls: await control.controls(),
    policy: configuration.policy,
    denial,
    mode: modeOf(configuration, target),
    service,
    failures: 0,
    approval: decision === 'approve' ? 'approved' : null,
    approvalReason: plugin.approvalReason?.(candidate.parameters) ?? null,
    now,
  });
}

function classified(failureClass: FailureClass): Classification {
  const unknown = { alternatives: [], signature: null, fingerprint: null, evidence: [] };
  return { class: failureClass, verdict: 'unknown', confidence: 0, ...unknown };
}
