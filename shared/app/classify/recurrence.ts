import type { Classification } from '@selfheal/kernel/failure-class.ts';
import type { Clock } from '@selfheal/kernel/time.ts';
import type { Telemetry } from '@selfheal/log-reading/logs/telemetry.ts';
import { redactName } from '@selfheal/redaction/redact.ts';
import type { Configuration } from '#shared/domain/configuration/configuration.ts';
import { serviceOf } from '#shared/domain/configuration/scope.ts';
import { fingerprintKeyOf } from '#shared/domain/incident/fingerprint-key.ts';
import type { Incident } from '#shared/domain/incident/incident.ts';
import { type HealingWatch, spanWords } from '#shared/domain/learning/healing.ts';
import type { IncidentStore } from '#shared/ports/incident-store.ts';
import type { ExperienceStore, HealingStore, PredictionStore } from '#shared/ports/learning-stores.ts';
import type { Meter } from '#shared/ports/telemetry-sink.ts';

export interface RecurrenceDeps {
  readonly incidents: Pick<IncidentStore, 'get' | 'update' | 'audit'>;
  readonly healing: Pick<HealingStore, 'recur'>;
  readonly predictions: Pick<PredictionStore, 'noteSetback'>;
  readonly experience: Pick<ExperienceStore, 'addRecurrence'>;
  readonly configuration: Configuration;
  readonly clock: Clock;
  readonly meter: Meter;
}

/**
 * Detects that a resolved failure came back before it counted as healed. The action that had helped then counts as failed, unless a deployment
 * since then undid it, and this incident
 * continues the earlier one, which is no longer resolved. The watch records the new incident first, and all later writes are repeatable, so
 * a crash loses nothing and counts nothing twice.
 */
export async function noteRecurrence(
  incident: Incident,
  { fingerprint }: Pick<Classification, 'fingerprint'>,
  telemetry: Telemetry | null,
  deps: RecurrenceDeps,
): Promise<void> {
  const serviceId = serviceOf(deps.configuration, incident.target)?.id ?? null;
  const key = fingerprintKeyOf(incident, fingerprint, serviceId);
  const watch = key === null ? null : await deps.healing.recur(key, incident.id, deps.clock.now());
  if (watch === null) return;
  const deployedAt = deployedSince(watch, telemetry);
  if (deployedAt === null) {
    if (watch.outcome !== null) await deps.experience.addRecurrence(watch.outcome);
    await noteSetback(watch, deps);
  }
  await noteInBoth(incident, watch, deployedAt, deps);
  deps.meter.count('incident-recurred');
}

/** When something was deployed after the failure was resolved; null when nothing was, or nobody knows. */
function deployedSince({ resolvedAt }: HealingWatch, telemetry: Telemetry | null): string | null {
  const facts = telemetry?.facts;
  if (facts === undefined || facts.kind === 'run') return null;
  const at = facts.deployment?.deployedAt ?? null;
  return at !== null && Date.parse(at) > Date.parse(resolvedAt) ? at : null;
}

async function noteSetback({ incidentId, attempt, recurredAt }: HealingWatch, deps: RecurrenceDeps): Promise<void> {
  const earlier = await deps.incidents.get(incidentId);
  if (earlier === null) return;
  const setback = { at: recurredAt ?? deps.clock.now().toISOString(), kind: 'recurred' as const };
  await deps.predictions.noteSetback({ incidentId, attempt, openedAt: earlier.openedAt }, setback);
}

const MAX_REASON = 2000;

async function noteInBoth(
  incident: Incident,
  watch: HealingWatch,
  deployedAt: string | null,
  { incidents, clock }: RecurrenceDeps,
): Promise<void> {
  const now = clock.now();
  const at = now.toISOString();
  const away = spanWords(Date.parse(watch.recurredAt ?? at) - Date.parse(watch.resolvedAt));
  const deployed = deployedAt === null ? {} : { deployedAt };
  const facts = { away, action: watch.outcome?.actionId ?? null };
  const key = `recurred#${watch.incidentId}#${watch.attempt}`;
  if (watch.incidentId !== incident.id) {
    const reason = `It came back after ${away} and continues as incident ${incident.id}.`;
    const outcomeReason = redactName(reason, MAX_REASON);
    const condition = { ifStatus: ['resolved'] as const, ifAttempt: watch.attempt, at: now };
    await incidents.update(watch.incidentId, { status: 'linked', parentId: incident.id, outcomeReason }, condition);
    const event = 'incident.recurred';
    await incidents.audit(watch.incidentId, key, { at, event, facts: { ...facts, ...deployed, as: incident.id } });
  }
  const recurrence = { earlier: watch.incidentId, away, actionId: facts.action, ...deployed };
  await incidents.update(incident.id, { recurrence }, { ifStatus: ['open'], ifAttempt: incident.attempt, at: now });
  await incidents.audit(incident.id, `${key}#${incident.attempt}`, {
    at,
    event: 'incident.came-back',
    facts: { ...facts, ...deployed, earlier: watch.incidentId, attempt: incident.attempt },
  });
}
