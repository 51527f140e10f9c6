import { unlessRefused } from '@selfheal/kernel/errors.ts';
import * as z from 'zod';
import type { Configuration, Service } from '#shared/domain/configuration/configuration.ts';
import { alarmArnAt } from '#shared/domain/incident/home.ts';
import type { Incident, IncidentStatus } from '#shared/domain/incident/incident.ts';
import { Mode } from '#shared/domain/policy/policy-settings.ts';
import type { ActionPlugin } from '#shared/plugins/actions/contract.ts';
import type { AlarmReader, AlarmState } from '#shared/ports/cloud.ts';
import { type GovernedDeps, governed } from '../policy/governed.ts';
import { allowedService } from './allowed-targets.ts';
import type { Objection } from './find-target.ts';
import { type PastAction, type ReadActionsDeps, recentActions } from './read-actions.ts';

export interface ServiceDeps extends ReadActionsDeps, GovernedDeps {
  readonly alarms: AlarmReader;
  readonly actions: readonly ActionPlugin[];
}

/** A service of the configuration. */
export const ServiceSummary = z
  .object({
    id: z.string(),
    criticality: z.enum(['low', 'medium', 'high', 'critical']),
    /** What holds now. */
    mode: Mode,
    alarms: z.array(z.string()).readonly(),
    deployment: z.string().nullable(),
    actions: z.array(z.string()).readonly().meta({ description: 'The actions that the configuration allows for it.' }),
    scaling: z
      .array(z.object({ action: z.string(), maximum: z.number().int(), onRequest: z.boolean() }))
      .readonly()
      .meta({ description: 'The remedies that scale it; `onRequest`: also while its alarms are quiet.' }),
  })
  .meta({ id: 'Application' });
export type ServiceSummary = z.infer<typeof ServiceSummary>;

export interface ServiceHealth {
  readonly id: string;
  /** `healthy`: all alarms are OK and nothing is open. `unknown`: an alarm is missing, cannot be read, or has no data. */
  readonly state: 'healthy' | 'failing' | 'unknown';
  readonly mode: Mode;
  readonly alarms: readonly {
    readonly name: string;
    readonly state: AlarmState['state'] | 'MISSING' | 'UNREADABLE';
    readonly since: string | null;
  }[];
  readonly openIncidents: readonly Pick<Incident, 'id' | 'openedAt'>[];
  readonly lastActions: readonly PastAction[];
  readonly lastHealed: { readonly incident: string; readonly at: string } | null;
}

export async function listServices(deps: ServiceDeps): Promise<ServiceSummary[]> {
  const { configuration, actions } = await governed(deps);
  return configuration.services.map((service) => summaryOf(service, configuration, actions));
}

function summaryOf(service: Service, configuration: Configuration, actions: readonly ActionPlugin[]): ServiceSummary {
  const { id, criticality, mode, alarms, deployment } = service;
  const allowed = actions.flatMap((plugin) => {
    const place = allowedService(plugin, service, configuration);
    return place === null ? [] : [{ action: plugin.id, ...place }];
  });
  return {
    id,
    criticality,
    mode,
    alarms,
    deployment: deployment?.kind ?? null,
    actions: allowed.map(({ action }) => action),
    scaling: allowed.flatMap(({ action, maximum, onRequest }) =>
      maximum === null ? [] : [{ action, maximum, onRequest }],
    ),
  };
}

const OPEN_SHOWN = 25;
const ACTIONS_SHOWN = 10;
const HEALED: readonly IncidentStatus[] = ['resolved', 'healed'];

/** How a service is now, from a bounded number of reads. Null when the configuration does not have it. */
export async function serviceHealth(id: string, given: ServiceDeps): Promise<ServiceHealth | null> {
  const deps = await governed(given);
  const service = deps.configuration.services.find((one) => one.id === id);
  if (service === undefined) return null;
  const [alarms, open, healed, past] = await Promise.all([
    Promise.all(service.alarms.map((name) => alarmOf(name, deps))),
    deps.lists.list({ service: id, statuses: ['open'] }, { limit: OPEN_SHOWN, order: 'newest' }),
    deps.lists.list({ service: id, statuses: HEALED }, { limit: 1, order: 'newest' }),
    recentActions({ service: id, action: null, cursor: null }, deps),
  ]);
  const [last] = healed.incidents;
  const rings = alarms.some(({ state }) => state === 'ALARM');
  const clear = alarms.every(({ state }) => state === 'OK');
  return {
    id,
    state: rings || open.incidents.length > 0 ? 'failing' : clear ? 'healthy' : 'unknown',
    mode: service.mode,
    alarms,
    openIncidents: open.incidents.map(({ id: incident, openedAt }) => ({ id: incident, openedAt })),
    lastActions: past.actions.slice(0, ACTIONS_SHOWN),
    lastHealed: last === undefined ? null : { incident: last.id, at: last.updatedAt },
  };
}

async function alarmOf(
  name: string,
  { alarms, configuration: { home } }: Pick<ServiceDeps, 'alarms' | 'configuration'>,
): Promise<ServiceHealth['alarms'][number]> {
  if (home === undefined) return { name, state: 'UNREADABLE', since: null };
  const read = await unlessRefused(async () => (await alarms.read(alarmArnAt(home, name))) ?? ('MISSING' as const));
  if (read === null) return { name, state: 'UNREADABLE', since: null };
  return read === 'MISSING' ? { name, state: read, since: null } : { name, state: read.state, since: read.since };
}

/** The action that scales a service to this number. An objection when its remedies allow none, or not so many. */
export async function scalingActionOf(
  id: string,
  to: number,
  given: ServiceDeps,
): Promise<{ readonly kind: 'action'; readonly action: string } | Objection | null> {
  const service = (await listServices(given)).find((one) => one.id === id);
  if (service === undefined) return null;
  const { scaling } = service;
  if (scaling.length === 0)
    return { kind: 'refused', reason: `No remedy of ${id} scales it, so its task count is not changed.` };
  const fitting = scaling.filter(({ maximum }) => to <= maximum);
  const [only, ...others] = fitting;
  if (only === undefined) {
    const most = Math.max(...scaling.map(({ maximum }) => maximum));
    return { kind: 'invalid', field: 'to', problem: `The owner of ${id} allows ${most} at most.` };
  }
  if (others.length > 0)
    return {
      kind: 'refused',
      reason: `Several remedies scale ${id}: ${fitting.map(({ action }) => action).join(', ')}. Request one of them with POST /api/actions/execute.`,
    };
  return { kind: 'action', action: only.action };
}
