import * as z from 'zod';

const Instant = z.iso.datetime();

/** What is known of one History Server between two rounds. */
export const SparkWatch = z.strictObject({
  /** Attempts that ended before this instant were looked at. */
  cursor: Instant,
  /** Attempts around the cursor that were looked at: application id, and the attempt's. */
  seen: z.array(z.strictObject({ key: z.string().max(300), endedAt: Instant })),
  /** Rounds in a row in which it could not be read, and since when. */
  failed: z.number().int().nonnegative(),
  since: Instant.nullable(),
});
export type SparkWatch = z.infer<typeof SparkWatch>;

interface Ended {
  readonly id: string;
  readonly attempt: string | null;
  readonly endedAt: string;
}

const MINUTE = 60_000;
/** A History Server reads event logs some time after an application has ended (`spark.history.fs.update.interval`): so much is read again. */
const OVERLAP_MS = 30 * MINUTE;

export const firstSparkWatch = (now: Date): SparkWatch => ({
  cursor: new Date(now.getTime() - 15 * MINUTE).toISOString(),
  seen: [],
  failed: 0,
  since: null,
});
export const readSparkFrom = ({ cursor }: SparkWatch): Date => new Date(Date.parse(cursor) - OVERLAP_MS);
export const attemptKey = ({ id, attempt }: Pick<Ended, 'id' | 'attempt'>): string => `${id} ${attempt ?? ''}`;

/** The state after these attempts were looked at. */
export function advancedSpark(watch: SparkWatch, looked: readonly Ended[], now: Date): SparkWatch {
  const cursor = Math.min(
    now.getTime(),
    Math.max(Date.parse(watch.cursor), ...looked.map((one) => Date.parse(one.endedAt))),
  );
  const known = new Map(watch.seen.map((one) => [one.key, one]));
  for (const one of looked) known.set(attemptKey(one), { key: attemptKey(one), endedAt: one.endedAt });
  const seen = [...known.values()].filter(({ endedAt }) => Date.parse(endedAt) >= cursor - 2 * OVERLAP_MS);
  return { ...watch, cursor: new Date(cursor).toISOString(), seen };
}
