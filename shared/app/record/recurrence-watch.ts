import type { Clock } from '@selfheal/kernel/time.ts';
import type { Configuration } from '#shared/domain/configuration/configuration.ts';
import { serviceOf } from '#shared/domain/configuration/scope.ts';
import { fingerprintKeyOf } from '#shared/domain/incident/fingerprint-key.ts';
import type { Incident } from '#shared/domain/incident/incident.ts';
import type { HealingWatch } from '#shared/domain/learning/healing.ts';
import type { ActionRecord } from '#shared/domain/plan/bound-action.ts';
import { circumstancesOfPlan } from '#shared/domain/policy/plan-record.ts';
import type { IncidentStore } from '#shared/ports/incident-store.ts';
import type { HealingStore } from '#shared/ports/learning-stores.ts';
import type { Log, Meter } from '#shared/ports/telemetry-sink.ts';
import { outcomeOf } from './experience.ts';

export interface WatchHealingDeps {
  readonly incidents: Pick<IncidentStore, 'listPlans'>;
  readonly healing: Pick<HealingStore, 'watch'>;
  readonly configuration: Configuration;
  readonly clock: Clock;
}

const DAY = 24 * 3600 * 1000;

/**
 * Starts to watch whether a resolved failure comes back. Without a fingerprint it could not be recognised, so it is not watched and stays
 * resolved.
 */
export async function watchHealing(
  incident: Incident,
  actions: readonly ActionRecord[],
  { incidents, healing, configuration, clock }: WatchHealingDeps,
): Promise<void> {
  const serviceId = serviceOf(configuration, incident.target)?.id ?? null;
  const key = fingerprintKeyOf(incident, incident.classification?.fingerprint ?? null, serviceId);
  const { healedAfterDays } = configuration.verification;
  if (key === null || healedAfterDays === 0) return;
  const helped = actions.findLast(({ verified }) => verified === 'recovered');
  const plans = helped === undefined ? [] : await incidents.listPlans(incident.id);
  const now = clock.now();
  await healing.watch({
    version: 1,
    key,
    incidentId: incident.id,
    attempt: incident.attempt,
    state: 'watching',
    resolvedAt: now.toISOString(),
    dueAt: new Date(now.getTime() + healedAfterDays * DAY).toISOString(),
    outcome: helped === undefined ? null : outcomeOf(incident, helped, circumstancesOfPlan(plans, helped.digest)),
    recurredAs: null,
    recurredAt: null,
  });
}

export interface SettleHealedDeps {
  readonly incidents: Pick<IncidentStore, 'update' | 'audit'>;
  readonly healing: Pick<HealingStore, 'due' | 'settle'>;
  readonly clock: Clock;
  readonly meter: Meter;
  readonly log: Log;
}

const AT_ONCE = 50;
/** No further page is started after this time. */
const BUDGET_MILLISECONDS = 20_000;

/**
 * Marks the failures as healed that stayed away for the whole time, page by page. The watch ends last, so that after a crash the rest is
 * repeated without counting twice. An error with one incident does not stop the others. Returns how many are healed.
 */
export async function settleHealed(deps: SettleHealedDeps): Promise<number> {
  const startedAt = deps.clock.now().getTime();
  const seen = new Set<string>();
  let healed = 0;
  do {
    const due = await deps.healing.due(deps.clock.now(), AT_ONCE + seen.size);
    const page = due.filter(({ key }) => !seen.has(key));
    if (page.length === 0) break;
    for (const watch of page) {
      seen.add(watch.key);
      if (await settleSafely(watch, deps)) healed += 1;
    }
  } while (deps.clock.now().getTime() - startedAt < BUDGET_MILLISECONDS);
  deps.meter.count('incident-healed', healed);
  return healed;
}

async function settleSafely(watch: HealingWatch, deps: SettleHealedDeps): Promise<boolean> {
  const { incidentId, attempt, resolvedAt, outcome } = watch;
  const at = deps.clock.now();
  try {
    const condition = { ifStatus: ['resolved', 'healed'] as const, ifAttempt: attempt, at };
    const updated = await deps.incidents.update(incidentId, { status: 'healed' }, condition);
    if (updated === 'updated')
      await deps.incidents.audit(incidentId, `healed#${attempt}`, {
        at: at.toISOString(),
        event: 'incident.healed',
        facts: { since: resolvedAt, action: outcome?.actionId ?? null },
      });
    await deps.healing.settle(watch);
    return updated === 'updated';
  } catch (error) {
    const name = error instanceof Error ? error.name : 'unknown';
    deps.log.error('An incident that stayed away could not be marked as healed.', { incidentId, error: name });
    return false;
  }
}
