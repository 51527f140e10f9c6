import type { Incident } from '#shared/domain/incident/incident.ts';
import type { IncidentStory } from '#shared/plugins/notifiers/contract.ts';
import type { EvidenceStore } from '#shared/ports/evidence-store.ts';
import type { IncidentStore } from '#shared/ports/incident-store.ts';

export interface StoryDeps {
  readonly incidents: Pick<IncidentStore, 'listActions'>;
  readonly evidence: Pick<EvidenceStore, 'getEvidence' | 'getDiagnosis'>;
}

/** All that may be told about an incident. */
export async function readStory(
  incident: Incident,
  stage: IncidentStory['stage'],
  deps: StoryDeps,
): Promise<IncidentStory> {
  const [evidence, diagnosis, actions] = await Promise.all([
    deps.evidence.getEvidence(incident.id),
    deps.evidence.getDiagnosis(incident.id),
    deps.incidents.listActions(incident.id),
  ]);
  return { incident, evidence, diagnosis, actions, stage };
}
