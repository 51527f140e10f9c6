import { Refused, Retryable } from '#shared/kernel/errors.ts';
import type { ControlStore } from '#shared/ports/control-store.ts';
import type { Embedder } from '#shared/ports/embedder.ts';
import type { Clock } from '#shared/ports/time.ts';

const CHARACTERS_PER_TOKEN = 3;
const KEPT_MS = 2 * 24 * 60 * 60 * 1000;

/** An embedder that asks nothing a day's budget has no room for, nor while it cannot tell. What was counted for a failed call stays counted. */
export function withinDailyBudget(
  embedder: Embedder,
  { maxTokensPerDay, control, clock }: { maxTokensPerDay: number; control: Pick<ControlStore, 'addTo'>; clock: Clock },
): Embedder {
  return {
    async embed(text, purpose) {
      const now = clock.now();
      const scope = `embedding-tokens#day#${now.toISOString().slice(0, 10)}`;
      const tokens = Math.ceil(text.length / CHARACTERS_PER_TOKEN);
      try {
        const total = await control.addTo(scope, tokens, new Date(now.getTime() + KEPT_MS));
        if (total <= maxTokensPerDay) return await embedder.embed(text, purpose);
      } catch (error) {
        if (!(error instanceof Retryable || error instanceof Refused)) throw error;
        return { kind: 'unavailable', reason: 'The budget of the embedding model could not be read.' };
      }
      return { kind: 'unavailable', reason: "Today's budget has no room for the embedding model." };
    },
  };
}
