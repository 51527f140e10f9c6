import type { Clock } from '@selfheal/kernel/time.ts';
import {
  type Count,
  type CounterLabels,
  type CounterName,
  type HistogramName,
  observation,
} from '#shared/domain/answers/counted-metrics.ts';
import type { CounterStore } from '#shared/ports/counter-store.ts';

/** Counts of one process that are not written yet. */
export interface Counts {
  /** Adds to a counter. */
  note(name: CounterName, labels: CounterLabels, value?: number): void;
  /** Adds an observation to a histogram, in its unit. */
  observe(name: HistogramName, labels: CounterLabels, value: number): void;
  /** Writes what was noted, if it is demanded or not too often. What was not written is written the next time. */
  flush(demanded?: boolean): Promise<void>;
}

/** Writes of one instance in a second. What is counted beyond them is written in the next one: a busy function does not wait for its own counters. */
const WRITES_A_SECOND = 10;

/** Counts in memory and writes them together. `onFailure` hears of a write that failed: nothing else fails because of a count. */
export function makeCounts(
  counters: Pick<CounterStore, 'add'>,
  clock: Clock,
  onFailure: (error: Error) => void,
): Counts {
  /** By name and labels. */
  let pending = new Map<string, Count>();
  let second = 0;
  let writes = 0;
  const add = ({ name, labels, value }: Count): void => {
    if (value === 0) return;
    const key = JSON.stringify([name, labels]);
    pending.set(key, { name, labels, value: value + (pending.get(key)?.value ?? 0) });
  };
  return {
    note: (name, labels, value = 1) => add({ name, labels, value }),
    observe: (name, labels, value) => observation(name, labels, value).forEach(add),
    async flush(demanded = false) {
      const now = Math.floor(clock.now().getTime() / 1000);
      if (now !== second) {
        second = now;
        writes = 0;
      }
      if (pending.size === 0 || (!demanded && writes >= WRITES_A_SECOND)) return;
      writes += 1;
      const counts = [...pending.values()];
      pending = new Map();
      try {
        await counters.add(counts);
      } catch (error) {
        counts.forEach(add);
        onFailure(error instanceof Error ? error : new Error('Counters could not be written.'));
      }
    },
  };
}
