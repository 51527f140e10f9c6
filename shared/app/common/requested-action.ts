import type { ActionRequest } from '#shared/domain/incident/action-request.ts';
import type { Signal } from '#shared/domain/incident/signal.ts';
import type { IncidentStore } from '#shared/ports/incident-store.ts';

/** The signal of a request for an action; the same request has the same delivery, so that a repeat starts nothing twice. */
export function signalOfRequest(
  { source, target, tainted }: Pick<Signal, 'source' | 'target' | 'tainted'>,
  request: ActionRequest,
): Signal {
  return {
    version: 1,
    deliveryId: `request#${request.id}`,
    source,
    kind: 'action-requested',
    occurredAt: request.at,
    target,
    tainted,
    request,
  };
}

/** Notes in the incident's trail, once, who asked for what. */
export async function auditRequest(
  incidentId: string,
  { actionId: action, by, to, incidentId: about, reason, id, at }: ActionRequest,
  incidents: Pick<IncidentStore, 'audit'>,
): Promise<void> {
  await incidents.audit(incidentId, `requested#${id}`, {
    at,
    event: 'action.requested',
    facts: { action, by, to, about, reason },
  });
}
