import type { EndedIncident } from './terminal.ts';

/** Queue of ended incidents. Each is returned once, to a waiting caller or to the next one. */
export function makeCompletionQueue() {
  const ended: EndedIncident[] = [];
  const waiting: ((end: EndedIncident) => void)[] = [];
  const known = new Set<string>();
  return {
    /** Ignores an incident that was added before: one that waited for a person also ends later. */
    add(end: EndedIncident): void {
      if (known.has(end.incidentId)) return;
      known.add(end.incidentId);
      const waiter = waiting.shift();
      if (waiter === undefined) ended.push(end);
      else waiter(end);
    },
    /** Resolves with the next ended incident; rejects after `timeoutSeconds`. */
    next(timeoutSeconds: number): Promise<EndedIncident> {
      const first = ended.shift();
      if (first !== undefined) return Promise.resolve(first);
      return new Promise((resolve, reject) => {
        const waiter = (end: EndedIncident) => {
          clearTimeout(timer);
          resolve(end);
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
