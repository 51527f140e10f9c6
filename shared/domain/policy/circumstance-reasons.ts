import { Risk } from '../plan/bound-action.ts';
import type { ActionImpact } from '../plan/candidates.ts';
import type { Circumstances } from './circumstances/circumstances.ts';
import type { GovernedService, Policy } from './policy-settings.ts';

/** The risks that an action counts as now, its own first; and the reasons for higher ones. */
export interface EffectiveRisks {
  readonly risks: readonly Risk[];
  readonly reasons: readonly string[];
}

/**
 * The risks of an action on a service with many deployments or incidents today: one level more for each. Rules for its
 * own risk still apply. Runs keep their risk: many failed runs a day are normal, and outsiders can cause them.
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
  const concerns = [
    ...(reaches(recentDeployments, riskierFromDeploymentsInDay)
      ? [`${service.id} was deployed ${recentDeployments} times within a day`]
      : []),
    ...(reaches(incidentsInDay, riskierFromIncidentsInDay)
      ? [`${incidentsInDay} other incidents of the same alarm ended within a day`]
      : []),
  ];
  const own = Risk.options.indexOf(risk);
  const risks = Risk.options.slice(own, own + concerns.length + 1);
  const reasons =
    risks.length > 1 ? [`Its risk counts as ${risks.at(-1)}, not ${risk}: ${concerns.join(', and ')}.`] : [];
  return { risks, reasons };
}

const reaches = (count: number | null, limit: number | null): boolean =>
  count !== null && limit !== null && count >= limit;

/** Why a person is asked because of the circumstances; empty when nobody is. */
export function circumstanceReasons(
  { changesSettings, interrupts }: ActionImpact,
  service: GovernedService | null,
  { load, minutesSinceDeployment }: Circumstances,
  { circumstances: { askAfterDeploymentMinutes } }: Policy,
): string[] {
  if (service === null) return [];
  const justDeployed = minutesSinceDeployment !== null && minutesSinceDeployment < askAfterDeploymentMinutes;
  const unreadable = load === 'unknown' && service.load !== null;
  return [
    ...(changesSettings && justDeployed
      ? [`${service.id} was deployed ${Math.floor(minutesSinceDeployment)} minutes ago, which may be the cause.`]
      : []),
    ...(interrupts && load === 'high'
      ? [`${service.id} is under high load: actions that interrupt it need an approval.`]
      : []),
    ...(interrupts && unreadable
      ? [`The load of ${service.id} is not known: actions that interrupt it need an approval.`]
      : []),
  ];
}
