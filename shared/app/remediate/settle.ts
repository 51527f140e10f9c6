import type { Observation } from '#shared/plugins/actions/contract.ts';
import type { Clock } from '#shared/ports/time.ts';

const FIRST_PAUSE_MILLISECONDS = 250;
const LONGEST_PAUSE_MILLISECONDS = 3_000;

/**
 * Reads the target again and again until the effect shows or the deadline passes: some services show an effect a little later.
 * A read that fails counts as unknown. Returns the last observation.
 */
export async function settle(observe: () => Promise<Observation>, deadline: Date, clock: Clock): Promise<Observation> {
  for (let pause = FIRST_PAUSE_MILLISECONDS; ; pause *= 2) {
    const observation = await observe().catch(unreadable);
    if (observation.kind === 'happened') return observation;
    const left = deadline.getTime() - clock.now().getTime();
    if (left <= 0) return observation;
    await clock.sleep(Math.min(pause, LONGEST_PAUSE_MILLISECONDS, left));
  }
}

function unreadable(error: unknown): Observation {
  const name = error instanceof Error ? error.name : 'unknown';
  return { kind: 'unknown', reason: `The target could not be read back (${name}).` };
}
