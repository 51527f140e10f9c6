import * as z from 'zod';
import { TrailEntry } from '#shared/domain/audit/audit-entry.ts';
import { Incident } from '#shared/domain/incident/incident.ts';
import type { IncidentStore } from '#shared/ports/incident-store.ts';
import { UsageError } from '../command.ts';
import { jsonLinesIn } from '../input/json-lines.ts';
import type { Terminal } from '../terminal.ts';

/** What is known of an incident: its record, unless only its trail was kept, and its audit trail. */
export interface Account {
  readonly id: string;
  readonly incident: Incident | null;
  readonly trail: readonly TrailEntry[];
}

const AccountLine = z.union([TrailEntry, Incident]);

/** Reads what `--records` printed: one JSON object a line. Throws `UsageError` when it is of no incident, or of several. */
export async function accountIn(path: string, terminal: Terminal): Promise<Account> {
  const lines = await jsonLinesIn(path, AccountLine, 'entry of an audit trail', terminal);
  const trail = lines.filter((line) => 'event' in line);
  const [incident = null, ...more] = lines.filter((line) => 'openedAt' in line);
  const id = incident?.id ?? trail[0]?.incidentId;
  if (id === undefined) throw new UsageError(`${path}: it holds no entry of an audit trail.`);
  if (more.length > 0)
    throw new UsageError(`${path}: it holds more than one incident: keep each in a file of its own.`);
  return { id, incident, trail };
}

/** Reads it from a deployment. Throws `UsageError` when nothing is known of it there. */
export async function accountOf(id: string, incidents: Pick<IncidentStore, 'get' | 'auditTrail'>): Promise<Account> {
  const [incident, trail] = await Promise.all([incidents.get(id), incidents.auditTrail(id)]);
  if (incident === null && trail.length === 0) throw new UsageError(`${id}: the table knows no such incident.`);
  return { id, incident, trail };
}

/** The incidents of a deployment. AWS is only loaded here. */
export async function openIncidents(table: string): Promise<IncidentStore> {
  const { makeDynamoIncidentStore } = await import('#shared/adapters/aws/dynamo-incident-store.ts');
  return makeDynamoIncidentStore({ table });
}

/** The option that names the deployment's table. */
export const INCIDENTS_OPTION = {
  table: { type: 'string', value: 'NAME', about: "the deployment's Incidents table" },
} as const;
