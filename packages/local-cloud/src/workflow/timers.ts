import type { Cancellation } from './cancellation.ts';
import { Halted } from './faults.ts';

const MAX_TIMER_MS = 2 ** 31 - 1;

/** Calls `act` when the clock reaches `at` (epoch ms), however far away that is; returns a function that cancels it. */
export function alarmAt(at: number, act: () => void): () => void {
  let timer: NodeJS.Timeout;
  const arm = () => {
    const left = at - Date.now();
    timer = left > MAX_TIMER_MS ? setTimeout(arm, MAX_TIMER_MS) : setTimeout(act, Math.max(0, left));
  };
  arm();
  return () => clearTimeout(timer);
}

/** Sleeps until the clock reaches `at` (epoch ms). @throws Halted when cancelled */
export function sleepUntil(at: number, cancellation: Cancellation): Promise<void> {
  return new Promise((resolve, reject) => {
    const wakeUp = () => {
      forget();
      resolve();
    };
    const disarm = alarmAt(at, wakeUp);
    const forget = cancellation.onCancel(() => {
      disarm();
      reject(new Halted('the sleep was cancelled'));
    });
  });
}
