import type { Correction } from '#shared/domain/answers/prediction.ts';
import type { Incident } from '#shared/domain/incident/incident.ts';
import { circumstancesOfPlan } from '#shared/domain/policy/plan-record.ts';
import type { IncidentStore } from '#shared/ports/incident-store.ts';
import type { ExperienceStore } from '#shared/ports/learning-stores.ts';
import { outcomeOf } from './experience.ts';

export interface FileAgainDeps {
  readonly incidents: Pick<IncidentStore, 'listActions' | 'listPlans'>;
  readonly experience: Pick<ExperienceStore, 'addActionOutcome'>;
}

/**
 * Counts the outcomes of an incident's actions for the class that a person named as well. A person's word may lower a confidence there, never
 * raise one. Repeatable.
 */
export async function fileAgain(
  incident: Incident,
  { class: actual, by }: Pick<Correction, 'class' | 'by'>,
  { incidents, experience }: FileAgainDeps,
): Promise<void> {
  const [actions, plans] = await Promise.all([incidents.listActions(incident.id), incidents.listPlans(incident.id)]);
  for (const action of actions.filter(({ inconclusive }) => !inconclusive)) {
    const outcome = outcomeOf(incident, action, circumstancesOfPlan(plans, action.digest));
    if (outcome === null || outcome.class === actual) continue;
    await experience.addActionOutcome({ ...outcome, class: actual, by, trusted: false });
  }
}
