import { redactName } from '@selfheal/redaction/redact.ts';
import { modeOf, serviceOf } from '#shared/domain/configuration/scope.ts';
import { alarmArnAt, foreignReason, type Home } from '#shared/domain/incident/home.ts';
import { alarmNameOf } from '#shared/domain/incident/identity.ts';
import type { Incident } from '#shared/domain/incident/incident.ts';
import { jobKey } from '#shared/domain/incident/job.ts';
import type { Signal } from '#shared/domain/incident/signal.ts';
import { type AlarmTarget, isSimulated } from '#shared/domain/incident/target-context.ts';
import { isOff } from '#shared/domain/policy/autonomy.ts';
import { isSwitchedOn } from '#shared/domain/policy/fix-settings.ts';
import { judgeControls } from '#shared/domain/policy/guard-rules.ts';
import type { ActionPlugin } from '#shared/plugins/actions/contract.ts';
import { actionOf } from '#shared/plugins/actions/registry.ts';
import type { AlarmReader, AlarmState } from '#shared/ports/cloud.ts';
import type { ControlSettings } from '#shared/ports/control-store.ts';
import type { IncidentLists } from '#shared/ports/incident-lists.ts';
import type { IncidentStore } from '#shared/ports/incident-store.ts';
import { type Governance, type GovernedDeps, governed } from '../policy/governed.ts';
import { noSuchAction } from './action-meanings.ts';
import { type AllowedService, allowedService } from './allowed-targets.ts';

/** What somebody asks for: an action on a service, or on what an incident is about. */
export interface ActionOrder {
  readonly action: string;
  readonly service: string | null;
  /** One of the service's alarms; null: the one that rings. */
  readonly alarm: string | null;
  readonly incident: string | null;
  /** Of an action that scales. */
  readonly to: number | null;
}

export interface TargetDeps extends GovernedDeps {
  readonly incidents: Pick<IncidentStore, 'get'>;
  readonly lists: Pick<IncidentLists, 'list'>;
  readonly alarms: AlarmReader;
  readonly control: Pick<ControlSettings, 'controls'>;
  readonly actions: readonly ActionPlugin[];
}

/** Why an order cannot be carried out. */
export type Objection =
  /** A field of it is wrong. */
  | { readonly kind: 'invalid'; readonly field: string; readonly problem: string }
  /** As things are; it may be different later. */
  | { readonly kind: 'refused'; readonly reason: string };

export interface FoundTarget {
  readonly kind: 'found';
  readonly plugin: ActionPlugin;
  /** What the signal of the request takes over. */
  readonly subject: Pick<Signal, 'source' | 'target' | 'tainted'>;
}

const invalid = (field: string, problem: string): Objection => ({ kind: 'invalid', field, problem });
const refused = (reason: string): Objection => ({ kind: 'refused', reason });

export const unknownAction = (id: string, actions: readonly ActionPlugin[]): Objection =>
  invalid(
    'action',
    noSuchAction(
      id,
      actions.map((action) => action.id),
    ),
  );

/**
 * Finds what an order is about, and everything that already speaks against it: configuration, policy, kill switch, freeze, the alarm's state, and
 * an incident that works on the same target. The workflow checks all of it again; here it is so that whoever asks hears it at once. For a
 * rehearsal only the target is found, because plan and guard judge the rest.
 */
export async function findTarget(
  order: ActionOrder,
  given: TargetDeps,
  { rehearsal = false }: { readonly rehearsal?: boolean } = {},
): Promise<FoundTarget | Objection> {
  const plugin = actionOf(order.action, given.actions);
  if (plugin === null) return unknownAction(order.action, given.actions);
  if ((order.service === null) === (order.incident === null))
    return invalid('service', 'Name either a service or an incident.');
  const deps = await governed(given);
  const denied = await objectionNow(plugin, deps);
  if (!rehearsal && denied !== null) return denied;
  const found =
    order.incident === null
      ? await ofService(order, order.service ?? '', plugin, { ...deps, rehearsal })
      : await ofIncident(order, order.incident, plugin, { ...deps, rehearsal });
  if (found.kind !== 'found' || rehearsal) return found;
  const mode = modeOf(deps.configuration, found.subject.target);
  if (mode !== 'act') return refused(`The mode here is ${mode}, so Selfheal changes nothing. It has to be act.`);
  const busy = await openIncidentOn(found.subject.target, deps);
  return busy === null
    ? found
    : refused(`Incident ${busy} is working on it: follow that one, or ask again when it has ended.`);
}

