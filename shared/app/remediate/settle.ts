import type { Clock } from '@selfheal/kernel/time.ts';
import type { Observation } from '#shared/plugins/actions/contract.ts';

const FIRST_PAUSE_MILLISECONDS = 250;
const MAX_PAUSE_MILLISECONDS = 3_000;

/**
 * Polls the target until the effect is visible or the deadline passes, because some services show an effect only later. A failed read counts
 * as unknown. Returns the last observation.
 */
export async function pollUntilObserved(
  observe: () => Promise<Observation>,
  deadline: Date,
  clock: Clock,
): Promise<Observation> {
  for (let pause = FIRST_PAUSE_MILLISECONDS; ; pause *= 2) {
    const observation = await observe().catch(unreadable);
    if (observation.kind === 'happened') return observation;
    const left = deadline.getTime() - clock.now().getTime();
    if (left <= 0) return observation;
    await clock.sleep(Math.min(pause, MAX_PAUSE_MILLISECONDS, left));
  }
}

function unreadable(error: unknown): Observation {
  const name = error instanceof Error ? error.name : 'unknown';
  return { kind: 'unknown', reason: `The target could not be read back (${name}).` };
}
