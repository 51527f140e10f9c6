import type { Service } from '#shared/domain/configuration/configuration.ts';
import { alarmNameOf } from '#shared/domain/incident/identity.ts';
import type { Deployment } from '#shared/domain/logs/telemetry.ts';
import type { ActionPlugin, ProposalContext } from '../contract.ts';
import { alarmSchedule } from './alarm-verification.ts';

/** What the rollbacks of a deployment have in common. */
export const ROLLBACK_STEPS = {
  /** The change was rolled back and the alarm ended: it was the cause. If the alarm continues, nothing is shown. */
  provesCause: { recovered: 'lasting', failed: 'unknown' },
  afterwards: 'Find the cause before the same change is deployed again.',
  schedule: alarmSchedule,
} satisfies Pick<ActionPlugin, 'provesCause' | 'afterwards' | 'schedule'>;

const HOUR_MILLISECONDS = 60 * 60 * 1000;
/** The sooner after a deployment an alarm goes off, the more likely the deployment is the cause. */
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
 * The deployment that may have raised the alarm: the alarm is still in ALARM, the service is deployed this way, and the
 * deployment came before the state change, by at most `policy.recentDeploymentHours`. Otherwise null.
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
    reason: `The alarm fired ${ageWords(ageHours)} after a deployment of ${service.id}.`,
  };
}

/** The deployment that was read is the configured one. */
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
