import type { Count } from '#shared/domain/answers/counted-metrics.ts';

export type { Count } from '#shared/domain/answers/counted-metrics.ts';

/** Totals that all processes of a deployment share. Each only grows. */
export interface CounterStore {
  /** Adds all of them or, when it throws, none. */
  add(counts: readonly Count[]): Promise<void>;
  /** Every total as it is at this moment. */
  totals(): Promise<readonly Count[]>;
}
