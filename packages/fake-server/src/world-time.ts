/** What time it is in the outside world, and what happens there later. A drill gives it a time of its own. */
export interface WorldTime {
  /** Epoch milliseconds. */
  now(): number;
  /** Takes a step so many milliseconds from now, unless the returned function is called before. */
  after(milliseconds: number, step: () => void): () => void;
}

/** The machine's own time. */
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

/** ISO 8601, so many milliseconds before now. */
export const ago = (time: WorldTime, milliseconds: number): string => new Date(time.now() - milliseconds).toISOString();

/** Steps to come that are dropped together. */
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
