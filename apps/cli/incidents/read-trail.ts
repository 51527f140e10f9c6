import { UsageError } from '@selfheal/cli-kit/command.ts';
import type { Terminal } from '@selfheal/cli-kit/terminal.ts';
import * as z from 'zod';
import { jsonLinesIn } from '#apps/workbench/input/json-lines.ts';
import { loadAccount } from '#shared/app/incidents/load-account.ts';
import { TrailEntry } from '#shared/domain/audit/audit-entry.ts';
import type { Account } from '#shared/domain/audit/incident-account.ts';
import { Incident } from '#shared/domain/incident/incident.ts';
import type { AuditReader } from '#shared/ports/audit-reader.ts';
import type { IncidentStore } from '#shared/ports/incident-store.ts';

const AccountLine = z.union([TrailEntry, Incident]);

/** Reads the output of `--records`, one JSON object per line. Throws `UsageError` unless it describes exactly one incident. */
export async function accountIn(path: string, terminal: Terminal): Promise<Account> {
  const lines = await jsonLinesIn(path, AccountLine, 'entry of an audit trail', terminal);
  const trail = lines.filter((line) => 'event' in line);
  const [incident = null, ...more] = lines.filter((line) => 'openedAt' in line);
  const id = incident?.id ?? trail[0]?.incidentId;
  if (id === undefined)
    throw new UsageError(
      `${path}: this file contains no audit trail. Write one with "selfheal incident explain ID --table NAME --records".`,
    );
  if (more.length > 0)
    throw new UsageError(`${path}: this file contains several incidents. Use one file per incident.`);
  return { id, incident, trail };
}

/** Finds at most `limit` incident ids that begin with `beginning`. */
export type FindIds = (beginning: string, limit: number) => Promise<readonly string[]>;

const MAX_CHOICES = 5;

/**
 * Reads an incident of a deployment by its id, or by the beginning of its id as `npm start` and mails show it. Throws `UsageError` when no
 * incident matches, or several do.
 */
export async function accountOf(
  id: string,
  incidents: Pick<IncidentStore, 'get' | 'requestsOf'> & AuditReader,
  findIds: FindIds,
): Promise<Account> {
  const stored = { incidents, trail: incidents };
  const account = await loadAccount(id, stored);
  if (account.incident !== null || account.trail.length > 0) return account;
  const ids = /^[a-z0-9]{2,10}-[a-z0-9-]{3,}$/.test(id) ? await findIds(id, MAX_CHOICES) : [];
  const [only] = ids;
  if (only === undefined) throw new UsageError(`${id}: the table contains no such incident. Check the id and --table.`);
  if (ids.length > 1)
    throw new UsageError(`${id}: several incidents begin like this: ${ids.join(', ')}. Give more of the id.`);
  return await loadAccount(only, stored);
}

/** Finds ids in a deployment's table. */
export function findIdsIn(table: string): FindIds {
  return async (beginning, limit) => {
    const { makeDynamoIncidentLists } = await import('#shared/adapters/aws/dynamo-incident-lists.ts');
    return await makeDynamoIncidentLists({ table, services: [] }).idsStartingWith(beginning, limit);
  };
}

/** The incidents of a deployment. Loads the AWS SDK only here. */
export async function openIncidents(table: string): Promise<IncidentStore & AuditReader> {
  const { makeDynamoIncidentStore } = await import('#shared/adapters/aws/dynamo-incident-store.ts');
  return makeDynamoIncidentStore({ table });
}

/** The option that names the deployment's table. */
export const INCIDENTS_OPTION = {
  table: { type: 'string', value: 'NAME', about: "the deployment's Incidents table" },
} as const;
