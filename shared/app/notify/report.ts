import type { Configuration } from '#shared/domain/configuration/configuration.ts';
import type { Incident } from '#shared/domain/incident/incident.ts';
import { githubPagesOf, targetLinks } from '#shared/domain/incident/target-links.ts';
import type { IncidentStory } from '#shared/plugins/notifiers/contract.ts';
import type { EvidenceStore } from '#shared/ports/evidence-store.ts';
import type { AuditEntry, IncidentStore } from '#shared/ports/incident-store.ts';

export interface StoryDeps {
  readonly incidents: Pick<IncidentStore, 'listActions'>;
  readonly evidence: Pick<EvidenceStore, 'getEvidence' | 'getDiagnosis'>;
  readonly configuration: Configuration;
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
  return {
    incident,
    evidence,
    diagnosis,
    actions,
    stage,
    ...storyFrame(incident, deps.configuration),
    cameBack: cameBackWords(incident, trail),
    quarantined: quarantinedWords(trail),
  };
}

/** What every story tells by: addresses and clocks. */
export function storyFrame(
  { target }: Pick<Incident, 'target'>,
  { github, policy }: Configuration,
): Pick<IncidentStory, 'links' | 'timeZone'> {
  return {
    links: targetLinks(target, githubPagesOf(github.apiUrl)),
    timeZone: policy.circumstances.timeZone,
  };
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
