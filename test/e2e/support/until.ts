import { setTimeout as sleep } from 'node:timers/promises';

/** Polls until it holds; fails after 40 seconds saying what was waited for. */
export async function until(what: string, holds: () => boolean | Promise<boolean>): Promise<void> {
  const deadline = performance.now() + 40_000;
  while (!(await holds())) {
    if (performance.now() > deadline) throw new Error(`Waited in vain for ${what}.`);
    await sleep(15);
  }
}
