import { Retryable } from '@selfheal/kernel/errors.ts';
import type { Clock } from '@selfheal/kernel/time.ts';
import type { EndpointCaller } from '#shared/ports/playbook-effects.ts';

/** A round begins nothing new after this time, and asks for nothing any more after `MAX_ROUND_MS`: the function has other things to do in its minute. */
const ENOUGH_MS = 12_000;
const MAX_ROUND_MS = 25_000;

export interface RoundTime {
  /** Whether what is left is better done in the next round. */
  isOver(): boolean;
  /** Reads of this round alone; they throw `Retryable` when it has lasted too long. */
  readonly endpoints: Pick<EndpointCaller, 'read'>;
}

/** Begins a round that asks one job system. */
export function beginRound(endpoints: Pick<EndpointCaller, 'read'>, clock: Clock): RoundTime {
  const begunAt = clock.now().getTime();
  const lasted = (): number => clock.now().getTime() - begunAt;
  return {
    isOver: () => lasted() > ENOUGH_MS,
    endpoints: {
      read: async (endpoint, timeoutSeconds, options) => {
        if (lasted() > MAX_ROUND_MS)
          throw new Retryable(`${endpoint}: the server answers too slowly; the round was ended.`);
        return await endpoints.read(endpoint, timeoutSeconds, options);
      },
    },
  };
}
