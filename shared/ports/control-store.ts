import type { Signal } from '#shared/domain/incident/signal.ts';

export interface Controls {
  /** Stops every effect at once while true. */
  readonly killSwitch: boolean;
  /** Reason shown to people. */
  readonly reason: string | null;
}

export interface Lease {
  readonly id: string;
  readonly expiresAt: string;
}

/** What bounds the whole system: deduplication, groups, limits, breakers, leases, cursors, kill switch. */
export interface ControlStore {
  isProcessed(deliveryId: string): Promise<boolean>;
  /** Remembered for seven days. */
  markProcessed(deliveryId: string, at: Date): Promise<void>;

  /** Claims the place for an incident. Returns the id that holds it afterwards: the given one, or another open incident's. */
  claimGroup(intakeKey: string, incidentId: string, at: Date): Promise<string>;
  /** Frees the place if this incident holds it. */
  releaseGroup(intakeKey: string, incidentId: string): Promise<void>;

  /** Keeps the report that waits until the place is free: the one of the highest `order`. Remembered for fourteen days. */
  keepWaiting(intakeKey: string, signal: Signal, order: number, at: Date): Promise<void>;
  waiting(intakeKey: string): Promise<Signal | null>;
  /** Forgets the waiting report unless it is of a higher order. */
  dropWaiting(intakeKey: string, order: number): Promise<void>;

  /** Counts new incidents of one minute and `scope`, once per incident id; returns its place in the minute's order (1, 2, ... 1001 for all after 1000). */
  countInMinute(minute: string, incidentId: string, scope: string): Promise<number>;
  /**
   * The parent of the running storm of `scope`: joins one that was active within `quietMinutes`, else starts `candidateId`. One that
   * lasts gets another parent, and so another mail, every hour. `started`: the candidate is the parent, also when asked again, so
   * that a caller that died can still create it (idempotently).
   */
  joinStorm(
    candidateId: string,
    at: Date,
    quietMinutes: number,
    scope: string,
  ): Promise<{ parentId: string; started: boolean }>;

  controls(): Promise<Controls>;
  setControls(controls: Controls): Promise<void>;

  /** Exclusive right to change a target. Re-entrant for the same holder; null when another holder has it. */
  acquireLease(targetKey: string, holder: string, seconds: number, at: Date): Promise<Lease | null>;
  /** True while the lease is held by this id and not expired. */
  holdsLease(targetKey: string, leaseId: string, at: Date): Promise<boolean>;
  releaseLease(targetKey: string, leaseId: string): Promise<void>;

  /** Takes one unit of a limit for `key`, idempotently; false (and nothing taken) when `limit` is reached in this window. */
  takeFromLimit(scope: string, window: string, key: string, limit: number, expiresAt: Date): Promise<boolean>;
  /** Adds to a counter and returns the new total (model tokens of an incident or a day). */
  addTo(scope: string, amount: number, expiresAt: Date): Promise<number>;
  total(scope: string): Promise<number>;

  /** Times of failures of an action on a target within the window, for the circuit breaker. */
  failuresSince(scope: string, since: Date): Promise<number>;
  addFailure(scope: string, key: string, at: Date): Promise<void>;

  cursor(name: string): Promise<string | null>;
  setCursor(name: string, value: string): Promise<void>;
}
