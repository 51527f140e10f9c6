import type { Incident } from '#shared/domain/incident/incident.ts';
import type { Correction } from '#shared/domain/quality/prediction.ts';
import type { ExperienceStore } from '#shared/ports/experience-store.ts';
import type { IncidentStore } from '#shared/ports/incident-store.ts';
import { circumstancesOfPlan, inconclusiveIn, outcomeOf } from './experience.ts';

export interface FileAgainDeps {
  readonly incidents: Pick<IncidentStore, 'listActions' | 'listAudit'>;
  readonly experience: Pick<ExperienceStore, 'addActionOutcome'>;
}

/**
 * Counts what came of an incident's actions for the class, too, that a person says it was of. On their word alone it may lower a
 * confidence there and never raise one. Repeatable.
 */
export async function fileAgain(
  incident: Incident,
  { class: actual, by }: Pick<Correction, 'class' | 'by'>,
  { incidents, experience }: FileAgainDeps,
): Promise<void> {
  const [actions, trail] = await Promise.all([incidents.listActions(incident.id), incidents.listAudit(incident.id)]);
  const inconclusive = inconclusiveIn(trail);
  for (const action of actions.filter(({ digest }) => !inconclusive.has(digest))) {
    const outcome = outcomeOf(incident, action, circumstancesOfPlan(trail, action.digest));
    if (outcome === null || outcome.class === actual) continue;
    await experience.addActionOutcome({ ...outcome, class: actual, by, trusted: false });
  }
}
