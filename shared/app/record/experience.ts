import type { ExperimentOutcome } from '#shared/domain/experiment/results.ts';
import type { Incident } from '#shared/domain/incident/incident.ts';
import { knowledgeScopeOf } from '#shared/domain/incident/scope.ts';
import type { ActionOutcome } from '#shared/domain/learning/action-experience.ts';
import type { ActionRecord } from '#shared/domain/plan/bound-action.ts';
import { type Circumstances, circumstancesIn } from '#shared/domain/policy/circumstances/circumstances.ts';
import type { StepInput } from '#shared/domain/workflow/steps.ts';
import type { ExperienceStore } from '#shared/ports/experience-store.ts';
import type { AuditEntry, IncidentStore } from '#shared/ports/incident-store.ts';
import type { Meter } from '#shared/ports/telemetry-sink.ts';
import type { Clock } from '#shared/ports/time.ts';

export interface ExperienceDeps {
  readonly incidents: Pick<IncidentStore, 'listAudit' | 'getPlan'>;
  readonly experience: Pick<ExperienceStore, 'addActionOutcome' | 'addExperimentOutcome'>;
  readonly clock: Clock;
  readonly meter: Meter;
}

/**
 * Keeps what verification found of each action, what people rejected, and what came of the experiment that the incident met, also by doing
 * nothing. What was not verified, or ran out of time, is no outcome. An incident is closed also when this cannot be written; that is counted.
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
    for (const outcome of await rejectedOutcomes(incident, trail, deps))
      await deps.experience.addActionOutcome(outcome);
    if (actions.every(({ verified }) => verified === null)) return;
    const inconclusive = inconclusiveIn(trail);
    const known = actions.filter(({ verified, digest }) => verified !== null && !inconclusive.has(digest));
    for (const action of known) {
      const outcome = outcomeOf(incident, action, circumstancesOfPlan(trail, action.digest));
      if (outcome !== null) await deps.experience.addActionOutcome(outcome);
    }
    if (known.length > 0) await keepExperiment(incident, actions, { input, trail }, deps);
  } catch {
    deps.meter.count('experience-lost');
  }
}

/** Digests of the actions whose failing shows nothing: the verification ran out of time, or what was run again was cancelled. */
export function inconclusiveIn(trail: readonly AuditEntry[]): ReadonlySet<string> {
  return new Set(trail.flatMap(({ facts }) => (facts.inconclusive === true ? [String(facts.digest)] : [])));
}

/** What went on when a plan was made, as its audit entry tells it; null where it does not. */
export function circumstancesOfPlan(trail: readonly AuditEntry[], digest: string): Circumstances | null {
  const plan = trail.find(({ event, facts }) => event === 'plan.made' && facts.digest === digest);
  return plan === undefined ? null : circumstancesIn(plan.facts);
}

/** What verification found of an action, as it is counted; null where it shows nothing. */
export function outcomeOf(
  incident: Incident,
  { digest, actionId, verified, intendedAt: at }: ActionRecord,
  circumstances: Circumstances | null,
): ActionOutcome | null {
  const filed = filedUnder(incident);
  if (filed === null || verified === null) return null;
  // What it is for was verified, also where that does not heal by itself.
  const found = verified === 'advanced' ? 'recovered' : verified;
  return { ...filed, digest, actionId, verified: found, at, ...(circumstances === null ? {} : { circumstances }) };
}

function filedUnder({
  id: incidentId,
  target,
  classification,
}: Incident): Pick<ActionOutcome, 'version' | 'incidentId' | 'class' | 'scope' | 'trusted'> | null {
  const scope = knowledgeScopeOf(target);
  if (scope === null || classification === null) return null;
  const trusted = target.kind === 'alarm' || (target.kind === 'github-run' && target.onDefaultBranch);
  return { version: 1, incidentId, class: classification.class, scope, trusted };
}

/**
 * What people rejected counts as tried without success: they know what it would have done. It lowers what is expected, and proves nothing.
 */
async function rejectedOutcomes(
  incident: Incident,
  trail: readonly AuditEntry[],
  { incidents }: ExperienceDeps,
): Promise<ActionOutcome[]> {
  const filed = filedUnder(incident);
  const rejected = trail.filter(({ event }) => event === 'approval.rejected');
  if (filed === null || rejected.length === 0) return [];
  const outcomes = rejected.map(async ({ at, facts }): Promise<ActionOutcome[]> => {
    const digest = String(facts.digest);
    const plan = await incidents.getPlan(incident.id, digest);
    if (plan === null) return [];
    const circumstances = circumstancesOfPlan(trail, digest);
    const said = { ...filed, digest, actionId: plan.actionId, verified: 'failed', by: String(facts.by), at } as const;
    return [{ ...said, ...(circumstances === null ? {} : { circumstances }) }];
  });
  return (await Promise.all(outcomes)).flat();
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
