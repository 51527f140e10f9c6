import type { ExperimentOutcome } from '#shared/domain/experiment/results.ts';
import type { Incident } from '#shared/domain/incident/incident.ts';
import { knowledgeScopeOf } from '#shared/domain/incident/scope.ts';
import type { ActionOutcome } from '#shared/domain/learning/action-experience.ts';
import type { ActionRecord } from '#shared/domain/remediation/bound-action.ts';
import type { StepInput } from '#shared/domain/workflow/steps.ts';
import type { ExperienceStore } from '#shared/ports/experience-store.ts';
import type { AuditEntry, IncidentStore } from '#shared/ports/incident-store.ts';
import type { Meter } from '#shared/ports/telemetry-sink.ts';
import type { Clock } from '#shared/ports/time.ts';

export interface ExperienceDeps {
  readonly incidents: Pick<IncidentStore, 'listAudit'>;
  readonly experience: Pick<ExperienceStore, 'addActionOutcome' | 'addExperimentOutcome'>;
  readonly clock: Clock;
  readonly meter: Meter;
}

/**
 * Keeps what verification found of each action, and what came of the experiment that the incident met, also by doing nothing. What was not verified, or ran out
 * of time, is no outcome. An incident is closed also when this cannot be written; that is counted.
 */
export async function keepExperience(
  incident: Incident,
  actions: readonly ActionRecord[],
  input: StepInput<'record'>,
  deps: ExperienceDeps,
): Promise<void> {
  try {
    const trail = await deps.incidents.listAudit(incident.id);
    const held = heldOutcome(incident, trail, deps.clock.now());
    if (held !== null) await deps.experience.addExperimentOutcome(held);
    if (actions.every(({ verified }) => verified === null)) return;
    const inconclusive = inconclusiveIn(trail);
    const known = actions.filter(({ verified, digest }) => verified !== null && !inconclusive.has(digest));
    for (const action of known) await keepAction(incident, action, deps);
    if (known.length > 0) await keepExperiment(incident, actions, { input, trail }, deps);
  } catch {
    deps.meter.count('experience-lost');
  }
}

/** Digests of the actions whose failing shows nothing: the verification ran out of time, or what was run again was cancelled. */
export function inconclusiveIn(trail: readonly AuditEntry[]): ReadonlySet<string> {
  return new Set(trail.flatMap(({ facts }) => (facts.inconclusive === true ? [String(facts.digest)] : [])));
}

async function keepAction(incident: Incident, action: ActionRecord, { experience }: ExperienceDeps): Promise<void> {
  const outcome = outcomeOf(incident, action);
  if (outcome !== null) await experience.addActionOutcome(outcome);
}

/** What verification found of an action, as it is counted; null where it shows nothing. */
export function outcomeOf(incident: Incident, action: ActionRecord): ActionOutcome | null {
  const { target, classification } = incident;
  const scope = knowledgeScopeOf(target);
  if (scope === null || classification === null || action.verified === null) return null;
  const { incidentId, digest, actionId, verified } = action;
  const trusted = target.kind === 'alarm' || (target.kind === 'github-run' && target.onDefaultBranch);
  const at = action.intendedAt;
  const failureClass = classification.class;
  return {
    version: 1,
    incidentId,
    digest,
    class: failureClass,
    scope,
    actionId,
    // What it is for was verified, also where that does not heal by itself.
    verified: verified === 'advanced' ? 'recovered' : verified,
    trusted,
    at,
  };
}

/**
 * What came of an incident that was held back: whether it was healthy at the next look, before anything was done. Null when it was not held
 * back, or there was no next look.
 */
function heldOutcome(incident: Incident, trail: readonly AuditEntry[], now: Date): ExperimentOutcome | null {
  const plans = trail.filter(({ event }) => event === 'plan.made');
  const at = plans.findIndex(({ facts }) => facts.decision === 'hold');
  const [held, next] = [plans[at], plans.slice(at + 1).find(({ facts }) => facts.decision !== 'hold')];
  if (held === undefined || next === undefined) return null;
  return {
    ...exposedOutcome(incident, held.facts, now),
    success: next.facts.decision === 'recovered',
    sideEffects: [],
  };
}

function exposedOutcome(
  { id, openedAt }: Incident,
  { experiment, variant }: AuditEntry['facts'],
  now: Date,
): Pick<ExperimentOutcome, 'version' | 'experimentId' | 'variantId' | 'incidentId' | 'minutes' | 'at'> {
  return {
    version: 1,
    experimentId: String(experiment),
    variantId: String(variant),
    incidentId: id,
    minutes: Math.max(0, now.getTime() - Date.parse(openedAt)) / 60_000,
    at: now.toISOString(),
  };
}

async function keepExperiment(
  incident: Incident,
  actions: readonly ActionRecord[],
  { input, trail }: { readonly input: StepInput<'record'>; readonly trail: readonly AuditEntry[] },
  { experience, clock }: ExperienceDeps,
): Promise<void> {
  const exposed = trail.find(({ event, facts }) => event === 'plan.made' && facts.experiment !== undefined)?.facts;
  if (exposed === undefined || exposed.decision === 'hold') return;
  const last = actions.findLast(({ verified }) => verified !== null);
  await experience.addExperimentOutcome({
    ...exposedOutcome(incident, exposed, clock.now()),
    success: input.outcome === 'resolved' && last?.verified === 'recovered',
    sideEffects: sideEffectsOf(actions),
  });
}

const TOLD = {
  undone: 'undone',
  'undo-failed': 'not-undone',
  'undo-intended': 'not-undone',
  refused: 'refused',
  unknown: 'unclear',
};

function sideEffectsOf(actions: readonly ActionRecord[]): string[] {
  return [...new Set(actions.flatMap(({ state }) => (state in TOLD ? [TOLD[state as keyof typeof TOLD]] : [])))];
}
