import type { Clock } from '@selfheal/kernel/time.ts';
import type { ExperimentOutcome } from '#shared/domain/experiment/results.ts';
import type { Incident } from '#shared/domain/incident/incident.ts';
import { knowledgeScopeOf } from '#shared/domain/incident/scope.ts';
import type { ActionOutcome } from '#shared/domain/learning/action-experience.ts';
import type { ActionRecord } from '#shared/domain/plan/bound-action.ts';
import type { Circumstances } from '#shared/domain/policy/circumstances/circumstances.ts';
import { circumstancesOfPlan, type PlanRecord } from '#shared/domain/policy/plan-record.ts';
import type { StepInput } from '#shared/domain/workflow/steps.ts';
import type { Approval, IncidentStore } from '#shared/ports/incident-store.ts';
import type { ExperienceStore } from '#shared/ports/learning-stores.ts';
import type { Meter } from '#shared/ports/telemetry-sink.ts';
import type { Counts } from '../common/counts.ts';

export interface ExperienceDeps {
  readonly incidents: Pick<IncidentStore, 'listPlans' | 'listApprovals'>;
  readonly experience: Pick<ExperienceStore, 'addActionOutcome' | 'addExperimentOutcome'>;
  readonly clock: Clock;
  readonly meter: Meter;
  readonly counts?: Pick<Counts, 'note' | 'observe'>;
}

/**
 * Stores the verified result of each action, rejections by people, and the outcome of the incident's experiment, holds included. Results that
 * were not verified or not verified in time are no outcomes. If this cannot be written, it is counted and the incident is closed anyway.
 */
export async function keepExperience(
  incident: Incident,
  actions: readonly ActionRecord[],
  input: StepInput<'record'>,
  deps: ExperienceDeps,
): Promise<void> {
  try {
    const [plans, approvals] = await Promise.all([
      deps.incidents.listPlans(incident.id),
      deps.incidents.listApprovals(incident.id),
    ]);
    const held = heldOutcome(incident, plans, deps.clock.now());
    if (held !== null) await deps.experience.addExperimentOutcome(held);
    for (const outcome of rejectedOutcomes(incident, approvals, plans)) await deps.experience.addActionOutcome(outcome);
    const known = actions.filter(({ verified, inconclusive }) => verified !== null && !inconclusive);
    for (const action of known) {
      const outcome = outcomeOf(incident, action, circumstancesOfPlan(plans, action.digest));
      if (outcome === null) continue;
      const course = courseOf(action, deps.clock.now());
      if ((await deps.experience.addActionOutcome({ ...outcome, ...course })) === 'added') countAction(action, deps);
    }
    if (known.length > 0) await keepExperiment(incident, actions, { input, plans }, deps);
  } catch {
    deps.meter.count('experience-lost');
  }
}

/** An action whose outcome was kept for the first time. */
function countAction({ actionId, state, verified, intendedAt }: ActionRecord, { counts, clock }: ExperienceDeps): void {
  const outcome = state === 'undone' ? 'undone' : verified === 'failed' ? 'not_helped' : 'helped';
  counts?.note('actions_total', { action: actionId, outcome });
  const seconds = (clock.now().getTime() - Date.parse(intendedAt)) / 1000;
  counts?.observe('action_duration_seconds', { action: actionId }, seconds);
}

/** Outcome of an action by its verification; null when the verification shows nothing. */
export function outcomeOf(
  incident: Incident,
  { digest, actionId, verified, intendedAt: at }: ActionRecord,
  circumstances: Circumstances | null,
): ActionOutcome | null {
  const filed = filedUnder(incident);
  if (filed === null || verified === null) return null;
  // Its purpose was verified, even if that alone does not heal.
  const found = verified === 'advanced' ? 'recovered' : verified;
  return { ...filed, digest, actionId, verified: found, at, ...(circumstances === null ? {} : { circumstances }) };
}

