import { fingerprintKeyOf } from '#shared/domain/incident/fingerprint-key.ts';
import { Incident } from '#shared/domain/incident/incident.ts';
import { identityOf, pullRequestKeyOf, repositoryKeyOf } from '#shared/domain/incident/repository-identity.ts';
import { knowledgeScopeOf } from '#shared/domain/incident/scope.ts';
import { BoundAction } from '#shared/domain/plan/bound-action.ts';
import { breakerScopeOf } from '#shared/domain/policy/guard-rules.ts';
import type { HeldIncident, HeldKind, HeldRecord } from '#shared/ports/held-data.ts';
import { numberKeyOf } from './dynamo-incident-keys.ts';
import { type Item, type Key, withoutStorage } from './dynamo-table.ts';
import type { HeldObjects } from './held-objects.ts';
import { type HeldTable, type HeldTables, heldItem } from './held-tables.ts';

/** Everything that is held of one incident, in the order in which it is removed: its own record, which leads to the rest, comes last. */
export interface IncidentRecords {
  readonly held: readonly HeldRecord[];
  readonly incident: HeldIncident;
  /** `repositoryKeyOf` its repository; null for a report, which knows the name alone. */
  readonly key: string | null;
}

/** `meta`: the incident's own item. A record that this version cannot read is found by its id alone. */
export async function recordsOfIncident(
  meta: Item & Key,
  { tables, objects }: { readonly tables: HeldTables; readonly objects: HeldObjects },
): Promise<IncidentRecords> {
  const id = meta.pk.replace(/^INC#/, '');
  const incident = Incident.safeParse(withoutStorage(meta)).data ?? null;
  const names = await objects.list(`incidents/${id}/`, null, 100);
  const [evidence, audit, own, further] = await Promise.all([
    Promise.all(names.map((name) => objects.read('evidence', name))),
    // Where an earlier version opened it.
    tables.incidents.query(`AUDIT#${id}`),
    tables.incidents.query(meta.pk),
    incident === null ? [] : furtherRecords(incident, tables),
  ]);
  const isTrail = ({ sk }: Item) => String(sk).startsWith('TRAIL#');
  const parts = own.filter((item) => item.sk !== meta.sk && !isTrail(item));
  const held = [
    ...evidence,
    ...[...audit, ...own.filter(isTrail)].map((item) => heldItem('audit', 'incidents', item)),
    ...further,
    ...(await limitRecords(parts, tables)),
    ...parts.map((item) => heldItem(kindOfPart(String(item.sk)), 'incidents', item)),
    ...(await numberRecord(meta, tables)),
    heldItem('incident', 'incidents', meta),
  ];
  const { target } = incident ?? {};
  return {
    held,
    incident: heldIncidentOf(meta),
    key: target?.kind === 'run' ? repositoryKeyOf(identityOf(target)) : null,
  };
}

/** A record that cannot be read counts as what its fields say. */
export function heldIncidentOf({ pk, attempt, status, updatedAt }: Item): HeldIncident {
  const id = String(pk).replace(/^INC#/, '');
  return { id, attempt: Number(attempt ?? 1), status: String(status), updatedAt: String(updatedAt ?? '') };
}

const kindOfPart = (sk: string): HeldKind => (sk.startsWith('NOTIFICATION#') ? 'message' : 'action');

async function numberRecord({ number, pk }: Item & Key, tables: HeldTables): Promise<HeldRecord[]> {
  if (typeof number !== 'number') return [];
  const item = await tables.incidents.get(numberKeyOf(number));
  return item === null || `INC#${String(item.incidentId)}` !== pk ? [] : [heldItem('incident', 'incidents', item)];
}

interface Place extends Key {
  readonly kind: HeldKind;
  readonly table: HeldTable;
}

/** The watch for its return, its locks, what waits for them, its part in experiments, and what it taught about a service. */
async function furtherRecords(incident: Incident, tables: HeldTables): Promise<HeldRecord[]> {
  const { id, intakeKey, target, classification } = incident;
  const service = target.kind === 'report' ? target.service : null;
  const watched = fingerprintKeyOf(incident, classification?.fingerprint ?? null, service);
  const experiments = await tables.stats.query('EXPERIMENTS');
  const meta = (kind: HeldKind, pk: string): Place => ({ kind, table: 'control', pk, sk: 'META' });
  const places: Place[] = [
    ...(watched === null
      ? []
      : [{ kind: 'healing' as const, table: 'incidents' as const, pk: `HEALING#${watched}`, sk: 'WATCH' }]),
    meta('limit', `GROUP#${intakeKey}`),
    meta('event', `WAITING#${intakeKey}`),
    ...(target.kind === 'run' && target.pullRequest !== null
      ? [meta('limit', `CURSOR#quiet#${pullRequestKeyOf({ ...target, pullRequest: target.pullRequest })}`)]
      : []),
    ...['tokens', 'microdollars'].map((unit) => meta('limit', `TOTAL#${unit}#${id}`)),
    meta('limit', `LIMIT#incident:${id}#all`),
    ...experiments.map(({ sk }) => ({
      kind: 'outcome' as const,
      table: 'stats' as const,
      pk: `EXPERIMENT#${String(sk)}`,
      sk: id,
    })),
  ];
  const scope = target.kind === 'report' && service !== null ? knowledgeScopeOf(target) : null;
  // What is kept under the repository's own name is found by that.
  const [taught, predicted] =
    scope === null
      ? [[], []]
      : await Promise.all([
          tables.knowledge.query(`PAST#${scope}`),
          tables.stats.query('PREDICTIONS', { prefix: `${incident.openedAt}#${id}#` }),
        ]);
  const own = taught.filter((item) => item.id === id).map((item) => heldItem('knowledge', 'knowledge', item));
  return [
    ...(await existing(places, tables)),
    ...(await failureLock(id, watched, tables)),
    ...predicted.map((item) => heldItem('prediction', 'stats', item)),
    ...own,
  ];
}

/** The lock of its failure, where its workflow was stopped before it could release it. Others of the service may hold it as well. */
async function failureLock(id: string, watched: string | null, { control }: HeldTables): Promise<HeldRecord[]> {
  if (watched === null) return [];
  const lock = await control.get({ pk: `GROUP#${watched}`, sk: 'META' });
  return String(lock?.incidentId).split('#')[0] === id && lock !== null ? [heldItem('limit', 'control', lock)] : [];
}

/** Limits, leases and failures that were counted for its actions. Their keys name the repository. */
async function limitRecords(parts: readonly Item[], tables: HeldTables): Promise<HeldRecord[]> {
  const plans = parts.filter(({ sk }) => String(sk).startsWith('PLAN#'));
  const places: Place[] = [];
  const scopes = new Set<string>();
  for (const item of plans) {
    const plan = BoundAction.safeParse(withoutStorage(item)).data;
    if (plan === undefined) continue;
    scopes.add(breakerScopeOf(plan));
    places.push({ kind: 'limit', table: 'control', pk: `LEASE#${plan.targetKey}`, sk: 'META' });
    const action = parts.find(({ sk }) => sk === `ACTION#${plan.digest}`);
    for (const at of [plan.createdAt, String(action?.intendedAt ?? plan.createdAt)])
      for (const pk of windowsOf(plan, new Date(at))) places.push({ kind: 'limit', table: 'control', pk, sk: 'META' });
  }
  const failures = await Promise.all([...scopes].map((scope) => tables.control.query(`FAILURES#${scope}`)));
  const unique = new Map(places.map((place) => [place.pk, place]));
  return [
    ...(await existing([...unique.values()], tables)),
    ...failures.flat().map((item) => heldItem('limit', 'control', item)),
  ];
}

/** The limits that were taken from at about this time. */
function windowsOf({ targetKey, actionId, target }: BoundAction, at: Date): string[] {
  const instants = [-3600, 0, 3600].map((seconds) => new Date(at.getTime() + seconds * 1000).toISOString());
  const write = target.kind === 'run' ? `LIMIT#write:${actionId}:${target.repository.toLowerCase()}` : null;
  return instants.flatMap((instant) => [
    `LIMIT#target:${targetKey}#${instant.slice(0, 13)}`,
    ...(write === null ? [] : [`${write}#${instant.slice(0, 10)}`]),
  ]);
}

async function existing(places: readonly Place[], tables: HeldTables): Promise<HeldRecord[]> {
  const found = await Promise.all(
    [...Map.groupBy(places, ({ table }) => table)].map(async ([table, own]) => {
      const kinds = new Map(own.map(({ kind, pk, sk }) => [`${pk} ${sk}`, kind]));
      const items = await tables[table].getAll(own);
      return items.map((item) => heldItem(kinds.get(`${String(item.pk)} ${String(item.sk)}`) ?? 'limit', table, item));
    }),
  );
  return found.flat();
}
