import { Risk } from '../plan/bound-action.ts';
import type { Circumstances } from './circumstances/circumstances.ts';
import { natureOf } from './impact.ts';
import type { GovernedService, Policy } from './policy-settings.ts';

/** As which risks an action counts now, its own first; and why as more than that. */
export interface EffectiveRisks {
  readonly risks: readonly Risk[];
  readonly reasons: readonly string[];
}

/**
 * The risks of an action for a service that many deployments or incidents have troubled today: one step more for each. What holds for its
 * own risk goes on to hold. Runs keep theirs: many failed runs a day are ordinary, and outsiders can cause them.
 */
export function effectiveRisks(
  risk: Risk,
  service: GovernedService | null,
  circumstances: Circumstances,
  { circumstances: rules }: Policy,
): EffectiveRisks {
  if (service === null) return { risks: [risk], reasons: [] };
  const { recentDeployments, incidentsInDay } = circumstances;
  const { riskierFromDeploymentsInDay, riskierFromIncidentsInDay } = rules;
  const troubles = [
    ...(reaches(recentDeployments, riskierFromDeploymentsInDay)
      ? [`${service.id} was deployed ${recentDeployments} times within a day`]
      : []),
    ...(reaches(incidentsInDay, riskierFromIncidentsInDay)
      ? [`${incidentsInDay} other incidents of the same alarm ended within a day`]
      : []),
  ];
  const own = Risk.options.indexOf(risk);
  const risks = Risk.options.slice(own, own + troubles.length + 1);
  const reasons =
    risks.length > 1 ? [`Its risk counts as ${risks.at(-1)}, not ${risk}: ${troubles.join(', and ')}.`] : [];
  return { risks, reasons };
}

const reaches = (count: number | null, limit: number | null): boolean =>
  count !== null && limit !== null && count >= limit;

/** Why a person is asked about an action that this is not the moment for; empty when it is. */
export function circumstanceReasons(
  actionId: string,
  service: GovernedService | null,
  { load, minutesSinceDeployment }: Circumstances,
  { circumstances: { askAfterDeploymentMinutes } }: Policy,
): string[] {
  if (service === null) return [];
  const { changesSettings, interrupts } = natureOf(actionId);
  const justDeployed = minutesSinceDeployment !== null && minutesSinceDeployment < askAfterDeploymentMinutes;
  const unreadable = load === 'unknown' && service.load !== null;
  return [
    ...(changesSettings && justDeployed
      ? [`${service.id} was deployed ${Math.floor(minutesSinceDeployment)} minutes ago, which may be the cause.`]
      : []),
    ...(interrupts && load === 'high'
      ? [`${service.id} is under high load: what interrupts it needs an approval.`]
      : []),
    ...(interrupts && unreadable
      ? [`The load of ${service.id} is not known: what interrupts it needs an approval.`]
      : []),
  ];
}
