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
 * Keeps what verification found of each action, and what came of the experiment that the incident met. What was not verified, or ran out
 * of time, is no outcome. An incident is closed also when this cannot be written; that is counted.
 */
export async function keepExperience(
  incident: Incident,
  actions: readonly ActionRecord[],
  input: StepInput<'record'>,
  deps: ExperienceDeps,
): Promise<void> {
  if (actions.every(({ verified }) => verified === null)) return;
  try {
    const trail = await deps.incidents.listAudit(incident.id);
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

async function keepExperiment(
  incident: Incident,
  actions: readonly ActionRecord[],
  { input, trail }: { readonly input: StepInput<'record'>; readonly trail: readonly AuditEntry[] },
  { experience, clock }: ExperienceDeps,
): Promise<void> {
  const exposed = trail.find(({ event, facts }) => event === 'plan.made' && facts.experiment !== undefined)?.facts;
  if (exposed === undefined) return;
  const last = actions.findLast(({ verified }) => verified !== null);
  const outcome: ExperimentOutcome = {
    version: 1,
    experimentId: String(exposed.experiment),
    variantId: String(exposed.variant),
    incidentId: incident.id,
    success: input.outcome === 'resolved' && last?.verified === 'recovered',
    minutes: Math.max(0, clock.now().getTime() - Date.parse(incident.openedAt)) / 60_000,
    sideEffects: sideEffectsOf(actions),
    at: clock.now().toISOString(),
  };
  await experience.addExperimentOutcome(outcome);
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