/** What speaks against the action whatever its target is: kill switch, freeze, policy. */
export async function objectionNow(
  plugin: ActionPlugin,
  deps: Pick<TargetDeps, 'control' | 'clock' | 'configuration'> & Governance,
): Promise<Objection | null> {
  const controls = await deps.control.controls();
  const { policy } = deps.configuration;
  const denials = judgeControls({ controls, policy, denial: deps.denial, now: deps.clock.now() });
  if (isOff(plugin.id, policy)) denials.push(`The action ${plugin.id} is switched off.`);
  return denials.length === 0 ? null : refused(denials.join(' '));
}

type Governed = TargetDeps & Governance & { readonly rehearsal?: boolean };

async function ofIncident(
  order: ActionOrder,
  id: string,
  plugin: ActionPlugin,
  deps: Governed,
): Promise<FoundTarget | Objection> {
  const incident = await deps.incidents.get(id);
  if (incident === null) return invalid('incident', `There is no incident ${id}.`);
  if (incident.status === 'open' && deps.rehearsal !== true)
    return refused(`Incident ${id} is being worked on: follow it, or ask again when it has ended.`);
  const { target } = incident;
  if (target.kind === 'alarm') {
    const foreign = foreignReason(target, deps.configuration.home);
    if (foreign !== null) return refused(foreign);
    const service = serviceOf(deps.configuration, target);
    if (service === null) return refused(`No service of the configuration has the alarm of incident ${id}.`);
    return await ofService({ ...order, alarm: alarmNameOf(target) }, service.id, plugin, deps);
  }
  if (target.kind !== 'run')
    return refused(`Incident ${id} is a ${target.kind}: what it is about is nothing that an action may change.`);
  if (plugin.family !== 'github')
    return invalid('action', `${plugin.id} changes services, and incident ${id} is about a run.`);
  if (order.to !== null) return invalid('to', `${plugin.id} does not scale anything.`);
  if (plugin.switch !== undefined && !isSwitchedOn(deps.configuration, target.repository, plugin.switch))
    return refused(`fixes.repositories does not allow "${plugin.switch}" for ${target.repository}.`);
  const runTarget = { ...target, runAttempt: incident.runAttempt };
  return { kind: 'found', plugin, subject: { source: incident.source, target: runTarget, tainted: incident.tainted } };
}

async function ofService(
  order: ActionOrder,
  serviceId: string,
  plugin: ActionPlugin,
  deps: Governed,
): Promise<FoundTarget | Objection> {
  const service = deps.configuration.services.find(({ id }) => id === serviceId);
  if (service === undefined)
    return invalid(
      'service',
      `The configuration has no service ${serviceId}: use one of ${deps.configuration.services.map(({ id }) => id).join(', ') || 'none, because it has none'}.`,
    );
  const allowed = allowedService(plugin, service, deps.configuration);
  if (allowed === null) return refused(`The configuration does not allow ${plugin.id} for ${serviceId}.`);
  if (plugin.forJobs === true)
    return invalid(
      'action',
      plugin.family === 'http' && plugin.id.startsWith('airflow-')
        ? `${plugin.id} is for one failed task: POST /api/airflow/dags/{dag}/dagRuns/{run}/taskInstances/{task}/retry names it.`
        : `${plugin.id} is for one failed job or build: Selfheal proposes it in the incident about that one.`,
    );
  const wrong = scaleObjection(order, plugin, allowed);
  if (wrong !== null) return wrong;
  if (order.alarm !== null && !allowed.alarms.includes(order.alarm))
    return invalid('alarm', `${plugin.id} is allowed for the alarms ${allowed.alarms.join(', ')} of ${serviceId}.`);
  const alarm = await chosenAlarm(order.alarm === null ? allowed.alarms : [order.alarm], allowed, deps);
  if ('kind' in alarm) return alarm;
  const title = `${plugin.title}: ${serviceId}`;
  return {
    kind: 'found',
    plugin,
    subject: {
      source: 'cloudwatch',
      target: alarm.target,
      tainted: { title: redactName(title, 300), branch: null, branchKey: null, reason: null },
    },
  };
}

