import { Refused, Retryable } from '@selfheal/kernel/errors.ts';
import { phrase, type RedactedText } from '@selfheal/kernel/text/redacted-text.ts';
import type { Clock } from '@selfheal/kernel/time.ts';
import { ALARM_STATEMENT } from '@selfheal/log-reading/logs/evidence.ts';
import type { LineRules } from '@selfheal/log-reading/logs/line-rules.ts';
import type { ResourceState } from '@selfheal/log-reading/logs/resource-state.ts';
import type { AlarmFacts } from '@selfheal/log-reading/logs/telemetry.ts';
import { redactName } from '@selfheal/redaction/redact.ts';
import type { Configuration, Service } from '#shared/domain/configuration/configuration.ts';
import { serviceOf } from '#shared/domain/configuration/scope.ts';
import { type AlarmArn, alarmArnAt, alarmArnOf, alarmNameIn, isAtHome } from '#shared/domain/incident/home.ts';
import { alarmNameOf } from '#shared/domain/incident/identity.ts';
import type { TaintedText } from '#shared/domain/incident/signal.ts';
import type { AlarmTarget } from '#shared/domain/incident/target-context.ts';
import { resourcesOf } from '#shared/domain/plan/resource-ref.ts';
import type {
  AlarmReader,
  AlarmState,
  DeploymentReader,
  ResourceReader,
  ServiceLogReader,
} from '#shared/ports/cloud.ts';
import type { Log } from '#shared/ports/telemetry-sink.ts';
import { foreignFacts, isOutdated } from '../common/alarm-since.ts';
import { type Excerpts, makeExcerpts } from './excerpts.ts';
import { inParallel, makePartReader, type PartReader } from './part.ts';
import type { GatheredFacts } from './run.ts';

export interface AlarmGatherDeps {
  readonly alarms: AlarmReader;
  readonly deployments: DeploymentReader;
  readonly resources: ResourceReader;
  readonly serviceLogs: ServiceLogReader;
  /** Lines that the configuration excludes from logs; nothing when absent. */
  readonly lineRules?: LineRules | null;
  readonly configuration: Configuration;
  readonly clock: Clock;
  readonly log: Log;
}

const LOOK_BACK_MILLISECONDS = 15 * 60_000;
const MAX_LOG_EVENTS = 2_000;

/** Reads the alarm: its current state, its service's deployment, and the service's log around the state change. */
export async function gatherAlarm(
  target: AlarmTarget,
  tainted: TaintedText,
  acceptGaps: boolean,
  deps: AlarmGatherDeps,
): Promise<GatheredFacts<AlarmFacts>> {
  if (!isAtHome(target, deps.configuration.home)) return foreignAlarm(target);
  const notes: RedactedText[] = [];
  const part = makePartReader({ ...deps, acceptGaps, notes });
  const state = await readState(target, acceptGaps, notes, deps);
  const service = serviceOf(deps.configuration, target);
  if (service === null && state?.children === undefined)
    notes.push(phrase`No service of the catalogue lists this alarm.`);
  const deployment = service?.deployment ?? null;
  const deployed =
    deployment === null
      ? null
      : await part(phrase`deployment of the service`, () => deps.deployments.read(deployment), null);
  const resources = service === null ? [] : await readResources(service, alarmNameOf(target), { part, deps });
  const { found, unread, failing } = await readChildren(state?.children ?? [], { part, deps });
  const excerpts = makeExcerpts(2, deps.lineRules);
  for (const line of unread) notes.push(redactName(line, 300));
  if (tainted.reason) {
    const name = phrase`Alarm ${redactName(alarmNameOf(target), 200)}`;
    excerpts.open({ id: ALARM_STATEMENT, name, url: null }).push(`${tainted.reason}\n`);
  }
  // The services of the children, or of the logs that the alarm asks, are read in place of one of their own.
  const others = [...failing, ...servicesAsked(state, deps.configuration)].slice(0, MAX_FAILING_SERVICES);
  for (const one of service === null ? others : [service])
    await readServiceLog(one, target.changedAt, excerpts, { notes, part, deps });
  const { sources, notes: cuts } = excerpts.finish();
  return {
    facts: {
      kind: 'alarm',
      state: state?.state ?? 'INSUFFICIENT_DATA',
      stateSince: state?.since ?? null,
      serviceId: service?.id ?? null,
      deployment: deployed,
      resources,
    },
    sources,
    found: [...queryWords(state), ...found].map((line) => redactName(line, 300)),
    notes: [...notes, ...cuts],
  };
}

/** The services whose logs a log alarm asks. */
function servicesAsked(state: AlarmState | null, { services }: Configuration): readonly Service[] {
  const asked = new Set(state?.logQuery?.logGroups ?? []);
  return services.filter(({ logGroup }) => logGroup !== null && asked.has(logGroup));
}

/** What a log alarm asks its logs, in one line; nothing for other alarms. */
function queryWords(state: AlarmState | null): readonly string[] {
  if (state?.logQuery === undefined) return [];
  const { query, aggregation, logGroups, limit } = state.logQuery;
  const compared = limit === null ? '' : `, and rings when it is ${limit}`;
  return [`It works out ${aggregation} of the query "${query}" over the log of ${logGroups.join(', ')}${compared}.`];
}

