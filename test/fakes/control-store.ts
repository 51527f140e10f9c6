import type { Clock } from '@selfheal/kernel/time.ts';
import type { Signal } from '#shared/domain/incident/signal.ts';
import {
  type ControlSettings,
  type ControlStore,
  type Controls,
  type Deduplication,
  type GatheredMessage,
  type GatheredMessages,
  type IncidentLocks,
  type Lease,
  type Leases,
  type Limits,
  leaseBegins,
} from '#shared/ports/control-store.ts';
import { fakeClock } from './clock.ts';

const DAY = 24 * 60 * 60 * 1000;
type Intake = Deduplication & IncidentLocks & Pick<Limits, 'countInMinute' | 'takePlace' | 'joinStorm'>;
type Counted = Omit<Limits, 'countInMinute' | 'takePlace' | 'joinStorm'>;

/** Controls in memory. Expiry that has no instant of its own is compared with `clock`. */
export function makeMemoryControlStore(clock: Clock = fakeClock()): ControlStore {
  return {
    ...memoryIntake(clock),
    ...memoryLeases(),
    ...memoryLimits(clock),
    ...memoryGathered(),
    ...memorySettings(),
  };
}

function memoryGathered(): GatheredMessages {
  const kept = new Map<string, GatheredMessage>();
  const keyOf = ({ channel, about, incidentId, key }: GatheredMessage) => `${channel}#${about}#${incidentId}#${key}`;
  return {
    keepGathered: async (message) => void kept.set(keyOf(message), structuredClone(message)),
    gathered: async (limit) => [...kept.values()].slice(0, limit),
    dropGathered: async (message) => void kept.delete(keyOf(message)),
  };
}

function memoryIntake(clock: Clock): Intake {
  const processed = new Map<string, number>();
  const groups = new Map<string, { incidentId: string; until: number }>();
  const waiting = new Map<string, { signal: Signal; order: number; until: number }>();
  const minutes = new Map<string, string[]>();
  const storms = new Map<string, { parentId: string; activeAt: number; startedAt: number }>();
  return {
    isProcessed: async (deliveryId) => (processed.get(deliveryId) ?? 0) > clock.now().getTime(),
    markProcessed: async (deliveryId, at) => void processed.set(deliveryId, at.getTime() + 7 * DAY),
    claimGroup: async (intakeKey, incidentId, at) => {
      const group = groups.get(intakeKey);
      if (group && group.incidentId !== incidentId && group.until > at.getTime()) return group.incidentId;
      groups.set(intakeKey, { incidentId, until: at.getTime() + 14 * DAY });
      return incidentId;
    },
    groupHolder: async (intakeKey) => groups.get(intakeKey)?.incidentId ?? null,
    releaseGroup: async (intakeKey, incidentId) => {
      if (groups.get(intakeKey)?.incidentId === incidentId) groups.delete(intakeKey);
    },
    keepWaiting: async (intakeKey, signal, order, at) => {
      const kept = waiting.get(intakeKey);
      if (kept && kept.order > order && kept.until > at.getTime()) return;
      waiting.set(intakeKey, { signal: structuredClone(signal), order, until: at.getTime() + 14 * DAY });
    },
    waiting: async (intakeKey) => {
      const kept = waiting.get(intakeKey);
      return kept && kept.until > clock.now().getTime() ? structuredClone(kept.signal) : null;
    },
    dropWaiting: async (intakeKey, order) => {
      if ((waiting.get(intakeKey)?.order ?? 0) <= order) waiting.delete(intakeKey);
    },
    countInMinute: async (instant, incidentId, scope) => {
      const minute = `${scope}#${instant}`;
      const ids = minutes.get(minute) ?? [];
      if (!ids.includes(incidentId)) minutes.set(minute, [...ids, incidentId]);
      return (minutes.get(minute) ?? []).indexOf(incidentId) + 1;
    },
    takePlace: async (incidentId, scope, { minute, hour, perMinute }) => {
      const [ofHour, ofMinute] = [`${scope}#hour#${hour}`, `${scope}#minute#${minute}`];
      const [members, beside] = [minutes.get(ofHour) ?? [], minutes.get(ofMinute) ?? []];
      if (!members.includes(incidentId) && beside.length < perMinute) {
        minutes.set(ofHour, [...members, incidentId]);
        minutes.set(ofMinute, [...beside, incidentId]);
      }
      const place = (minutes.get(ofHour) ?? []).indexOf(incidentId) + 1;
      return place === 0 ? null : place;
    },
    joinStorm: async (candidateId, at, quietMinutes, scope) => {
      const storm = storms.get(scope);
      const age = at.getTime() - (storm?.startedAt ?? Number.NaN);
      const young = storm !== undefined && age < 60 * 60_000 && age >= -quietMinutes * 60_000;
      const active = young && storm.activeAt > at.getTime() - quietMinutes * 60_000;
      const parentId = active ? storm.parentId : candidateId;
      storms.set(scope, { parentId, activeAt: at.getTime(), startedAt: active ? storm.startedAt : at.getTime() });
      return { parentId, started: parentId === candidateId };
    },
  };
}

