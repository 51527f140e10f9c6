import { JUMPS, type Scene } from './scene.ts';
import type { Effect, Watched } from './watch.ts';

/** How soon everything must stand still. */
const STOP_MILLISECONDS = 5_000;
const RISK_OF = { github: 'low', lambda: 'medium', ecs: 'medium' } as const;
/** What each family's action does in the world of the drill. */
const EFFECT_OF = { github: 'rerun', lambda: 'alias:7', ecs: 'ecs:checkout:7' } as const;
/** The world's deployments are an hour older than the alarm. */
const ALARM_CONFIDENCE = 0.95;

/**
 * Everything an incident's effects break of what its people settled, in words; empty when they are within policy. Written from the
 * user guide's table of rules and the scene alone: it shares no code with what it judges.
 */
export function broken(scene: Scene, { effects, forbidden, plans }: Watched): string[] {
  const acts = effects.filter(({ step }) => step === 'act');
  return [
    ...effects.flatMap((effect) => wrongThing(effect, acts, scene)),
    ...effects.flatMap((effect) => wrongTime(effect, forbidden)),
    ...acts.flatMap((effect) => outOfHours(effect, scene, plans)),
    ...(acts.length > 0 ? unpermitted(scene) : []),
    ...(acts.length > 1 ? [`${acts.length} effects of one plan`] : []),
    ...(effects.length > acts.length * 2 ? ['something was undone that was not done'] : []),
  ];
}

function wrongThing({ name, step }: Effect, acts: readonly Effect[], { family }: Scene): string[] {
  if (step === null) return [`${name} outside of act and undo`];
  const right = step === 'act' ? EFFECT_OF[family] : acts[0]?.replaced;
  return name === right ? [] : [`${name} by ${step}, not ${right}`];
}

function wrongTime({ name, at }: Effect, forbidden: Watched['forbidden']): string[] {
  const span = forbidden.find(({ from, to }) => at > from + STOP_MILLISECONDS && at < to);
  return span === undefined ? [] : [`${name} ${(at - span.from) / 1000} s after it was forbidden`];
}

const START = Date.parse('2026-11-21T12:00:00.000Z');
const HOUR_MILLISECONDS = 3_600_000;

/** Beside the only hour in which services may be changed: allowed to what was planned beside it, too, and approved as that. */
function outOfHours({ name, at }: Effect, { family, policy, approval }: Scene, plans: Watched['plans']): string[] {
  if (family === 'github' || policy.windowAfterMinutes === null) return [];
  const open = START + policy.windowAfterMinutes * 60_000;
  const isIn = (instant: number, slack: number): boolean =>
    instant >= open - slack && instant < open + HOUR_MILLISECONDS + slack;
  const plan = plans.findLast(({ to }) => to <= at);
  if (plan === undefined) return [`${name} without a plan`];
  const plannedBeside = [plan.from, plan.to].some((instant) => !isIn(instant, -STOP_MILLISECONDS));
  const surelyBeside = ![plan.from, plan.to].some((instant) => isIn(instant, STOP_MILLISECONDS));
  const mayBeApproved = policy.outsideChangeWindows === 'approve' && approval === 'approved' && plannedBeside;
  return [
    ...(isIn(at, STOP_MILLISECONDS) || mayBeApproved ? [] : [`${name} out of hours`]),
    ...(surelyBeside && approval !== 'approved' ? [`${name} was planned out of hours and not approved`] : []),
  ];
}

/** Why nothing at all may have been done in this scene. */
function unpermitted(scene: Scene): string[] {
  const { family, mode, policy, criticality, approval, earlierFailures, earlierIncidents, events } = scene;
  const confidence = family === 'github' ? scene.confidence : ALARM_CONFIDENCE;
  const transient = scene.verdict === 'flaky' || scene.verdict === 'infrastructure';
  const asked =
    confidence < policy.actAtConfidence ||
    policy.approvalRequiredRisks.includes(RISK_OF[family]) ||
    policy.askOnWeekends.includes(RISK_OF[family]) ||
    (family !== 'github' && earlierIncidents >= 10 && policy.approvalRequiredRisks.includes('high')) ||
    (family !== 'github' && criticality === 'critical');
  const { maxActionsPerIncident, maxActionsPerHour, maxActionsPerTargetPerHour } = policy;
  return [
    ...(mode === 'act' ? [] : [`mode ${mode}`]),
    ...(family === 'github' && !transient ? [`verdict ${scene.verdict}`] : []),
    ...(confidence < policy.escalateBelowConfidence ? [`confidence ${confidence}`] : []),
    ...(asked && approval !== 'approved' ? ['nobody approved'] : []),
    ...(Math.min(maxActionsPerIncident, maxActionsPerHour, maxActionsPerTargetPerHour) === 0
      ? ['a limit of none']
      : []),
    // It closes as failures grow old.
    ...(earlierFailures >= policy.breakerFailures && !events.some(({ kind }) => JUMPS.has(kind))
      ? ['the breaker is open']
      : []),
  ];
}
