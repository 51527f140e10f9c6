/** The clock of the fake services, with timers. A drill sets its own. */
export interface WorldTime {
  /** Epoch milliseconds. */
  now(): number;
  /** Runs a step after this many milliseconds; the returned function cancels it. */
  after(milliseconds: number, step: () => void): () => void;
}

/** The machine's clock. */
export const machineTime: WorldTime = {
  now: Date.now,
  after(milliseconds, step) {
    const timer = setTimeout(step, milliseconds);
    return () => clearTimeout(timer);
  },
};

export const MINUTE = 60_000;
export const DAY = 86_400_000;

/** ISO 8601. */
export const isoNow = (time: WorldTime): string => new Date(time.now()).toISOString();

/** The time this many milliseconds ago, in ISO 8601. */
export const ago = (time: WorldTime, milliseconds: number): string => new Date(time.now() - milliseconds).toISOString();

/** Timers that are cancelled together. */
export function makeTimers(time: WorldTime): { after(milliseconds: number, step: () => void): void; stop(): void } {
  const pending = new Set<() => void>();
  return {
    after(milliseconds, step) {
      const cancel = time.after(milliseconds, () => {
        pending.delete(cancel);
        step();
      });
      pending.add(cancel);
    },
    stop() {
      for (const cancel of pending) cancel();
      pending.clear();
    },
  };
}
