import * as z from 'zod';

const Instant = z.iso.datetime();

/** What is known of one job system between two rounds, as fields of a record; `maxKey`: characters of a key of `seen`. */
export const cursorFields = (maxKey: number) => ({
  /** Failures that ended before this instant were looked at. */
  cursor: Instant,
  /** Failures around the cursor that were looked at. */
  seen: z.array(z.strictObject({ key: z.string().max(maxKey), endedAt: Instant })),
  /** Rounds in a row in which it could not be read, and since when. */
  failed: z.number().int().nonnegative(),
  since: Instant.nullable(),
});
export type JobCursor = z.infer<z.ZodObject<ReturnType<typeof cursorFields>>>;
/** One failure that was looked at, by its key. */
export type Looked = JobCursor['seen'][number];

/** The first round reads this far back. */
const FIRST_MS = 15 * 60_000;

export const firstCursor = (now: Date): JobCursor => ({
  cursor: new Date(now.getTime() - FIRST_MS).toISOString(),
  seen: [],
  failed: 0,
  since: null,
});

/** From when on failures are asked for: `overlapMs` before the cursor, because a failure may be told later than it ended. */
export const readFrom = ({ cursor }: JobCursor, overlapMs: number): Date => new Date(Date.parse(cursor) - overlapMs);

/** The state after these failures were looked at: the cursor stands at the latest of them. */
export function advanced<W extends JobCursor>(watch: W, looked: readonly Looked[], now: Date, overlapMs: number): W {
  const ends = looked.map(({ endedAt }) => Date.parse(endedAt));
  const cursor = Math.min(now.getTime(), Math.max(Date.parse(watch.cursor), ...ends));
  const known = new Map([...watch.seen, ...looked].map((one) => [one.key, one]));
  const seen = [...known.values()].filter(({ endedAt }) => Date.parse(endedAt) >= cursor - 2 * overlapMs);
  return { ...watch, cursor: new Date(cursor).toISOString(), seen };
}

const DAY = 24 * 60 * 60_000;

/** Incidents of a day by what failed, so that what fails again while its incident is open is part of it. `maxKey`: characters of a key. */
export const knownIncidents = (maxKey: number) =>
  z.array(z.strictObject({ key: z.string().max(maxKey), incident: z.string(), at: Instant }));
export type KnownIncident = z.infer<ReturnType<typeof knownIncidents>>[number];

export const ofLastDay = (incidents: readonly KnownIncident[], now: Date): KnownIncident[] =>
  incidents.filter(({ at }) => Date.parse(at) > now.getTime() - DAY);
