import type { Configuration } from '#shared/domain/configuration/configuration.ts';
import { alarmArnAt } from '#shared/domain/incident/home.ts';
import { ALL_SERVICES, knowledgeScopeOf } from '#shared/domain/incident/scope.ts';
import { RepositoryName } from '#shared/domain/incident/target-context.ts';
import type { IncidentLists } from '#shared/ports/incident-lists.ts';
import type { PredictionStore } from '#shared/ports/learning-stores.ts';

export interface ScopeDeps {
  readonly lists: Pick<IncidentLists, 'list'>;
  readonly configuration: Pick<Configuration, 'services' | 'home'>;
  readonly predictions: Pick<PredictionStore, 'recentPredictions'>;
}

export type ScopeAnswer =
  | { readonly kind: 'scope'; readonly scope: string }
  | { readonly kind: 'invalid' | 'unknown'; readonly reason: string };

export interface RecentScope {
  readonly scope: string;
  /** Among the latest incidents. */
  readonly incidents: number;
  readonly lastIncidentAt: string;
}

const REPOSITORY_SCOPE = /^repository#\d{1,19}:[a-z0-9_-]{1,100}\/[a-z0-9._-]{1,100}$/;
const ALARM_SCOPE = /^alarm#arn:aws[a-z-]*:cloudwatch:[a-z0-9-]{1,40}:\d{12}:alarm:(.{1,255})$/;
/** Of failures that people and programs reported. */
const REPORT_SCOPE = /^(?:service#[A-Za-z0-9 ._-]{1,100}|reports(?:#[a-z0-9_-]{1,100}\/[a-z0-9._-]{1,100})?)$/;
/** Incidents that are searched for scopes, newest first. */
const LOOKED_AT = 1000;

/** Where incidents were last, newest first. Alarms and repositories without a recent incident are not among them. */
export async function recentScopes({ predictions }: Pick<ScopeDeps, 'predictions'>): Promise<RecentScope[]> {
  const found = new Map<string, RecentScope>();
  for (const { scope, openedAt } of await predictions.recentPredictions(LOOKED_AT)) {
    if (scope === null) continue;
    const known = found.get(scope) ?? { scope, incidents: 0, lastIncidentAt: openedAt };
    found.set(scope, { ...known, incidents: known.incidents + 1 });
  }
  return [...found.values()];
}

/**
 * The scope that a person names: every service (`services`), a place as it is stored (`repository#ID:owner/name`, `alarm#ARN`,
 * `service#NAME`), `owner/name` of a repository that had an incident, `service:NAME`, or the name of an alarm or a service. A name that fits
 * several places, or none, is answered with the places that there are.
 */
export async function resolveScope(given: string, deps: ScopeDeps): Promise<ScopeAnswer> {
  const name = given.trim();
  if (ALL_NAMES.has(name.toLowerCase())) return { kind: 'scope', scope: ALL_SERVICES };
  if (REPOSITORY_SCOPE.test(name) || REPORT_SCOPE.test(name)) return { kind: 'scope', scope: name };
  if (ALARM_SCOPE.test(name)) return alarmScope(name, deps.configuration);
  if (name.includes('#')) {
    const reason =
      'scope: expected services, owner/name, service:NAME, the name of an alarm, repository#ID:owner/name in lower case, or alarm#ARN.';
    return { kind: 'invalid', reason };
  }
  const recent = (await recentScopes(deps)).map(({ scope }) => scope);
  const fitting = [...new Set(await placesNamed(name, recent, deps))];
  const [only, ...others] = fitting;
  if (only !== undefined && others.length === 0) return { kind: 'scope', scope: only };
  if (only !== undefined)
    return {
      kind: 'invalid',
      reason: `scope: ${name} may be ${distinctNames(fitting, name).join(', or ')}. Name one of them.`,
    };
  const places = [...new Set([ALL_SERVICES, ...recent.map(typedName)])].slice(0, MAX_NAMED).join(', ');
  return { kind: 'unknown', reason: `scope: nothing is known about ${name}. There are: ${places}.` };
}

/** A place as a person types it: `acme/shop`, `checkout-errors`, `service:redis`. */
function typedName(scope: string): string {
  const [, kind = '', name = ''] = /^(repository|alarm|service|reports)#(.*)$/s.exec(scope) ?? [];
  if (kind === 'repository') return name.slice(name.indexOf(':') + 1);
  if (kind === 'alarm') return name.split(':alarm:').at(-1) ?? name;
  if (kind === 'service') return `service:${name}`;
  return scope;
}

/** The places of an ambiguous name, each so that typing it means that place alone. */
function distinctNames(scopes: readonly string[], given: string): string[] {
  const names = scopes.map(typedName);
  return names.map((name, at) =>
    name.toLowerCase() === given.toLowerCase() || names.indexOf(name) !== names.lastIndexOf(name)
      ? (scopes[at] ?? name)
      : name,
  );
}

const ALL_NAMES: ReadonlySet<string> = new Set([ALL_SERVICES, 'all services', 'all']);
/** Places that an answer lists. */
const MAX_NAMED = 10;
const SERVICE_NAME = /^[A-Za-z0-9 ._-]{1,100}$/;

function alarmScope(given: string, { services, home }: ScopeDeps['configuration']): ScopeAnswer {
  const alarm = ALARM_SCOPE.exec(given)?.[1] ?? '';
  const isListed = services.some(({ alarms }) => alarms.includes(alarm));
  if (isListed && home !== undefined && given === `alarm#${alarmArnAt(home, alarm)}`)
    return { kind: 'scope', scope: given };
  const reason = isListed
    ? `the alarm ${alarm} of the services has another ARN`
    : `no service lists the alarm ${alarm}`;
  return { kind: 'unknown', reason: `scope: ${reason}.` };
}

/** An alarm or a service by its name in any case, as the configuration spells it. */
function asSpelled(given: string, { services }: ScopeDeps['configuration']): string {
  const names = services.flatMap(({ id, alarms }) => [id, ...alarms]);
  const alike = new Set(names.filter((one) => one.toLowerCase() === given.toLowerCase()));
  const [only = given, ...others] = alike;
  return alike.has(given) || others.length > 0 ? given : only;
}

/** Every place that a name may mean. */
async function placesNamed(given: string, recent: readonly string[], deps: ScopeDeps): Promise<string[]> {
  const { services, home } = deps.configuration;
  const name = asSpelled(given, deps.configuration);
  if (RepositoryName.safeParse(name).success) {
    const key = name.toLowerCase();
    const known = recent.filter((scope) => scope === `reports#${key}` || isRunOf(scope, key));
    if (known.some((scope) => isRunOf(scope, key))) return known;
    // Its runs may have failed longer ago than the latest incidents reach.
    const { incidents } = await deps.lists.list({ repository: name }, { limit: LISTED, order: 'newest' });
    const older = incidents.flatMap(({ target }) => (target.kind === 'run' ? (knowledgeScopeOf(target) ?? []) : []));
    return [...known, ...older.filter((scope) => isRunOf(scope, key))];
  }
  const [, service = name] = /^service:(.+)$/i.exec(name) ?? [];
  const isService = service !== name;
  const ofAlarms = (alarms: readonly string[]) =>
    home === undefined ? [] : alarms.map((alarm) => `alarm#${alarmArnAt(home, alarm)}`);
  const own = services.find(({ id }) => id === service);
  const reported = `service#${service}`;
  const places = [
    ...(isService
      ? []
      : ofAlarms([name]).filter(
          (scope) => recent.includes(scope) || services.some(({ alarms }) => alarms.includes(name)),
        )),
    ...ofAlarms(own?.alarms ?? []),
    ...recent.filter((scope) => scope === reported),
  ];
  // Whoever says that it is a service may teach about it before it fails.
  return places.length === 0 && isService && SERVICE_NAME.test(service) ? [reported] : places;
}

const LISTED = 100;
const isRunOf = (scope: string, key: string): boolean => scope.startsWith('repository#') && scope.endsWith(`:${key}`);