/** What is known of an alarm of another account or region. Nothing is read: a name there is another thing here. */
function foreignAlarm(target: AlarmTarget): GatheredFacts<AlarmFacts> {
  const place = redactName(`${target.account} in ${target.region}`, 100);
  const notes = [phrase`Nothing was read, because the alarm is of account ${place}. Look there.`];
  return { facts: foreignFacts(target), sources: [], notes };
}

/** Services whose logs are read for a composite alarm that no service lists. */
const MAX_FAILING_SERVICES = 3;
const MAX_CHILDREN = 10;

/**
 * Leads from a composite alarm to its children: says which of them are in ALARM and whose they are, and gives the services of
 * those. A child elsewhere is named and not read. Nothing is done for a child here: its own alarm has an incident of its own.
 */
async function readChildren(
  children: readonly AlarmArn[],
  { part, deps }: { readonly part: PartReader; readonly deps: AlarmGatherDeps },
): Promise<{
  readonly found: readonly string[];
  readonly unread: readonly string[];
  readonly failing: readonly Service[];
}> {
  const { home, services } = deps.configuration;
  const read = await inParallel(
    children.slice(0, MAX_CHILDREN).map(async (arn) => {
      const name = alarmNameIn(arn);
      if (home === undefined || arn !== alarmArnAt(home, name))
        return { unread: `${name} is an alarm of another account or region, which is not read: ${arn}`, failing: null };
      const service = services.find(({ alarms }) => alarms.includes(name)) ?? null;
      const state = await part(phrase`child of the composite alarm`, () => deps.alarms.read(arn), null);
      const whose = service === null ? '' : ` of the service ${service.id}`;
      const since = state?.since ? ` since ${state.since}` : '';
      if (state === null) return { unread: `${name}${whose} could not be read.`, failing: null };
      const found = `Its child alarm ${name}${whose} is in the state ${state.state}${since}.`;
      return { found, failing: state.state === 'ALARM' ? service : null };
    }),
  );
  const failing = read.flatMap((one) => one.failing ?? []);
  return {
    found: read.flatMap(({ found }) => found ?? []),
    unread: read.flatMap(({ unread }) => unread ?? []),
    failing: [...new Set(failing)],
  };
}

/** The current state of the resources that the service's remedies for this alarm would change. */
async function readResources(
  service: Service,
  alarmName: string,
  { part, deps }: { part: PartReader; deps: AlarmGatherDeps },
): Promise<ResourceState[]> {
  const read = resourcesOf(service, alarmName).map((ref) =>
    part(phrase`state of what a remedy changes`, () => deps.resources.read(ref), null),
  );
  return (await inParallel(read)).filter((state) => state !== null);
}

/**
 * Null when the alarm is gone or may not be read. A transient failure is thrown. A state from before the alarm went off does not count.
 */
async function readState(
  target: AlarmTarget,
  acceptGaps: boolean,
  notes: RedactedText[],
  deps: AlarmGatherDeps,
): Promise<AlarmState | null> {
  try {
    const state = await deps.alarms.read(alarmArnOf(target));
    if (state === null) notes.push(phrase`The alarm no longer exists.`);
    if (state === null || !isOutdated(state, target)) return state;
    if (!acceptGaps)
      throw new Retryable('CloudWatch does not show the state change of the alarm yet; the step will retry.');
    notes.push(phrase`CloudWatch never showed the alarm as ALARM; its event was used.`);
    return { state: 'ALARM', since: target.changedAt };
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    notes.push(phrase`CloudWatch refused to show the alarm.`);
    return null;
  }
}

export interface ServiceLogReading {
  readonly notes: RedactedText[];
  readonly part: PartReader;
  readonly deps: Pick<AlarmGatherDeps, 'serviceLogs' | 'clock'>;
}

/** The service's log since 15 minutes before the failure. */
export async function readServiceLog(
  service: Service,
  failedAt: string,
  excerpts: Excerpts,
  { notes, part, deps }: ServiceLogReading,
): Promise<void> {
  const { logGroup } = service;
  if (logGroup === null) {
    notes.push(phrase`The service ${redactName(service.id, 100)} has no log group in the catalogue.`);
    return;
  }
  const from = new Date(new Date(failedAt).getTime() - LOOK_BACK_MILLISECONDS);
  const read = () => deps.serviceLogs.recent(logGroup, from, deps.clock.now(), MAX_LOG_EVENTS);
  const events = await part(phrase`log of the service`, read, []);
  if (events.length === 0) {
    notes.push(
      phrase`The log group of ${redactName(service.id, 100)} has no events since 15 minutes before the failure.`,
    );
    return;
  }
  const source = excerpts.open({ id: `service-${service.id}`, name: redactName(logGroup, 200), url: null });
  for (const event of events) source.push(`${event.at} ${event.text.trimEnd()}\n`);
}
