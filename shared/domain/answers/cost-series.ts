import { type CostReport, costOf } from './cost.ts';
import type { Prediction } from './prediction.ts';

/**
 * What an incident takes of AWS, as `npm run bench -- cost` counts it on the local runtime: state transitions, invocations, and
 * requests to DynamoDB. By how it ended; a run that a re-run healed and one that was only explained differ most.
 */
const USAGE = {
  resolved: { transitions: 17, invocations: 20, writes: 51, reads: 60 },
  suggested: { transitions: 9, invocations: 9, writes: 51, reads: 60 },
  escalated: { transitions: 10, invocations: 11, writes: 51, reads: 60 },
  linked: { transitions: 4, invocations: 5, writes: 20, reads: 20 },
} as const;

/** Microdollars each, list prices of us-east-1 without free tiers: Step Functions Standard, Lambda, DynamoDB on demand. */
const PRICE = { transitions: 25, invocations: 0.2, writes: 0.625, reads: 0.125 } as const;

export interface DayCost extends CostReport {
  /** Begin of the day (UTC). */
  readonly day: string;
  /** Estimated, of AWS, without logs and the functions' time and memory. */
  readonly awsMicrodollars: number;
}

const DAY_MS = 24 * 60 * 60 * 1000;

/** Estimated microdollars of AWS for the attempts that ended. */
export function awsMicrodollarsOf(predictions: readonly Prediction[]): number {
  return predictions.reduce(
    (sum, { ending }) => sum + (ending === undefined ? 0 : awsMicrodollarsOfOne(ending.status)),
    0,
  );
}

/** Estimated microdollars of AWS for one attempt that ends so. */
export function awsMicrodollarsOfOne(status: keyof typeof USAGE): number {
  const usage = USAGE[status];
  const { transitions, invocations, writes, reads } = PRICE;
  return (
    usage.transitions * transitions + usage.invocations * invocations + usage.writes * writes + usage.reads * reads
  );
}

/** Cost of the incidents that ended on each day, oldest first. */
export function costByDay(
  predictions: readonly Prediction[],
  { to, days }: { readonly to: Date; readonly days: number },
): DayCost[] {
  const last = Math.floor(to.getTime() / DAY_MS) * DAY_MS;
  return Array.from({ length: days }, (_, index) => {
    const day = new Date(last - (days - 1 - index) * DAY_MS).toISOString();
    const own = predictions.filter(({ ending }) => ending?.at.slice(0, 10) === day.slice(0, 10));
    return { day, awsMicrodollars: awsMicrodollarsOf(own), ...costOf(own) };
  });
}
