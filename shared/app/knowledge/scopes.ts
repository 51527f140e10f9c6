import type { Configuration } from '#shared/domain/configuration/configuration.ts';
import { alarmArnAt } from '#shared/domain/incident/home.ts';
import { knowledgeScopeOf } from '#shared/domain/incident/scope.ts';
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
 * The scope that a person names: as it is stored (`repository#ID:owner/name`, `alarm#ARN`), as `owner/name` of a repository that had an
 * incident, or as the name of an alarm that rang lately. An alarm has to be one of a configured service.
 */
export async function resolveScope(given: string, deps: ScopeDeps): Promise<ScopeAnswer> {
  if (REPOSITORY_SCOPE.test(given) || REPORT_SCOPE.test(given)) return { kind: 'scope', scope: given };
  const { services, home } = deps.configuration;
  const alarm = ALARM_SCOPE.exec(given)?.[1];
  if (alarm !== undefined) {
    const isListed = services.some(({ alarms }) => alarms.includes(alarm));
    if (isListed && home !== undefined && given === `alarm#${alarmArnAt(home, alarm)}`)
      return { kind: 'scope', scope: given };
    const reason = isListed
      ? `the alarm ${alarm} of the services has another ARN`
      : `no service lists the alarm ${alarm}`;
    return { kind: 'unknown', reason: `scope: ${reason}.` };
  }
  if (RepositoryName.safeParse(given).success) {
    const { incidents } = await deps.lists.list({ repository: given }, { limit: 1, order: 'newest' });
    const scope = incidents[0] === undefined ? null : knowledgeScopeOf(incidents[0].target);
    if (scope !== null) return { kind: 'scope', scope };
    return {
      kind: 'unknown',
      reason: `scope: ${given} had no incident yet, so its id is not known. Name it as repository#ID:${given.toLowerCase()}.`,
    };
  }
  if (given.includes('#')) {
    const reason =
      'scope: expected repository#ID:owner/name in lower case, alarm#ARN, owner/name, or the name of an alarm.';
    return { kind: 'invalid', reason };
  }
  const own = home === undefined ? null : `alarm#${alarmArnAt(home, given)}`;
  const rang = (await recentScopes(deps)).find(({ scope }) => scope === own);
  if (rang !== undefined) return { kind: 'scope', scope: rang.scope };
  return {
    kind: 'unknown',
    reason: `scope: nothing is known about ${given}. GET /api/knowledge/scopes lists the recent ones.`,
  };
}
