import type { Incident } from '#shared/domain/incident/incident.ts';
import { CorruptRecord } from '#shared/kernel/errors.ts';
import type { IncidentStore } from '#shared/ports/incident-store.ts';

/** Reads an incident that must exist. Throws `CorruptRecord` when it does not. */
export async function loadIncident(id: string, incidents: Pick<IncidentStore, 'get'>): Promise<Incident> {
  const incident = await incidents.get(id);
  if (incident === null) throw new CorruptRecord(`There is no incident ${id}.`);
  return incident;
}
