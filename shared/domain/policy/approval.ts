import type { Configuration, Service } from '../configuration/configuration.ts';
import type { Risk } from '../remediation/bound-action.ts';

/** Why an action of this risk needs a person's approval whatever its confidence; empty when it does not. */
export function approvalReasons(
  risk: Risk,
  service: Service | null,
  { approvalRequiredRisks }: Configuration['policy'],
): string[] {
  return [
    ...(approvalRequiredRisks.includes(risk) ? [`Actions of ${risk} risk need an approval.`] : []),
    ...(service?.criticality === 'critical' ? [`The service ${service.id} is critical: a person decides.`] : []),
  ];
}
