import type { Configuration } from '#shared/domain/configuration/configuration.ts';
import type { Incident } from '#shared/domain/incident/incident.ts';
import { githubPagesOf, targetLinks } from '#shared/domain/incident/target-links.ts';
import type { ActionRecord } from '#shared/domain/plan/bound-action.ts';
import type { ActionPlugin } from '#shared/plugins/actions/contract.ts';
import { actionOf } from '#shared/plugins/actions/registry.ts';
import type { IncidentStory } from '#shared/plugins/notifiers/contract.ts';
import type { EvidenceStore } from '#shared/ports/evidence-store.ts';
import type { IncidentStore } from '#shared/ports/incident-store.ts';

const FIND_CAUSE = 'This only relieves the symptom: find the cause, or it may come back.';

export interface StoryDeps {
  readonly incidents: Pick<IncidentStore, 'listActions' | 'listPlans'>;
  readonly evidence: Pick<EvidenceStore, 'getEvidence' | 'getDiagnosis'>;
  readonly actions: readonly ActionPlugin[];
  readonly configuration: Configuration;
}

/** Reads everything that may be reported about an incident. */
export async function readStory(
  incident: Incident,
  stage: IncidentStory['stage'],
  deps: StoryDeps,
): Promise<IncidentStory> {
  const [evidence, diagnosis, actions, plans] = await Promise.all([
    deps.evidence.getEvidence(incident.id),
    deps.evidence.getDiagnosis(incident.id),
    deps.incidents.listActions(incident.id),
    deps.incidents.listPlans(incident.id),
  ]);
  return {
    incident,
    evidence,
    diagnosis,
    actions,
    stage,
    ...storyFrame(incident, deps.configuration),
    cameBack: cameBackWords(incident),
    quarantined: plans.at(-1)?.onlyQuarantined ?? null,
    afterwards: afterwardsOf(actions, deps.actions),
  };
}

/** What people should do after the action that helped, or null. */
export function afterwardsOf(records: readonly ActionRecord[], actions: readonly ActionPlugin[]): string | null {
  const helped = records.findLast(({ verified }) => verified === 'recovered');
  if (helped === undefined) return null;
  const plugin = actionOf(helped.actionId, actions);
  return plugin?.afterwards === undefined ? FIND_CAUSE : plugin.afterwards;
}

/** The links and the time zone that every report needs. */
export function storyFrame(
  { target }: Pick<Incident, 'target'>,
  { github, policy }: Configuration,
): Pick<IncidentStory, 'links' | 'timeZone'> {
  return {
    links: targetLinks(target, githubPagesOf(github.apiUrl)),
    timeZone: policy.circumstances.timeZone,
  };
}

function cameBackWords({ recurrence }: Incident): string | null {
  if (recurrence === null) return null;
  const helped = recurrence.actionId === null ? '' : ` What had helped then (${recurrence.actionId}) did not last.`;
  return `It came back after ${recurrence.away}: it had been resolved as incident ${recurrence.earlier}.${helped}`;
}
