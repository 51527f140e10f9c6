import type { Risk } from '../plan/bound-action.ts';
import type { PartOfWeek } from './circumstances/circumstance-rules.ts';
import type { GovernedService, Policy } from './policy-settings.ts';

const WHEN: Readonly<Record<PartOfWeek, string>> = {
  'working-hours': 'during working hours',
  evening: 'outside working hours',
  night: 'at night',
  weekend: 'on weekends',
};

/** Why an action of this risk needs an approval at this time, whatever its confidence; empty when it does not. */
export function approvalReasons(
  risk: Risk,
  service: GovernedService | null,
  { approvalRequiredRisks, circumstances: { askDuring } }: Policy,
  partOfWeek: PartOfWeek,
): string[] {
  return [
    ...(approvalRequiredRisks.includes(risk) ? [`Actions of ${risk} risk need an approval.`] : []),
    ...(askDuring.some(({ risks, during }) => risks.includes(risk) && during.includes(partOfWeek))
      ? [`Actions of ${risk} risk need an approval ${WHEN[partOfWeek]}.`]
      : []),
    ...(service?.criticality === 'critical' ? [`The service ${service.id} is critical: a person decides.`] : []),
  ];
}
