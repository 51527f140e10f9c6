import type { Deployment } from '@selfheal/log-reading/logs/telemetry.ts';
import type { Service } from '#shared/domain/configuration/configuration.ts';
import { alarmNameOf } from '#shared/domain/incident/identity.ts';
import type { ActionPlugin, ProposalContext } from '../contract.ts';
import { alarmSchedule } from './alarm-verification.ts';

/** Common steps of the rollbacks of a deployment. */
export const ROLLBACK_STEPS = {
  /** If the alarm ended after the rollback, the change was the cause. If it continues, that shows nothing. */
  provesCause: { recovered: 'lasting', failed: 'unknown' },
  afterwards: 'Find the cause before the same change is deployed again.',
  schedule: alarmSchedule,
} satisfies Pick<ActionPlugin, 'provesCause' | 'afterwards' | 'schedule'>;

const HOUR_MILLISECONDS = 60 * 60 * 1000;
/** The less time between a deployment and an alarm, the more likely the deployment is the cause. */
const CONFIDENCE_BY_HOURS = [
  { withinHours: 1, confidence: 0.95 },
  { withinHours: 6, confidence: 0.88 },
] as const;
const OLDER_CONFIDENCE = 0.7;

export interface SuspectDeployment {
  readonly deployment: Deployment;
  readonly alarmName: string;
  readonly confidence: number;
  readonly reason: string;
}

/**
 * The deployment that may have raised the alarm: it came at most `policy.recentDeploymentHours` before the state change, the alarm is still in
 * ALARM, and the service is deployed this way. Otherwise null.
 */
export function suspectDeployment(context: ProposalContext): SuspectDeployment | null {
  const { target, telemetry, service, configuration } = context;
  const { facts } = telemetry;
  if (target.kind !== 'alarm' || facts.kind !== 'alarm' || facts.state !== 'ALARM' || service === null) return null;
  const { deployment } = facts;
  if (deployment === null || deployment.deployedAt === null || !isListed(deployment, service)) return null;
  const ageHours = (Date.parse(target.changedAt) - Date.parse(deployment.deployedAt)) / HOUR_MILLISECONDS;
  if (ageHours < 0 || ageHours > configuration.policy.recentDeploymentHours) return null;
  return {
    deployment,
    alarmName: alarmNameOf(target),
    confidence: CONFIDENCE_BY_HOURS.find(({ withinHours }) => ageHours <= withinHours)?.confidence ?? OLDER_CONFIDENCE,
    reason: `The alarm went off ${ageWords(ageHours)} after a deployment of ${service.id}.`,
  };
}

/** Whether the deployment that was read is the configured one. */
function isListed(deployment: Deployment, service: Service): boolean {
  const listed = service.deployment;
  if (deployment.kind === 'lambda-alias') {
    return (
      listed?.kind === 'lambda-alias' &&
      listed.functionName === deployment.functionName &&
      listed.alias === deployment.alias
    );
  }
  return (
    listed?.kind === 'ecs-service' && listed.cluster === deployment.cluster && listed.service === deployment.service
  );
}

function ageWords(hours: number): string {
  return hours < 1 ? `${Math.round(hours * 60)} minutes` : `${Math.round(hours)} hours`;
}