/** How the action went on after its verification. */
function courseOf(
  { state, verified, intendedAt }: ActionRecord,
  now: Date,
): Pick<ActionOutcome, 'undone' | 'secondsToRecover'> {
  const seconds = Math.max(0, now.getTime() - Date.parse(intendedAt)) / 1000;
  return { undone: state === 'undone', ...(verified === 'failed' ? {} : { secondsToRecover: seconds }) };
}

function filedUnder({
  id: incidentId,
  target,
  classification,
}: Incident): Pick<ActionOutcome, 'version' | 'incidentId' | 'class' | 'scope' | 'trusted'> | null {
  const scope = knowledgeScopeOf(target);
  if (scope === null || classification === null) return null;
  const trusted = target.kind === 'alarm' || (target.kind === 'run' && target.onDefaultBranch);
  return { version: 1, incidentId, class: classification.class, scope, trusted };
}

/**
 * A rejection counts as tried without success, because the person knows what the action would have done. It lowers expectations and proves
 * nothing.
 */
function rejectedOutcomes(
  incident: Incident,
  approvals: readonly Approval[],
  plans: readonly PlanRecord[],
): ActionOutcome[] {
  const filed = filedUnder(incident);
  if (filed === null) return [];
  return approvals.flatMap(({ digest, state, decidedBy, decision, requestedAt }): ActionOutcome[] => {
    const actionId = plans.find((plan) => plan.digest === digest)?.actionId ?? null;
    if (state !== 'rejected' || actionId === null) return [];
    const circumstances = circumstancesOfPlan(plans, digest);
    const said = {
      digest,
      actionId,
      verified: 'failed',
      by: String(decidedBy),
      at: decision?.at ?? requestedAt,
    } as const;
    return [{ ...filed, ...said, ...(circumstances === null ? {} : { circumstances }) }];
  });
}

/**
 * Outcome of a hold: whether the target was healthy at the next check, before anything was done. Null without a hold or a next check.
 */
function heldOutcome(incident: Incident, plans: readonly PlanRecord[], now: Date): ExperimentOutcome | null {
  const at = plans.findIndex(({ decision }) => decision === 'hold');
  const exposure = plans[at]?.exposure ?? null;
  const next = plans.slice(at + 1).find(({ decision }) => decision !== 'hold');
  if (exposure === null || next === undefined) return null;
  return {
    ...exposedOutcome(incident, exposure, now),
    success: next.decision === 'recovered',
    sideEffects: [],
  };
}

function exposedOutcome(
  { id, openedAt }: Incident,
  { experimentId, variantId }: NonNullable<PlanRecord['exposure']>,
  now: Date,
): Pick<ExperimentOutcome, 'version' | 'experimentId' | 'variantId' | 'incidentId' | 'minutes' | 'at'> {
  return {
    version: 1,
    experimentId,
    variantId,
    incidentId: id,
    minutes: Math.max(0, now.getTime() - Date.parse(openedAt)) / 60_000,
    at: now.toISOString(),
  };
}

async function keepExperiment(
  incident: Incident,
  actions: readonly ActionRecord[],
  { input, plans }: { readonly input: StepInput<'record'>; readonly plans: readonly PlanRecord[] },
  { experience, clock }: ExperienceDeps,
): Promise<void> {
  const exposed = plans.find(({ exposure }) => exposure !== null);
  if (!exposed?.exposure || exposed.decision === 'hold') return;
  const last = actions.findLast(({ verified }) => verified !== null);
  await experience.addExperimentOutcome({
    ...exposedOutcome(incident, exposed.exposure, clock.now()),
    success: input.outcome === 'resolved' && last?.verified === 'recovered',
    sideEffects: sideEffectsOf(actions),
  });
}

/** Side effects of an action, by the state of its record. */
const SIDE_EFFECTS = {
  undone: 'undone',
  'undo-failed': 'not-undone',
  'undo-intended': 'not-undone',
  refused: 'refused',
  unknown: 'unclear',
};

function sideEffectsOf(actions: readonly ActionRecord[]): string[] {
  return [
    ...new Set(
      actions.flatMap(({ state }) => (state in SIDE_EFFECTS ? [SIDE_EFFECTS[state as keyof typeof SIDE_EFFECTS]] : [])),
    ),
  ];
}
