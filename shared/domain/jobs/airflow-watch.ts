import { digestOf } from '@selfheal/kernel/digest.ts';
import * as z from 'zod';
import type { ImportError, TaskInstance } from './airflow-wire.ts';

const Instant = z.iso.datetime();
const Key = z.string().max(64);

/** What is known of one Airflow between two rounds. */
export const AirflowWatch = z.strictObject({
  /** Failures that ended before this instant were looked at. */
  cursor: Instant,
  /** Failures around the cursor that were looked at, by `failureKey`. */
  seen: z.array(z.strictObject({ key: Key, endedAt: Instant })),
  /** Incidents of a day, by `taskKey`: a task that fails again while its incident is open is part of it. */
  incidents: z.array(z.strictObject({ key: Key, incident: z.string(), at: Instant })),
  /** Import errors that were reported and are still there, by `importErrorKey`. */
  importErrors: z.array(Key),
  /** Rounds in a row in which it could not be read, and since when. */
  failed: z.number().int().nonnegative(),
  since: Instant.nullable(),
});
export type AirflowWatch = z.infer<typeof AirflowWatch>;

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;
/** Airflow's clock may differ, and a row may be committed later than its end: so much before the cursor is read again. */
const OVERLAP_MS = 5 * MINUTE;
/** The first round reads this far back; what is older is read by `selfheal airflow import`. */
const FIRST_MS = 15 * MINUTE;

export function firstWatch(now: Date): AirflowWatch {
  const cursor = new Date(now.getTime() - FIRST_MS).toISOString();
  return { cursor, seen: [], incidents: [], importErrors: [], failed: 0, since: null };
}

/** From when on failures are asked for. */
export const readFrom = ({ cursor }: AirflowWatch): Date => new Date(Date.parse(cursor) - OVERLAP_MS);

/** One failure: another try, or another end, is another failure. */
export const failureKey = (one: TaskInstance): string =>
  digestOf(`${taskKey(one)} ${one.try_number} ${one.end_date}`, 24);
/** One task instance of a run, whatever its try. */
export const taskKey = ({ dag_id: dag, dag_run_id: run, task_id: task, map_index: index }: TaskInstance): string =>
  digestOf(JSON.stringify([dag, run, task, index]), 24);
/** Airflow keeps the id while the file is broken; another error in it is another one to people. */
export const importErrorKey = ({ import_error_id: id, stack_trace: trace }: ImportError): string =>
  digestOf(`${id} ${trace}`, 24);

/** The state after these failures were looked at: the cursor stands at the latest of them. */
export function advanced(watch: AirflowWatch, looked: readonly TaskInstance[], now: Date): AirflowWatch {
  const ends = looked.flatMap(({ end_date: end }) => (end === null ? [] : [Date.parse(end)]));
  const cursor = Math.min(now.getTime(), Math.max(Date.parse(watch.cursor), ...ends));
  const known = new Map(watch.seen.map((one) => [one.key, one]));
  for (const one of looked)
    known.set(failureKey(one), { key: failureKey(one), endedAt: new Date(one.end_date ?? now).toISOString() });
  return {
    ...watch,
    cursor: new Date(cursor).toISOString(),
    seen: [...known.values()].filter(({ endedAt }) => Date.parse(endedAt) >= cursor - 2 * OVERLAP_MS),
    incidents: watch.incidents.filter(({ at }) => Date.parse(at) > now.getTime() - DAY),
  };
}
