import type { Configuration } from '#shared/domain/configuration/configuration.ts';
import type { StepInput, StepOutput } from '#shared/domain/workflow/steps.ts';
import type { IncidentStore } from '#shared/ports/incident-store.ts';
import { loadIncident } from './load-incident.ts';

export interface LoadDeps {
  readonly incidents: Pick<IncidentStore, 'get'>;
  readonly configuration: Configuration;
}

/** What the workflow must know to route an incident. */
export async function load(input: StepInput<'load'>, deps: LoadDeps): Promise<StepOutput<'load'>> {
  const incident = await loadIncident(input.incidentId, deps.incidents);
  return {
    kind: incident.target.kind,
    status: incident.status,
    maxActions: deps.configuration.policy.maxActionsPerIncident,
  };
}
