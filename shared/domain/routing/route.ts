import type { Configuration } from '../configuration/configuration.ts';
import { serviceOf } from '../configuration/scope.ts';
import type { Incident } from '../incident/incident.ts';
import { Severity, severityOf } from '../incident/target-context.ts';
import { isWithin, type WallClock, wallClockAt } from '../policy/circumstances/wall-clock.ts';
import type { Conditions, Routing, Topic } from '../policy/routing-settings.ts';

/** What rules look at. */
export interface RoutedMatter {
  readonly topic: Topic;
  /** Null for what is about no incident. */
  readonly severity: Severity | null;
  readonly service: string | null;
  readonly repository: string | null;
  readonly class: string | null;
}

/** Who is told. `channels`: null for every channel that takes the topic. */
export interface Route {
  readonly channels: readonly string[] | null;
  /** For people: which rule decided. */
  readonly why: string;
}

type Settings = Pick<Configuration, 'routing' | 'policy'>;

/**
 * How severe an incident is for its readers: as a person set it, else as it arrived, else the criticality of the service, else by its place:
 * a storm is high, an alarm of no service and a run on the default branch are medium, another run is low.
 */
export function incidentSeverity(
  { target, annotations }: Pick<Incident, 'target' | 'annotations'>,
  configuration: Configuration,
): Severity {
  const stated = annotations?.severity ?? severityOf(target);
  if (stated !== null) return stated;
  const service = serviceOf(configuration, target);
  if (service !== null) return service.criticality;
  if (target.kind === 'storm') return 'high';
  return target.kind === 'run' && !target.onDefaultBranch ? 'low' : 'medium';
}

export function matterOf(
  incident: Pick<Incident, 'target' | 'annotations' | 'classification'> | null,
  topic: Topic,
  configuration: Configuration,
): RoutedMatter {
  if (incident === null) return { topic, severity: null, service: null, repository: null, class: null };
  const { target, classification } = incident;
  return {
    topic,
    severity: incidentSeverity(incident, configuration),
    service: serviceOf(configuration, target)?.id ?? ('service' in target ? target.service : null),
    repository: 'repository' in target ? target.repository : null,
    class: classification?.class ?? null,
  };
}

/** The channels of the first rule that fits. Pure. */
export function routeOf(matter: RoutedMatter, { routing, policy }: Settings, now: Date): Route {
  if (routing.rules.length === 0) return { channels: null, why: 'no rule is set' };
  const clock = wallClockAt(now, policy.circumstances.timeZone);
  const rule = routing.rules.find(({ when }) => fits(when, matter, teamsOf(matter, routing), clock));
  return rule === undefined
    ? { channels: null, why: 'no rule fits' }
    : { channels: rule.tell, why: `rule "${rule.name}"` };
}

/** Whether a channel is quiet for incidents of this severity, in words; null when it is not. Pure. */
export function quietReason(
  channel: string,
  severity: Severity,
  { routing, policy }: Settings,
  now: Date,
): string | null {
  const rank = Severity.options.indexOf(severity);
  const of = routing.quietHours.filter(
    ({ upTo, channels }) =>
      rank <= Severity.options.indexOf(upTo) && (channels.length === 0 || channels.includes(channel)),
  );
  if (of.length === 0) return null;
  const clock = wallClockAt(now, policy.circumstances.timeZone);
  const window = of.flatMap(({ hours }) => hours).find((hours) => isWithin(clock, hours, hours.days));
  return window === undefined ? null : `quiet until ${window.to} (${policy.circumstances.timeZone})`;
}

/** The teams that own the service or the repository. */
function teamsOf({ service, repository }: RoutedMatter, { teams }: Routing): readonly string[] {
  return teams
    .filter(
      (team) =>
        (service !== null && team.services.includes(service)) ||
        (repository !== null && team.repositories.some((pattern) => isOf(pattern, repository))),
    )
    .map(({ name }) => name);
}

function fits(when: Conditions, matter: RoutedMatter, teams: readonly string[], clock: WallClock): boolean {
  const among = <T>(wanted: readonly T[] | undefined, value: T | null): boolean =>
    wanted === undefined || (value !== null && wanted.includes(value));
  const { repository } = matter;
  return (
    among(when.topics, matter.topic) &&
    among(when.severities, matter.severity) &&
    among(when.services, matter.service) &&
    among<string>(when.classes, matter.class) &&
    (when.repositories === undefined ||
      (repository !== null && when.repositories.some((pattern) => isOf(pattern, repository)))) &&
    (when.teams === undefined || when.teams.some((team) => teams.includes(team))) &&
    (when.hours === undefined || when.hours.some((hours) => isWithin(clock, hours, hours.days)))
  );
}

/** Names of repositories have no case. */
function isOf(pattern: string, repository: string): boolean {
  const [wanted, name] = [pattern.toLowerCase(), repository.toLowerCase()];
  return wanted.endsWith('/*') ? name.startsWith(wanted.slice(0, -1)) : name === wanted;
}
