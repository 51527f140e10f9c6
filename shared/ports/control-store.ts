import * as z from 'zod';
import type { Signal } from '#shared/domain/incident/signal.ts';

/** What limits the whole system, kept in one table. Use cases ask for the port that they need. */
export interface ControlStore extends Deduplication, IncidentLocks, Leases, Limits, GatheredMessages, ControlSettings {}

/** Deliveries and days that were dealt with, each once. */
export interface Deduplication {
  isProcessed(deliveryId: string): Promise<boolean>;
  /** Kept for seven days. */
  markProcessed(deliveryId: string, at: Date): Promise<void>;
}

/** At most one incident works on an intake key; what else is reported about it waits. */
export interface IncidentLocks {
  /**
   * Locks the intake key for an incident. Returns the id that holds the lock afterwards: the given one, or another open
   * incident's.
   */
  claimGroup(intakeKey: string, incidentId: string, at: Date): Promise<string>;
  /** Who holds the lock, by the claim; null: nobody does. */
  groupHolder(intakeKey: string): Promise<string | null>;
  /** Releases the lock if this incident holds it. */
  releaseGroup(intakeKey: string, incidentId: string): Promise<void>;
  /**
   * Stores the signal that waits until the lock is released: the one with the highest `order`. Kept for fourteen days.
   */
  keepWaiting(intakeKey: string, signal: Signal, order: number, at: Date): Promise<void>;
  waiting(intakeKey: string): Promise<Signal | null>;
  /** Deletes the waiting signal unless its order is higher. */
  dropWaiting(intakeKey: string, order: number): Promise<void>;
}

export interface Lease {
  readonly id: string;
  readonly expiresAt: string;
}

/** Clocks of functions differ by less than this. */
const MAX_SKEW_SECONDS = 60;

/**
 * From when on a lease of this length, acquired at `at`, is valid, in milliseconds. A reader whose clock is earlier may
 * acquire it. So two can hold it at once only when their clocks differ by more than the whole lease (or by a minute,
 * for shorter leases).
 */
export function leaseBegins(at: Date, seconds: number): number {
  return at.getTime() - Math.max(seconds, MAX_SKEW_SECONDS) * 1000;
}

/** The exclusive right to change a target for a while. */
export interface Leases {
  /**
   * Acquires the exclusive right to change a target. Re-entrant for the same holder; null when another holder has it. A
   * lease that lies further in the future than its length (`leaseBegins`) was acquired before a clock was set back, and
   * counts as expired.
   */
  acquireLease(targetKey: string, holder: string, seconds: number, at: Date): Promise<Lease | null>;
  /**
   * True while this id holds the lease and it has neither expired nor been made invalid by a clock that was set back.
   */
  holdsLease(targetKey: string, leaseId: string, at: Date): Promise<boolean>;
  releaseLease(targetKey: string, leaseId: string): Promise<void>;
  /** Releases the lease if this holder has it; nothing happens otherwise. */
  releaseHeldBy(targetKey: string, holder: string): Promise<void>;
}

/** The minute and the hour that an incident was opened in, as ISO 8601 cut there, and how many places the minute has. */
export interface PlaceWindow {
  readonly minute: string;
  readonly hour: string;
  readonly perMinute: number;
}

/** Rate limits, budgets, circuit breakers and storm protection. */
export interface Limits {
  /**
   * Takes one unit of a limit for `key`, idempotently; false (and nothing is taken) when `limit` is reached in this
   * window.
   */
  takeFromLimit(scope: string, window: string, key: string, limit: number, expiresAt: Date): Promise<boolean>;
  /** Adds to a counter and returns the new total (model tokens of an incident or a day). */
  addTo(scope: string, amount: number, expiresAt: Date): Promise<number>;
  total(scope: string): Promise<number>;
  /** Failures of an action on a target between two instants, for the circuit breaker. */
  failuresBetween(scope: string, from: Date, until: Date): Promise<number>;
  addFailure(scope: string, key: string, at: Date): Promise<void>;
  /**
   * Counts new incidents of one minute and `scope`, once per incident id; returns its position in that minute (1, 2,
   * ... 1001 for all after 1000).
   */
  countInMinute(minute: string, incidentId: string, scope: string): Promise<number>;
  /**
   * Takes a place for a new incident of `scope` in its minute and in its hour, once per incident id. The minute has `perMinute` places, and only
   * those who get one take one of the hour. Returns the place in the hour (1, 2, ...), or null when the minute or the hour's list is full.
   */
  takePlace(incidentId: string, scope: string, window: PlaceWindow): Promise<number | null>;
  /**
   * The parent of the running storm of `scope`: joins one that was active within `quietMinutes`, otherwise starts
   * `candidateId`. A long storm gets another parent, and so another mail, every hour. `started`: the candidate is the
   * parent, also when asked again, so that a caller that died can still create it (idempotently).
   */
  joinStorm(
    candidateId: string,
    at: Date,
    quietMinutes: number,
    scope: string,
  ): Promise<{ parentId: string; started: boolean }>;
}

/** A message about an incident that waits for a digest. */
export const GatheredMessage = z.strictObject({
  version: z.literal(1),
  /** Id of the notifier. */
  channel: z.string(),
  /** The service or the repository that it is about. */
  about: z.string(),
  incidentId: z.string(),
  /** Identifies the message among those about the incident. */
  key: z.string(),
  at: z.iso.datetime(),
  headline: z.string(),
  outcome: z.string(),
  links: z.array(z.strictObject({ name: z.string(), url: z.string() })).readonly(),
});
export type GatheredMessage = z.infer<typeof GatheredMessage>;

/** Messages that people are told of together. */
export interface GatheredMessages {
  /** Stores the message; again with the same incident, channel and key is harmless. */
  keepGathered(message: GatheredMessage): Promise<void>;
  gathered(limit: number): Promise<readonly GatheredMessage[]>;
  dropGathered(message: GatheredMessage): Promise<void>;
}

export interface Controls {
  /** While true, no effect is allowed. */
  readonly killSwitch: boolean;
  /** Reason shown to people. */
  readonly reason: string | null;
  /** When it was turned on, and by whom; absent in records of earlier releases, and while it is off. */
  readonly since?: string | undefined;
  readonly by?: string | undefined;
}

/** The kill switch, and how far a periodic task has come. */
export interface ControlSettings {
  controls(): Promise<Controls>;
  setControls(controls: Controls): Promise<void>;
  /** Takes the kill switch back if it still is as `seen`. False when somebody changed it meanwhile. */
  liftKillSwitch(seen: Controls): Promise<boolean>;
  cursor(name: string): Promise<string | null>;
  setCursor(name: string, value: string): Promise<void>;
}
