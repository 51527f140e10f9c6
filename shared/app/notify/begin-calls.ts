import type { Clock } from '@selfheal/kernel/time.ts';
import type { Configuration } from '#shared/domain/configuration/configuration.ts';
import { incidentSeverity } from '#shared/domain/routing/route.ts';
import type { IncidentStory } from '#shared/ports/announcement.ts';
import type { EscalationChains } from '#shared/ports/escalation-chains.ts';
import type { IncidentStore } from '#shared/ports/incident-store.ts';
import { gistOf, isAlreadyNotified } from './notification-dedup.ts';

export interface BeginCallsDeps {
  readonly chains: Pick<EscalationChains, 'begin'>;
  readonly incidents: Pick<IncidentStore, 'listNotifications'>;
  readonly configuration: Configuration;
  readonly clock: Clock;
}

/**
 * Begins the calls to who is on call about an incident that needs a person, once for each attempt. Before people are told elsewhere, so that a crash in between
 * does not lose them. Not for an alarm that goes off again and again, of which people were told a moment ago, unless a person asks for it. `key`: of the
 * announcement that follows.
 */
export async function beginCalls(
  { incident, actions }: IncidentStory,
  { key, isAsked = false }: { readonly key: string; readonly isAsked?: boolean },
  deps: BeginCallsDeps,
): Promise<void> {
  const { onCall, policy } = deps.configuration;
  if (onCall.levels.length === 0) return;
  const now = deps.clock.now();
  if (isAsked) {
    await deps.chains.begin(incident.id, incident.attempt, now);
    return;
  }
  if (!onCall.severities.includes(incidentSeverity(incident, deps.configuration))) return;
  const before = (await deps.incidents.listNotifications(incident.id)).filter((one) => one.key !== key);
  const gist = gistOf(incident, 'escalated', actions.length);
  if (isAlreadyNotified(incident, gist, before, { now, windowMinutes: policy.flapWindowMinutes })) return;
  await deps.chains.begin(incident.id, incident.attempt, now);
}
