import type { AlarmFacts, Deployment } from '@selfheal/log-reading/logs/telemetry.ts';
import type { Event } from './event.ts';

/** An older change is seldom the cause. */
const MAX_AGO_MILLISECONDS = 24 * 3_600_000;

function statedEvent(text: string, at: string, kind: Pick<Event, 'severity' | 'stage'>): Event {
  return {
    ref: null,
    source: 'telemetry',
    number: 0,
    text,
    at: Date.parse(at),
    entities: [],
    relevance: 0,
    wording: 0,
    isTest: false,
    template: text,
    block: [],
    follows: false,
    ...kind,
  };
}

function deployedWords(deployment: Deployment): string {
  if (deployment.kind === 'lambda-alias') {
    return `Version ${deployment.currentVersion} of ${deployment.functionName} was deployed to ${deployment.alias}`;
  }
  const revision = deployment.currentTaskDefinition.split('/').at(-1) ?? deployment.currentTaskDefinition;
  return `${revision} was deployed to ${deployment.cluster}/${deployment.service}`;
}

/**
 * Events that AWS reports about an alarm's service: its last deployment, unless older than a day, and when the alarm
 * went off (`changedAt`, the event that raised it). Trusted, except for names.
 */
export function alarmEvents({ deployment }: AlarmFacts, alarmName: string, changedAt: string): Event[] {
  const alarm = statedEvent(`The alarm ${alarmName} went off`, changedAt, { severity: 'error', stage: 'degraded' });
  const deployedAt = deployment?.deployedAt ?? null;
  if (deployment === null || deployedAt === null) return [alarm];
  const ago = Date.parse(changedAt) - Date.parse(deployedAt);
  if (ago < 0 || ago > MAX_AGO_MILLISECONDS) return [alarm];
  return [statedEvent(deployedWords(deployment), deployedAt, { severity: 'info', stage: 'change' }), alarm];
}
