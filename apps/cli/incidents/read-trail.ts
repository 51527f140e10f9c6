import * as z from 'zod';
import { TrailEntry } from '#shared/domain/audit/audit-entry.ts';
import { Incident } from '#shared/domain/incident/incident.ts';
import type { AuditReader } from '#shared/ports/audit-reader.ts';
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
  if (id === undefined) throw new UsageError(`${path}: no audit trail in this file.`);
  if (more.length > 0) throw new UsageError(`${path}: more than one incident in this file. Use one file per incident.`);
  return { id, incident, trail };
}

/** Ids that begin like that, so many at most. */
export type FindIds = (beginning: string, limit: number) => Promise<readonly string[]>;

const MAX_CHOICES = 5;

/**
 * Reads it from a deployment, by its id or the beginning of it, as `npm start` and mails show it. Throws `UsageError` when nothing is
 * known of it there, or when several begin like that.
 */
export async function accountOf(
  id: string,
  incidents: Pick<IncidentStore, 'get'> & AuditReader,
  findIds: FindIds,
): Promise<Account> {
  const [incident, trail] = await Promise.all([incidents.get(id), incidents.auditTrail(id)]);
  if (incident !== null || trail.length > 0) return { id, incident, trail };
  const ids = /^[a-z0-9]{2,10}-[a-z0-9-]{3,}$/.test(id) ? await findIds(id, MAX_CHOICES) : [];
  const [only] = ids;
  if (only === undefined) throw new UsageError(`${id}: no such incident in the table.`);
  if (ids.length > 1) throw new UsageError(`${id}: several incidents begin with it: ${ids.join(', ')}.`);
  const [found, itsTrail] = await Promise.all([incidents.get(only), incidents.auditTrail(only)]);
  return { id: only, incident: found, trail: itsTrail };
}

/** Looks ids up in a deployment's table. */
export function findIdsIn(table: string): FindIds {
  return async (beginning, limit) => {
    const { makeDynamoIncidentLists } = await import('#shared/adapters/aws/dynamo-incident-lists.ts');
    return await makeDynamoIncidentLists({ table, services: [] }).idsStartingWith(beginning, limit);
  };
}

/** The incidents of a deployment. AWS is only loaded here. */
export async function openIncidents(table: string): Promise<IncidentStore & AuditReader> {
  const { makeDynamoIncidentStore } = await import('#shared/adapters/aws/dynamo-incident-store.ts');
  return makeDynamoIncidentStore({ table });
}

/** The option that names the deployment's table. */
export const INCIDENTS_OPTION = {
  table: { type: 'string', value: 'NAME', about: "the deployment's Incidents table" },
} as const;
