import type { WorldTime } from '@selfheal/fake-server/world-time.ts';

/** The time of a local world that moves only when it is told to, and takes every step that falls due on the way. */
export interface SetTime extends WorldTime {
  advance(milliseconds: number): void;
}

export function setTime(start: string | number = '2026-11-23T10:00:00.000Z'): SetTime {
  let at = new Date(start).getTime();
  const due: { readonly at: number; readonly step: () => void }[] = [];
  return {
    now: () => at,
    after(milliseconds, step) {
      const entry = { at: at + milliseconds, step };
      due.push(entry);
      return () => {
        if (due.includes(entry)) due.splice(due.indexOf(entry), 1);
      };
    },
    advance(milliseconds) {
      const end = at + milliseconds;
      for (;;) {
        const next = due.reduce<(typeof due)[number] | undefined>(
          (first, one) => (one.at <= end && (first === undefined || one.at < first.at) ? one : first),
          undefined,
        );
        if (next === undefined) break;
        due.splice(due.indexOf(next), 1);
        at = Math.max(at, next.at);
        next.step();
      }
      at = end;
    },
  };
}
