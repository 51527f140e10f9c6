import type { Configuration } from '#shared/domain/configuration/configuration.ts';
import { serviceOf } from '#shared/domain/configuration/scope.ts';
import { maySpeakFor } from '#shared/domain/webhooks/connection.ts';
import type { PagerAcknowledgement } from '#shared/domain/webhooks/pager-acknowledgement.ts';
import type { Deduplication } from '#shared/ports/control-store.ts';
import { type AnnotateDeps, acknowledgeIncident } from '../incidents/annotate-incident.ts';

export interface AcknowledgePageDeps extends AnnotateDeps {
  readonly control: Deduplication;
  readonly configuration: Configuration;
}

/** Outcome of an acknowledgement; also the name of its counter. */
export type AcknowledgementOutcome = 'acknowledged' | 'duplicate' | 'unknown-incident' | 'place-not-allowed';

/**
 * Acknowledges the incident that somebody was paged about, for the attempt that it is at, once for each delivery. A connection that may speak for some services
 * acknowledges for these alone.
 */
export async function acknowledgePage(
  { deliveryId, incidentId, by, services }: PagerAcknowledgement,
  deps: AcknowledgePageDeps,
): Promise<AcknowledgementOutcome> {
  if (await deps.control.isProcessed(deliveryId)) return 'duplicate';
  const incident = await deps.incidents.get(incidentId);
  if (incident === null) return 'unknown-incident';
  const service = serviceOf(deps.configuration, incident.target)?.id ?? null;
  if (!maySpeakFor({ services: services === null ? null : [...services] }, service)) return 'place-not-allowed';
  await acknowledgeIncident(incidentId, by, deps);
  await deps.control.markProcessed(deliveryId, deps.clock.now());
  return 'acknowledged';
}
