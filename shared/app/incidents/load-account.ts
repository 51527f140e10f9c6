import { type Account, withRequests } from '#shared/domain/audit/incident-account.ts';
import type { AuditReader } from '#shared/ports/audit-reader.ts';
import type { IncidentStore } from '#shared/ports/incident-store.ts';

export interface ReadAccountDeps {
  readonly incidents: Pick<IncidentStore, 'get' | 'requestsOf'>;
  readonly trail: AuditReader;
}

/** The incident with the requests that its records carry, and its audit trail, as they are stored. */
export async function loadAccount(id: string, { incidents, trail: trails }: ReadAccountDeps): Promise<Account> {
  const [incident, requests, trail] = await Promise.all([
    incidents.get(id),
    incidents.requestsOf(id),
    trails.auditTrail(id),
  ]);
  return { id, incident: withRequests(incident, requests), trail };
}
