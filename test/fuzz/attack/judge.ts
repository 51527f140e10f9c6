import { type Rule, ruleOf } from './rules.ts';
import { JUMPS, type Scene } from './scene.ts';
import type { Effect, Watched } from './watch.ts';

/** How soon everything must stand still. */
const STOP_MILLISECONDS = 5_000;
const RAISED = { low: 'medium', medium: 'high', high: 'high' } as const;

/**
 * Everything an incident's effects break of what its people settled, in words; empty when they are within policy. Written from the
 * user guide's table of rules and the scene alone: it shares no code with what it judges.
 */
export function broken(scene: Scene, watched: Watched): string[] {
  const { effects, forbidden, plans } = watched;
  const acts = effects.filter(({ step }) => step === 'act');
  const acted = new Set(acts.map(({ plan }) => actionOf(plan, watched)));
  return [
    ...effects.flatMap((effect) => wrongThing(effect, scene, watched)),
    ...effects.flatMap((effect) => wrongTime(effect, forbidden)),
    ...acts.flatMap((effect) => outOfHours(effect, scene, plans)),
    ...[...acted].flatMap((actionId) => unlisted(actionId, scene)),
    ...[...acted].flatMap((actionId) => unpermitted(scene, ruleOf(actionId))),
  ];
}

const actionOf = (plan: number, { plans }: Watched): string => plans[plan - 1]?.actionId ?? 'no action';

/**
 * Only what fits the scene is a candidate: a run may also be run again, a tried fix be proposed, and after the sandbox a
 * person be asked for the branch.
 */
function unlisted(actionId: string, scene: Scene): string[] {
  const more = [
    ...(ruleOf(scene.actionId).on === 'run' ? ['rerun-failed-jobs', 'fix-pull-request'] : []),
    ...(scene.actionId === 'sandbox-fix' ? ['try-fix'] : []),
  ];
  return [scene.actionId, ...more].includes(actionId) ? [] : [`${actionId} in a scene of ${scene.actionId}`];
}

function wrongThing({ name, step, plan }: Effect, { events }: Scene, watched: Watched): string[] {
  if (step === null) return [`${name} outside of act and undo`];
  const actionId = actionOf(plan, watched);
  const { does, undoes = [], uponOthers = [] } = ruleOf(actionId);
  const more = events.some(({ kind }) => kind === 'redeploy') ? uponOthers : [];
  const plain = name.replace(/autofix-\d{8}-\d{6}$/, 'autofix');
  const own = watched.effects.filter((one) => one.plan === plan);
  return [
    ...([...(step === 'act' ? does : undoes), ...more].includes(plain) ? [] : [`${name} by ${step} of ${actionId}`]),
    ...(own.filter((one) => one.step === step && one.name === name).length > 1 ? [`${name} more than once`] : []),
    ...(step === 'act' || own.some((one) => one.step === 'act') ? [] : [`${name} undid what was not done`]),
  ];
}

function wrongTime({ name, at }: Effect, forbidden: Watched['forbidden']): string[] {
  const span = forbidden.find(({ from, to }) => at > from + STOP_MILLISECONDS && at < to);
  return span === undefined ? [] : [`${name} ${(at - span.from) / 1000} s after it was forbidden`];
}

const START = Date.parse('2026-11-21T12:00:00.000Z');
const HOUR_MILLISECONDS = 3_600_000;

/** Beside the only hour in which services may be changed: allowed to what was planned beside it, too, and approved as that. */
function outOfHours({ name, at }: Effect, { actionId, policy, approval }: Scene, plans: Watched['plans']): string[] {
  if (ruleOf(actionId).on === 'run' || policy.windowAfterMinutes === null) return [];
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
function unpermitted(scene: Scene, { on, risk, confidence: surety, verdicts, alwaysAsks }: Rule): string[] {
  const { mode, policy, criticality, approval, earlierFailures, earlierIncidents, events } = scene;
  const confidence = 'stated' in surety ? surety.stated : scene.confidence * surety.ofClass;
  const isService = on === 'alarm';
  const asked =
    alwaysAsks === true ||
    confidence < policy.actAtConfidence ||
    policy.approvalRequiredRisks.includes(risk) ||
    policy.askOnWeekends.some((one) => one === risk) ||
    (isService && earlierIncidents >= 10 && policy.approvalRequiredRisks.includes(RAISED[risk])) ||
    (isService && criticality === 'critical');
  const { maxActionsPerIncident, maxActionsPerHour, maxActionsPerTargetPerHour } = policy;
  return [
    ...(mode === 'act' ? [] : [`mode ${mode}`]),
    ...(verdicts?.includes(scene.verdict) === false ? [`verdict ${scene.verdict}`] : []),
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
