import type { Incident } from '#shared/domain/incident/incident.ts';
import type { IncidentStory } from '#shared/plugins/notifiers/contract.ts';
import type { EvidenceStore } from '#shared/ports/evidence-store.ts';
import type { AuditEntry, IncidentStore } from '#shared/ports/incident-store.ts';

export interface StoryDeps {
  readonly incidents: Pick<IncidentStore, 'listActions'>;
  readonly evidence: Pick<EvidenceStore, 'getEvidence' | 'getDiagnosis'>;
}

/** All that may be told about an incident. */
export async function readStory(
  incident: Incident,
  stage: IncidentStory['stage'],
  trail: readonly AuditEntry[],
  deps: StoryDeps,
): Promise<IncidentStory> {
  const [evidence, diagnosis, actions] = await Promise.all([
    deps.evidence.getEvidence(incident.id),
    deps.evidence.getDiagnosis(incident.id),
    deps.incidents.listActions(incident.id),
  ]);
  const cameBack = cameBackWords(incident, trail);
  return { incident, evidence, diagnosis, actions, stage, cameBack, quarantined: quarantinedWords(trail) };
}

/** What the newest plan says of tests in quarantine. */
function quarantinedWords(trail: readonly AuditEntry[]): string | null {
  const said = trail.findLast(({ event }) => event === 'plan.made')?.facts.quarantined;
  return typeof said === 'string' ? said : null;
}

function cameBackWords({ attempt }: Incident, trail: readonly AuditEntry[]): string | null {
  const facts = trail.findLast(
    ({ event, facts: { attempt: of } }) => event === 'incident.came-back' && of === attempt,
  )?.facts;
  if (facts === undefined) return null;
  const helped = facts.action === null ? '' : ` What had helped then (${facts.action}) did not last.`;
  return `It came back after ${facts.away}: it had been resolved as incident ${facts.earlier}.${helped}`;
}