function memoryLeases(): Leases {
  const leases = new Map<string, { holder: string; id: string; from: number; until: number }>();
  let issued = 0;
  return {
    acquireLease: async (targetKey, holder, seconds, at): Promise<Lease | null> => {
      const lease = leases.get(targetKey);
      const active = lease && lease.until > at.getTime() && lease.from <= at.getTime();
      if (active && lease.holder !== holder) return null;
      const id = active ? lease.id : `lease-${++issued}`;
      const until = at.getTime() + seconds * 1000;
      leases.set(targetKey, { holder, id, from: leaseBegins(at, seconds), until });
      return { id, expiresAt: new Date(until).toISOString() };
    },
    holdsLease: async (targetKey, leaseId, at) => {
      const lease = leases.get(targetKey);
      return lease?.id === leaseId && lease.until > at.getTime() && lease.from <= at.getTime();
    },
    releaseHeldBy: async (targetKey, holder) => {
      if (leases.get(targetKey)?.holder === holder) leases.delete(targetKey);
    },
    releaseLease: async (targetKey, leaseId) => {
      if (leases.get(targetKey)?.id === leaseId) leases.delete(targetKey);
    },
  };
}

function memoryLimits(clock: Clock): Counted {
  const limits = new Map<string, { takers: Set<string>; until: number }>();
  const totals = new Map<string, { total: number; until: number }>();
  const failures = new Map<string, Map<string, number>>();
  return {
    takeFromLimit: async (scope, window, key, limit, expiresAt) => {
      const found = limits.get(`${scope}#${window}`);
      const takers = found && found.until > clock.now().getTime() ? found.takers : new Set<string>();
      if (limit <= 0) return false;
      if (!takers.has(key) && takers.size >= limit) return false;
      limits.set(`${scope}#${window}`, { takers: new Set([...takers, key]), until: expiresAt.getTime() });
      return true;
    },
    addTo: async (scope, amount, expiresAt) => {
      const found = totals.get(scope);
      const total = (found && found.until > clock.now().getTime() ? found.total : 0) + amount;
      totals.set(scope, { total, until: expiresAt.getTime() });
      return total;
    },
    total: async (scope) => {
      const found = totals.get(scope);
      return found && found.until > clock.now().getTime() ? found.total : 0;
    },
    failuresBetween: async (scope, from, until) =>
      [...(failures.get(scope)?.values() ?? [])].filter((at) => at >= from.getTime() && at <= until.getTime()).length,
    addFailure: async (scope, key, at) => {
      const found = failures.get(scope) ?? new Map<string, number>();
      if (!found.has(key)) found.set(key, at.getTime());
      failures.set(scope, found);
    },
  };
}

function memorySettings(): ControlSettings {
  let controls: Controls = { killSwitch: false, reason: null };
  const cursors = new Map<string, string>();
  return {
    controls: async () => ({ ...controls }),
    liftKillSwitch: async (seen) => {
      if (controls.killSwitch !== seen.killSwitch || controls.reason !== seen.reason) return false;
      controls = { killSwitch: false, reason: null };
      return true;
    },
    setControls: async (changed) => {
      controls = { ...changed };
    },
    cursor: async (name) => cursors.get(name) ?? null,
    setCursor: async (name, value) => void cursors.set(name, value),
  };
}
