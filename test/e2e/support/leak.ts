import type * as z from 'zod';
import type { Capacity } from '#shared/domain/capacity/capacity-settings.ts';
import type { Healer } from './healer.ts';

const FUNCTION = 'till-cache';
const FIVE_MINUTES = 300_000;

/** A metric of the local CloudWatch that comes to its limit within a day. */
export const LEAKING: z.input<typeof Capacity> = {
  kind: 'memory',
  metric: { namespace: 'AWS/Lambda', name: 'Duration', dimensions: { FunctionName: FUNCTION } },
  limit: 85,
};

/** Writes the logs of a day from which the local CloudWatch takes the metric. */
export function leak({ world }: Pick<Healer, 'world'>): void {
  const now = Date.now();
  const events = Array.from({ length: 288 }, (_, row) => ({
    at: now - (288 - row) * FIVE_MINUTES,
    stream: 'leak',
    message: `REPORT RequestId: 1 Duration: ${(40 + 0.1 * row + (row % 3) / 10).toFixed(2)} ms`,
  }));
  world.aws.putLogs(`/aws/lambda/${FUNCTION}`, events);
}
