import type { IncidentTeller } from '#shared/ports/incident-teller.ts';
import type { Log } from '#shared/ports/telemetry-sink.ts';
import { type AnnotateDeps, acknowledgeIncident, type IncidentChange } from './annotate-incident.ts';

export interface AcknowledgeHereDeps extends AnnotateDeps {
  readonly teller: Pick<IncidentTeller, 'tellAcknowledgement'>;
  readonly log: Log;
}

/**
 * Says that a person works on this attempt, as they said on a page, by a command or in a chat, and has pagers acknowledge what they page about it. The first one
 * stays. What pagers could not be told is logged: it was acknowledged here, and the calls end all the same.
 */
export async function acknowledgeHere(id: string, by: string, deps: AcknowledgeHereDeps): Promise<IncidentChange> {
  const result = await acknowledgeIncident(id, by, deps);
  if (result.kind !== 'changed' || result.incident.annotations?.acknowledged?.by !== by) return result;
  try {
    await deps.teller.tellAcknowledgement(id);
  } catch (error) {
    const name = error instanceof Error ? error.name : 'unknown';
    deps.log.error('Pagers could not be told who took an incident on.', { incidentId: id, error: name });
  }
  return result;
}
