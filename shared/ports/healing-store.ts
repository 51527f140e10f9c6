import type { HealingWatch } from '#shared/domain/learning/healing.ts';

/** Failures that were resolved and are watched for coming back. Every write is one conditional single-item write. */
export interface HealingStore {
  /** Watches from now on; in place of an older watch of the same key. Once per incident and attempt: a repeat changes nothing. */
  watch(watch: HealingWatch): Promise<void>;
  /**
   * The failure is back, as this incident: ends the watch, unless it is over. Null when nothing was watched any more. A repeat for the
   * same incident gives the same record again; for another one null: a recurrence is counted once.
   */
  recur(key: string, incidentId: string, at: Date): Promise<HealingWatch | null>;
  /** Watches whose time is over and that nobody settled, the longest due first, at most `limit`. */
  due(at: Date, limit: number): Promise<HealingWatch[]>;
  /** It stayed away: ends this very watch. A repeat changes nothing. */
  settle(watch: HealingWatch): Promise<void>;
}