function scaleObjection(
  { to }: ActionOrder,
  plugin: ActionPlugin,
  { service, maximum }: AllowedService,
): Objection | null {
  if (to === null) return null;
  if (maximum === null) return invalid('to', `${plugin.id} does not scale ${service}.`);
  return to > maximum ? refused(`${service} may have ${maximum} at most: its remedy ${plugin.id} says so.`) : null;
}

/** The alarm that rings; of a remedy that may be asked for while it is quiet, the first one that exists. */
async function chosenAlarm(
  names: readonly string[],
  { service, onRequest }: AllowedService,
  deps: Governed,
): Promise<{ target: AlarmTarget } | Objection> {
  const { home } = deps.configuration;
  if (home === undefined) return refused(NO_HOME);
  const states = await Promise.all(
    names.map(async (name) => ({ name, state: await deps.alarms.read(alarmArnAt(home, name)) })),
  );
  const existing = states.flatMap(({ name, state }) => (state === null ? [] : [{ name, state }]));
  const chosen =
    existing.find(({ state }) => state.state === 'ALARM') ??
    (onRequest || deps.rehearsal === true ? existing[0] : undefined);
  if (chosen !== undefined) return { target: alarmTargetAt(home, chosen, deps.clock.now()) };
  const known = states.map(({ name, state }) => `${name} (${state?.state ?? 'missing'})`).join(', ');
  return refused(
    `None of the alarms for which the owner of ${service} allows it rings: ${known}. It is done for a ringing alarm only, unless the remedy has "onRequest".`,
  );
}

const NO_HOME = 'This deployment does not know its own account and region. Deploy the stack again.';

function alarmTargetAt(home: Home, { name, state }: { name: string; state: AlarmState }, now: Date): AlarmTarget {
  const { account, region } = home;
  return {
    kind: 'alarm',
    provider: 'cloudwatch',
    alarmArn: alarmArnAt(home, name),
    account,
    region,
    changedAt: state.since ?? now.toISOString(),
  };
}

const LOOKED_AT = 100;

/** The id of an open incident about the same alarm, run or job. */
export async function openIncidentOn(
  target: Signal['target'],
  deps: Pick<TargetDeps, 'lists' | 'configuration'> & Governance,
): Promise<string | null> {
  const service = serviceOf(deps.configuration, target)?.id;
  const place = target.kind === 'run' ? { repository: target.repository } : service === undefined ? {} : { service };
  const { incidents } = await deps.lists.list({ ...place, statuses: ['open'] }, { limit: LOOKED_AT, order: 'newest' });
  return incidents.find((one) => !isSimulated(one.target) && isSamePlace(one.target, target))?.id ?? null;
}

function isSamePlace(one: Incident['target'], other: Incident['target']): boolean {
  if (one.kind === 'alarm' && other.kind === 'alarm') return one.alarmArn === other.alarmArn;
  if (one.kind === 'report' && other.kind === 'report')
    return one.job !== undefined && other.job !== undefined && jobKey(one.job) === jobKey(other.job);
  return (
    one.kind === 'run' &&
    other.kind === 'run' &&
    one.host === other.host &&
    one.repository.toLowerCase() === other.repository.toLowerCase() &&
    one.runId === other.runId
  );
}
