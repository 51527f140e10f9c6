import { setTimeout as sleep } from 'node:timers/promises';

/** Polls until it holds; fails after so many seconds saying what was waited for. They only end what hangs: a machine may do much else. */
export async function until(what: string, holds: () => boolean | Promise<boolean>, seconds = 240): Promise<void> {
  const deadline = performance.now() + seconds * 1000;
  while (!(await holds())) {
    if (performance.now() > deadline) throw new Error(`Waited in vain for ${what}.`);
    await sleep(50);
  }
}
