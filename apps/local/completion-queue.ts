import type { Ended } from './terminal.ts';

/** Hands out ended incidents, each once, whoever comes first: the end or the one who waits for it. */
export function makeCompletionQueue() {
  const ended: Ended[] = [];
  const waiting: ((end: Ended) => void)[] = [];
  const known = new Set<string>();
  return {
    /** One that waited for a person and ends later was handed out before. */
    add(end: Ended): void {
      if (known.has(end.incidentId)) return;
      known.add(end.incidentId);
      const waiter = waiting.shift();
      if (waiter === undefined) ended.push(end);
      else waiter(end);
    },
    /** Resolves with the next end; rejects after `timeoutSeconds`. */
    next(timeoutSeconds: number): Promise<Ended> {
      const first = ended.shift();
      if (first !== undefined) return Promise.resolve(first);
      return new Promise((resolve, reject) => {
        const waiter = (end: Ended) => {
          clearTimeout(timer);
          resolve(end);
        };
        const timer = setTimeout(() => {
          // Or it would take the next end, which somebody else waits for.
          waiting.splice(waiting.indexOf(waiter), 1);
          reject(new Error(`No incident ended within ${timeoutSeconds} s.`));
        }, timeoutSeconds * 1000);
        waiting.push(waiter);
      });
    },
  };
}
