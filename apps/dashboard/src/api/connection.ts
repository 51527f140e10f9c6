import { useSyncExternalStore } from 'react';

/** Whether the API answers. */
export interface Connection {
  readonly isUp: boolean;
  /** When it last answered, by this browser's clock; null before the first answer. */
  readonly answeredAt: number | null;
}

let connection: Connection = { isUp: true, answeredAt: null };
/** The server's clock minus this browser's, in milliseconds: ages are told by the clock that wrote the times. */
let clockDifference = 0;
const listeners = new Set<() => void>();

/** An answer with a second's resolution says little about small differences. Milliseconds. */
const NOTICED_DIFFERENCE = 2_000;

export function noteAnswer(headers: Headers): void {
  const served = Date.parse(headers.get('date') ?? '');
  const difference = served - Date.now();
  if (Number.isFinite(served)) clockDifference = Math.abs(difference) > NOTICED_DIFFERENCE ? difference : 0;
  change({ isUp: true, answeredAt: Date.now() });
}

export function noteSilence(): void {
  change({ ...connection, isUp: false });
}

/** The present moment by the server's clock. */
export const serverNow = (): number => Date.now() + clockDifference;

export function useConnection(): Connection {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    () => connection,
  );
}

function change(next: Connection): void {
  const isNews = next.isUp !== connection.isUp;
  // Readers are only told of a change; the time of an answer is looked at when it stops.
  connection = isNews ? next : Object.assign(connection, next);
  if (isNews) for (const listener of listeners) listener();
}
