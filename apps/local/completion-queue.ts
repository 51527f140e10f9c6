import type { EndedIncident } from './terminal.ts';

/** Queue of ended incidents. Each is returned once, to the caller that waits or to the next one. */
export function makeCompletionQueue() {
  const ended: EndedIncident[] = [];
  const waiting: { readonly startedSince: number; take(end: EndedIncident): void }[] = [];
  const known = new Set<string>();
  return {
    /** Ignores an incident that was added before: one that waited for a person also ends later. */
    add(end: EndedIncident): void {
      if (known.has(end.incidentId)) return;
      known.add(end.incidentId);
      const index = waiting.findIndex(({ startedSince }) => end.startedAt >= startedSince);
      const [waiter] = index === -1 ? [] : waiting.splice(index, 1);
      if (waiter === undefined) ended.push(end);
      else waiter.take(end);
    },
    /**
     * Resolves with the next ended incident of those that started at `startedSince` or later, in milliseconds; rejects after `timeoutSeconds`.
     * Thus nobody takes the late end of an earlier sample, or of an incident that goes on from an earlier start, for that of his own.
     */
    next(timeoutSeconds: number, startedSince = 0): Promise<EndedIncident> {
      const index = ended.findIndex(({ startedAt }) => startedAt >= startedSince);
      const [first] = index === -1 ? [] : ended.splice(index, 1);
      if (first !== undefined) return Promise.resolve(first);
      return new Promise((resolve, reject) => {
        const waiter = {
          startedSince,
          take(end: EndedIncident) {
            clearTimeout(timer);
            resolve(end);
          },
        };
        const timer = setTimeout(() => {
          // Without this it would take the next incident away from another waiter.
          waiting.splice(waiting.indexOf(waiter), 1);
          reject(new Error(`No incident ended within ${timeoutSeconds} s.`));
        }, timeoutSeconds * 1000);
        waiting.push(waiter);
      });
    },
  };
}
